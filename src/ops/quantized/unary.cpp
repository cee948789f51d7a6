// Functions of one stored element: by table, save ABS, SQRT, the int8 RSQRT, and int16 LOGISTIC and TANH.
#include <cmath>
#include <numbers>

#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/lookup_table.h"

namespace tolite::quantized {
namespace {

void require_int8(Eval& n) {
  if (n.in(0).type != Type::int8) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
}

/// Fails unless the result has the scale that the kernel is made for, to a tenth of a percent where it is so lenient.
void require_result_scale(Eval& n, double scale, double tolerance) {
  if (std::abs(storage_of_result(n).scale - scale) > tolerance * scale)
    n.fail("the result has another scale than the kernel gives");
}

/// The logistic function of i / 24 as Q0.16; lines between these places err as much above as below.
class SigmoidTable {
 public:
  SigmoidTable() {
    const auto sigmoid = [](double i) { return 65536 / (1 + std::exp(-i / 24)); };
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const auto at = static_cast<double>(i);
      const double middle = (sigmoid(at) + sigmoid(at + 1)) / 2;
      results_[i] = static_cast<std::uint32_t>(std::round(sigmoid(at) + (sigmoid(at + 0.5) - middle) / 2));
    }
    results_.back() = 65535;
  }
  /// Of |x| / 24 for |x| with `bits` after the point, with as many after the result's.
  std::uint32_t operator()(std::uint32_t x, int bits) const {
    const std::uint32_t i = x >> bits;
    const std::uint32_t rest = x & ((1U << bits) - 1);
    return (results_[i] << bits) + rest * (results_[i + 1] - results_[i]);
  }
  static constexpr std::uint32_t kLast = 255;

 private:
  std::array<std::uint32_t, 256> results_;
};

/// int16 operands become 24 x in fixed point; a power-of-two scale keeps all of its bits.
class SigmoidScale {
 public:
  SigmoidScale(const Storage& in, int most_power) {
    const float log2 = std::log(in.scale) * (1.0F / std::log(2.0F));
    const int power = 12 + static_cast<int>(std::round(log2));
    if (std::abs(log2 - std::round(log2)) < 1e-3F && power >= 0 && power <= most_power) {
      factor_ = 3 << power;
      return;
    }
    double factor = in.scale * 4096.0 * 3.0;
    while (factor <= 32767.0 / 2 && right_ <= 30) {
      ++right_;
      factor *= 2;
    }
    factor_ = to_int32(factor);
  }
  std::int32_t operator()(std::int16_t x) const {
    const std::int32_t round = right_ > 0 ? 1 << (right_ - 1) : 0;
    return wrapping_sum(wrapping_product(x, factor_), round) >> right_;
  }

 private:
  std::int32_t factor_ = 0;
  int right_ = 0;
};

std::uint32_t magnitude(std::int32_t x) {
  return x < 0 ? 0U - static_cast<std::uint32_t>(x) : static_cast<std::uint32_t>(x);
}

void logistic_16(Eval& n) {
  require_result_scale(n, 1.0 / 32768, 0);
  const SigmoidScale scale(storage_of_operand(n, 0), 0);
  const SigmoidTable table;
  map_elements<std::int16_t>(n, [&](std::int16_t stored) {
    const std::int32_t x = scale(stored);
    const std::uint32_t place = magnitude(x);
    const std::uint32_t y = place >> 9 >= SigmoidTable::kLast ? 0x7FFFU << 10 : table(place, 9);
    return (x >= 0 ? y + (1U << 9) : (1U << 25) - y + (1U << 9) - 1) >> 10;
  });
}

// tanh(x) = 2 * logistic(2 x) - 1
void tanh_16(Eval& n) {
  require_result_scale(n, 1.0 / 32768, 1e-3);
  const SigmoidScale scale(storage_of_operand(n, 0), 1);
  const SigmoidTable table;
  map_elements<std::int16_t>(n, [&](std::int16_t stored) {
    const std::int32_t x = scale(stored);
    const std::uint32_t place = magnitude(x);
    const auto y = static_cast<std::int32_t>(place >> 8 >= SigmoidTable::kLast ? 0xFFFFU << 8 : table(place, 8));
    constexpr std::int32_t kHalf = 1 << 23;
    return (x >= 0 ? y - kHalf + (1 << 7) : -y + kHalf + (1 << 7) - 1) >> 8;
  });
}

template <typename T>
void square_root(Eval& n) {
  const Storage in = storage_of_operand(n, 0);
  const Storage out = storage_of_result(n);
  const StoredRange range(out.type);
  map_elements<T>(n, [&, in, out, range](T stored) {
    const float x = in.scale * static_cast<float>(stored - in.zero_point);
    if (x < 0) n.fail("an element is negative");
    return range(wrapping_sum(to_int32(std::sqrt(x) / out.scale), out.zero_point));  // to zero
  });
}

void reciprocal_square_root_8(Eval& n) {
  const Storage in = storage_of_operand(n, 0);
  const Storage out = storage_of_result(n);
  const StoredRange range(out.type);
  constexpr int kBits = 20;
  Multiplier factor = multiplier_of(1.0 / (std::sqrt(in.scale) * out.scale));
  factor.shift -= kBits;
  map_elements<std::int8_t>(n, [&, in, out, range, factor](std::int8_t stored) {
    const std::int32_t x = stored - in.zero_point;
    if (x < 0) n.fail("an element is negative");
    if (x == 0) return range.high;
    Multiplier root = inverse_square_root(x);
    root.shift += kBits;
    const std::int32_t y = multiply(std::int32_t{1}, root);
    if (factor.shift < -31) return range(out.zero_point);
    return range(wrapping_sum(multiply(y, factor), out.zero_point));
  });
}

}  // namespace

void logistic(Eval& n) {
  require_one_type(n, 0, 0);
  if (n.in(0).type == Type::int16) return logistic_16(n);
  require_int8(n);
  require_result_scale(n, 1.0 / 256, 0);
  map_with_table(n, [](float x) { return 1.0F / (1.0F + std::exp(-x)); });
}

void tanh(Eval& n) {
  require_one_type(n, 0, 0);
  if (n.in(0).type == Type::int16) return tanh_16(n);
  map_with_table(n, [](float x) { return std::tanh(x); });
}

void elu(Eval& n) {
  require_int8(n);
  map_with_table(n, [](float x) { return x < 0 ? std::expm1(x) : x; });
}

void gelu(Eval& n) {
  if (n.flag(Attr::approximate)) {
    constexpr auto kScale = static_cast<float>(2 * std::numbers::inv_sqrtpi * (std::numbers::sqrt2 / 2));
    return map_with_table(n, [](float x) { return 0.5F * x * (1 + std::tanh(kScale * (x + 0.044715F * x * x * x))); });
  }
  constexpr auto kScale = static_cast<float>(-std::numbers::sqrt2 / 2);
  map_with_table(n, [](float x) { return 0.5F * x * std::erfc(x * kScale); });
}

void exp(Eval& n) {
  map_with_table(n, [](float x) { return std::exp(x); });
}

// The logarithm of what is not positive is the lowest result there is.
void log(Eval& n) {
  const Storage out = storage_of_result(n);
  const float lowest = static_cast<float>(StoredRange(out.type).low - out.zero_point) * out.scale;
  map_with_table(n, [lowest](float x) { return x <= 0 ? lowest : std::log(x); });
}

void sqrt(Eval& n) {
  require_one_type(n, 0, 0);
  with_stored(n, 0, [&](auto tag) { square_root<decltype(tag)>(n); });
}

void rsqrt(Eval& n) {
  require_one_type(n, 0, 0);
  if (n.in(0).type == Type::int8) return reciprocal_square_root_8(n);
  const Elements<std::int16_t> x = elements<std::int16_t>(n.in(0));
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] < 0) n.fail("an element is negative");
  }
  const float highest = 32767 * storage_of_result(n).scale;
  map_with_table(n, [highest](float x) { return x <= 0 ? highest : 1.0F / std::sqrt(x); });
}

void abs(Eval& n) {
  require_one_type(n, 0, 0);
  with_stored(n, 0, [&](auto tag) {
    using T = decltype(tag);
    const Storage in = storage_of_operand(n, 0);
    const Storage out = storage_of_result(n);
    const StoredRange range(out.type);
    const Multiplier factor = multiplier_of(in.scale / out.scale);
    map_elements<T>(
        n, [=](T x) { return range(wrapping_sum(multiply(std::abs(x - in.zero_point), factor), out.zero_point)); });
  });
}

}  // namespace tolite::quantized
