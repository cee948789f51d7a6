// Activations into the op before them.
#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

ValueId fuse_activation(Builder& b, const Match& m) {
  const NodeView p = m.node(producer);
  if (m.type(producer) != Type::float32) return m.no("the type is not float32");
  // Ops of several results would need to be the first's; none of these has.
  return rebuild(b, p, m.graph().operands(p.id()), {{Attr::fused_activation_function, fused_form(m.root().op())}});
}

}  // namespace

std::vector<Rule> fused_activation_rules() {
  // CONCATENATION and L2_NORMALIZATION have the field, but their kernels refuse any activation.
  return {{"fuse_activation",
           op({Op::RELU, Op::RELU6, Op::RELU_N1_TO_1},
              {op({Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::TRANSPOSE_CONV, Op::CONV_3D, Op::FULLY_CONNECTED, Op::ADD,
                   Op::SUB, Op::MUL, Op::DIV, Op::AVERAGE_POOL_2D, Op::MAX_POOL_2D, Op::L2_POOL_2D})
                   .as(producer)}),
           fuse_activation}};
}

}  // namespace tolite::optimize
