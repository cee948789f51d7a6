// TensorFlow activations.
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results direct(TfNode& n, Builder& b) {
  return b(op, {n.in(0)});
}

ValueId like(TfNode& n, Builder& b, double value) { return b.scalar(n.type(0), value); }

/// RELU's kernel takes floats only.
Results relu(TfNode& n, Builder& b) {
  if (n.type(0) == Type::float32) return b(Op::RELU, {n.in(0)});
  return b(Op::MAXIMUM, {n.in(0), like(n, b, 0)});
}

Results relu6(TfNode& n, Builder& b) {
  if (n.type(0) == Type::float32) return b(Op::RELU6, {n.in(0)});
  return b(Op::MINIMUM, {b(Op::MAXIMUM, {n.in(0), like(n, b, 0)}), like(n, b, 6)});
}

/// scale * (x > 0 ? x : alpha * (exp(x) - 1)); ELU is the inner part for alpha 1.
Results selu(TfNode& n, Builder& b) {
  constexpr double kAlpha = 1.6732632423543772848170429916717;  // Klambauer et al. 2017
  constexpr double kScale = 1.0507009873554804934193349852946;
  const ValueId positive = b(Op::RELU, {n.in(0)});
  const ValueId negative = b(Op::SUB, {b(Op::ELU, {n.in(0)}), positive});
  return b(Op::ADD, {b(Op::MUL, {positive, like(n, b, kScale)}), b(Op::MUL, {negative, like(n, b, kScale * kAlpha)})});
}

/// max(x, 0) + log(1 + exp(-|x|)): no overflow for large x.
Results softplus(TfNode& n, Builder& b) {
  const ValueId small = b(Op::EXP, {b(Op::NEG, {b(Op::ABS, {n.in(0)})})});
  return b(Op::ADD, {b(Op::RELU, {n.in(0)}), b(Op::LOG, {b(Op::ADD, {small, like(n, b, 1)})})});
}

Results softsign(TfNode& n, Builder& b) {
  return b(Op::DIV, {n.in(0), b(Op::ADD, {b(Op::ABS, {n.in(0)}), like(n, b, 1)})});
}

}  // namespace

void add_activation_translators(Translators& t) {
  t.add("Relu", relu);
  t.add("Relu6", relu6);
  t.add("LeakyRelu", [](TfNode& n, Builder& b) -> Results {
    return b(Op::LEAKY_RELU, {n.in(0)}, {{Attr::alpha, n.real_attr("alpha", 0.2F)}});
  });
  t.add("Elu", direct<Op::ELU>);
  t.add("Selu", selu);
  t.add("Sigmoid", direct<Op::LOGISTIC>);
  t.add("Tanh", direct<Op::TANH>);
  t.add("Softplus", softplus);
  t.add("Softsign", softsign);
  t.add("Softmax", [](TfNode& n, Builder& b) -> Results { return b(Op::SOFTMAX, {n.in(0)}, {{Attr::beta, 1.0F}}); });
  t.add("LogSoftmax", direct<Op::LOG_SOFTMAX>);
}

}  // namespace tolite::tensorflow
