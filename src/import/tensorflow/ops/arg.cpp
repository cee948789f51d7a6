// TensorFlow ops along one axis: ArgMax, ArgMin, TopK, Cumsum.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

/// Operand 0 in a type that the kernel takes; the node is refused if there is none.
ValueId data_operand(TfNode& n, Builder& b, Op op) {
  const Type type = computing_type(b, op, n.type(0), Exact::value);
  if (type == Type::none) {
    if (is_constant_expression(b.model(), b.graph(), b.table(), n.in(0))) return n.in(0);
    n.refuse("the runtime's " + std::string(b.table()[op].name) + " has no kernel for elements of type " +
                 std::string(type_name(n.type(0))),
             "cast to float32 or int32 in front of it");
  }
  return cast_to(b, n.in(0), type);
}

template <Op op>
Results arg(TfNode& n, Builder& b) {
  const Type wanted = n.type_attr("output_type", Type::int64);
  const Type type = wanted == Type::int64 ? Type::int64 : Type::int32;
  const ValueId axis = int32_operand(b, n.in(1));
  return cast_to(b, b(op, {data_operand(n, b, op), axis}, {{Attr::output_type, type}}), wanted);
}

/// Values and indices. The builtin always sorts, which TensorFlow leaves open where `sorted` is off.
Results top_k(TfNode& n, Builder& b) {
  const ValueId k = n.input_count() > 1 ? int32_operand(b, n.in(1)) : b.int32(n.integer_attr("k"));
  const std::vector<ValueId> found = b.many(Op::TOPK_V2, {data_operand(n, b, Op::TOPK_V2), k}, {});
  return std::vector<ValueId>{cast_to(b, found[0], n.type(0)),
                              cast_to(b, found[1], n.type_attr("index_type", Type::int32))};
}

Results cumsum(TfNode& n, Builder& b) {
  const ValueId sum = b(Op::CUMSUM, {data_operand(n, b, Op::CUMSUM), int32_operand(b, n.in(1))},
                        {{Attr::exclusive, n.flag_attr("exclusive")}, {Attr::reverse, n.flag_attr("reverse")}});
  return cast_to(b, sum, n.type(0));
}

}  // namespace

void add_arg_translators(Translators& t) {
  t.add("ArgMax", arg<Op::ARG_MAX>);
  t.add("ArgMin", arg<Op::ARG_MIN>);
  t.add("Cumsum", cumsum);
  t.add("TopK", top_k);
  t.add("TopKV2", top_k);
}

}  // namespace tolite::tensorflow
