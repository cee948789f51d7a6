// TensorFlow's unary arithmetic, and the functions of one operand that are written with it.
#include <limits>

#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results direct(TfNode& n, Builder& b) {
  return b(op, {n.in(0)});
}

/// A constant of the operand's type.
ValueId like(TfNode& n, Builder& b, double value) { return b.scalar(n.type(0), value); }

/// x == x holds for all but NaN.
Results is_nan(TfNode& n, Builder& b) { return b(Op::NOT_EQUAL, {n.in(0), n.in(0)}); }

/// x - x is 0 for finite x, and NaN otherwise.
Results is_finite(TfNode& n, Builder& b) { return b(Op::EQUAL, {b(Op::SUB, {n.in(0), n.in(0)}), like(n, b, 0)}); }

Results is_inf(TfNode& n, Builder& b) {
  return b(Op::EQUAL, {b(Op::ABS, {n.in(0)}), like(n, b, std::numeric_limits<double>::infinity())});
}

Results reciprocal(TfNode& n, Builder& b) { return b(Op::DIV, {like(n, b, 1), n.in(0)}); }

Results expm1(TfNode& n, Builder& b) { return b(Op::SUB, {b(Op::EXP, {n.in(0)}), like(n, b, 1)}); }

Results log1p(TfNode& n, Builder& b) { return b(Op::LOG, {b(Op::ADD, {n.in(0), like(n, b, 1)})}); }

/// Half the sum of squares.
Results l2_loss(TfNode& n, Builder& b) {
  if (!n.shape(0).ranked()) n.refuse("the operand's rank is unknown");
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < n.shape(0).rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  const ValueId sum = b(Op::SUM, {b(Op::MUL, {n.in(0), n.in(0)}), b.int32s(axes)}, {{Attr::keep_dims, false}});
  return b(Op::MUL, {sum, like(n, b, 0.5)});
}

/// dy * y * (1 - y)
Results sigmoid_grad(TfNode& n, Builder& b) {
  const ValueId slope = b(Op::MUL, {n.in(0), b(Op::SUB, {like(n, b, 1), n.in(0)})});
  return b(Op::MUL, {n.in(1), slope});
}

/// dy * (1 - y * y)
Results tanh_grad(TfNode& n, Builder& b) {
  return b(Op::MUL, {n.in(1), b(Op::SUB, {like(n, b, 1), b(Op::MUL, {n.in(0), n.in(0)})})});
}

/// dy * -0.5 * y * y * y
Results rsqrt_grad(TfNode& n, Builder& b) {
  const ValueId cube = b(Op::MUL, {b(Op::MUL, {n.in(0), n.in(0)}), n.in(0)});
  return b(Op::MUL, {b(Op::MUL, {n.in(1), like(n, b, -0.5)}), cube});
}

/// The kernels of SQUARE and NEG take few types; a product or difference takes more.
Results square(TfNode& n, Builder& b) {
  return n.type(0) == Type::float32 ? b(Op::SQUARE, {n.in(0)}) : b(Op::MUL, {n.in(0), n.in(0)});
}

Results abs(TfNode& n, Builder& b) {
  if (n.type(0) == Type::float32 || n.type(0) == Type::int32) return b(Op::ABS, {n.in(0)});
  return b(Op::MAXIMUM, {n.in(0), b(Op::SUB, {like(n, b, 0), n.in(0)})});
}

Results negate(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  if (type == Type::float32 || type == Type::int32 || type == Type::int64) return b(Op::NEG, {n.in(0)});
  return b(Op::SUB, {like(n, b, 0), n.in(0)});
}

/// Integers are round already.
template <Op op>
Results rounding(TfNode& n, Builder& b) {
  return is_integer(n.type(0)) ? n.in(0) : b(op, {n.in(0)});
}

}  // namespace

void add_unary_translators(Translators& t) {
  t.add("Abs", abs);
  t.add("Neg", negate);
  t.add("Exp", direct<Op::EXP>);
  t.add("Log", direct<Op::LOG>);
  t.add("Sqrt", direct<Op::SQRT>);
  t.add("Rsqrt", direct<Op::RSQRT>);
  t.add("Square", square);
  t.add("Sin", direct<Op::SIN>);
  t.add("Cos", direct<Op::COS>);
  t.add("Sign", direct<Op::SIGN>);
  t.add("Ceil", rounding<Op::CEIL>);
  t.add("Floor", rounding<Op::FLOOR>);
  t.add("Round", rounding<Op::ROUND>);
  t.add("Rint", rounding<Op::ROUND>);
  t.add("Inv", reciprocal);
  t.add("Reciprocal", reciprocal);
  t.add("Expm1", expm1);
  t.add("Log1p", log1p);
  t.add("IsNan", is_nan);
  t.add("IsInf", is_inf);
  t.add("IsFinite", is_finite);
  t.add("L2Loss", l2_loss);
  t.add("SigmoidGrad", sigmoid_grad);
  t.add("TanhGrad", tanh_grad);
  t.add("RsqrtGrad", rsqrt_grad);
}

}  // namespace tolite::tensorflow
