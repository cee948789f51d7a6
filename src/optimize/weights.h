// Constants that vary along channels only.
#pragma once

#include "lite/builder.h"

namespace tolite::optimize {

/// Whether the shape is one element, or `channels` elements along the last dimension.
bool is_per_channel(const Shape& shape, std::int64_t channels);

/// A per-channel constant as a vector [channels].
ValueId channel_vector(Builder& b, ValueId constant, std::int64_t channels);
/// A per-channel constant in the shape that broadcasts along one axis of weights.
ValueId along_axis(Builder& b, ValueId constant, std::size_t axis, std::size_t rank);

}  // namespace tolite::optimize
