// The functions of fixed-point numbers: series and Newton iterations in the order in which the runtime takes the steps.
#include "ops/quantized/fixed_point.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tolite::quantized {
namespace {

constexpr std::int32_t kOne = std::numeric_limits<std::int32_t>::max();  // of Q0.31: the nearest there is

int leading_zeros(std::int32_t x) { return std::countl_zero(static_cast<std::uint32_t>(x)); }

/// The nearest Q0.31.
constexpr std::int32_t q31(double x) { return static_cast<std::int32_t>(x * 2147483648.0 + (x < 0 ? -0.5 : 0.5)); }

/// Arithmetic of numbers of 32 and of 16 bits alike. T: int32 or int16; `kBits` before the sign is what Q0 has.
template <typename T>
struct Fixed {
  static constexpr int kBits = std::numeric_limits<T>::digits;
  static constexpr T kMost = std::numeric_limits<T>::max();
  static constexpr T kLeast = std::numeric_limits<T>::min();

  /// The nearest Q0.
  static T q0(double x) {
    if constexpr (kBits == 31) {
      return q31(x);
    } else {
      return static_cast<T>(rounding_shift_right(q31(x), 16));
    }
  }
  static T add(T a, T b) { return static_cast<T>(wrapping_sum(a, b)); }
  static T subtract(T a, T b) { return static_cast<T>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b)); }
  static T multiply(T a, T b) {
    if constexpr (kBits == 31) {
      return rounding_high_product(a, b);
    } else {
      if (a == kLeast && b == kLeast) return kMost;
      const std::int32_t product = std::int32_t{a} * b;
      return static_cast<T>((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
    }
  }
  static T shift_right(T a, int bits) { return static_cast<T>(rounding_shift_right(a, bits)); }
  /// a * 2^bits, saturating.
  static T shift_left(T a, int bits) {
    if (bits == 0) return a;
    const auto most = static_cast<std::int32_t>((std::int64_t{1} << (kBits - bits)) - 1);
    return a > most ? kMost : a < -most ? kLeast : static_cast<T>(quantized::shift_left(a, bits));
  }
  static T saturating_sum(T a, T b) {
    return static_cast<T>(std::clamp<std::int64_t>(std::int64_t{a} + b, kLeast, kMost));
  }
  /// (a + b) / 2.
  static T half_sum(T a, T b) {
    const std::int64_t sum = std::int64_t{a} + b;
    return static_cast<T>((sum + (sum >= 0 ? 1 : -1)) / 2);
  }

  /// exp(x) for x in [-1/4, 0) as Q0: the Taylor series to the fourth power about -1/8.
  static T exp_near_zero(T x) {
    const T exp = q0(0.88249690258459540286);  // exp(-1/8)
    const T y = add(x, T{1} << (kBits - 3));
    const T y2 = multiply(y, y);
    const T y3 = multiply(y2, y);
    const T y4 = multiply(y2, y2);
    const T higher = multiply(add(shift_right(y4, 2), y3), q0(1.0 / 3));
    const T product = multiply(exp, add(y, shift_right(add(higher, y2), 1)));
    return kBits == 31 ? add(exp, product) : saturating_sum(exp, product);
  }

  /// exp(x) as Q0 for x <= 0 with this many bits before the point.
  static T exp_of_negative(T x, int integer_bits) {
    if (x == 0) return kMost;
    const int fraction_bits = kBits - integer_bits;
    if (integer_bits > 5 && x < -(1 << (fraction_bits + 5))) return 0;  // below -32
    // -x is a multiple of 1/4 and a rest below it; the multiple is the sum of some of these powers of two, -2 to 4.
    constexpr double kExps[] = {0.77880078307140486825,  0.60653065971263342360,  0.36787944117144232160,
                                0.13533528323661269189,  0.018315638888734180294, 3.3546262790251183882e-4,
                                1.1253517471925911451e-7};
    const auto quarter = static_cast<T>(1 << (fraction_bits - 2));
    const auto rest = static_cast<T>((x & (quarter - 1)) - quarter);  // in [-1/4, 0)
    const T multiple = subtract(rest, x);
    T result = exp_near_zero(shift_left(rest, integer_bits));
    for (int power = -2; power < std::min(integer_bits, 5); ++power) {
      if ((multiple & (1 << (fraction_bits + power))) != 0) result = multiply(result, q0(kExps[power + 2]));
    }
    return result;
  }

  /// 2 / (1 + x) with two bits before the point for x in [0, 1) as Q0: Newton's division by half the denominator, from
  /// the best linear start 48/17 - 32/17 d.
  static T twice_reciprocal_of_one_plus(T x) {
    const T one = T{1} << (kBits - 2);
    const T half = half_sum(x, kMost);
    T y = add(q0(12.0 / 17), multiply(half, q0(-8.0 / 17)));
    for (int i = 0; i < 3; ++i) y = add(y, shift_left(multiply(y, subtract(one, multiply(half, y))), 2));
    return y;
  }
  /// 1 / (1 + x) as Q0.
  static T reciprocal_of_one_plus(T x) { return shift_left(twice_reciprocal_of_one_plus(x), 1); }
  /// (1 - x) / (1 + x) as Q0.
  static T one_minus_over_one_plus(T x) {
    return shift_left(subtract(twice_reciprocal_of_one_plus(x), T{1} << (kBits - 2)), 2);
  }
};

using Fixed32 = Fixed<std::int32_t>;
using Fixed16 = Fixed<std::int16_t>;

}  // namespace

Multiplier multiplier_of(double factor) {
  if (factor == 0) return {};
  int shift = 0;
  auto mantissa = static_cast<std::int64_t>(std::round(std::frexp(factor, &shift) * (std::int64_t{1} << 31)));
  if (mantissa == std::int64_t{1} << 31) {
    mantissa /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<std::int32_t>(mantissa), shift};
}

std::int32_t exp_of_negative(std::int32_t x) { return Fixed32::exp_of_negative(x, 5); }

std::int16_t logistic(std::int16_t x, int integer_bits) {
  if (x == 0) return 1 << 14;
  const auto negative = x > 0 ? static_cast<std::int16_t>(-x) : x;
  const std::int16_t y = Fixed16::reciprocal_of_one_plus(Fixed16::exp_of_negative(negative, integer_bits));
  return x > 0 ? y : static_cast<std::int16_t>(32767 - y);
}

// (1 - exp(-2 x)) / (1 + exp(-2 x)): twice x is x with one bit more before the point.
std::int16_t hyperbolic_tangent(std::int16_t x, int integer_bits) {
  if (x == 0) return 0;
  const auto negative = x > 0 ? static_cast<std::int16_t>(-x) : x;
  const std::int16_t y = Fixed16::one_minus_over_one_plus(Fixed16::exp_of_negative(negative, integer_bits + 1));
  return x > 0 ? y : static_cast<std::int16_t>(-y);
}

Reciprocal reciprocal(std::int32_t x, int integer_bits) {
  const int headroom = leading_zeros(x);
  const auto below_one = (static_cast<std::uint32_t>(x) << headroom) - (std::uint32_t{1} << 31);
  return {Fixed32::reciprocal_of_one_plus(static_cast<std::int32_t>(below_one)), integer_bits - headroom};
}

Multiplier inverse_square_root(std::int32_t x) {
  if (x <= 1) return {kOne, 0};
  int shift = 11;
  while (x >= 1 << 29) {
    x /= 4;
    ++shift;
  }
  const int pairs = (leading_zeros(x) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;
  // Five steps y = y * (3 - x y^2) / 2 from 1, in Q3.28: x is in [1/2, 2) there.
  constexpr std::int32_t kThreeHalves = (1 << 28) + (1 << 27);
  const std::int32_t half = rounding_shift_right(x >> 1, 1);
  std::int32_t y = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const std::int32_t square = rounding_high_product(y, y);                             // Q6.25
    const std::int32_t cube = Fixed32::shift_left(rounding_high_product(square, y), 6);  // Q9.22, then Q3.28
    const std::int32_t next = rounding_high_product(kThreeHalves, y) - rounding_high_product(half, cube);
    y = Fixed32::shift_left(next, 3);
  }
  y = rounding_high_product(y, q31(0.70710678118654752440));
  if (shift < 0) return {shift_left(y, -shift), 0};
  return {y, -shift};
}

// x = 2^k * r for the r of two candidates that lies near 1: r is x shifted left as far as it goes, or that times
// sqrt(1/2). Then ln r by a rational function of r - 2^(-1/4), and k * ln 2 is added.
std::int32_t logarithm(std::int32_t x) {
  constexpr int kInputBits = 12;
  constexpr int kBits = 6;  // before the point of what is summed: one more than the result has
  const double root = std::sqrt(2.0);
  const double root4 = std::sqrt(root);
  const std::int32_t sqrt_half = q31(std::sqrt(0.5));
  const std::int32_t fourth_root_half = q31(std::sqrt(std::sqrt(0.5)));
  const std::int32_t quarter = rounding_shift_right(1 << 29, kBits);

  const int headroom_a = leading_zeros(x);
  const std::int32_t r_a =
      Fixed32::shift_left(rounding_high_product(Fixed32::shift_left(x, headroom_a - 1), sqrt_half), 1);
  const std::int32_t power_a =
      Fixed32::saturating_sum(Fixed32::shift_left(kInputBits - headroom_a, 31 - kBits), quarter);
  const int headroom_b = leading_zeros(rounding_high_product(x, sqrt_half)) - 1;
  const std::int32_t r_b = Fixed32::shift_left(x, headroom_b);
  const std::int32_t power_b =
      Fixed32::saturating_sum(Fixed32::shift_left(kInputBits - headroom_b, 31 - kBits), -quarter);
  const std::int32_t r = std::min(r_a, r_b);
  const std::int32_t power = std::max(power_a, power_b);

  const std::int32_t p = Fixed32::half_sum(r, fourth_root_half);
  const std::int32_t q = shift_left(r - fourth_root_half, 1);
  const std::int32_t q2 = rounding_high_product(q, q);
  const std::int32_t numerator = wrapping_sum(
      rounding_high_product(q, r), rounding_high_product(rounding_high_product(q, q2), q31(11.0 / 240 * root4)));
  const std::int32_t sum =
      wrapping_sum(wrapping_sum(q31(2 / root4 - root4), q), rounding_high_product(q31(root4 / 20), q2));
  const std::int32_t denominator =
      wrapping_sum(rounding_high_product(p, sum), rounding_high_product(q31(root4 / 4), q));
  const std::int32_t log_r =
      rounding_high_product(rounding_shift_right(numerator, kBits), Fixed32::reciprocal_of_one_plus(denominator));
  return Fixed32::shift_left(wrapping_sum(rounding_high_product(power, q31(std::log(2.0))), log_r), 1);
}

}  // namespace tolite::quantized
