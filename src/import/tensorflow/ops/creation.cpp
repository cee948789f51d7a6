// TensorFlow ops that make tensors, and those that tell their sizes.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

Results shape(TfNode& n, Builder& b) {
  return b(Op::SHAPE, {n.in(0)}, {{Attr::out_type, n.type_attr("out_type", Type::int32)}});
}

Results shape_n(TfNode& n, Builder& b) {
  std::vector<ValueId> shapes;
  for (const ValueId v : n.inputs())
    shapes.push_back(b(Op::SHAPE, {v}, {{Attr::out_type, n.type_attr("out_type", Type::int32)}}));
  return shapes;
}

/// The product of the sizes.
Results size(TfNode& n, Builder& b) {
  const Type type = n.type_attr("out_type", Type::int32);
  const ValueId sizes = b(Op::SHAPE, {n.in(0)}, {{Attr::out_type, Type::int32}});
  return cast_to(b, b(Op::REDUCE_PROD, {sizes, b.int32s({0})}, {{Attr::keep_dims, false}}), type);
}

Results fill(TfNode& n, Builder& b) { return b(Op::FILL, {int32_operand(b, n.in(0)), n.in(1)}); }

Results filled_like(TfNode& n, Builder& b, double value) {
  const ValueId shape = b(Op::SHAPE, {n.in(0)}, {{Attr::out_type, Type::int32}});
  return b(Op::FILL, {shape, b.scalar(n.type(0), value)});
}

Results one_hot(TfNode& n, Builder& b) {
  return b(Op::ONE_HOT, {n.in(0), int32_operand(b, n.in(1)), n.in(2), n.in(3)},
           {{Attr::axis, n.integer_attr("axis", -1)}});
}

/// start + i * (stop - start) / (count - 1), for a count that is known.
Results lin_space(TfNode& n, Builder& b) {
  const std::int64_t count = n.integer(2, "num");
  if (count < 1 || count > (1 << 20)) n.refuse("num is not in the range of what can be computed here");
  std::vector<double> steps;
  for (std::int64_t i = 0; i < count; ++i)
    steps.push_back(static_cast<double>(i) / static_cast<double>(std::max<std::int64_t>(1, count - 1)));
  const ValueId part = b.constant(tensor_of(n.type(0), {count}, steps));
  return b(Op::ADD, {n.in(0), b(Op::MUL, {part, b(Op::SUB, {n.in(1), n.in(0)})})});
}

}  // namespace

void add_creation_translators(Translators& t) {
  t.add("Shape", shape);
  t.add("ShapeN", shape_n);
  t.add("Size", size);
  t.add("Rank", [](TfNode& n, Builder& b) -> Results { return b(Op::RANK, {n.in(0)}); });
  t.add("Fill", fill);
  t.add("ZerosLike", [](TfNode& n, Builder& b) { return filled_like(n, b, 0); });
  t.add("OnesLike", [](TfNode& n, Builder& b) { return filled_like(n, b, 1); });
  t.add("Range", [](TfNode& n, Builder& b) -> Results { return b(Op::RANGE, n.inputs()); });
  t.add("OneHot", one_hot);
  t.add("LinSpace", lin_space);
}

}  // namespace tolite::tensorflow
