// Writes formulas over floating-point values in builtins, for functions that the runtime has no op for. Each call makes
// its nodes in the order written, so that the same formula gives the same file everywhere.
#pragma once

#include <initializer_list>

#include "lite/builder.h"

namespace tolite {

struct Formula {
  Builder& b;
  Type type = Type::float32;  ///< another floating type for constants, which are computed here

  ValueId number(double v) const { return b.scalar(type, v); }

  ValueId add(ValueId x, ValueId y) const { return b(Op::ADD, {x, y}); }
  ValueId add(ValueId x, double y) const { return add(x, number(y)); }
  ValueId sub(ValueId x, ValueId y) const { return b(Op::SUB, {x, y}); }
  ValueId sub(double x, ValueId y) const { return sub(number(x), y); }
  ValueId mul(ValueId x, ValueId y) const { return b(Op::MUL, {x, y}); }
  ValueId mul(ValueId x, double y) const { return mul(x, number(y)); }
  ValueId div(ValueId x, ValueId y) const { return b(Op::DIV, {x, y}); }
  ValueId div(double x, ValueId y) const { return div(number(x), y); }
  ValueId max(ValueId x, double y) const { return b(Op::MAXIMUM, {x, number(y)}); }
  ValueId min(ValueId x, ValueId y) const { return b(Op::MINIMUM, {x, y}); }
  ValueId less(ValueId x, double y) const { return b(Op::LESS, {x, number(y)}); }
  ValueId greater(ValueId x, double y) const { return b(Op::GREATER, {x, number(y)}); }
  ValueId equal(ValueId x, double y) const { return b(Op::EQUAL, {x, number(y)}); }

  ValueId abs(ValueId x) const { return b(Op::ABS, {x}); }
  ValueId neg(ValueId x) const { return b(Op::NEG, {x}); }
  ValueId sign(ValueId x) const { return b(Op::SIGN, {x}); }
  ValueId square(ValueId x) const { return b(Op::SQUARE, {x}); }
  ValueId sqrt(ValueId x) const { return b(Op::SQRT, {x}); }
  ValueId exp(ValueId x) const { return b(Op::EXP, {x}); }
  ValueId log(ValueId x) const { return b(Op::LOG, {x}); }
  ValueId sin(ValueId x) const { return b(Op::SIN, {x}); }
  ValueId cos(ValueId x) const { return b(Op::COS, {x}); }
  ValueId tanh(ValueId x) const { return b(Op::TANH, {x}); }
  ValueId floor(ValueId x) const { return b(Op::FLOOR, {x}); }
  ValueId round(ValueId x) const { return b(Op::ROUND, {x}); }
  ValueId atan2(ValueId y, ValueId x) const { return b(Op::ATAN2, {y, x}); }  ///< of equal shapes

  ValueId choose(ValueId condition, ValueId on_true, ValueId on_false) const;
  /// c0 + c1 x + c2 x^2 + ..., by Horner's rule.
  ValueId polynomial(ValueId x, std::initializer_list<double> coefficients) const;
  ValueId expm1(ValueId x) const;  ///< exp(x) - 1, right for small x too
  /// The inverse error function of x, given (1 - x)(1 + x).
  ValueId erfinv(ValueId x, ValueId product) const;
  ValueId log1p(ValueId x) const;  ///< log(1 + x), right for small x too
};

}  // namespace tolite
