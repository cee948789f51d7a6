// TensorFlow reductions over axes.
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results reduce(TfNode& n, Builder& b) {
  return b(op, {n.in(0), int32_operand(b, n.in(1))}, {{Attr::keep_dims, n.flag_attr("keep_dims")}});
}

}  // namespace

void add_reduction_translators(Translators& t) {
  t.add("Sum", reduce<Op::SUM>);
  t.add("Mean", reduce<Op::MEAN>);
  t.add("Prod", reduce<Op::REDUCE_PROD>);
  t.add("Max", reduce<Op::REDUCE_MAX>);
  t.add("Min", reduce<Op::REDUCE_MIN>);
  t.add("Any", reduce<Op::REDUCE_ANY>);
  t.add("All", reduce<Op::REDUCE_ALL>);
}

}  // namespace tolite::tensorflow
