// What the kernels of older runtimes get wrong or refuse though they load the op: operands that only came later,
// without a new version to tell by. Found by running files in TensorFlow 2.12, tflite-runtime 2.14 and LiteRT 1.0. The
// rules give the same answers everywhere, and run only if a target runtime older than the newest is named.
#include "lite/infer.h"
#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

ValueId cast(Builder& b, ValueId v, Type type) {
  return b(Op::CAST, {v}, {{Attr::in_data_type, b.type(v)}, {Attr::out_data_type, type}});
}

/// They turn around one axis a node.
ValueId reverse_axis_by_axis(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const auto axes = n.integers(1);
  if (!axes || axes->size() < 2) return m.no("there is one axis");
  ValueId v = n.input(0);
  for (const std::int64_t axis : *axes) v = b(Op::REVERSE_V2, {v, b.int32s({axis})});
  return v;
}

/// They broadcast up to four dimensions; operands of one shape may have any.
ValueId broadcast_first(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape x = n.shape(0);
  const Shape y = n.shape(1);
  if (!x.is_static() || !y.is_static() || x == y || (x.rank() <= 4 && y.rank() <= 4))
    return m.no("the operands have one shape or at most four dimensions, or are not known");
  if (x.is_scalar() || y.is_scalar()) return m.no("an operand is a scalar");
  const std::vector<std::int64_t> wide = broadcast(b.dims(), x, y).numbers();
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < 2; ++i) {
    const ValueId v = n.input(i);
    const bool is_wide = m.shape(v).numbers() == wide;
    operands.push_back(is_wide ? v : b(Op::BROADCAST_TO, {v, b.int32s(wide)}));
  }
  return rebuild(b, n, operands);
}

/// int16 is compared as int32, and small integers are negated as such.
ValueId on_int32(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(0) != Type::int16 && !(n.type(0) == Type::int8 && n.op() == Op::NEG))
    return m.no("the type is neither int16 nor int8");
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < n.input_count(); ++i) operands.push_back(cast(b, n.input(i), Type::int32));
  const ValueId result = rebuild(b, n, operands);
  return b.type(result) == n.output_type() ? result : cast(b, result, n.output_type());
}

}  // namespace

std::vector<Rule> older_kernel_rules() {
  const std::vector<Op> comparisons{Op::EQUAL, Op::NOT_EQUAL, Op::LESS, Op::LESS_EQUAL, Op::GREATER, Op::GREATER_EQUAL};
  std::vector<Op> broadcasting{Op::LOGICAL_AND,        Op::LOGICAL_OR, Op::FLOOR_DIV, Op::FLOOR_MOD, Op::POW,
                               Op::SQUARED_DIFFERENCE, Op::MAXIMUM,    Op::MINIMUM,   Op::ATAN2,     Op::BITWISE_XOR,
                               Op::RIGHT_SHIFT,        Op::ADD,        Op::SUB,       Op::MUL,       Op::DIV};
  broadcasting.insert(broadcasting.end(), comparisons.begin(), comparisons.end());
  std::vector<Op> small = comparisons;
  small.push_back(Op::NEG);
  return {
      {"older_reverse", op(Op::REVERSE_V2), reverse_axis_by_axis},
      {"older_broadcast", op(broadcasting).any_activation(), broadcast_first},
      {"older_small_integers", op(small), on_int32},
  };
}

}  // namespace tolite::optimize
