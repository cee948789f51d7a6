// Ops that put tensors side by side: CONCATENATION, PACK.
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

// What is known of a dimension from two operands that must agree in it.
Dim agreed(const Infer& n, Dim a, Dim b) {
  n.require(!a.known() || !b.known() || a == b, "operands have different sizes outside the axis");
  return a.known() ? a : (b.known() ? b : a);
}

void require_same_types(const Infer& n) {
  n.require(n.input_count() != 0, "there are no operands");
  for (std::size_t i = 1; i < n.input_count(); ++i) n.require(n.type(i) == n.type(0), "operands have different types");
}

// Copies the operands next to each other into a tensor of `dims`, along an axis of which operand i has sizes[i].
void copy_joined(Eval& n, std::size_t axis, std::vector<std::int64_t> dims, const std::vector<std::int64_t>& sizes) {
  const std::size_t width = element_width(n, n.in(0));
  NewTensor y = new_tensor(n.in(0).type, dims);
  std::int64_t outer = 1;
  std::int64_t inner = 1;
  for (std::size_t i = 0; i < axis; ++i) outer *= dims[i];
  for (std::size_t i = axis + 1; i < dims.size(); ++i) inner *= dims[i];
  const std::int64_t row = inner * dims[axis];
  std::int64_t at = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::int64_t part = inner * sizes[i];
    const CopyAxis axes[] = {{outer, row, part}, {part, 1, 1}};
    strided_copy(y.writable.data() + static_cast<std::size_t>(at) * width, n.in(i).bytes.data(), width, axes);
    at += part;
  }
  n.set(0, std::move(y.tensor));
}

void infer_concatenation(Infer& n) {
  require_same_types(n);
  std::optional<std::vector<Dim>> dims;
  std::size_t axis = 0;
  bool all_ranked = true;
  Dim total = 0;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    const Shape& x = n.shape(i);
    if (!x.ranked()) {
      all_ranked = false;
      continue;
    }
    if (!dims) {
      dims = x.dims();
      axis = axis_of(n, n.integer(Attr::axis), x.rank());
    }
    n.require(x.rank() == dims->size(), "operands have different ranks");
    for (std::size_t d = 0; d < x.rank(); ++d) (*dims)[d] = d == axis ? x[d] : agreed(n, (*dims)[d], x[d]);
    total = n.dims().add(total, x[axis]);
  }
  if (!dims) return n.output(0, n.type(0), Shape::unranked());
  (*dims)[axis] = all_ranked ? total : n.dims().fresh();
  n.output(0, n.type(0), Shape(std::move(*dims)));
  move_all_known(n);
}

void concatenate(Eval& n) {
  if (n.activation() != Activation::NONE) n.fail("no kernel for a fused activation");
  std::vector<std::int64_t> dims = n.in(0).dims;
  const std::size_t axis = axis_of(n, n.integer(Attr::axis), dims.size());
  std::vector<std::int64_t> sizes;
  dims[axis] = 0;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    std::vector<std::int64_t> other = n.in(i).dims;
    if (other.size() != dims.size() || n.in(i).type != n.in(0).type) n.fail("operands have different ranks or types");
    sizes.push_back(other[axis]);
    other[axis] = dims[axis];
    if (other != dims) n.fail("operands have different sizes outside the axis");
    dims[axis] = checked_add(dims[axis], sizes.back());
  }
  copy_joined(n, axis, std::move(dims), sizes);
}

constexpr OpRow kConcatenation{
    .op = Op::CONCATENATION,
    .name = "CONCATENATION",
    .options = {.builtin_options = 10},
    .attrs = {{Attr::axis, AttrKind::int32}, {Attr::fused_activation_function, AttrKind::activation}},
    .infer = infer_concatenation,
    .eval = concatenate,
    .permute =
        [](Permute& n) {
          for (std::size_t i = 0; i < n.input_count(); ++i) {
            if (!n.data(i)) return false;
          }
          const auto axis = n.axis_before(n.integer(Attr::axis));
          if (axis) n.set(Attr::axis, *axis);
          return axis.has_value();
        },
    .version = {{input_is<Type::float8_e4m3fn>, 7},
                {input_is<Type::float8_e5m2>, 7},
                {input_is<Type::float16>, 6},
                {input_is<Type::int4>, 5},
                {input_is<Type::uint32>, 4},
                {input_is<Type::int16>, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::bfloat16, Type::int8, Type::int16, Type::int32, Type::int64,
                Type::uint8, Type::uint32, Type::boolean}},
    .quantization = kPassesInt8And16,
};

void infer_pack(Infer& n) {
  require_same_types(n);
  n.require(n.integer(Attr::values_count) == static_cast<std::int64_t>(n.input_count()),
            "values_count is not the number of operands");
  std::optional<std::vector<Dim>> dims;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    const Shape& x = n.shape(i);
    if (!x.ranked()) continue;
    if (!dims) dims = x.dims();
    n.require(x.rank() == dims->size(), "operands have different ranks");
    for (std::size_t d = 0; d < x.rank(); ++d) (*dims)[d] = agreed(n, (*dims)[d], x[d]);
  }
  if (!dims) return n.output(0, n.type(0), Shape::unranked());
  const std::size_t axis = axis_of(n, n.integer(Attr::axis), dims->size() + 1);
  dims->insert(dims->begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(n.input_count()));
  n.output(0, n.type(0), Shape(std::move(*dims)));
  move_all_known(n);
}

void pack(Eval& n) {
  std::vector<std::int64_t> dims = n.in(0).dims;
  for (std::size_t i = 1; i < n.input_count(); ++i) {
    if (n.in(i).dims != dims || n.in(i).type != n.in(0).type) n.fail("operands have different shapes or types");
  }
  const std::size_t axis = axis_of(n, n.integer(Attr::axis), dims.size() + 1);
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(n.input_count()));
  copy_joined(n, axis, std::move(dims), std::vector<std::int64_t>(n.input_count(), 1));
}

constexpr OpRow kPack{
    .op = Op::PACK,
    .name = "PACK",
    .options = {.builtin_options = 59},
    .attrs = {{Attr::values_count, AttrKind::int32}, {Attr::axis, AttrKind::int32}},
    .infer = infer_pack,
    .eval = pack,
    .version = {{input_is<Type::float8_e4m3fn>, 5},
                {input_is<Type::float8_e5m2>, 5},
                {input_is<Type::int8>, 2},
                {input_is<Type::int16>, 3},
                {input_is<Type::uint32>, 4}},
    .kernel = {{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8, Type::uint32}},
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_join_ops(OpTable& table) {
  table.add(kConcatenation);
  table.add(kPack);
}

}  // namespace tolite
