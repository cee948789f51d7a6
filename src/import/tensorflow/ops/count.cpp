// TensorFlow ops that count: Bincount, DenseBincount, InTopK.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

// ---- Bincount and DenseBincount.

ValueId pair(Builder& b, ValueId first, ValueId second) {
  return b(Op::PACK, {first, second}, {{Attr::values_count, 2}, {Attr::axis, 0}});
}

/// The first `bins` columns: what lies behind them counted numbers out of range.
ValueId without_last_column(Builder& b, ValueId counts, ValueId bins) {
  const bool vector = b.shape(counts).rank() == 1;
  const ValueId begins = b.int32s(vector ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>{0, 0});
  const ValueId ends = vector ? b(Op::RESHAPE, {bins, b.int32s({1})}) : pair(b, b.int32(0), bins);
  const ValueId strides = b.int32s(vector ? std::vector<std::int64_t>{1} : std::vector<std::int64_t>{1, 1});
  const int rows = vector ? 0 : 1;
  return b(Op::STRIDED_SLICE, {counts, begins, ends, strides}, {{Attr::begin_mask, rows}, {Attr::end_mask, rows}});
}

/// Weights, or ones, added up by bin; a row of a matrix has its own bins, counted on from the row before. One more bin
/// takes the numbers that are too large, which TensorFlow leaves out.
ValueId counts(TfNode& n, Builder& b, bool by_row, ValueId weights, Type type) {
  const Type compute = computing_type(b, Op::UNSORTED_SEGMENT_SUM, type, Exact::value);
  const bool whole = type == Type::int64 && !weights;  // how often an int32 index occurs fits int32
  if (compute == Type::none && !whole) {
    n.refuse("the runtime does not add up elements of type " + std::string(type_name(type)) + " by number",
             "use int32 or float32 weights");
  }
  const Type sum_type = whole ? Type::int32 : compute;
  const ValueId bins = int32_operand(b, n.in(1));
  const ValueId width = b(Op::ADD, {bins, b.int32(1)});
  ValueId bin = b(Op::MINIMUM, {int32_operand(b, n.in(0)), bins});
  ValueId bin_count = width;
  if (by_row) {
    const ValueId shape = shape_of(b, bin);
    const ValueId rows = b(Op::GATHER, {shape, b.int32(0)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
    const ValueId numbers = b(Op::RANGE, {b.int32(0), rows, b.int32(1)});
    const ValueId starts = b(Op::MUL, {numbers, width});
    bin = b(Op::ADD, {bin, b(Op::RESHAPE, {starts, b.int32s({-1, 1})})});
    bin_count = b(Op::MUL, {rows, width});
  }
  const ValueId data = weights ? cast_to(b, weights, sum_type) : b(Op::FILL, {shape_of(b, bin), b.scalar(sum_type, 1)});
  const ValueId flat_data = b(Op::RESHAPE, {data, b.int32s({-1})});
  const ValueId flat_bin = b(Op::RESHAPE, {bin, b.int32s({-1})});
  ValueId sums = b(Op::UNSORTED_SEGMENT_SUM, {flat_data, flat_bin, bin_count});
  if (by_row) sums = b(Op::RESHAPE, {sums, pair(b, b.int32(-1), width)});
  return cast_to(b, without_last_column(b, sums, bins), type);
}

/// Weights without elements mean that there are none.
ValueId weights_operand(TfNode& n, std::size_t i) {
  const Shape& shape = n.shape(i);
  n.require(shape.ranked(), "the rank of the weights is not known");
  const auto count = shape.element_count();
  if (count && *count == 0) return {};
  n.require(n.shape(0).ranked() && shape.rank() == n.shape(0).rank(),
            "the weights are not known to have the shape of the numbers");
  return n.in(i);
}

Results bincount(TfNode& n, Builder& b) { return counts(n, b, false, weights_operand(n, 2), n.type(2)); }

/// Of a vector, or of each row of a matrix; on request only whether there is one at all.
Results dense_bincount(TfNode& n, Builder& b) {
  const Shape shape = n.shape(0);
  n.require(shape.ranked(), "the rank of the numbers is not known");
  n.require(shape.rank() == 1 || shape.rank() == 2, "the numbers are neither a vector nor a matrix");
  const bool binary = n.flag_attr("binary_output");
  const ValueId weights = binary ? ValueId() : weights_operand(n, 2);
  const ValueId sums = counts(n, b, shape.rank() == 2, weights, n.type(2));
  return binary ? element_wise(n, b, Op::MINIMUM, {sums, scalar_like(b, sums, 1)}) : sums;
}

// ---- InTopK.

/// Whether fewer than k predictions of the row exceed that of the target, which must be one of the classes.
Results in_top_k(TfNode& n, Builder& b) {
  const Shape predictions = n.shape(0);
  n.require(predictions.ranked() && predictions.rank() == 2 && predictions.last().known(),
            "the number of classes is not known");
  const ValueId k = n.input_count() > 2 ? int32_operand(b, n.in(2)) : b.int32(n.integer_attr("k"));
  const ValueId target = int32_operand(b, n.in(1));
  const ValueId least = b(Op::MAXIMUM, {target, b.int32(0)});
  const ValueId safe = b(Op::MINIMUM, {least, b.int32(predictions.last().number - 1)});
  const ValueId prediction = b(Op::GATHER, {n.in(0), safe}, {{Attr::axis, 1}, {Attr::batch_dims, 1}});
  const ValueId column = b(Op::RESHAPE, {prediction, b.int32s({-1, 1})});
  const ValueId above = cast_to(b, b(Op::GREATER, {n.in(0), column}), Type::int32);
  const ValueId count = b(Op::SUM, {above, b.int32s({1})}, {{Attr::keep_dims, false}});
  const ValueId is_class = b(Op::EQUAL, {safe, target});
  return b(Op::LOGICAL_AND, {b(Op::LESS, {count, k}), is_class});
}

}  // namespace

void add_count_translators(Translators& t) {
  t.add("Bincount", bincount);
  t.add("DenseBincount", dense_bincount);
  t.add("InTopK", in_top_k);
  t.add("InTopKV2", in_top_k);
}

}  // namespace tolite::tensorflow
