// TensorFlow ops along one axis: ArgMax, ArgMin, TopK, ApproxTopK, NthElement, Cumsum.
#include <numeric>
#include <utility>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"

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

/// A result that is exact is as good as an approximate one.
Results approximate_top_k(TfNode& n, Builder& b) {
  const Shape& x = n.shape(0);
  const std::int64_t axis = n.integer_attr("reduction_dimension", -1);
  const auto last = static_cast<std::int64_t>(x.rank()) - 1;
  n.require(axis == -1 || (x.ranked() && axis >= 0 && axis <= last),
            "its axis is not known to be one of the operand's");
  std::vector<std::int64_t> order(axis == -1 || axis == last ? 0 : x.rank());
  std::iota(order.begin(), order.end(), 0);
  if (!order.empty()) std::swap(order[static_cast<std::size_t>(axis)], order.back());
  const auto exchanged = [&](ValueId v) { return order.empty() ? v : b(Op::TRANSPOSE, {v, b.int32s(order)}); };

  const bool smallest = !n.flag_attr("is_max_k", true);
  const ValueId operand = exchanged(data_operand(n, b, Op::TOPK_V2));
  const ValueId ranked = smallest ? b(Op::NEG, {operand}) : operand;
  const std::vector<ValueId> found = b.many(Op::TOPK_V2, {ranked, b.int32(n.integer_attr("k"))}, {});
  const ValueId values = exchanged(smallest ? b(Op::NEG, {found[0]}) : found[0]);
  return std::vector<ValueId>{cast_to(b, values, n.type(0)), exchanged(found[1])};
}

/// The last of the n + 1 largest elements, or of as many as leave n smaller ones.
Results nth_element(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.ranked() && x.rank() >= 1, "the rank of the tensor is not known");
  const auto axis = static_cast<std::int64_t>(x.rank()) - 1;
  const ValueId position = int32_operand(b, n.in(1));
  const ValueId count = n.flag_attr("reverse")
                            ? b(Op::ADD, {position, b.int32(1)})
                            : b(Op::SUB, {axis_size(b, n.in(0), static_cast<std::size_t>(axis)), position});
  const std::vector<ValueId> found = b.many(Op::TOPK_V2, {data_operand(n, b, Op::TOPK_V2), count}, {});
  const ValueId last = b(Op::SUB, {count, b.int32(1)});
  const Attrs along_last{{Attr::axis, axis}, {Attr::batch_dims, 0}};
  return cast_to(b, b(Op::GATHER, {found[0], last}, along_last), n.type(0));
}

Results cumsum(TfNode& n, Builder& b) {
  const ValueId sum = b(Op::CUMSUM, {data_operand(n, b, Op::CUMSUM), int32_operand(b, n.in(1))},
                        {{Attr::exclusive, n.flag_attr("exclusive")}, {Attr::reverse, n.flag_attr("reverse")}});
  return cast_to(b, sum, n.type(0));
}

}  // namespace

void add_arg_translators(Translators& t) {
  t.add("ApproxTopK", approximate_top_k);
  t.add("ArgMax", arg<Op::ARG_MAX>);
  t.add("ArgMin", arg<Op::ARG_MIN>);
  t.add("Cumsum", cumsum);
  t.add("NthElement", nth_element);
  t.add("TopK", top_k);
  t.add("TopKV2", top_k);
}

}  // namespace tolite::tensorflow
