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

}  // namespace tolite
