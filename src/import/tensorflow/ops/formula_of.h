// Formulas over the operand of a TensorFlow node.
#pragma once

#include "import/tensorflow/tf_node.h"
#include "ops/formula.h"

namespace tolite::tensorflow {

/// Writes formulas in the type of operand 0. The runtime computes them in float32 only; constants are computed here.
inline Formula formula_of(const TfNode& n, Builder& b) {
  const ValueId x = n.in(0);
  if (b.type(x) == Type::float32) return {b};
  if (b.type(x) != Type::float64 || !is_constant_expression(b.model(), b.graph(), b.table(), x)) {
    n.refuse("the runtime computes it in float32 only, not in " + std::string(type_name(b.type(x))),
             "cast to float32 in front of it");
  }
  return {b, Type::float64};
}

}  // namespace tolite::tensorflow
