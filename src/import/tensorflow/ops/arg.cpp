// TensorFlow's searches and running sums along an axis.
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results arg(TfNode& n, Builder& b) {
  return b(op, {n.in(0), int32_operand(b, n.in(1))}, {{Attr::output_type, n.type_attr("output_type", Type::int64)}});
}

Results top_k(TfNode& n, Builder& b) {
  std::vector<ValueId> results = b.many(Op::TOPK_V2, {n.in(0), int32_operand(b, n.in(1))}, {});
  results[1] = cast_to(b, results[1], n.type_attr("index_type", Type::int32));
  return results;
}

Results cumsum(TfNode& n, Builder& b) {
  return b(Op::CUMSUM, {n.in(0), int32_operand(b, n.in(1))},
           {{Attr::exclusive, n.flag_attr("exclusive")}, {Attr::reverse, n.flag_attr("reverse")}});
}

}  // namespace

void add_arg_translators(Translators& t) {
  t.add("ArgMax", arg<Op::ARG_MAX>);
  t.add("ArgMin", arg<Op::ARG_MIN>);
  t.add("TopKV2", top_k);
  t.add("Cumsum", cumsum);
}

}  // namespace tolite::tensorflow
