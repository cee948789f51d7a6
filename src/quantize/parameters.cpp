// Scales and zero points of activations.
#include "quantize/parameters.h"

#include <algorithm>
#include <cmath>

#include "tolite/error.h"

namespace tolite::quantize {
namespace {

// Narrower ranges are widened to this, as TensorFlow's quantizer does, so that no scale is 0.
constexpr double kLeastWidth = 1e-6;

struct Interval {
  double min;
  double max;
};

/// The range with 0 in it, which every stored type must stand for exactly.
Interval with_zero(const Range& range) {
  Interval real{std::min(0.0, static_cast<double>(range.min)), std::max(0.0, static_cast<double>(range.max))};
  if (real.max - real.min < kLeastWidth) real = {-kLeastWidth / 2, kLeastWidth / 2};
  return real;
}

}  // namespace

Quantization int8_parameters(const Range& range) {
  constexpr double kLow = -128;
  constexpr double kHigh = 127;
  const Interval real = with_zero(range);
  const double scale = (real.max - real.min) / (kHigh - kLow);
  // Counted from the end that has the smaller rounding error.
  const bool from_low = std::abs(kLow) + std::abs(real.min / scale) < std::abs(kHigh) + std::abs(real.max / scale);
  const double zero_point = from_low ? kLow - real.min / scale : kHigh - real.max / scale;
  const double nudged = std::clamp(std::round(zero_point), kLow, kHigh);
  return {.scales = {static_cast<float>(scale)}, .zero_points = {static_cast<std::int64_t>(nudged)}};
}

Quantization int16_parameters(const Range& range) {
  const Interval real = with_zero(range);
  return {.scales = {static_cast<float>(std::max(-real.min, real.max) / 32767)}, .zero_points = {0}};
}

Quantization parameters(Type stored, const Range& range) {
  if (stored == Type::int8) return int8_parameters(range);
  if (stored == Type::int16) return int16_parameters(range);
  throw Error(Code::internal, "no parameters for activations of this type");
}

Quantization fixed_parameters(const FixedScale& fixed) {
  return {.scales = {fixed.scale}, .zero_points = {fixed.zero_point}};
}

bool same_scale(const Quantization& a, const Quantization& b) {
  return a.scales == b.scales && a.zero_points == b.zero_points;
}

}  // namespace tolite::quantize
