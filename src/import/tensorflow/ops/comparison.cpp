// TensorFlow comparisons and logic.
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

/// Types without a comparison kernel are compared as int32, which holds each of their values.
template <Op op>
Results compare(TfNode& n, Builder& b) {
  ValueId x = n.in(0);
  ValueId y = n.in(1);
  const Type type = n.type(0);
  if (type == Type::int16 || type == Type::uint16 || type == Type::int8 || type == Type::uint8) {
    x = cast_to(b, x, Type::int32);
    y = cast_to(b, y, Type::int32);
  }
  return b(op, {x, y});
}

template <Op op>
Results logical(TfNode& n, Builder& b) {
  return b(op, n.inputs());
}

}  // namespace

void add_comparison_translators(Translators& t) {
  t.add("Equal", compare<Op::EQUAL>);
  t.add("NotEqual", compare<Op::NOT_EQUAL>);
  t.add("Less", compare<Op::LESS>);
  t.add("LessEqual", compare<Op::LESS_EQUAL>);
  t.add("Greater", compare<Op::GREATER>);
  t.add("GreaterEqual", compare<Op::GREATER_EQUAL>);
  t.add("LogicalAnd", logical<Op::LOGICAL_AND>);
  t.add("LogicalOr", logical<Op::LOGICAL_OR>);
  t.add("LogicalNot", logical<Op::LOGICAL_NOT>);
}

}  // namespace tolite::tensorflow
