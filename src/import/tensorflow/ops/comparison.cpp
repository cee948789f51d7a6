// TensorFlow comparisons and logic.
#include "import/tensorflow/ops/element_wise.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results comparison(TfNode& n, Builder& b) {
  return element_wise(n, b, op, {n.in(0), n.in(1)});
}

/// With incompatible_shape_error off, operands that cannot be broadcast compare as one false (or true).
template <Op op>
Results equality(TfNode& n, Builder& b) {
  n.require(n.flag_attr("incompatible_shape_error", true) || (n.shape(0).is_static() && n.shape(1).is_static()),
            "incompatible_shape_error is off and the shapes are not known");
  return element_wise(n, b, op, {n.in(0), n.in(1)});
}

/// TensorFlow's kernel takes a distance of just the tolerance, too.
Results approximate_equal(TfNode& n, Builder& b) {
  const ValueId distance = element_wise(n, b, Op::ABS, {element_wise(n, b, Op::SUB, {n.in(0), n.in(1)})});
  return element_wise(n, b, Op::LESS_EQUAL, {distance, scalar_like(b, distance, n.real_attr("tolerance", 1e-5F))});
}

Results logical_not(TfNode& n, Builder& b) { return element_wise(n, b, Op::LOGICAL_NOT, {n.in(0)}); }

}  // namespace

void add_comparison_translators(Translators& t) {
  t.add("ApproximateEqual", approximate_equal);
  t.add("Equal", equality<Op::EQUAL>);
  t.add("Greater", comparison<Op::GREATER>);
  t.add("GreaterEqual", comparison<Op::GREATER_EQUAL>);
  t.add("Less", comparison<Op::LESS>);
  t.add("LessEqual", comparison<Op::LESS_EQUAL>);
  t.add("LogicalAnd", comparison<Op::LOGICAL_AND>);
  t.add("LogicalNot", logical_not);
  t.add("LogicalOr", comparison<Op::LOGICAL_OR>);
  t.add("NotEqual", equality<Op::NOT_EQUAL>);
}

}  // namespace tolite::tensorflow
