// TensorFlow reductions over axes.
#include "import/tensorflow/ops/complex.h"
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "ops/axes.h"

namespace tolite::tensorflow {
namespace {

/// The axes as an int32 vector, counted from the front where they are known.
ValueId axes_operand(TfNode& n, Builder& b) {
  const auto axes = b.integers(n.in(1));
  if (!axes || !n.shape(0).ranked()) return int32_operand(b, n.in(1));
  std::vector<std::int64_t> resolved;
  for (const std::int64_t axis : *axes) {
    const auto at = resolve_axis(axis, n.shape(0).rank());
    if (!at) n.refuse("axis " + std::to_string(axis) + " does not exist");
    resolved.push_back(static_cast<std::int64_t>(*at));
  }
  return b.int32s(resolved);
}

/// Reduces in the runtime's type for it and comes back to the operand's.
ValueId reduce(TfNode& n, Builder& b, Op op, ValueId x, Exact exact) {
  const auto axes = b.integers(n.in(1));
  if (axes && axes->empty()) return x;  // over no axis at all
  if (b.type(x) == Type::complex64 && (op == Op::SUM || op == Op::MEAN)) {
    Parts parts = parts_of(b, x);
    parts.real = reduce(n, b, op, parts.real, exact);
    if (parts.imaginary) parts.imaginary = reduce(n, b, op, parts.imaginary, exact);
    return complex_of(b, parts);
  }
  const Type type = b.type(x);
  const bool constant = is_constant_expression(b.model(), b.graph(), b.table(), x);
  const Type compute = constant ? type : computing_type(b, op, type, exact);
  if (compute == Type::none) {
    n.refuse("the runtime's " + std::string(b.table()[op].name) + " has no kernel for elements of type " +
                 std::string(type_name(type)),
             "cast to float32 in front of it");
  }
  const ValueId result = b(op, {cast_to(b, x, compute), axes_operand(n, b)},
                           {{Attr::keep_dims, n.flag_attr("keep_dims", n.flag_attr("keepdims"))}});
  return cast_to(b, result, type);
}

template <Op op, Exact exact = Exact::value>
Results reduction(TfNode& n, Builder& b) {
  return reduce(n, b, op, n.in(0), exact);
}

Results euclidean_norm(TfNode& n, Builder& b) {
  const ValueId squares = element_wise(n, b, Op::SQUARE, {n.in(0)});
  return element_wise(n, b, Op::SQRT, {reduce(n, b, Op::SUM, squares, Exact::value)});
}

}  // namespace

void add_reduction_translators(Translators& t) {
  t.add("All", reduction<Op::REDUCE_ALL>);
  t.add("Any", reduction<Op::REDUCE_ANY>);
  t.add("EuclideanNorm", euclidean_norm);
  t.add("Max", reduction<Op::REDUCE_MAX>);
  t.add("Mean", reduction<Op::MEAN>);
  t.add("Min", reduction<Op::REDUCE_MIN>);
  t.add("Prod", reduction<Op::REDUCE_PROD, Exact::low_bits>);
  t.add("Sum", reduction<Op::SUM, Exact::low_bits>);
}

}  // namespace tolite::tensorflow
