// TensorFlow ops that put tensors side by side: Concat, ConcatV2, ParallelConcat, Pack, Roll.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/rearranged.h"
#include "import/tensorflow/tf_node.h"
#include "ops/moving.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

ValueId concatenated(const TfNode& n, Builder& b, std::vector<ValueId> values, std::int64_t axis) {
  if (values.size() == 1) return values.front();
  const Type type = b.type(values.front());
  const Type carrier = carrier_type(n, b, Op::CONCATENATION, type);
  for (ValueId& v : values) v = carried(b, v, carrier);
  return carried(b, b(Op::CONCATENATION, values, {{Attr::axis, axis}}), type);
}

Results concat(TfNode& n, Builder& b, std::size_t axis_operand) {
  std::int64_t axis = n.integer(axis_operand, "axis");
  std::vector<ValueId> values;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    if (i != axis_operand) values.push_back(n.in(i));
  }
  n.require(!values.empty(), "there is nothing to concatenate");
  for (const ValueId v : values) {
    if (const Shape& shape = b.shape(v); shape.ranked() && axis < 0) {
      axis += static_cast<std::int64_t>(shape.rank());
      break;
    }
  }
  // Parts of size 0 add nothing.
  std::vector<ValueId> parts;
  for (const ValueId v : values) {
    const Shape& shape = b.shape(v);
    const bool empty =
        axis >= 0 && static_cast<std::size_t>(axis) < shape.rank() && shape[static_cast<std::size_t>(axis)].is(0);
    if (!empty) parts.push_back(v);
  }
  if (parts.empty()) parts.push_back(values.front());
  return concatenated(n, b, std::move(parts), axis);
}

// The kernel of PACK takes fewer types than that of CONCATENATION.
ValueId packed(const TfNode& n, Builder& b, std::vector<ValueId> values, std::int64_t axis) {
  const Type type = b.type(values.front());
  if (values.size() > 1 && b.table()[Op::PACK].kernel.types.has(type)) {
    const auto count = static_cast<std::int64_t>(values.size());
    return b(Op::PACK, values, {{Attr::values_count, count}, {Attr::axis, axis}});
  }
  for (ValueId& v : values) {
    const ValueId expanded = b(Op::EXPAND_DIMS, {v, b.int32(axis)});
    v = reshape_target(b.shape(expanded)) ? reshape(b, v, Shape(b.shape(expanded))) : expanded;
  }
  return concatenated(n, b, std::move(values), axis);
}

// Index (i - shift) mod size for each i: a roll by any shift along an axis of any size.
ValueId rolled_by_gather(const TfNode& n, Builder& b, ValueId x, ValueId shift, std::size_t axis) {
  const ValueId size = axis_size(b, x, axis);
  const ValueId indices = b(Op::FLOOR_MOD, {b(Op::SUB, {numbers_below(b, size), shift}), size});
  const Type type = b.type(x);
  const ValueId from = carried(b, x, carrier_type(n, b, Op::GATHER, type));
  const Attrs along{{Attr::axis, static_cast<std::int64_t>(axis)}, {Attr::batch_dims, 0}};
  return carried(b, b(Op::GATHER, {from, indices}, along), type);
}

ValueId rolled(const TfNode& n, Builder& b, ValueId x, std::int64_t shift, std::size_t axis) {
  const Dim size = b.shape(x)[axis];
  if (!size.known()) return rolled_by_gather(n, b, x, b.int32(shift), axis);
  if (size.number == 0) return x;
  const std::int64_t by = ((shift % size.number) + size.number) % size.number;
  if (by == 0) return x;
  const auto part = [&](std::int64_t from, std::int64_t to) {
    const std::size_t rank = b.shape(x).rank();
    std::vector<std::int64_t> begin(rank, 0);
    std::vector<std::int64_t> sizes;
    for (const Dim d : b.shape(x).dims()) sizes.push_back(d.known() ? d.number : -1);
    begin[axis] = from;
    sizes[axis] = to - from;
    return b(Op::SLICE, {x, b.int32s(begin), b.int32s(sizes)});
  };
  const ValueId last = part(size.number - by, size.number);
  const ValueId first = part(0, size.number - by);
  return concatenated(n, b, {last, first}, static_cast<std::int64_t>(axis));
}

// Shift i, an int32 scalar.
ValueId shift_number(const TfNode& n, Builder& b, std::size_t i) {
  const ValueId shifts = int32_operand(b, n.in(1));
  const Shape& shape = b.shape(shifts);
  n.require(shape.ranked() && shape.rank() <= 1, "the shifts are not known to be a vector");
  if (shape.rank() == 0) return shifts;
  return b(Op::GATHER, {shifts, b.int32(static_cast<std::int64_t>(i))}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
}

Results roll(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.ranked(), "the rank of the tensor is not known");
  const std::vector<std::int64_t> axes = n.integers(2, "axis");
  const auto shifts = b.integers(n.in(1));
  n.require(!shifts || shifts->size() == axes.size(), "there are not as many shifts as axes");
  return rearranged(n, b, n.in(0), [&](ValueId y) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto rank = static_cast<std::int64_t>(x.rank());
      n.require(axes[i] >= -rank && axes[i] < rank, "the axis is outside the tensor");
      const auto axis = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + rank : axes[i]);
      y = shifts ? rolled(n, b, y, (*shifts)[i], axis) : rolled_by_gather(n, b, y, shift_number(n, b, i), axis);
    }
    return y;
  });
}

}  // namespace

void add_join_translators(Translators& t) {
  t.add("ConcatV2", [](TfNode& n, Builder& b) -> Results { return concat(n, b, n.input_count() - 1); });
  t.add("Concat", [](TfNode& n, Builder& b) -> Results { return concat(n, b, 0); });
  t.add("ParallelConcat", [](TfNode& n, Builder& b) -> Results { return concatenated(n, b, n.inputs(), 0); });
  t.add("Pack", [](TfNode& n, Builder& b) -> Results {
    n.require(n.input_count() != 0, "there is nothing to pack");
    return packed(n, b, n.inputs(), n.integer_attr("axis"));
  });
  t.add("Roll", roll);
}

}  // namespace tolite::tensorflow
