// TensorFlow's arithmetic of two operands.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "lite/infer.h"

namespace tolite::tensorflow {
namespace {

// The highest rank at which the kernels broadcast operands of different shapes, with room to spare: above it the
// runtime aborts (measured: 4 to 8 by op).
constexpr std::size_t kBroadcastRank = 4;
constexpr std::size_t kArithmeticRank = 6;  // ADD, SUB, MUL, DIV

bool same_shape(const Shape& a, const Shape& b) { return a.ranked() && a == b; }

/// Both operands made of one shape where the kernel's broadcasting ends.
std::vector<ValueId> broadcastable(TfNode& n, Builder& b, std::size_t most_rank) {
  const Shape x = n.shape(0);
  const Shape y = n.shape(1);
  std::vector<ValueId> operands{n.in(0), n.in(1)};
  if (!x.ranked() || !y.ranked() || std::max(x.rank(), y.rank()) <= most_rank || same_shape(x, y) || x.is_scalar() ||
      y.is_scalar()) {
    return operands;
  }
  const Shape common = broadcast(b.dims(), x, y);
  if (!common.is_static())
    n.refuse("operands of rank " + std::to_string(common.rank()) + " and unknown size are broadcast");
  const ValueId shape = b.int32s(common.numbers());
  for (ValueId& operand : operands) {
    if (b.shape(operand) != common) operand = b(Op::BROADCAST_TO, {operand, shape});
  }
  return operands;
}

template <Op op, std::size_t most_rank = kBroadcastRank>
Results binary(TfNode& n, Builder& b) {
  return b(op, broadcastable(n, b, most_rank));
}

/// The kernels of integer arithmetic that are missing are computed in a wider type, exactly.
template <Op op>
Results arithmetic(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  const bool narrow =
      type == Type::int8 || type == Type::uint8 || type == Type::int16 || type == Type::uint16 || type == Type::uint32;
  std::vector<ValueId> operands = broadcastable(n, b, kArithmeticRank);
  if (!narrow) return b(op, operands);
  if (op == Op::DIV) n.refuse("there is no division of this type");
  for (ValueId& operand : operands) operand = cast_to(b, operand, Type::int32);
  return cast_to(b, b(op, operands), type);
}

Results bias_add(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  if (n.text_attr("data_format", "NHWC") != "NCHW") return b(Op::ADD, {n.in(0), n.in(1)});
  if (!x.ranked() || x.rank() < 2) n.refuse("the operand's rank is unknown");
  std::vector<std::int64_t> dims(x.rank() - 1, 1);
  dims[0] = -1;
  return b(Op::ADD, {n.in(0), b(Op::RESHAPE, {n.in(1), b.int32s(dims)})});
}

Results add_n(TfNode& n, Builder& b) {
  if (n.input_count() == 1) return n.in(0);
  if (n.type(0) == Type::float32 || n.type(0) == Type::int32) {
    return n.input_count() == 2 ? b(Op::ADD, n.inputs()) : b(Op::ADD_N, n.inputs());
  }
  ValueId sum = n.in(0);
  for (std::size_t i = 1; i < n.input_count(); ++i) sum = b(Op::ADD, {sum, n.in(i)});
  return sum;
}

/// Division that rounds towards zero is what the integer kernel of DIV does.
Results truncate_div(TfNode& n, Builder& b) { return arithmetic<Op::DIV>(n, b); }

/// `value` where `guard` is not zero, else zero.
ValueId zero_where_zero(TfNode& n, Builder& b, ValueId guard, ValueId value) {
  const ValueId zero = b.scalar(n.type(0), 0);
  return b(Op::SELECT_V2, {b(Op::EQUAL, {guard, zero}), zero, value});
}

Results div_no_nan(TfNode& n, Builder& b) { return zero_where_zero(n, b, n.in(1), b(Op::DIV, {n.in(0), n.in(1)})); }

Results mul_no_nan(TfNode& n, Builder& b) { return zero_where_zero(n, b, n.in(1), b(Op::MUL, {n.in(0), n.in(1)})); }

Results xdivy(TfNode& n, Builder& b) { return zero_where_zero(n, b, n.in(0), b(Op::DIV, {n.in(0), n.in(1)})); }

Results xlogy(TfNode& n, Builder& b) {
  return zero_where_zero(n, b, n.in(0), b(Op::MUL, {n.in(0), b(Op::LOG, {n.in(1)})}));
}

Results xlog1py(TfNode& n, Builder& b) {
  const ValueId log = b(Op::LOG, {b(Op::ADD, {n.in(1), b.scalar(n.type(1), 1)})});
  return zero_where_zero(n, b, n.in(0), b(Op::MUL, {n.in(0), log}));
}

}  // namespace

void add_binary_translators(Translators& t) {
  t.add("Add", arithmetic<Op::ADD>);
  t.add("AddV2", arithmetic<Op::ADD>);
  t.add("AddN", add_n);
  t.add("BiasAdd", bias_add);
  t.add("BiasAddV1", bias_add);
  t.add("Sub", arithmetic<Op::SUB>);
  t.add("Mul", arithmetic<Op::MUL>);
  t.add("RealDiv", arithmetic<Op::DIV>);
  t.add("Div", arithmetic<Op::DIV>);
  t.add("TruncateDiv", truncate_div);
  t.add("DivNoNan", div_no_nan);
  t.add("MulNoNan", mul_no_nan);
  t.add("Xdivy", xdivy);
  t.add("Xlogy", xlogy);
  t.add("Xlog1py", xlog1py);
  t.add("FloorDiv", binary<Op::FLOOR_DIV>);
  t.add("FloorMod", binary<Op::FLOOR_MOD>);
  t.add("Pow", binary<Op::POW>);
  t.add("Maximum", binary<Op::MAXIMUM>);
  t.add("Minimum", binary<Op::MINIMUM>);
  t.add("SquaredDifference", binary<Op::SQUARED_DIFFERENCE>);
  t.add("Atan2", binary<Op::ATAN2>);
}

}  // namespace tolite::tensorflow
