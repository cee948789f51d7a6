// TensorFlow reductions over rows that share a segment id: SegmentSum, -Mean, -Prod, -Max, -Min, UnsortedSegmentSum,
// ...
#include <algorithm>
#include <cmath>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {
namespace {

// Narrow types are computed in wider ones: sums and products wrap alike.
Type segment_type(const TfNode& n, const Builder& b, Op op, Type type) {
  if (b.table()[op].kernel.types.has(type)) return type;
  const bool sum = op == Op::SEGMENT_SUM || op == Op::UNSORTED_SEGMENT_SUM || op == Op::UNSORTED_SEGMENT_PROD;
  if (sum && is_narrow_float(type)) return Type::float32;
  if (is_integer(type) && byte_size(type) <= (sum ? 4 : 2)) return Type::int32;
  n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)),
           "cast to float32 or int32 in front of it");
}

// A segment without rows has the lowest (or highest) number of its own type, not of the wider one.
ValueId limited(Builder& b, Op op, ValueId y, Type type) {
  if (b.type(y) == type || (op != Op::UNSORTED_SEGMENT_MAX && op != Op::UNSORTED_SEGMENT_MIN)) return y;
  const auto bits = static_cast<int>(bit_size(type)) - (is_signed(type) ? 1 : 0);
  const double lowest = is_signed(type) ? -std::ldexp(1.0, bits) : 0;
  const double highest = std::ldexp(1.0, bits) - 1;
  return op == Op::UNSORTED_SEGMENT_MAX ? b(Op::MAXIMUM, {y, b.scalar(b.type(y), lowest)})
                                        : b(Op::MINIMUM, {y, b.scalar(b.type(y), highest)});
}

Results unsorted(TfNode& n, Builder& b, Op op) {
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), segment_type(n, b, op, type));
  const ValueId y = b(op, {x, int32_operand(b, n.in(1)), int32_operand(b, n.in(2))});
  return carried(b, limited(b, op, y, type), type);
}

Results segment_sum(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), segment_type(n, b, Op::SEGMENT_SUM, type));
  return carried(b, b(Op::SEGMENT_SUM, {x, int32_operand(b, n.in(1))}), type);
}

// How many rows each segment has; the ids are constants.
std::vector<std::int64_t> segment_sizes(const TfNode& n) {
  std::vector<std::int64_t> sizes;
  for (const std::int64_t id : n.integers(1, "segment_ids")) {
    constexpr std::int64_t kMostSegments = 1 << 24;
    n.require(id >= 0 && id < kMostSegments, "a segment id is negative or too large");
    if (static_cast<std::size_t>(id) >= sizes.size()) sizes.resize(static_cast<std::size_t>(id) + 1);
    ++sizes[static_cast<std::size_t>(id)];
  }
  return sizes;
}

// A sorted reduction as the unsorted one, where no segment is empty: for those the two differ.
Results sorted(TfNode& n, Builder& b, Op op) {
  const std::vector<std::int64_t> sizes = segment_sizes(n);
  n.require(std::find(sizes.begin(), sizes.end(), 0) == sizes.end(), "some segments have no rows");
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), segment_type(n, b, op, type));
  const ValueId count = b.int32(static_cast<std::int64_t>(sizes.size()));
  return carried(b, b(op, {x, int32_operand(b, n.in(1)), count}), type);
}

Results segment_mean(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  n.require(n.shape(0).ranked(), "the rank of the tensor is not known");
  n.require(is_float(type) && type != Type::float64, "the elements are not float32 or float16");
  const std::vector<std::int64_t> sizes = segment_sizes(n);
  std::vector<std::int64_t> dims(n.shape(0).rank(), 1);
  n.require(!dims.empty(), "the tensor is a scalar");
  dims.front() = static_cast<std::int64_t>(sizes.size());
  std::vector<double> counts;
  for (const std::int64_t size : sizes) counts.push_back(static_cast<double>(std::max<std::int64_t>(1, size)));
  const ValueId x = carried(b, n.in(0), Type::float32);
  const ValueId sum = b(Op::SEGMENT_SUM, {x, int32_operand(b, n.in(1))});
  return carried(b, b(Op::DIV, {sum, b.constant(tensor_of(Type::float32, dims, counts))}), type);
}

}  // namespace

void add_segment_translators(Translators& t) {
  t.add("SegmentSum", segment_sum);
  t.add("SegmentMean", segment_mean);
  t.add("SegmentProd", [](TfNode& n, Builder& b) { return sorted(n, b, Op::UNSORTED_SEGMENT_PROD); });
  t.add("SegmentMax", [](TfNode& n, Builder& b) { return sorted(n, b, Op::UNSORTED_SEGMENT_MAX); });
  t.add("SegmentMin", [](TfNode& n, Builder& b) { return sorted(n, b, Op::UNSORTED_SEGMENT_MIN); });
  t.add("UnsortedSegmentSum", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_SUM); });
  t.add("UnsortedSegmentProd", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_PROD); });
  t.add("UnsortedSegmentMax", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_MAX); });
  t.add("UnsortedSegmentMin", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_MIN); });
}

}  // namespace tolite::tensorflow
