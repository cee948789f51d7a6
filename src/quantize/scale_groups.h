// The scales of the values that are stored as integers.
#pragma once

#include "quantize/regions.h"

namespace tolite::quantize {

/// Fills in the scales of a graph whose integer nodes are chosen.
///
/// Values that kernels pass on as they are stored form groups of one scale. A group spans the ranges that its values
/// need: a value of which others only pass on a part (a slice, a maximum, what MINIMUM leaves) needs no more than that
/// part, and what lies outside saturates. Scales that kernels demand of their results hold for those alone, unless
/// nothing else feeds the group: then the group takes them.
void assign_scales(const Situation& s, GraphPlan& plan);

}  // namespace tolite::quantize
