// The longer formulas: polynomials, and exp(x) - 1 and log(1 + x) without cancellation.
#include "ops/formula.h"

namespace tolite {

ValueId Formula::polynomial(ValueId x, std::initializer_list<double> coefficients) const {
  const double* c = coefficients.end() - 1;
  ValueId sum = mul(x, *c);
  for (--c; c != coefficients.begin(); --c) {
    const ValueId inner = add(sum, *c);
    sum = mul(inner, x);
  }
  return add(sum, *c);
}

ValueId Formula::choose(ValueId condition, ValueId on_true, ValueId on_false) const {
  const Shape shape = b.shape(condition);
  const bool equal = shape.ranked() && shape == b.shape(on_true) && shape == b.shape(on_false);
  return b(equal ? Op::SELECT : Op::SELECT_V2, {condition, on_true, on_false});  // every runtime has the older one
}

/// (e^x - 1) / (e^x + 1) is tanh(x/2), which is exact where e^x is near 1.
ValueId Formula::expm1(ValueId x) const {
  const ValueId quotient = tanh(mul(x, 0.5));
  const ValueId sum = add(exp(x), 1);
  return mul(quotient, sum);
}

/// log(1 + x) as it comes out, and one step of Newton's method for expm1(y) = x: what rounding 1 + x lost, and what
/// XNNPACK's LOG lacks near 1, comes back. Below u = 1/2 nothing is lost, and the step, which rounds, is kept small.
ValueId Formula::log1p(ValueId x) const {
  const ValueId u = add(x, 1);
  const ValueId y = log(u);
  const ValueId excess = sub(expm1(y), x);
  return sub(y, div(excess, max(u, 0.5)));
}

/// With product = exp(-w), it is x times a function of w: a polynomial for
/// w < 5; beyond, sqrt(w) times one of 1/sqrt(w), to w = 90. Relative errors of these
/// minimax fits (Lawson's weights) 1e-7 and 7e-7.
ValueId Formula::erfinv(ValueId x, ValueId product) const {
  const ValueId w = abs(log(product));
  const ValueId center =
      polynomial(add(w, -2.5), {1.501409421588127, 0.24664072617932242, -0.004177707794392539, -0.0012537076155735,
                                0.0002186022239316754, -4.396740828512769e-6, -3.528864532617626e-6,
                                3.4372259429513555e-7, 2.8534964505543408e-8});
  const ValueId s = sqrt(w);
  const ValueId series = polynomial(
      div(1, s), {1.0010451656823594, -0.04760028716173764, -1.047978321158751, 4.826693391145351, -23.245249005917536,
                  97.94332423301347, -257.70351540993937, 361.3100872708952, -203.15147196903504});
  const ValueId tail = mul(series, s);
  const ValueId ratio = choose(less(w, 5), center, tail);
  return mul(ratio, x);
}

}  // namespace tolite
