// Trigonometric and hyperbolic functions and their inverses, from the few that the runtime has. None cancels near 0,
// and none overflows before its result does.
#include <cmath>

#include "import/tensorflow/ops/formula_of.h"

namespace tolite::tensorflow {
namespace {

Results tangent(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId sine = f.sin(n.in(0));
  return f.div(sine, f.cos(n.in(0)));
}

/// The angle of the point (sqrt(1 - x^2), x).
ValueId other_leg(const Formula& f, ValueId x) {
  const ValueId below = f.sub(1, x);
  return f.sqrt(f.mul(below, f.add(x, 1)));
}
Results arc_sine(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  return f.atan2(n.in(0), other_leg(f, n.in(0)));
}
Results arc_cosine(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  return f.atan2(other_leg(f, n.in(0)), n.in(0));
}

/// The angle of the point (1, x). ATAN2 does not broadcast; the ones are x clamped from both sides, which needs neither
/// a constant of its size nor its shape.
Results arc_tangent(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId ones = f.max(f.min(n.in(0), f.number(1)), 1);
  return f.atan2(n.in(0), ones);
}

/// exp(x/2) + exp(-x/2) = 2 cosh(x/2): half the argument does not overflow early.
ValueId twice_cosh_of_half(const Formula& f, ValueId half) {
  const ValueId rising = f.exp(half);
  return f.add(rising, f.exp(f.neg(half)));
}

/// 2 sinh(x/2) cosh(x/2) = 2 tanh(x/2) cosh(x/2)^2.
Results hyperbolic_sine(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId half = f.mul(n.in(0), 0.5);
  const ValueId c = twice_cosh_of_half(f, half);
  const ValueId left = f.mul(f.tanh(half), c);
  return f.mul(left, f.mul(c, 0.5));
}

/// 2 cosh(x/2)^2 - 1.
Results hyperbolic_cosine(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId c = twice_cosh_of_half(f, f.mul(n.in(0), 0.5));
  return f.add(f.mul(c, f.mul(c, 0.5)), -1);
}

/// log(t + sqrt(t^2 + 1)) for t = |x|, as log1p(t + t / (1/t + sqrt(1/t^2 + 1))): no square of t overflows.
Results area_hyperbolic_sine(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId t = f.abs(n.in(0));
  // The bound keeps the square finite: the roots of older delegates are NaN at infinity.
  const ValueId inverse = f.div(1, f.max(t, 1e-18));
  const ValueId root = f.sqrt(f.add(f.square(inverse), 1));
  const ValueId rest = f.div(t, f.add(root, inverse));
  const ValueId area = f.log1p(f.add(t, rest));
  return f.mul(area, f.sign(n.in(0)));
}

/// log(x + sqrt(x^2 - 1)) as log1p(y + sqrt(y) sqrt(y + 2)), y = x - 1.
Results area_hyperbolic_cosine(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId y = f.add(n.in(0), -1);
  const ValueId root = f.sqrt(y);
  const ValueId rest = f.mul(root, f.sqrt(f.add(y, 2)));
  return f.log1p(f.add(y, rest));
}

/// log((1 + t) / (1 - t)) / 2 for t = |x|, as log1p(2t / (1 - t)) / 2.
Results area_hyperbolic_tangent(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId t = f.abs(n.in(0));
  const ValueId quotient = f.div(f.mul(t, 2), f.sub(1, t));
  const ValueId area = f.log1p(quotient);
  return f.mul(area, f.mul(f.sign(n.in(0)), 0.5));
}

Results expm1(TfNode& n, Builder& b) { return formula_of(n, b).expm1(n.in(0)); }
Results log1p(TfNode& n, Builder& b) { return formula_of(n, b).log1p(n.in(0)); }

}  // namespace

void add_trigonometry_translators(Translators& t) {
  t.add("Acos", arc_cosine);
  t.add("Acosh", area_hyperbolic_cosine);
  t.add("Asin", arc_sine);
  t.add("Asinh", area_hyperbolic_sine);
  t.add("Atan", arc_tangent);
  t.add("Atanh", area_hyperbolic_tangent);
  t.add("Cosh", hyperbolic_cosine);
  t.add("Expm1", expm1);
  t.add("Log1p", log1p);
  t.add("Sinh", hyperbolic_sine);
  t.add("Tan", tangent);
}

}  // namespace tolite::tensorflow
