// The ranges that have to be told apart, which may be narrower than what samples show.
#pragma once

#include "quantize/regions.h"

namespace tolite::quantize {

/// By value, the range that its users look at. What lies outside saturates when it is stored, without effect: a kernel
/// passes over it (a slice, a maximum), bounds it itself (RELU6, LOGISTIC), has no use for it (what lies far below a
/// row's maximum in SOFTMAX), or its own result saturates (a mask of -1e9 that is added).
std::vector<Range> needed_ranges(const Situation& s, const std::vector<bool>& is_integer);

/// Integer nodes that give better answers in float, bounded when the result is stored.
struct IllScaled {
  std::vector<NodeId> overwide;  ///< what the samples show of the result is far wider than what is needed of it
  /// The result is so narrow beside an operand that the kernel has no multiplier for it: ADD, SUB and
  /// SQUARED_DIFFERENCE end the process (quantized_multiplier < 1 in their Prepare).
  std::vector<NodeId> cancelling;
};
IllScaled ill_scaled_nodes(const Situation& s, const std::vector<bool>& is_integer);

}  // namespace tolite::quantize
