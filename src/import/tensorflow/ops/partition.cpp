// TensorFlow ops that take the rows of a tensor apart and put them together: DynamicPartition, DynamicStitch,
// ParallelDynamicStitch.
#include <algorithm>
#include <numeric>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/segment.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

// x with the dimensions that it shares with its indices as one.
ValueId as_rows(const TfNode& n, Builder& b, ValueId x, ValueId indices) {
  const Shape shape = b.shape(x);
  const Shape shared = b.shape(indices);
  n.require(shape.ranked() && shared.ranked() && shape.rank() >= shared.rank(), "the rank of a part is not known");
  std::vector<Dim> dims{product(b, shared, 0, shared.rank())};
  dims.insert(dims.end(), shape.dims().begin() + static_cast<std::ptrdiff_t>(shared.rank()), shape.dims().end());
  return reshaped(n, b, x, Shape(std::move(dims)), {indices});
}

ValueId as_vector(const TfNode& n, Builder& b, ValueId v) {
  return reshaped(n, b, v, Shape{product(b, b.shape(v), 0, b.shape(v).rank())});
}

ValueId rows_at(const TfNode& n, Builder& b, ValueId rows, ValueId at) {
  const Type type = b.type(rows);
  const Type carrier = carrier_type(n, b, Op::GATHER, type);
  return carried(b, b(Op::GATHER, {carried(b, rows, carrier), at}, {{Attr::axis, 0}, {Attr::batch_dims, 0}}), type);
}

// Part i has the rows whose number of a partition is i.
Results dynamic_partition(TfNode& n, Builder& b) {
  const std::int64_t count = n.integer_attr("num_partitions");
  n.require(count >= 1 && count <= 1 << 16, "its number of partitions is out of range");
  const ValueId rows = as_rows(n, b, n.in(0), n.in(1));
  const ValueId partitions = as_vector(n, b, int32_operand(b, n.in(1)));
  std::vector<ValueId> parts;
  for (std::int64_t i = 0; i < count; ++i) {
    const ValueId at = b(Op::WHERE, {b(Op::EQUAL, {partitions, b.int32(i)})});
    const ValueId list = reshaped(n, b, at, Shape{b.shape(at)[0]});
    parts.push_back(rows_at(n, b, rows, list));
  }
  return parts;
}

ValueId joined(const TfNode& n, Builder& b, std::vector<ValueId> parts) {
  if (parts.size() == 1) return parts.front();
  const Type type = b.type(parts.front());
  const Type carrier = carrier_type(n, b, Op::CONCATENATION, type);
  for (ValueId& part : parts) part = carried(b, part, carrier);
  return carried(b, b(Op::CONCATENATION, parts, {{Attr::axis, 0}}), type);
}

// The parts one after the other, and of the rows that name an index the last.
Results dynamic_stitch(TfNode& n, Builder& b) {
  const std::size_t count = n.input_count() / 2;
  n.require(count != 0, "it has no parts");
  std::vector<ValueId> indices;
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < count; ++i) {
    parts.push_back(as_rows(n, b, n.in(count + i), n.in(i)));
    indices.push_back(as_vector(n, b, int32_operand(b, n.in(i))));
  }
  const ValueId rows = joined(n, b, std::move(parts));
  const ValueId ids = joined(n, b, std::move(indices));
  if (const auto constant = b.integers(ids)) {
    for (const std::int64_t id : *constant) n.require(id >= 0 && id < 1 << 24, "an index is negative or too large");
    std::vector<std::int64_t> as_they_come(constant->size());
    std::iota(as_they_come.begin(), as_they_come.end(), 0);
    if (*constant == as_they_come) return rows;
  }
  const ValueId numbers = numbers_below(b, axis_size(b, ids, 0));
  const ValueId last = b(Op::UNSORTED_SEGMENT_MAX, {numbers, ids, segment_count(b, ids)});
  // TensorFlow leaves open what a row is that no index names.
  return rows_at(n, b, rows, b(Op::MAXIMUM, {last, b.int32(0)}));
}

}  // namespace

void add_partition_translators(Translators& t) {
  t.add("DynamicPartition", dynamic_partition);
  t.add("DynamicStitch", dynamic_stitch);
  t.add("ParallelDynamicStitch", dynamic_stitch);
}

}  // namespace tolite::tensorflow
