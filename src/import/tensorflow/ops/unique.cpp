// TensorFlow ops on values as keys: Unique, UniqueV2, UniqueWithCounts, ListDiff, Bucketize, HistogramFixedWidth,
// LowerBound, UpperBound.
#include <algorithm>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/segment.h"
#include "import/tensorflow/ops/symbolic_shape.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// A type of the kernel of `op` in which values compare as in `type`.
Type comparing_type(const TfNode& n, const Builder& b, Op op, Type type) {
  const TypeSet taken = b.table()[op].kernel.types;
  if (taken.has(type)) return type;
  if (is_narrow_float(type) && taken.has(Type::float32)) return Type::float32;
  if (is_integer(type) && byte_size(type) < 4 && taken.has(Type::int32)) return Type::int32;
  if (type == Type::uint32 && taken.has(Type::int64)) return Type::int64;
  if (type == Type::boolean && taken.has(Type::uint8)) return Type::uint8;
  n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)),
           "cast to float32 or int32 in front of it");
}

std::vector<ValueId> unique(TfNode& n, Builder& b) {
  if (n.input_count() > 1) {
    const std::vector<std::int64_t> axis = n.integers(1, "axis");
    n.require(axis.empty() || (axis.size() == 1 && axis[0] == 0 && n.shape(0).ranked() && n.shape(0).rank() == 1),
              "it looks for unique slices, not elements");
  }
  const Type type = n.type(0);
  const ValueId x = cast_to(b, n.in(0), comparing_type(n, b, Op::UNIQUE, type));
  std::vector<ValueId> results =
      b.many(Op::UNIQUE, {x}, {{Attr::idx_out_type, n.type_attr("out_idx", Type::int32)}}, 2);
  results[0] = cast_to(b, results[0], type);
  return results;
}

Results unique_with_counts(TfNode& n, Builder& b) {
  std::vector<ValueId> results = unique(n, b);
  const ValueId size = axis_size(b, results[0], 0);
  const ValueId counts = segment_sizes(n, b, int32_operand(b, results[1]), size);
  results.push_back(cast_to(b, counts, n.type_attr("out_idx", Type::int32)));
  return results;
}

// The elements of a vector that are in no place of another, and where they are.
Results list_diff(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 1, "its operand is not known to be a vector");
  const ValueId column = reshaped(n, b, n.in(0), Shape{n.shape(0)[0], 1});
  const ValueId equal = element_wise(n, b, Op::EQUAL, {column, n.in(1)});
  const ValueId found = b(Op::REDUCE_ANY, {equal, b.int32s({1})}, {{Attr::keep_dims, false}});
  const ValueId at = b(Op::WHERE, {b(Op::LOGICAL_NOT, {found})});
  const ValueId list = reshaped(n, b, at, Shape{b.shape(at)[0]});
  const Type type = n.type(0);
  const ValueId from = carried(b, n.in(0), carrier_type(n, b, Op::GATHER, type));
  const ValueId left = carried(b, b(Op::GATHER, {from, list}, {{Attr::axis, 0}, {Attr::batch_dims, 0}}), type);
  return std::vector<ValueId>{left, cast_to(b, list, n.type_attr("out_idx", Type::int32))};
}

// What lies outside the range counts for the outermost bins.
Results histogram(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked(), "the rank of the values is not known");
  const ValueId values = cast_to(b, n.in(0), Type::float32);
  const ValueId range = cast_to(b, n.in(1), Type::float32);
  const std::vector<ValueId> ends = b.many(Op::UNPACK, {range}, {{Attr::num, 2}, {Attr::axis, 0}}, 2);
  const ValueId count = int32_operand(b, n.in(2));
  const ValueId flat = reshaped(n, b, values, Shape{product(b, n.shape(0), 0, n.shape(0).rank())});
  const ValueId width = b(Op::DIV, {b(Op::SUB, {ends[1], ends[0]}), cast_to(b, count, Type::float32)});
  const ValueId above = b(Op::SUB, {b(Op::MAXIMUM, {flat, ends[0]}), ends[0]});
  const ValueId last = cast_to(b, b(Op::SUB, {count, b.int32(1)}), Type::float32);
  const ValueId bins = b(Op::MINIMUM, {b(Op::DIV, {above, width}), last});
  const ValueId sizes = segment_sizes(n, b, cast_to(b, b(Op::FLOOR, {bins}), Type::int32), count);
  return cast_to(b, sizes, n.type_attr("dtype", Type::int32));
}

Results bucketize(TfNode& n, Builder& b) {
  const ValueId x = cast_to(b, n.in(0), comparing_type(n, b, Op::BUCKETIZE, n.type(0)));
  return b(Op::BUCKETIZE, {x}, {{Attr::boundaries, n.reals_attr("boundaries")}});
}

ValueId expanded(Builder& b, ValueId x, std::int64_t axis) {
  const ValueId y = b(Op::EXPAND_DIMS, {x, b.int32(axis)});
  return reshape_target(b.shape(y)) ? reshape(b, x, Shape(b.shape(y))) : y;
}

// How many elements of the sorted row are below (or not above) each value.
Results bound(TfNode& n, Builder& b, Op compare) {
  const Type type = comparing_type(n, b, compare, n.type(0));
  const ValueId sorted = expanded(b, cast_to(b, n.in(0), type), 1);
  const ValueId values = expanded(b, cast_to(b, n.in(1), type), 2);
  const ValueId counted = cast_to(b, b(compare, {sorted, values}), n.type_attr("out_type", Type::int32));
  return b(Op::SUM, {counted, b.int32s({2})}, {{Attr::keep_dims, false}});
}

}  // namespace

void add_unique_translators(Translators& t) {
  t.add("Bucketize", bucketize);
  t.add("HistogramFixedWidth", histogram);
  t.add("ListDiff", list_diff);
  t.add("LowerBound", [](TfNode& n, Builder& b) { return bound(n, b, Op::LESS); });
  t.add("Unique", [](TfNode& n, Builder& b) -> Results { return unique(n, b); });
  t.add("UniqueV2", [](TfNode& n, Builder& b) -> Results { return unique(n, b); });
  t.add("UniqueWithCounts", unique_with_counts);
  t.add("UniqueWithCountsV2", unique_with_counts);
  t.add("UpperBound", [](TfNode& n, Builder& b) { return bound(n, b, Op::LESS_EQUAL); });
}

}  // namespace tolite::tensorflow
