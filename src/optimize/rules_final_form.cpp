// The operand forms that the runtime and its delegates take. These run last: they make nothing smaller.
#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// XNNPACK takes no convolution without a bias, and TensorFlow's converter always writes one.
ValueId zero_bias(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const WeightLayout& layout = n.row().weights;
  if (n.has(layout.bias)) return m.no("it has a bias");
  const Shape w = n.shape(layout.weights);
  if (m.type(n.input(layout.weights)) != Type::float32 || !w.is_static())
    return m.no("the weights are not float32 of a known shape");
  std::vector<ValueId> operands = m.graph().operands(n.id());
  operands.resize(layout.bias + 1);
  operands[layout.bias] = b.constant(new_tensor(Type::float32, {w[layout.output_axis].number}).tensor);
  return rebuild(b, n, operands);
}

}  // namespace

std::vector<Rule> final_form_rules() {
  return {{"zero_bias", op({Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::CONV_3D}).any_activation(), zero_bias}};
}

}  // namespace tolite::optimize
