// The error functions in builtins, where nothing made them part of another op. The coefficients are minimax fits in
// double precision (Lawson's weights), made for these forms.
#include "ops/formula.h"
#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// erf(x) = tanh(x P(x^2)): near 0 it is x P, and for large x the hyperbolic tangent forgives errors of P, whose last
/// coefficient is positive. Relative error 1e-7 of the fit, 2.5e-7 in float32.
ValueId erf(Builder& b, const Match& m) {
  if (m.type(x) != Type::float32) return m.no("the type is not float32");
  const Formula f{b};
  const ValueId square = f.square(m[x]);
  const ValueId series = f.polynomial(square, {1.12837927, 1.02769057e-1, -1.91833349e-4, -6.19782567e-4, 8.76367972e-5,
                                               -5.66843587e-6, 1.41852206e-7});
  return f.tanh(f.mul(m[x], series));
}

/// erfc(a) = t exp(P(t) - a^2), t = 2 / (2 + a), for a >= 0; erfc(-a) = 2 - erfc(a). The square is split into s^2,
/// exact for s in steps of 1/16, and the rest, so that rounding it does not show in the tail. Relative error 5e-8 of
/// the fit, 4e-7 in float32.
ValueId erfc(Builder& b, const Match& m) {
  if (m.type(x) != Type::float32) return m.no("the type is not float32");
  const Formula f{b};
  const ValueId a = f.abs(m[x]);
  const ValueId t = f.div(2, f.add(a, 2));
  const ValueId series = f.polynomial(
      t, {-1.2654414228360182, 0.9984921964316088, 0.38790258779401066, 0.02834285355192241, 0.02023973306943782,
          -0.11687357540970404, -0.6511396667345195, 1.1223154800543707, -0.6660251013743465, 0.14218696060348116});
  const ValueId s = f.mul(f.round(f.mul(a, 16)), 1.0 / 16);
  const ValueId steps = f.exp(f.neg(f.square(s)));
  const ValueId left = f.sub(s, a);
  const ValueId rest = f.mul(left, f.add(s, a));  // s^2 - a^2
  const ValueId fine = f.exp(f.add(rest, series));
  const ValueId tail = f.mul(f.mul(steps, fine), t);
  const ValueId mirrored = f.sub(2, tail);
  return f.choose(f.less(m[x], 0), mirrored, tail);
}

}  // namespace

std::vector<Rule> error_function_rules() {
  return {{"erf_from_tanh", op(Op::TF_ERF, {x}), erf}, {"erfc_from_exp", op(Op::TF_ERFC, {x}), erfc}};
}

}  // namespace tolite::optimize
