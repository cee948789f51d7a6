// Conditions of version rules.
#pragma once

#include "lite/node_view.h"

namespace tolite {

/// Operand 0 has type T.
template <Type T>
bool input_is(const NodeView& n) {
  return n.type(0) == T;
}

}  // namespace tolite
