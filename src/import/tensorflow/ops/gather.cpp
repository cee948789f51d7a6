// TensorFlow ops that pick by computed indices: Gather, GatherV2, GatherNd, ReverseV2, ReverseSequence,
// InvertPermutation, DynamicStitch.
#include <algorithm>
#include <numeric>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// The kernels take indices of 16, 32 and 64 bits; constants become 32.
ValueId indices_operand(Builder& b, ValueId indices) {
  const Type type = b.type(indices);
  const bool taken = type == Type::int16 || type == Type::int32 || type == Type::int64;
  return taken && b.constant_of(indices) == nullptr ? indices : int32_operand(b, indices);
}

ValueId gathered(const TfNode& n, Builder& b, ValueId x, ValueId indices, std::int64_t axis, std::int64_t batch_dims) {
  const Type type = b.type(x);
  const ValueId from = carried(b, x, carrier_type(n, b, Op::GATHER, type));
  const ValueId at = indices_operand(b, indices);
  return carried(b, b(Op::GATHER, {from, at}, {{Attr::axis, axis}, {Attr::batch_dims, batch_dims}}), type);
}

Results gather_nd(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::GATHER_ND, type));
  return carried(b, b(Op::GATHER_ND, {x, indices_operand(b, n.in(1))}), type);
}

// The kernel turns around axes that lie next to each other: one op a group of them.
Results reversed(TfNode& n, Builder& b, std::vector<std::int64_t> axes) {
  const Type type = n.type(0);
  ValueId y = carried(b, n.in(0), carrier_type(n, b, Op::REVERSE_V2, type));
  const auto rank = static_cast<std::int64_t>(n.shape(0).rank());
  for (std::int64_t& axis : axes) {
    if (axis < 0) axis += rank;
    n.require(!n.shape(0).ranked() || (axis >= 0 && axis < rank), "an axis is outside the tensor");
  }
  std::sort(axes.begin(), axes.end());
  for (std::size_t i = 0; i < axes.size();) {
    std::vector<std::int64_t> group{axes[i++]};
    while (i < axes.size() && axes[i] == group.back() + 1) group.push_back(axes[i++]);
    y = b(Op::REVERSE_V2, {y, b.int32s(group)});
  }
  return carried(b, y, type);
}

Results reverse_by_flags(TfNode& n, Builder& b) {
  const Tensor& flags = n.constant(1, "dims");
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 0; i < flags.element_count(); ++i) {
    if (element_as_int64(flags, i) != 0) axes.push_back(i);
  }
  return reversed(n, b, std::move(axes));
}

Results reverse_sequence(TfNode& n, Builder& b) {
  const auto rank = static_cast<std::int64_t>(n.shape(0).rank());
  const auto from_front = [&](std::int64_t axis) { return axis < 0 ? axis + rank : axis; };
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::REVERSE_SEQUENCE, type));
  const ValueId y = b(Op::REVERSE_SEQUENCE, {x, n.in(1)},
                      {{Attr::seq_dim, from_front(n.integer_attr("seq_dim"))},
                       {Attr::batch_dim, from_front(n.integer_attr("batch_dim"))}});
  return carried(b, y, type);
}

// Element p[i] of the result is i: the numbers of a range, scattered.
Results invert_permutation(TfNode& n, Builder& b) {
  const Shape shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() == 1, "the permutation is not a vector");
  const ValueId p = int32_operand(b, n.in(0));
  const ValueId indices = reshape(b, p, Shape{shape[0], 1});
  const ValueId size = b(Op::SHAPE, {p}, {{Attr::out_type, Type::int32}});
  const ValueId range = b(Op::RANGE, {b.int32(0), reshape(b, size, Shape{}), b.int32(1)});
  return cast_to(b, b(Op::SCATTER_ND, {indices, range, size}), n.type(0));
}

// Rows of several tensors in an order that constants give: the tensors one after the other, and the rows gathered.
Results dynamic_stitch(TfNode& n, Builder& b) {
  const std::size_t count = n.input_count() / 2;
  std::vector<ValueId> parts;
  std::vector<std::int64_t> order;  // result row -> row of the parts
  std::int64_t row = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Shape indices = n.shape(i);
    const Shape data = n.shape(count + i);
    n.require(indices.ranked() && data.ranked() && data.rank() >= indices.rank(), "the rank of a part is not known");
    for (const std::int64_t to : n.integers(i, "indices")) {
      constexpr std::int64_t kMostRows = 1 << 24;
      n.require(to >= 0 && to < kMostRows, "an index is negative or too large");
      if (static_cast<std::size_t>(to) >= order.size()) order.resize(static_cast<std::size_t>(to) + 1, -1);
      order[static_cast<std::size_t>(to)] = row++;
    }
    std::vector<Dim> dims{indices.element_count().value_or(0)};
    dims.insert(dims.end(), data.dims().begin() + static_cast<std::ptrdiff_t>(indices.rank()), data.dims().end());
    n.require(reshape_target(Shape(dims)).has_value(), "several dimensions of a part are unknown");
    parts.push_back(reshape(b, n.in(count + i), Shape(dims)));
  }
  n.require(std::find(order.begin(), order.end(), -1) == order.end(), "some rows of the result have no index");
  n.require(!parts.empty(), "it has no parts");
  const Type type = b.type(parts.front());
  const Type carrier = carrier_type(n, b, Op::CONCATENATION, type);
  for (ValueId& part : parts) part = carried(b, part, carrier);
  const ValueId all = parts.size() == 1 ? parts.front() : b(Op::CONCATENATION, parts, {{Attr::axis, 0}});
  std::vector<std::int64_t> as_they_come(static_cast<std::size_t>(row));
  std::iota(as_they_come.begin(), as_they_come.end(), 0);
  if (order == as_they_come) return carried(b, all, type);
  return gathered(n, b, carried(b, all, type), b.int32s(order), 0, 0);
}

}  // namespace

void add_gather_translators(Translators& t) {
  t.add("Gather", [](TfNode& n, Builder& b) -> Results { return gathered(n, b, n.in(0), n.in(1), 0, 0); });
  t.add("GatherV2", [](TfNode& n, Builder& b) -> Results {
    return gathered(n, b, n.in(0), n.in(1), n.integer(2, "axis"), n.integer_attr("batch_dims"));
  });
  t.add("GatherNd", gather_nd);
  t.add("ReverseV2", [](TfNode& n, Builder& b) -> Results { return reversed(n, b, n.integers(1, "axis")); });
  t.add("Reverse", reverse_by_flags);
  t.add("ReverseSequence", reverse_sequence);
  t.add("InvertPermutation", invert_permutation);
  t.add("DynamicStitch", dynamic_stitch);
  t.add("ParallelDynamicStitch", dynamic_stitch);
}

}  // namespace tolite::tensorflow
