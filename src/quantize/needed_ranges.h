// The ranges that have to be told apart, which may be narrower than what samples show.
#pragma once

#include "quantize/regions.h"

namespace tolite::quantize {

/// By value, the range that its users look at. What lies outside saturates when it is stored, without effect: a kernel
/// passes over it (a slice, a maximum), bounds it itself (RELU6, LOGISTIC), has no use for it (what lies far below a
/// row's maximum in SOFTMAX), or its own result saturates (a mask of -1e9 that is added).
std::vector<Range> needed_ranges(const Situation& s, const std::vector<bool>& is_integer);

/// Integer nodes whose results' ranges are far wider than what is needed of them: the kernel would compute with a scale
/// that it is not made for. They give better answers in float, bounded when the result is stored.
std::vector<NodeId> overwide_nodes(const Situation& s, const std::vector<bool>& is_integer);

}  // namespace tolite::quantize
