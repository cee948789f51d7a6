// Fixed-point arithmetic as the runtime's integer kernels do it: where and how they round decides every result, so all
// of it is kept bit for bit. Qm.n is an int32 that stands for its value / 2^n, with m + n = 31; halves are rounded away
// from zero unless said otherwise; sums and shifts wrap.
#pragma once

#include <cstdint>
#include <limits>

namespace tolite::quantized {

/// A real factor: mantissa / 2^31 * 2^shift, where the mantissa is 0 or of the magnitude [2^30, 2^31).
struct Multiplier {
  std::int32_t mantissa = 0;
  int shift = 0;
};
/// The nearest one; 0 for factors below 2^-32.
Multiplier multiplier_of(double factor);

/// a * 2^bits. A shift by more bits than a number has is one by the remainder, as on x86.
inline std::int32_t shift_left(std::int32_t a, int bits) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << (bits & 31));
}
inline std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
inline std::int32_t wrapping_product(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

/// a / 2^bits. Above 31 bits the mask is what x86 makes of it.
inline std::int32_t rounding_shift_right(std::int32_t a, int bits) {
  const auto mask = static_cast<std::int32_t>((std::uint64_t{1} << (bits & 63)) - 1);
  const std::int32_t half = (mask >> 1) + (a < 0 ? 1 : 0);
  return (a >> (bits & 31)) + ((a & mask) > half ? 1 : 0);
}

/// a * b / 2^31: the product of Qm.n and Q0.31. -1 * -1 saturates.
inline std::int32_t rounding_high_product(std::int32_t a, std::int32_t b) {
  constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
  if (a == kLowest && b == kLowest) return std::numeric_limits<std::int32_t>::max();
  const std::int64_t product = std::int64_t{a} * b;
  const std::int64_t nudge = product >= 0 ? std::int64_t{1} << 30 : 1 - (std::int64_t{1} << 30);
  return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

/// x * factor, rounded twice: to 32 bits of the product, and when these are shifted right.
inline std::int32_t multiply(std::int32_t x, Multiplier factor) {
  const int left = factor.shift > 0 ? factor.shift : 0;
  const int right = factor.shift > 0 ? 0 : -factor.shift;
  return rounding_shift_right(rounding_high_product(shift_left(x, left), factor.mantissa), right);
}

/// Sums of 64 bits are multiplied with 16 bits of the mantissa, and rounded once, halves up.
inline std::int32_t multiply(std::int64_t x, Multiplier factor) {
  const std::int64_t mantissa = factor.mantissa < 0x7FFF0000 ? (factor.mantissa + (1 << 15)) >> 16 : 0x7FFF;
  const int right = factor.shift < 15 ? 15 - factor.shift : 1;
  const auto product = static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(mantissa);
  return static_cast<std::int32_t>(static_cast<std::int64_t>(product + (std::uint64_t{1} << (right - 1))) >> right);
}

/// exp(x) as Q0.31 for x <= 0 as Q5.26.
std::int32_t exp_of_negative(std::int32_t x);

/// Functions of an int16 with `integer_bits` of 1 to 6 before the point, as Q0.15.
std::int16_t logistic(std::int16_t x, int integer_bits);
std::int16_t hyperbolic_tangent(std::int16_t x, int integer_bits);

/// ln(x) as Q5.26 for x as Q12.19.
std::int32_t logarithm(std::int32_t x);

/// 1 / x for x > 0 with `integer_bits` before the point: the Q0.31 to shift right by the second number, which may be
/// negative.
struct Reciprocal {
  std::int32_t value = 0;
  int bits_over_one = 0;
};
Reciprocal reciprocal(std::int32_t x, int integer_bits);

/// 1 / sqrt(x) for an integer x; that of 0 is 1.
Multiplier inverse_square_root(std::int32_t x);

}  // namespace tolite::quantized
