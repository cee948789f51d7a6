// How float32 data is stored as it goes.
#include "ops/quantized/hybrid.h"

#include <cstring>

#include "base/thread_pool.h"

namespace tolite::quantized {

namespace {

/// A scale and zero point of int8 that hold 0 exactly.
struct RowStorage {
  float scale = 1;
  float inverse = 0;  ///< 0: there is nothing but zeros
  std::int32_t zero_point = 0;
};

RowStorage symmetric(float least, float largest) {
  const float reach = std::max(std::abs(least), std::abs(largest));
  if (reach == 0) return {};
  return {reach / 127, 127 / reach, 0};
}

// The zero point comes from the end of the range that it is the more exact from.
RowStorage asymmetric(float least, float largest) {
  const float low = std::min(0.0F, least);
  const float high = std::max(0.0F, largest);
  if (low == high) return {};
  const double scale = (high - low) / 255.0;
  const bool from_low = 128 + std::abs(low / scale) < 127 + std::abs(high / scale);
  const double zero_point = from_low ? -128 - low / scale : 127 - high / scale;
  const auto narrow = static_cast<float>(scale);
  return {narrow, 1 / narrow, static_cast<std::int32_t>(std::round(std::clamp(zero_point, -128.0, 127.0)))};
}

std::vector<float> bias_of(Eval& n, std::size_t operand, std::size_t channels) {
  std::vector<float> bias(channels);
  if (!n.has(operand)) return bias;
  bias = floats(n, operand);
  if (bias.size() != channels) n.fail("the bias does not fit the output channels");
  return bias;
}

}  // namespace

std::vector<float> floats(Eval& n, std::size_t i) {
  const Tensor& t = n.in(i);
  if (t.type != Type::float32) n.fail("operand " + std::to_string(i) + " is not float32");
  std::vector<float> list(static_cast<std::size_t>(t.element_count()));
  std::memcpy(list.data(), t.bytes.data(), list.size() * sizeof(float));
  return list;
}

StoredRows store_rows(std::span<const float> x, std::size_t rows, bool is_asymmetric) {
  StoredRows stored{std::vector<std::int16_t>(x.size()), std::vector<float>(rows)};
  if (x.size() == 0) return stored;
  const std::size_t depth = x.size() / rows;
  const std::int32_t lowest = is_asymmetric ? -128 : -127;
  parallel_for(rows, depth * 8, [&](std::size_t row) {
    const std::size_t begin = row * depth;
    float least = x[begin];
    float largest = x[begin];
    for (std::size_t k = begin; k < begin + depth; ++k) {
      least = std::min(least, x[k]);
      largest = std::max(largest, x[k]);
    }
    const RowStorage s = is_asymmetric ? asymmetric(least, largest) : symmetric(least, largest);
    stored.scales[row] = s.scale;
    if (s.inverse == 0) return;
    for (std::size_t k = begin; k < begin + depth; ++k) {
      const float steps = x[k] * s.inverse;
      const std::int32_t q = wrapping_add(to_int32(steps + std::copysign(0.5F, steps)), s.zero_point);
      stored.elements[k] = static_cast<std::int16_t>(std::clamp(q, lowest, 127) - s.zero_point);
    }
  });
  return stored;
}

FloatStage::FloatStage(Eval& n, std::vector<float> scales, std::size_t bias)
    : scales_(std::move(scales)), bias_(bias_of(n, bias, scales_.size())), clamp_(n) {}

}  // namespace tolite::quantized
