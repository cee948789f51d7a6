// Special functions: the inverses of the error function and of the normal distribution, and the logarithm of the gamma
// function and its derivative. The coefficients are minimax fits in double precision (Lawson's weights), made for these
// forms; the series for large arguments are Stirling's.
#include <cmath>
#include <numbers>

#include "import/tensorflow/ops/formula_of.h"

namespace tolite::tensorflow {
namespace {

Results erfinv(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId below = f.sub(1, n.in(0));
  return f.erfinv(n.in(0), f.mul(below, f.add(n.in(0), 1)));
}

/// The quantile p of the normal distribution: sqrt(2) erfinv(2p - 1).
Results ndtri(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId p = n.in(0);
  const ValueId rest = f.sub(1, p);
  const ValueId product = f.mul(f.mul(p, 4), rest);
  const ValueId x = f.add(f.mul(p, 2), -1);
  const ValueId y = f.erfinv(x, product);
  return f.mul(y, std::numbers::sqrt2);
}

/// x less the nearest integer: sines and cosines of pi x have its period, up to their signs.
ValueId fraction(const Formula& f, ValueId x) { return f.sub(x, f.round(x)); }

/// log gamma for x >= 1/2. Below 4 the zeros at 1 and 2 are factors of a rational function (relative error 3e-8);
/// beyond, Stirling's series.
ValueId log_gamma(const Formula& f, ValueId x) {
  const ValueId zeros = f.mul(f.add(x, -1), f.add(x, -2));
  const ValueId above = f.polynomial(
      x, {2.0863089857638717, 15.823632596807421, 17.668231467597572, 3.1689997734702264, 0.027240175687101055});
  const ValueId below =
      f.polynomial(x, {1, 15.83626867915573, 34.178201692076186, 15.000925813279684, 1.1595183489955925});
  const ValueId near = f.mul(zeros, f.div(above, below));
  const ValueId inverse = f.div(1, x);
  const ValueId series = f.mul(f.polynomial(f.square(inverse), {1.0 / 12, -1.0 / 360, 1.0 / 1260}), inverse);
  const ValueId power = f.sub(f.mul(f.add(x, -0.5), f.log(x)), x);
  const ValueId constant = f.add(series, 0.5 * std::log(2 * std::numbers::pi));
  return f.choose(f.less(x, 4), near, f.add(power, constant));
}

/// log |gamma(x)|; below 1/2 through gamma(x) gamma(1 - x) = pi / sin(pi x).
Results lgamma(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId x = n.in(0);
  const ValueId reflects = f.less(x, 0.5);
  const ValueId value = log_gamma(f, f.choose(reflects, f.sub(1, x), x));
  const ValueId sine = f.abs(f.sin(f.mul(fraction(f, x), std::numbers::pi)));
  const ValueId reflected = f.neg(f.add(value, f.log(f.mul(sine, std::numbers::inv_pi))));
  return f.choose(reflects, reflected, value);
}

/// The derivative of log gamma for x >= 1/2: the series for x + 3, three steps down.
ValueId psi(const Formula& f, ValueId x) {
  ValueId steps = f.div(1, x);
  for (const double step : {1.0, 2.0}) {
    const ValueId next = f.div(1, f.add(x, step));
    steps = f.add(steps, next);
  }
  const ValueId y = f.add(x, 3);
  const ValueId inverse = f.div(1, y);
  const ValueId square = f.square(inverse);
  const ValueId series = f.mul(f.polynomial(square, {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240}), square);
  const ValueId lead = f.sub(f.log(y), f.mul(inverse, 0.5));
  return f.sub(lead, f.add(series, steps));
}

/// Below 1/2 through psi(x) = psi(1 - x) - pi / tan(pi x).
Results digamma(TfNode& n, Builder& b) {
  const Formula f = formula_of(n, b);
  const ValueId x = n.in(0);
  const ValueId reflects = f.less(x, 0.5);
  const ValueId value = psi(f, f.choose(reflects, f.sub(1, x), x));
  const ValueId angle = f.mul(fraction(f, x), std::numbers::pi);
  const ValueId cosine = f.mul(f.cos(angle), std::numbers::pi);
  const ValueId reflected = f.sub(value, f.div(cosine, f.sin(angle)));
  return f.choose(reflects, reflected, value);
}

}  // namespace

void add_special_function_translators(Translators& t) {
  t.add("Digamma", digamma);
  t.add("Erfinv", erfinv);
  t.add("Lgamma", lgamma);
  t.add("Ndtri", ndtri);
}

}  // namespace tolite::tensorflow
