// TensorFlow ops that make tensors from sizes: Shape, Size, Rank, Fill, ZerosLike, OnesLike, Range, OneHot, LinSpace.
#include "import/tensorflow/ops/element_wise.h"
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

Results rank(TfNode& n, Builder& b) { return b(Op::RANK, {n.in(0)}); }

/// The product of the dimensions.
Results size(TfNode& n, Builder& b) {
  const ValueId dims = b(Op::SHAPE, {n.in(0)}, {{Attr::out_type, n.type_attr("out_type", Type::int32)}});
  return b(Op::REDUCE_PROD, {dims, b.int32s({0})}, {{Attr::keep_dims, false}});
}

ValueId filled(TfNode& n, Builder& b, ValueId dims, ValueId value) {
  if (!b.table()[Op::FILL].kernel.types.has(b.type(value)))
    n.refuse("the runtime cannot fill with elements of type " + std::string(type_name(b.type(value))));
  return b(Op::FILL, {dims, value});
}

Results fill(TfNode& n, Builder& b) { return filled(n, b, n.in(0), n.in(1)); }

/// TensorFlow leaves the elements open; zeros are as good as any, and what `init` asks for.
Results empty(TfNode& n, Builder& b) { return filled(n, b, n.in(0), b.scalar(n.type_attr("dtype"), 0)); }

/// Of a known shape nothing needs to be computed at run time.
Results zeros_like(TfNode& n, Builder& b) {
  const bool has_kernel = b.table()[Op::ZEROS_LIKE].kernel.types.has(n.type(0));
  if (has_kernel && !n.shape(0).is_static()) return b(Op::ZEROS_LIKE, {n.in(0)});
  const std::string empty;
  const ValueId zero =
      n.type(0) == Type::string ? b.constant(string_tensor({}, std::span(&empty, 1))) : scalar_like(b, n.in(0), 0);
  return filled(n, b, shape_of(b, n.in(0)), zero);
}

Results ones_like(TfNode& n, Builder& b) { return filled(n, b, shape_of(b, n.in(0)), scalar_like(b, n.in(0), 1)); }

Results range(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  Type compute = computing_type(b, Op::RANGE, type, Exact::value);
  const bool constant = b.constant_of(n.in(0)) && b.constant_of(n.in(1)) && b.constant_of(n.in(2));
  if (constant) compute = type;
  if (compute == Type::none) n.refuse("the runtime makes no range of elements of type " + std::string(type_name(type)));
  const ValueId list =
      b(Op::RANGE, {cast_to(b, n.in(0), compute), cast_to(b, n.in(1), compute), cast_to(b, n.in(2), compute)});
  return cast_to(b, list, type);
}

Results one_hot(TfNode& n, Builder& b) {
  const Type type = n.type(2);
  const Type carrier = carrier_type(n, b, Op::ONE_HOT, type);
  ValueId indices = n.in(0);
  if (b.type(indices) != Type::int64) indices = cast_to(b, indices, Type::int32);
  const ValueId one_hot =
      b(Op::ONE_HOT, {indices, int32_operand(b, n.in(1)), carried(b, n.in(2), carrier), carried(b, n.in(3), carrier)},
        {{Attr::axis, n.integer_attr("axis", -1)}});
  return carried(b, one_hot, type);
}

/// start + (stop - start) * [0 ... 1]; the number of elements is known.
Results lin_space(TfNode& n, Builder& b) {
  const std::int64_t count = n.integer(2, "num");
  n.require(count > 0 && count < (std::int64_t{1} << 24U), "num is not a sensible number of elements");
  std::vector<double> fractions(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < fractions.size(); ++i)
    fractions[i] = count == 1 ? 0 : static_cast<double>(i) / static_cast<double>(count - 1);
  const ValueId steps = b.constant(tensor_of(n.type(0), {count}, fractions));
  const ValueId span = element_wise(n, b, Op::SUB, {n.in(1), n.in(0)});
  return element_wise(n, b, Op::ADD, {element_wise(n, b, Op::MUL, {steps, span}), n.in(0)});
}

}  // namespace

void add_creation_translators(Translators& t) {
  t.add("Empty", empty);
  t.add("Fill", fill);
  t.add("LinSpace", lin_space);
  t.add("OneHot", one_hot);
  t.add("OnesLike", ones_like);
  t.add("Range", range);
  t.add("Rank", rank);
  t.add("Shape", shape);
  t.add("ShapeN", shape_n);
  t.add("Size", size);
  t.add("ZerosLike", zeros_like);
}

}  // namespace tolite::tensorflow
