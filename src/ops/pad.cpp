// PAD, PADV2 (by a value) and MIRROR_PAD (by the tensor's own elements).
#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

Dim padded_dim(Infer& n, Dim d, Dim before, Dim after) {
  n.require(!before.known() || before.number >= 0, "a padding is negative");
  n.require(!after.known() || after.number >= 0, "a padding is negative");
  return n.dims().add(n.dims().add(d, before), after);
}

// The number of rows of the paddings, which is the rank of the tensor.
std::optional<std::size_t> padded_rank(const Infer& n) {
  n.require(n.type(1) == Type::int32 || n.type(1) == Type::int64, "paddings are not int32 or int64");
  const Shape& x = n.shape(0);
  const Shape& paddings = n.shape(1);
  if (paddings.ranked()) {
    n.require(paddings.rank() == 2, "paddings are not a matrix");
    n.require(!paddings[1].known() || paddings[1].is(2), "paddings do not have two columns");
    n.require(!x.ranked() || !paddings[0].known() || paddings[0].is(static_cast<std::int64_t>(x.rank())),
              "there are not as many rows of paddings as dimensions");
  }
  constexpr std::int64_t kMostRank = 64;
  if (x.ranked()) return x.rank();
  if (paddings.ranked() && paddings[0].known() && paddings[0].number >= 0 && paddings[0].number <= kMostRank)
    return static_cast<std::size_t>(paddings[0].number);
  return std::nullopt;
}

void infer_pad(Infer& n) {
  const auto rank = padded_rank(n);
  if (!rank) return n.output(0, n.type(0), Shape::unranked());
  const auto paddings = n.known(1);
  const Shape& x = n.shape(0);
  if (!x.ranked() || !paddings || paddings->size() != 2 * *rank)
    return n.output(0, n.type(0), unknown_shape(n.dims(), *rank));
  std::vector<Dim> dims;
  for (std::size_t i = 0; i < *rank; ++i)
    dims.push_back(padded_dim(n, x[i], (*paddings)[2 * i], (*paddings)[2 * i + 1]));
  n.output(0, n.type(0), Shape(std::move(dims)));
  if (n.op() == Op::PADV2) {
    move_known(n, {0, 2});
  } else {
    move_known(n);
  }
}

struct Padded {
  NewTensor y;
  std::vector<std::int64_t> before;
  std::int64_t first = 0;  ///< where the first element of x stands in y
};

// The result with its elements still those that stand for zero.
Padded new_padded(Eval& n) {
  const Tensor& x = n.in(0);
  const std::vector<std::int64_t> paddings = n.in_integers(1);
  if (paddings.size() != 2 * x.dims.size()) n.fail("there are not as many rows of paddings as dimensions");
  std::vector<std::int64_t> dims = x.dims;
  Padded p;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (paddings[2 * i] < 0 || paddings[2 * i + 1] < 0) n.fail("a padding is negative");
    p.before.push_back(paddings[2 * i]);
    dims[i] = checked_add(checked_add(dims[i], paddings[2 * i]), paddings[2 * i + 1]);
  }
  element_width(n, x);
  p.y = new_zeros(n, dims);
  const std::vector<std::int64_t> to = dense_strides(dims);
  if (p.y.tensor.element_count() != 0) {
    for (std::size_t i = 0; i < dims.size(); ++i) p.first += p.before[i] * to[i];
  }
  return p;
}

void copy_inside(Padded& p, const Tensor& x, std::size_t width) {
  const std::vector<std::int64_t> to = dense_strides(p.y.tensor.dims);
  const std::vector<std::int64_t> from = dense_strides(x.dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < x.dims.size(); ++i) axes.push_back({x.dims[i], to[i], from[i]});
  if (x.element_count() == 0) return;
  strided_copy(p.y.writable.data() + p.first * static_cast<std::int64_t>(width), x.bytes.data(), width, axes);
}

void pad(Eval& n) {
  const Tensor& x = n.in(0);
  const std::size_t width = element_width(n, x);
  Padded p = new_padded(n);
  if (n.op() == Op::PADV2) {
    const Tensor& value = n.in(2);
    if (value.type != x.type || value.element_count() != 1) n.fail("the padding value is not one of the tensor's type");
    fill_elements(p.y.writable.data(), p.y.writable.size() / width, value.bytes.data(), width);
  }
  copy_inside(p, x, width);
  n.set(0, std::move(p.y.tensor));
}

// Axis by axis, the part of the result that is already filled is mirrored into the padding beside it: axes before
// `axis` are filled over their whole size, those after it where x stands.
void mirror_axis(Padded& p, const Tensor& x, std::size_t width, std::size_t axis, std::int64_t skipped) {
  const std::vector<std::int64_t>& dims = p.y.tensor.dims;
  const std::vector<std::int64_t> step = dense_strides(dims);
  std::vector<CopyAxis> axes;
  std::int64_t start = 0;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::int64_t size = i < axis ? dims[i] : x.dims[i];
    axes.push_back({size, step[i], step[i]});
    if (i > axis) start += p.before[i] * step[i];
  }
  const auto copy = [&](std::int64_t count, std::int64_t to, std::int64_t from) {
    if (count == 0) return;
    axes[axis] = {count, step[axis], -step[axis]};
    std::byte* base = p.y.writable.data();
    const auto bytes = static_cast<std::int64_t>(width);
    strided_copy(base + (start + to * step[axis]) * bytes, base + (start + from * step[axis]) * bytes, width, axes);
  };
  const std::int64_t before = p.before[axis];
  const std::int64_t size = x.dims[axis];
  copy(before, 0, 2 * before - 1 + skipped);
  copy(dims[axis] - before - size, before + size, before + size - 1 - skipped);
}

void mirror_pad(Eval& n) {
  const Tensor& x = n.in(0);
  const std::size_t width = element_width(n, x);
  const std::int64_t skipped = n.integer(Attr::mode) == 0 ? 1 : 0;  // REFLECT leaves out the border element
  Padded p = new_padded(n);
  for (std::size_t i = 0; i < x.dims.size(); ++i) {
    const std::int64_t most = std::max(p.before[i], p.y.tensor.dims[i] - p.before[i] - x.dims[i]);
    if (most > 0 && most > x.dims[i] - skipped) n.fail("a padding is larger than the tensor has elements to mirror");
  }
  if (x.element_count() != 0) {
    copy_inside(p, x, width);
    for (std::size_t i = 0; i < x.dims.size(); ++i) mirror_axis(p, x, width, i, skipped);
  }
  n.set(0, std::move(p.y.tensor));
}

bool rank_is_over_4(const NodeView& n) { return n.shape(0).ranked() && n.shape(0).rank() > 4; }

constexpr VersionRules kPadVersions{{input_is<Type::float8_e4m3fn>, 6}, {input_is<Type::float8_e5m2>, 6},
                                    {input_is<Type::boolean>, 5},       {rank_is_over_4, 4},
                                    {input_is<Type::int16>, 3},         {input_is<Type::int8>, 2}};
constexpr KernelTypes kPadTypes{{Type::float32, Type::float16, Type::bfloat16, Type::int8, Type::int16, Type::int32,
                                 Type::int64, Type::uint8, Type::boolean}};

constexpr OpRow kPad{
    .op = Op::PAD,
    .name = "PAD",
    .options = {.builtin_options = 22},
    .infer = infer_pad,
    .eval = pad,
    .permute = permute_rows,
    .version = kPadVersions,
    .kernel = kPadTypes,
    .quantization = kPassesInt8And16,
};

constexpr OpRow kPadV2{
    .op = Op::PADV2,
    .name = "PADV2",
    .options = {.builtin_options = 43},
    .infer =
        [](Infer& n) {
          n.require(n.type(0) == n.type(2), "the padding value has another type than the tensor");
          infer_pad(n);
        },
    .eval = pad,
    .permute = permute_rows,
    .version = kPadVersions,
    .kernel = kPadTypes,
    .quantization = kPassesInt8And16,
};

constexpr OpRow kMirrorPad{
    .op = Op::MIRROR_PAD,
    .name = "MIRROR_PAD",
    .options = {.builtin_options = 77},
    .attrs = {{Attr::mode, AttrKind::int8_enum}},
    .infer = infer_pad,
    .eval = mirror_pad,
    .permute = permute_rows,
    .version = {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}},
    .kernel = {kFixedWidthTypes},
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_pad_ops(OpTable& table) {
  table.add(kPad);
  table.add(kPadV2);
  table.add(kMirrorPad);
}

}  // namespace tolite
