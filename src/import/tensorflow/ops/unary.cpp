// TensorFlow arithmetic of one operand.
#include <limits>

#include "import/tensorflow/ops/element_wise.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results unary(TfNode& n, Builder& b) {
  return element_wise(n, b, op, {n.in(0)});
}

ValueId one(TfNode& n, Builder& b, Op op, ValueId x) { return element_wise(n, b, op, {x}); }
ValueId two(TfNode& n, Builder& b, Op op, ValueId x, ValueId y) { return element_wise(n, b, op, {x, y}); }

/// Rounding leaves integers as they are.
template <Op op>
Results rounding(TfNode& n, Builder& b) {
  if (is_integer(n.type(0))) return n.in(0);
  return one(n, b, op, n.in(0));
}

bool lacks_kernel(Builder& b, Op op, Type type) { return computing_type(b, op, type, Exact::value) == Type::none; }

Results absolute(TfNode& n, Builder& b) {
  const ValueId x = n.in(0);
  if (n.type(0) == Type::int64 && lacks_kernel(b, Op::ABS, Type::int64)) {
    return two(n, b, Op::MAXIMUM, x, one(n, b, Op::NEG, x));
  }
  return one(n, b, Op::ABS, x);
}

Results sign(TfNode& n, Builder& b) {
  const ValueId x = n.in(0);
  if (n.type(0) == Type::int64 && lacks_kernel(b, Op::SIGN, Type::int64)) {
    return two(n, b, Op::MAXIMUM, two(n, b, Op::MINIMUM, x, scalar_like(b, x, 1)), scalar_like(b, x, -1));
  }
  return one(n, b, Op::SIGN, x);
}

Results square(TfNode& n, Builder& b) {
  const ValueId x = n.in(0);
  if (is_integer(n.type(0))) return element_wise(n, b, Op::MUL, {x, x}, {}, Exact::low_bits);
  return one(n, b, Op::SQUARE, x);
}

Results reciprocal(TfNode& n, Builder& b) { return two(n, b, Op::DIV, scalar_like(b, n.in(0), 1), n.in(0)); }

/// Only NaN differs from itself.
Results is_nan(TfNode& n, Builder& b) { return two(n, b, Op::NOT_EQUAL, n.in(0), n.in(0)); }

template <Op comparison>
Results against_infinity(TfNode& n, Builder& b) {
  const ValueId infinity = scalar_like(b, n.in(0), std::numeric_limits<double>::infinity());
  return two(n, b, comparison, one(n, b, Op::ABS, n.in(0)), infinity);
}

/// Half the sum of the squares.
Results l2_loss(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked(), "the rank of the input is not known");
  const ValueId squares = one(n, b, Op::SQUARE, n.in(0));
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < n.shape(0).rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  const ValueId sum = axes.empty() ? squares : b(Op::SUM, {squares, b.int32s(axes)}, {{Attr::keep_dims, false}});
  return two(n, b, Op::MUL, sum, scalar_like(b, sum, 0.5));
}

/// The error functions are ops of the language only; rules make them part of GELU or write them in builtins.
template <Op op>
Results error_function(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32, "it is computed in float32 only");
  return b(op, {n.in(0)});
}

/// Unary ops by name, the first one's result to the next.
Results composition(TfNode& n, Builder& b) {
  ValueId x = n.in(0);
  for (const std::string& op : n.texts_attr("op_names")) {
    const Translator translator = op == n.op() ? nullptr : translators().find(op);
    if (translator == nullptr) n.refuse("it contains " + op + ", which cannot be converted");
    TfNode step = n.on(x);
    x = translator(step, b).values.front();
  }
  return x;
}

// ---- Gradients, from the result y and its gradient dy.

/// -dy * y * y.
Results reciprocal_grad(TfNode& n, Builder& b) {
  return one(n, b, Op::NEG, two(n, b, Op::MUL, n.in(1), one(n, b, Op::SQUARE, n.in(0))));
}

/// dy * 0.5 / y.
Results sqrt_grad(TfNode& n, Builder& b) {
  return two(n, b, Op::DIV, two(n, b, Op::MUL, n.in(1), scalar_like(b, n.in(1), 0.5)), n.in(0));
}

/// -0.5 * dy * y * y * y.
Results rsqrt_grad(TfNode& n, Builder& b) {
  const ValueId cube = two(n, b, Op::MUL, one(n, b, Op::SQUARE, n.in(0)), n.in(0));
  return two(n, b, Op::MUL, two(n, b, Op::MUL, n.in(1), scalar_like(b, n.in(1), -0.5)), cube);
}

}  // namespace

void add_unary_translators(Translators& t) {
  t.add("Abs", absolute);
  t.add("Ceil", rounding<Op::CEIL>);
  t.add("Cos", unary<Op::COS>);
  t.add("Erf", error_function<Op::TF_ERF>);
  t.add("Erfc", error_function<Op::TF_ERFC>);
  t.add("Exp", unary<Op::EXP>);
  t.add("Floor", rounding<Op::FLOOR>);
  t.add("Inv", reciprocal);
  t.add("InvGrad", reciprocal_grad);
  t.add("IsFinite", against_infinity<Op::LESS>);
  t.add("IsInf", against_infinity<Op::EQUAL>);
  t.add("IsNan", is_nan);
  t.add("L2Loss", l2_loss);
  t.add("Log", unary<Op::LOG>);
  t.add("Neg", unary<Op::NEG>);
  t.add("Reciprocal", reciprocal);
  t.add("ReciprocalGrad", reciprocal_grad);
  t.add("Rint", rounding<Op::ROUND>);
  t.add("Round", rounding<Op::ROUND>);
  t.add("Rsqrt", unary<Op::RSQRT>);
  t.add("RsqrtGrad", rsqrt_grad);
  t.add("Sign", sign);
  t.add("Sin", unary<Op::SIN>);
  t.add("Sqrt", unary<Op::SQRT>);
  t.add("SqrtGrad", sqrt_grad);
  t.add("Square", square);
  t.add("_UnaryOpsComposition", composition);
}

}  // namespace tolite::tensorflow
