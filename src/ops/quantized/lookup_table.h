// Functions of stored elements as tables, which the runtime fills with float arithmetic.
#pragma once

#include <array>

#include "ops/element_wise.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {

/// All 256 results of f for int8.
class Int8Table {
 public:
  template <typename F>
  Int8Table(const Storage& in, const Storage& out, F f) {
    const float steps_per_unit = 1 / out.scale;
    for (int x = -128; x < 128; ++x) {
      const float y = f(in.scale * static_cast<float>(x - in.zero_point));
      const float stored = std::round(y * steps_per_unit) + static_cast<float>(out.zero_point);
      results_[static_cast<std::size_t>(x + 128)] =
          static_cast<std::int8_t>(stored > -128 ? std::min(stored, 127.0F) : -128.0F);
    }
  }
  std::int8_t operator()(std::int8_t x) const { return results_[static_cast<std::size_t>(x + 128)]; }

 private:
  std::array<std::int8_t, 256> results_;
};

/// For int16: f at 513 places, between which a line is drawn. Half of a line's error in its middle is taken off its
/// begin. Float is what the runtime computes the table with.
class Int16Table {
 public:
  template <typename Float, typename F>
  Int16Table(Float in_scale, std::int32_t in_zero_point, Float out_scale, F f) {
    constexpr int kLines = 512;
    constexpr Float kLow = -32768;
    constexpr Float kHigh = 32767;
    const Float from = in_scale * static_cast<Float>(-32768 - in_zero_point);
    const Float to = in_scale * static_cast<Float>(32767 - in_zero_point);
    const Float step = (to - from) / kLines;
    const Float half_step = step / 2;
    const Float steps_per_unit = Float(65536) / (out_scale * kHigh - out_scale * kLow);
    const auto keep = [=](Float y) { return static_cast<std::int16_t>(to_int32(std::min(std::max(y, kLow), kHigh))); };
    for (int i = 0; i < kLines; ++i) {
      const Float x = from + static_cast<Float>(i) * step;
      const Float begin = std::round(f(x) * steps_per_unit);
      const Float end = f(from + static_cast<Float>(i + 1) * step) * steps_per_unit;
      const Float middle = std::round(f(x + half_step) * steps_per_unit);
      const Float error = std::round((end + begin) / 2) - middle;
      results_[static_cast<std::size_t>(i)] = keep(begin - std::round(error / 2));
    }
    results_[kLines] = keep(std::round(f(to) * steps_per_unit));
  }
  std::int16_t operator()(std::int16_t x) const {
    const auto line = static_cast<std::size_t>(256 + (x >> 7));
    const auto slope = static_cast<std::int16_t>(results_[line + 1] - results_[line]);
    return static_cast<std::int16_t>(results_[line] + ((slope * (x & 0x7F) + 64) >> 7));
  }

 private:
  std::array<std::int16_t, 513> results_;
};

/// Result 0 = f of operand 0, both int8 or both int16.
template <typename F>
void map_with_table(Eval& n, F f) {
  require_one_type(n, 0, 0);
  const Storage in = storage_of_operand(n, 0);
  const Storage out = storage_of_result(n);
  if (in.type == Type::int8) {
    const Int8Table table(in, out, f);
    map_elements<std::int8_t>(n, table);
  } else if (in.type == Type::int16) {
    const Int16Table table(in.scale, 0, out.scale, f);
    map_elements<std::int16_t>(n, table);
  } else {
    n.fail("there is no kernel for " + std::string(type_name(in.type)));
  }
}

}  // namespace tolite::quantized
