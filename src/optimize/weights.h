// Where the ops with weights keep them, and constants that vary along channels only.
#pragma once

#include <optional>

#include "lite/builder.h"

namespace tolite::optimize {

/// Operand numbers, and axes of the weights.
struct WeightLayout {
  std::size_t data;
  std::size_t weights;
  std::size_t bias;
  std::size_t rank;
  std::size_t output_axis;
  std::size_t input_axis;
};

/// None for an op without weights.
std::optional<WeightLayout> weight_layout(Op op);

/// Whether the shape is one element, or `channels` elements along the last dimension.
bool is_per_channel(const Shape& shape, std::int64_t channels);

/// A per-channel constant as a vector [channels].
ValueId channel_vector(Builder& b, ValueId constant, std::int64_t channels);
/// A per-channel constant in the shape that broadcasts along one axis of weights.
ValueId along_axis(Builder& b, ValueId constant, std::size_t axis, std::size_t rank);

}  // namespace tolite::optimize
