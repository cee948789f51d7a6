// Conditions of version rules.
#pragma once

#include "lite/node_view.h"

namespace tolite {

/// Operand I has type T.
template <Type T, std::size_t I = 0>
bool input_is(const NodeView& n) {
  return n.has(I) && n.type(I) == T;
}

/// Operand 0 has one of the types.
template <Type... T>
bool input_is_any(const NodeView& n) {
  return ((n.type(0) == T) || ...);
}

/// Operand 0 has type T and is quantized, or is not.
template <Type T>
bool input_is_quantized(const NodeView& n) {
  return n.type(0) == T && n.quantization(0) != nullptr;
}
template <Type T>
bool input_is_plain(const NodeView& n) {
  return n.type(0) == T && n.quantization(0) == nullptr;
}

/// Operand I is quantized with a scale for each slice along an axis.
template <std::size_t I = 0>
bool input_is_per_channel(const NodeView& n) {
  return n.quantization(I) != nullptr && n.quantization(I)->scales.size() > 1;
}

/// The operands are broadcast and one has more than four dimensions.
inline bool broadcasts_beyond_rank_4(const NodeView& n) {
  return n.shape(0) != n.shape(1) && (n.shape(0).rank() > 4 || n.shape(1).rank() > 4);
}

}  // namespace tolite
