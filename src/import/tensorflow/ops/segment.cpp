// TensorFlow reductions over rows that share a segment id: SegmentSum, -Mean, -Prod, -Max, -Min and UnsortedSegmentSum,
// ..., and those over rows that indices pick first: SparseSegmentSum, -Mean, -SqrtN.
#include "import/tensorflow/ops/segment.h"

#include <algorithm>
#include <cmath>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

bool wraps(Op op) { return op == Op::UNSORTED_SEGMENT_SUM || op == Op::UNSORTED_SEGMENT_PROD; }

// Sorted ids that name each segment are what the kernel of SEGMENT_SUM takes: it refuses gaps.
bool names_each_segment(const std::vector<std::int64_t>& ids) {
  if (!ids.empty() && ids.front() != 0) return false;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if (ids[i] != ids[i - 1] && ids[i] != ids[i - 1] + 1) return false;
  }
  return true;
}

// A segment without rows has the lowest (or highest) number of its own type, not of the wider one.
ValueId limited(Builder& b, Op op, ValueId y, Type type) {
  if (b.type(y) == type || wraps(op)) return y;
  double lowest = 0;
  double highest = 65504;  // of float16
  if (is_integer(type)) highest = std::ldexp(1.0, static_cast<int>(bit_size(type)) - (is_signed(type) ? 1 : 0)) - 1;
  if (is_signed(type)) lowest = is_integer(type) ? -highest - 1 : -highest;
  return op == Op::UNSORTED_SEGMENT_MAX ? b(Op::MAXIMUM, {y, b.scalar(b.type(y), lowest)})
                                        : b(Op::MINIMUM, {y, b.scalar(b.type(y), highest)});
}

// The ids may have several dimensions, which are then those of the rows.
Results unsorted(TfNode& n, Builder& b, Op op) {
  const ValueId ids = int32_operand(b, n.in(1));
  const ValueId count = int32_operand(b, n.in(2));
  if (op == Op::UNSORTED_SEGMENT_SUM) return segment_sums(n, b, n.in(0), ids, count);
  const ValueId y = segment_reduced(n, b, op, n.in(0), ids, count);
  const bool half = n.stored_type_attr("T") == Type::float16;
  return cast_to(b, limited(b, op, y, half ? Type::float16 : n.type(0)), n.type(0));
}

ValueId sorted_sums(const TfNode& n, Builder& b, ValueId x, ValueId ids) {
  const Type type = b.type(x);
  if (const auto constant = b.integers(ids);
      constant && names_each_segment(*constant) && type != Type::int64 && type != Type::uint64) {
    const Type compute = segment_type(n, b, Op::SEGMENT_SUM, type);
    return cast_to(b, b(Op::SEGMENT_SUM, {cast_to(b, x, compute), ids}), type);
  }
  return segment_sums(n, b, x, ids, segment_count(b, ids));
}

Results segment_sum(TfNode& n, Builder& b) { return sorted_sums(n, b, n.in(0), int32_operand(b, n.in(1))); }

// A segment without rows is 0, or 1 if it is a product.
Results sorted(TfNode& n, Builder& b, Op op) {
  const ValueId ids = int32_operand(b, n.in(1));
  const ValueId count = segment_count(b, ids);
  const ValueId y = segment_reduced(n, b, op, n.in(0), ids, count);
  const auto constant = b.integers(ids);
  if (op == Op::UNSORTED_SEGMENT_PROD || (constant && names_each_segment(*constant))) return cast_to(b, y, n.type(0));
  const ValueId has_rows = b(Op::GREATER, {segment_sizes(n, b, ids, count), b.int32(0)});
  const ValueId filled = b(Op::SELECT_V2, {for_each_row(n, b, has_rows, y), y, b.scalar(b.type(y), 0)});
  return cast_to(b, filled, n.type(0));
}

// The sum of each segment divided by f of the number of its rows, which counts as 1 if there are none.
template <typename F>
ValueId averaged(const TfNode& n, Builder& b, ValueId sums, ValueId ids, ValueId count, F f) {
  n.require(is_float(b.type(sums)), "the elements are not floating-point numbers");
  const ValueId sizes = b(Op::MAXIMUM, {segment_sizes(n, b, ids, count), b.int32(1)});
  return b(Op::DIV, {sums, for_each_row(n, b, f(cast_to(b, sizes, b.type(sums))), sums)});
}

ValueId as_it_is(ValueId v) { return v; }

Results segment_mean(TfNode& n, Builder& b) {
  const ValueId ids = int32_operand(b, n.in(1));
  const ValueId sums = sorted_sums(n, b, n.in(0), ids);
  return averaged(n, b, sums, ids, segment_count(b, ids), as_it_is);
}

enum class Average : std::uint8_t { none, mean, root };

// With a fourth operand, which is then the number of segments.
template <Average average>
Results sparse_segment(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  const Type carrier = carrier_type(n, b, Op::GATHER, type);
  const ValueId at = int32_operand(b, n.in(1));
  const ValueId picked = b(Op::GATHER, {carried(b, n.in(0), carrier), at}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
  const ValueId rows = carried(b, picked, type);
  const ValueId ids = int32_operand(b, n.in(2));
  const bool counted = n.input_count() > 3;
  const ValueId count = counted ? int32_operand(b, n.in(3)) : segment_count(b, ids);
  const ValueId sums = counted ? segment_sums(n, b, rows, ids, count) : sorted_sums(n, b, rows, ids);
  if (average == Average::none) return sums;
  if (average == Average::mean) return averaged(n, b, sums, ids, count, as_it_is);
  return averaged(n, b, sums, ids, count, [&](ValueId sizes) { return b(Op::SQRT, {sizes}); });
}

}  // namespace

Type segment_type(const TfNode& n, const Builder& b, Op op, Type type) {
  if (b.table()[op].kernel.types.has(type)) return type;
  const bool low_bits = op == Op::SEGMENT_SUM || wraps(op);
  if (is_narrow_float(type)) return Type::float32;
  if (is_integer(type) && byte_size(type) <= (low_bits ? 4 : 2)) return Type::int32;
  n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)),
           "cast to float32 or int32 in front of it");
}

ValueId segment_count(Builder& b, ValueId ids) {
  if (const auto constant = b.integers(ids))
    return b.int32(constant->empty() ? 0 : *std::max_element(constant->begin(), constant->end()) + 1);
  const ValueId last = b(Op::REDUCE_MAX, {ids, b.int32s({0})}, {{Attr::keep_dims, false}});
  return b(Op::ADD, {b(Op::MAXIMUM, {last, b.int32(-1)}), b.int32(1)});
}

ValueId segment_sizes(const TfNode& n, Builder& b, ValueId ids, ValueId count) {
  const ValueId ones = b(Op::FILL, {shape_of(b, ids), b.int32(1)});
  return segment_sums(n, b, ones, ids, count);
}

// SCATTER_ND adds up 64 bits, too.
ValueId segment_sums(const TfNode& n, Builder& b, ValueId x, ValueId ids, ValueId count) {
  const Type type = b.type(x);
  if (type != Type::int64 && type != Type::uint64)
    return cast_to(b, segment_reduced(n, b, Op::UNSORTED_SEGMENT_SUM, x, ids, count), type);
  const Shape shape = b.shape(x);
  const std::size_t depth = b.shape(ids).rank();
  n.require(shape.ranked() && b.shape(ids).ranked() && shape.rank() >= depth, "the rank of the tensor is not known");
  std::vector<ValueId> dims{count};
  for (std::size_t i = depth; i < shape.rank(); ++i) dims.push_back(axis_size(b, x, i));
  const ValueId target =
      b(Op::PACK, dims, {{Attr::values_count, static_cast<std::int64_t>(dims.size())}, {Attr::axis, 0}});
  const ValueId indices = b(Op::EXPAND_DIMS, {ids, b.int32(-1)});
  return cast_to(b, b(Op::SCATTER_ND, {indices, cast_to(b, x, Type::int64), target}), type);
}

ValueId segment_reduced(const TfNode& n, Builder& b, Op op, ValueId x, ValueId ids, ValueId count) {
  return b(op, {cast_to(b, x, segment_type(n, b, op, b.type(x))), ids, count});
}

ValueId for_each_row(const TfNode& n, Builder& b, ValueId v, ValueId x) {
  n.require(b.shape(x).ranked() && b.shape(v).ranked(), "the rank of the tensor is not known");
  std::vector<Dim> dims = b.shape(v).dims();
  dims.resize(b.shape(x).rank(), Dim(1));
  return reshaped(n, b, v, Shape(std::move(dims)));
}

void add_segment_translators(Translators& t) {
  t.add("SegmentMax", [](TfNode& n, Builder& b) { return sorted(n, b, Op::UNSORTED_SEGMENT_MAX); });
  t.add("SegmentMean", segment_mean);
  t.add("SegmentMin", [](TfNode& n, Builder& b) { return sorted(n, b, Op::UNSORTED_SEGMENT_MIN); });
  t.add("SegmentProd", [](TfNode& n, Builder& b) { return sorted(n, b, Op::UNSORTED_SEGMENT_PROD); });
  t.add("SegmentSum", segment_sum);
  t.add("SparseSegmentMean", sparse_segment<Average::mean>);
  t.add("SparseSegmentMeanWithNumSegments", sparse_segment<Average::mean>);
  t.add("SparseSegmentSqrtN", sparse_segment<Average::root>);
  t.add("SparseSegmentSqrtNWithNumSegments", sparse_segment<Average::root>);
  t.add("SparseSegmentSum", sparse_segment<Average::none>);
  t.add("SparseSegmentSumWithNumSegments", sparse_segment<Average::none>);
  t.add("UnsortedSegmentMax", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_MAX); });
  t.add("UnsortedSegmentMin", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_MIN); });
  t.add("UnsortedSegmentProd", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_PROD); });
  t.add("UnsortedSegmentSum", [](TfNode& n, Builder& b) { return unsorted(n, b, Op::UNSORTED_SEGMENT_SUM); });
}

}  // namespace tolite::tensorflow
