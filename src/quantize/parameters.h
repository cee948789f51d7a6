// From ranges to scales and zero points, as the runtime's arithmetic needs them.
#pragma once

#include "lite/model.h"
#include "lite/op_row.h"
#include "quantize/statistics.h"

namespace tolite::quantize {

/// How the range of a value follows from its statistics.
enum class RangeMethod : std::uint8_t {
  min_max,         ///< least and greatest of all samples, as TensorFlow's calibrator
  moving_average,  ///< mean of the least and mean of the greatest of each sample
  percentile,      ///< without the 0.01 % of the elements that are farthest out, at either end
  mse,             ///< the clipped range with the least squared error
  kl,              ///< the clipped range with the least divergence from the distribution (Migacz, "8-bit Inference with
                   ///< TensorRT", 2017)
};

/// Needs a histogram.
inline bool needs_histogram(RangeMethod method) { return method > RangeMethod::moving_average; }

/// `levels`: how many numbers the stored type tells apart.
Range range_by(RangeMethod method, const ValueStatistics& statistics, int levels);

/// int8 in [-128, 127] for a range widened to include 0, with a zero point that stands exactly for 0: the scale and the
/// nudged zero point that TensorFlow's quantizer computes.
Quantization int8_parameters(const Range& range);
/// int16 in [-32767, 32767], zero point 0.
Quantization int16_parameters(const Range& range);
Quantization parameters(Type stored, const Range& range);

/// A scale and a zero point that a kernel demands.
Quantization fixed_parameters(const FixedScale& fixed);

/// The same for every element: one scale and one zero point, no range.
bool same_scale(const Quantization& a, const Quantization& b);

}  // namespace tolite::quantize
