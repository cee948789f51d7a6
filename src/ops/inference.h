// Inference hooks that many rows share.
#pragma once

#include "lite/infer.h"

namespace tolite {

/// The result has the type and shape of operand 0.
inline void same_as_input(Infer& n) { n.output(0, n.type(0), n.shape(0)); }

/// The result has the type of operand 0 and the broadcast shape of operands 0 and 1.
inline void broadcast_inputs(Infer& n) {
  n.require(n.type(0) == n.type(1), "operands have different types");
  n.output(0, n.type(0), broadcast(n.dims(), n.shape(0), n.shape(1)));
}

/// The shape whose dimensions operand i holds.
Shape shape_from_operand(Infer& n, std::size_t i);

}  // namespace tolite
