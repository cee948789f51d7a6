// TensorFlow ops that put a part into a tensor or take it where an index computed at run time says:
// TensorStridedSliceUpdate, XlaDynamicUpdateSlice, XlaDynamicSlice.
#include <algorithm>
#include <numeric>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

ValueId updated(const TfNode& n, Builder& b, ValueId x, ValueId update, ValueId start) {
  const Type type = b.type(x);
  const Type carrier = carrier_type(n, b, Op::DYNAMIC_UPDATE_SLICE, type);
  const ValueId whole = carried(b, x, carrier);
  return carried(b, b(Op::DYNAMIC_UPDATE_SLICE, {whole, carried(b, update, carrier), start}), type);
}

Results dynamic_update_slice(TfNode& n, Builder& b) {
  return updated(n, b, n.in(0), n.in(1), int32_operand(b, n.in(2)));
}

// The start is moved so that the whole slice lies inside.
Results dynamic_slice(TfNode& n, Builder& b) {
  const ValueId sizes = int32_operand(b, n.in(2));
  const ValueId last = b(Op::SUB, {shape_of(b, n.in(0)), sizes});
  const ValueId from = b(Op::MAXIMUM, {int32_operand(b, n.in(1)), b.int32(0)});
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::SLICE, type));
  return carried(b, b(Op::SLICE, {x, b(Op::MINIMUM, {from, last}), sizes}), type);
}

// The numbers of the elements that the slice of the node takes.
std::vector<std::int64_t> sliced_places(TfNode& n, Builder& b) {
  constexpr std::int64_t kMostElements = 1 << 22;
  const Shape& x = n.shape(0);
  n.require(x.is_static() && x.element_count() <= kMostElements, "the size of the tensor is not known or too large");
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(*x.element_count()));
  std::iota(numbers.begin(), numbers.end(), 0);
  const ValueId all = b.constant(integer_tensor(Type::int32, x.numbers(), numbers));
  const ValueId part =
      b(Op::STRIDED_SLICE, {all, int32_operand(b, n.in(1)), int32_operand(b, n.in(2)), int32_operand(b, n.in(3))},
        {{Attr::begin_mask, n.integer_attr("begin_mask")},
         {Attr::end_mask, n.integer_attr("end_mask")},
         {Attr::ellipsis_mask, n.integer_attr("ellipsis_mask")},
         {Attr::new_axis_mask, n.integer_attr("new_axis_mask")},
         {Attr::shrink_axis_mask, n.integer_attr("shrink_axis_mask")}});
  const auto places = b.integers(part);
  n.require(places.has_value(), "its indices are computed at run time");
  return *places;
}

std::vector<std::int64_t> coordinates(const std::vector<std::int64_t>& dims, std::int64_t place) {
  std::vector<std::int64_t> at(dims.size());
  for (std::size_t i = dims.size(); i-- > 0;) {
    at[i] = place % dims[i];
    place /= dims[i];
  }
  return at;
}

// One block is put in its place; other elements are picked one by one from both tensors.
Results strided_slice_update(TfNode& n, Builder& b) {
  const std::vector<std::int64_t> places = sliced_places(n, b);
  if (places.empty()) return n.in(0);
  const std::vector<std::int64_t> dims = n.shape(0).numbers();
  const auto count = static_cast<std::int64_t>(places.size());
  n.require(n.shape(4).element_count() == count, "its value does not have the shape of the slice");
  const std::vector<std::int64_t> first = coordinates(dims, places.front());
  const std::vector<std::int64_t> last = coordinates(dims, places.back());
  std::vector<Dim> block;
  std::int64_t block_size = 1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    block.emplace_back(last[i] - first[i] + 1);
    block_size *= last[i] - first[i] + 1;
  }
  if (block_size == count && std::is_sorted(places.begin(), places.end()))
    return updated(n, b, n.in(0), reshaped(n, b, n.in(4), Shape(block)), b.int32s(first));

  const std::int64_t size = *n.shape(0).element_count();
  std::vector<std::int64_t> from(static_cast<std::size_t>(size));
  std::iota(from.begin(), from.end(), 0);
  for (std::int64_t i = 0; i < count; ++i)
    from[static_cast<std::size_t>(places[static_cast<std::size_t>(i)])] = size + i;
  const Type type = n.type(0);
  const Type carrier = carrier_type(n, b, Op::CONCATENATION, type);
  const ValueId x = carried(b, reshaped(n, b, n.in(0), Shape{size}), carrier);
  const ValueId value = carried(b, reshaped(n, b, n.in(4), Shape{count}), carrier);
  const ValueId both = b(Op::CONCATENATION, {x, value}, {{Attr::axis, 0}});
  const ValueId at = b.constant(integer_tensor(Type::int32, dims, from));
  const ValueId source = carried(b, both, carrier_type(n, b, Op::GATHER, carrier));
  const ValueId y = b(Op::GATHER, {source, at}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
  return carried(b, carried(b, y, carrier), type);
}

}  // namespace

void add_slice_update_translators(Translators& t) {
  t.add("TensorStridedSliceUpdate", strided_slice_update);
  t.add("XlaDynamicSlice", dynamic_slice);
  t.add("XlaDynamicUpdateSlice", dynamic_update_slice);
}

}  // namespace tolite::tensorflow
