// TensorFlow activations and their gradients.
#include "import/tensorflow/ops/element_wise.h"

namespace tolite::tensorflow {
namespace {

/// A builtin of one operand.
template <Op op>
Results unary(TfNode& n, Builder& b) {
  return element_wise(n, b, op, {n.in(0)});
}

/// The runtime rectifies floats only; integers go through MAXIMUM.
Results relu(TfNode& n, Builder& b) {
  if (is_integer(n.type(0))) return element_wise(n, b, Op::MAXIMUM, {n.in(0), scalar_like(b, n.in(0), 0)});
  return element_wise(n, b, Op::RELU, {n.in(0)});
}

Results relu6(TfNode& n, Builder& b) {
  if (!is_integer(n.type(0))) return element_wise(n, b, Op::RELU6, {n.in(0)});
  const ValueId positive = element_wise(n, b, Op::MAXIMUM, {n.in(0), scalar_like(b, n.in(0), 0)});
  return element_wise(n, b, Op::MINIMUM, {positive, scalar_like(b, n.in(0), 6)});
}

/// scale * (x > 0 ? x : alpha * (exp(x) - 1)): a leaky rectifier of slope alpha over ELU.
Results selu(TfNode& n, Builder& b) {
  constexpr float alpha = 1.67326324F;
  constexpr double scale = 1.0507009873554805;
  const ValueId leaky =
      element_wise(n, b, Op::LEAKY_RELU, {element_wise(n, b, Op::ELU, {n.in(0)})}, {{Attr::alpha, alpha}});
  return element_wise(n, b, Op::MUL, {leaky, scalar_like(b, leaky, scale)});
}

/// log(1 + exp(x)) as max(x, 0) - log(sigmoid(|x|)): nothing overflows, and nothing cancels.
Results softplus(TfNode& n, Builder& b) {
  const ValueId sigmoid = element_wise(n, b, Op::LOGISTIC, {element_wise(n, b, Op::ABS, {n.in(0)})});
  return element_wise(n, b, Op::SUB, {element_wise(n, b, Op::RELU, {n.in(0)}), element_wise(n, b, Op::LOG, {sigmoid})});
}

Results softsign(TfNode& n, Builder& b) {
  const ValueId magnitude = element_wise(n, b, Op::ABS, {n.in(0)});
  return element_wise(n, b, Op::DIV, {n.in(0), element_wise(n, b, Op::ADD, {magnitude, scalar_like(b, magnitude, 1)})});
}

template <Op op>
Results softmax(TfNode& n, Builder& b) {
  n.require(!n.shape(0).is_scalar(), "the input is a scalar");
  return element_wise(n, b, op, {n.in(0)}, op == Op::SOFTMAX ? Attrs{{Attr::beta, 1.0F}} : Attrs{});
}

// ---- Gradients. Operands as TensorFlow orders them.

/// dy * y * (1 - y).
Results sigmoid_grad(TfNode& n, Builder& b) {
  const ValueId rest = element_wise(n, b, Op::SUB, {scalar_like(b, n.in(0), 1), n.in(0)});
  return element_wise(n, b, Op::MUL, {element_wise(n, b, Op::MUL, {n.in(1), n.in(0)}), rest});
}

/// dy * (1 - y * y).
Results tanh_grad(TfNode& n, Builder& b) {
  const ValueId square = element_wise(n, b, Op::SQUARE, {n.in(0)});
  return element_wise(n, b, Op::MUL, {n.in(1), element_wise(n, b, Op::SUB, {scalar_like(b, n.in(0), 1), square})});
}

/// The gradient where the feature is positive, otherwise 0.
Results relu_grad(TfNode& n, Builder& b) {
  const ValueId zero = scalar_like(b, n.in(1), 0);
  return choose(n, b, element_wise(n, b, Op::GREATER, {n.in(1), zero}), n.in(0), zero);
}

/// The gradient, scaled by alpha where the feature is not positive.
Results leaky_relu_grad(TfNode& n, Builder& b) {
  const ValueId positive = element_wise(n, b, Op::GREATER, {n.in(1), scalar_like(b, n.in(1), 0)});
  const ValueId leak = element_wise(n, b, Op::MUL, {n.in(0), scalar_like(b, n.in(0), n.real_attr("alpha", 0.2F))});
  return choose(n, b, positive, n.in(0), leak);
}

/// gradient * sigmoid(feature).
Results softplus_grad(TfNode& n, Builder& b) {
  return element_wise(n, b, Op::MUL, {n.in(0), element_wise(n, b, Op::LOGISTIC, {n.in(1)})});
}

}  // namespace

void add_activation_translators(Translators& t) {
  t.add("Elu", unary<Op::ELU>);
  t.add("LeakyRelu", [](TfNode& n, Builder& b) -> Results {
    return element_wise(n, b, Op::LEAKY_RELU, {n.in(0)}, {{Attr::alpha, n.real_attr("alpha", 0.2F)}});
  });
  t.add("LeakyReluGrad", leaky_relu_grad);
  t.add("LogSoftmax", softmax<Op::LOG_SOFTMAX>);
  t.add("Relu", relu);
  t.add("Relu6", relu6);
  t.add("ReluGrad", relu_grad);
  t.add("Selu", selu);
  t.add("Sigmoid", unary<Op::LOGISTIC>);
  t.add("SigmoidGrad", sigmoid_grad);
  t.add("Softmax", softmax<Op::SOFTMAX>);
  t.add("Softplus", softplus);
  t.add("SoftplusGrad", softplus_grad);
  t.add("Softsign", softsign);
  t.add("Tanh", unary<Op::TANH>);
  t.add("TanhGrad", tanh_grad);
}

}  // namespace tolite::tensorflow
