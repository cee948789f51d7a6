// Ops that cut a tensor into several along an axis: SPLIT, SPLIT_V, UNPACK.
#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/slice.h"
#include "ops/versions.h"

namespace tolite {
namespace {

void output_all(Infer& n, Type type, const Shape& shape) {
  for (std::size_t i = 0; i < n.output_count(); ++i) n.output(i, type, shape);
}

void require_result_count(const Infer& n, Attr count) {
  n.require(n.integer(count) == static_cast<std::int64_t>(n.output_count()),
            "the attribute says another number of results");
}

// Result i is `sizes[i]` of the axis.
void cut(Eval& n, const Tensor& x, std::size_t axis, const std::vector<std::int64_t>& sizes, bool drop_axis) {
  const std::size_t width = element_width(n, x);
  const std::vector<std::int64_t> stride(x.dims.size(), 1);
  std::vector<std::int64_t> begin(x.dims.size(), 0);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::vector<std::int64_t> dims = x.dims;
    dims[axis] = sizes[i];
    Tensor part = slice_of(x, width, begin, stride, dims);
    begin[axis] += sizes[i];
    if (drop_axis) dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
    n.set(i, reshaped(part, std::move(dims)));
  }
}

void infer_split(Infer& n) {
  require_result_count(n, Attr::num_splits);
  const Shape& x = n.shape(1);
  if (!x.ranked()) return output_all(n, n.type(1), x);
  const auto at = n.integers(0);
  if (!at) return output_all(n, n.type(1), unknown_shape(n.dims(), x.rank()));
  n.require(at->size() == 1, "the axis is not a single number");
  const std::size_t axis = axis_of(n, at->front(), x.rank());
  const auto count = static_cast<std::int64_t>(n.output_count());
  n.require(count != 0, "there are no results");
  n.require(!x[axis].known() || x[axis].number % count == 0, "the axis cannot be split into equal parts");
  Shape part = x;
  part[axis] = n.dims().floor_div(x[axis], count);
  output_all(n, n.type(1), part);
  move_known(n, {1});
}

constexpr OpRow kSplit{
    .op = Op::SPLIT,
    .name = "SPLIT",
    .options = {.builtin_options = 35},
    .attrs = {{Attr::num_splits, AttrKind::int32}},
    .results = 0,
    .infer = infer_split,
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(1);
          const std::size_t axis = axis_of(n, n.in_integer(0), x.dims.size());
          const auto count = static_cast<std::int64_t>(n.output_count());
          if (count == 0 || x.dims[axis] % count != 0) n.fail("the axis cannot be split into equal parts");
          cut(n, x, axis, std::vector<std::int64_t>(n.output_count(), x.dims[axis] / count), false);
        },
    .permute = [](Permute& n) { return n.data(1) && n.axes(0); },
    .version = {{input_is<Type::float8_e4m3fn, 1>, 5},
                {input_is<Type::float8_e5m2, 1>, 5},
                {input_is<Type::int16, 1>, 4},
                {input_is<Type::int32, 1>, 3},
                {input_is<Type::int8, 1>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8}, 1},
    .quantization = kPassesInt8And16,
};

// The sizes with -1 worked out.
template <typename View>
std::vector<std::int64_t> settled_sizes(const View& n, std::vector<std::int64_t> sizes, std::int64_t d) {
  if (sizes.size() != n.output_count()) n.fail("there are as many sizes as results, or should be");
  std::int64_t sum = 0;
  std::size_t open = sizes.size();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < -1 || (sizes[i] == -1 && open != sizes.size())) n.fail("a size is negative");
    if (sizes[i] == -1) {
      open = i;
    } else {
      sum = checked_add(sum, sizes[i]);
    }
  }
  if (open != sizes.size() && sum <= d) {
    sizes[open] = d - sum;
    sum = d;
  }
  if (sum != d) n.fail("the sizes do not add up to the axis");
  return sizes;
}

void infer_split_v(Infer& n) {
  require_result_count(n, Attr::num_splits);
  const Shape& x = n.shape(0);
  if (!x.ranked()) return output_all(n, n.type(0), x);
  const auto at = n.integers(2);
  if (!at) return output_all(n, n.type(0), unknown_shape(n.dims(), x.rank()));
  n.require(at->size() == 1, "the axis is not a single number");
  const std::size_t axis = axis_of(n, at->front(), x.rank());
  const auto sizes = n.known(1);
  n.require(!sizes || sizes->size() == n.output_count(), "there are as many sizes as results, or should be");
  if (const auto numbers = n.integers(1); numbers && x[axis].known()) settled_sizes(n, *numbers, x[axis].number);
  Dim rest = x[axis];
  if (sizes) {
    for (const Dim size : *sizes) rest = size.is(-1) ? rest : n.dims().sub(rest, size);
  }
  for (std::size_t i = 0; i < n.output_count(); ++i) {
    Shape part = x;
    part[axis] = !sizes ? n.dims().fresh() : ((*sizes)[i].is(-1) ? rest : (*sizes)[i]);
    n.output(i, n.type(0), std::move(part));
  }
  move_known(n);
}

constexpr OpRow kSplitV{
    .op = Op::SPLIT_V,
    .name = "SPLIT_V",
    .options = {.builtin_options = 79},
    .attrs = {{Attr::num_splits, AttrKind::int32}},
    .results = 0,
    .infer = infer_split_v,
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const std::size_t axis = axis_of(n, n.in_integer(2), x.dims.size());
          cut(n, x, axis, settled_sizes(n, n.in_integers(1), x.dims[axis]), false);
        },
    .permute = [](Permute& n) { return n.data(0) && n.axes(2); },
    .version = {{input_is<Type::float8_e4m3fn>, 3}, {input_is<Type::float8_e5m2>, 3}, {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8}},
    .quantization = kPassesInt8And16,
};

void infer_unpack(Infer& n) {
  require_result_count(n, Attr::num);
  const Shape& x = n.shape(0);
  if (!x.ranked()) return output_all(n, n.type(0), x);
  const std::size_t axis = axis_of(n, n.integer(Attr::axis), x.rank());
  n.require(!x[axis].known() || x[axis].number == n.integer(Attr::num),
            "the axis has another size than there are results");
  std::vector<Dim> dims = x.dims();
  dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
  output_all(n, n.type(0), Shape(std::move(dims)));
  move_known(n);
}

constexpr OpRow kUnpack{
    .op = Op::UNPACK,
    .name = "UNPACK",
    .options = {.builtin_options = 64},
    .attrs = {{Attr::num, AttrKind::int32}, {Attr::axis, AttrKind::int32}},
    .results = 0,
    .infer = infer_unpack,
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const std::size_t axis = axis_of(n, n.integer(Attr::axis), x.dims.size());
          if (x.dims[axis] != static_cast<std::int64_t>(n.output_count()))
            n.fail("the axis has another size than there are results");
          cut(n, x, axis, std::vector<std::int64_t>(n.output_count(), 1), true);
        },
    .version = {{input_is<Type::float8_e4m3fn>, 6},
                {input_is<Type::float8_e5m2>, 6},
                {input_is<Type::int8>, 2},
                {input_is<Type::uint8>, 2},
                {input_is<Type::boolean>, 3},
                {input_is<Type::int16>, 4},
                {input_is<Type::float16>, 5},
                {input_is<Type::bfloat16>, 5}},
    .kernel = {{Type::float32, Type::float16, Type::bfloat16, Type::int8, Type::int16, Type::int32, Type::uint8,
                Type::boolean}},
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_split_ops(OpTable& table) {
  table.add(kSplit);
  table.add(kSplitV);
  table.add(kUnpack);
}

}  // namespace tolite
