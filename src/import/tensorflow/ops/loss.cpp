// TensorFlow's cross entropies of logits: the loss of each row, and its gradient.
#include "import/tensorflow/ops/element_wise.h"

namespace tolite::tensorflow {
namespace {

/// -sum(labels * log(softmax(logits))) and softmax(logits) - labels. A label of 0 counts nothing, whatever the
/// logarithm.
Results cross_entropy(TfNode& n, Builder& b, ValueId logits, ValueId labels) {
  n.require(b.type(logits) == Type::float32 && b.type(labels) == Type::float32, "it is computed in float32 only");
  const ValueId log = b(Op::LOG_SOFTMAX, {logits});
  const ValueId terms = zero_where_zero(n, b, labels, b(Op::MUL, {labels, b(Op::NEG, {log})}));
  const ValueId loss = b(Op::SUM, {terms, b.int32s({-1})}, {{Attr::keep_dims, false}});
  const ValueId gradient = b(Op::SUB, {b(Op::SOFTMAX, {logits}, {{Attr::beta, 1.0F}}), labels});
  return std::vector<ValueId>{loss, gradient};
}

Results dense(TfNode& n, Builder& b) { return cross_entropy(n, b, n.in(0), n.in(1)); }

/// Labels as class numbers.
Results sparse(TfNode& n, Builder& b) {
  const Shape& shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() == 2 && shape[1].known(), "the number of classes is not known");
  const ValueId depth = b.int32(shape[1].number);
  const ValueId labels =
      b(Op::ONE_HOT, {n.in(1), depth, b.scalar(Type::float32, 1), b.scalar(Type::float32, 0)}, {{Attr::axis, -1}});
  return cross_entropy(n, b, n.in(0), labels);
}

}  // namespace

void add_loss_translators(Translators& t) {
  t.add("SoftmaxCrossEntropyWithLogits", dense);
  t.add("SparseSoftmaxCrossEntropyWithLogits", sparse);
}

}  // namespace tolite::tensorflow
