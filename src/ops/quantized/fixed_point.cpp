// The functions of fixed-point numbers: series and Newton iterations in the order in which the runtime takes the steps.
#include "ops/quantized/fixed_point.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tolite::quantized {
namespace {

constexpr std::int32_t kOne = std::numeric_limits<std::int32_t>::max();  // of Q0.31: the nearest there is
constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();

int leading_zeros(std::int32_t x) { return std::countl_zero(static_cast<std::uint32_t>(x)); }

/// The nearest Q0.31.
constexpr std::int32_t q31(double x) { return static_cast<std::int32_t>(x * 2147483648.0 + (x < 0 ? -0.5 : 0.5)); }

/// x * 2^bits, saturating.
std::int32_t saturating_shift_left(std::int32_t x, int bits) {
  if (bits == 0) return x;
  const auto most = static_cast<std::int32_t>((std::int64_t{1} << (31 - bits)) - 1);
  return x > most ? kOne : x < -most ? kLowest : shift_left(x, bits);
}

std::int32_t saturating_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(std::int64_t{a} + b, kLowest, kOne));
}

/// (a + b) / 2.
std::int32_t rounding_half_sum(std::int32_t a, std::int32_t b) {
  const std::int64_t sum = std::int64_t{a} + b;
  return static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/// exp(x) for x in [-1/4, 0) as Q0.31: the Taylor series to the fourth power about -1/8.
std::int32_t exp_near_zero(std::int32_t x) {
  constexpr std::int32_t kExp = q31(0.88249690258459540286);  // exp(-1/8)
  constexpr std::int32_t kThird = q31(1.0 / 3);
  const std::int32_t y = wrapping_sum(x, 1 << 28);
  const std::int32_t y2 = rounding_high_product(y, y);
  const std::int32_t y3 = rounding_high_product(y2, y);
  const std::int32_t y4 = rounding_high_product(y2, y2);
  const std::int32_t higher = rounding_high_product(wrapping_sum(rounding_shift_right(y4, 2), y3), kThird);
  const std::int32_t series = wrapping_sum(y, rounding_shift_right(wrapping_sum(higher, y2), 1));
  return wrapping_sum(kExp, rounding_high_product(kExp, series));
}

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

std::int32_t exp_of_negative(std::int32_t x) {
  if (x == 0) return kOne;
  // -x is a multiple of 1/4 and a rest below it; the multiple is the sum of some of these powers of two.
  struct Power {
    int bit;
    double exp;
  };
  constexpr Power kPowers[] = {{24, 0.77880078307140486825},  {25, 0.60653065971263342360},
                               {26, 0.36787944117144232160},  {27, 0.13533528323661269189},
                               {28, 0.018315638888734180294}, {29, 3.3546262790251183882e-4},
                               {30, 1.1253517471925911451e-7}};
  constexpr std::int32_t kQuarter = 1 << 24;
  const std::int32_t rest = (x & (kQuarter - 1)) - kQuarter;  // of Q5.26, in [-1/4, 0)
  const std::int32_t multiple = rest - x;
  std::int32_t result = exp_near_zero(shift_left(rest, 5));
  for (const Power& power : kPowers) {
    if ((multiple & (1 << power.bit)) != 0) result = rounding_high_product(result, q31(power.exp));
  }
  return result;
}

std::int32_t reciprocal_of_one_plus(std::int32_t x) {
  // Newton's division of 1 by half the denominator, from the best linear start 48/17 - 32/17 d. All in Q2.29.
  constexpr std::int32_t k48Over17 = q31(12.0 / 17);
  constexpr std::int32_t k32Over17 = q31(-8.0 / 17);
  constexpr std::int32_t kOneInQ2 = 1 << 29;
  const std::int32_t half = rounding_half_sum(x, kOne);
  std::int32_t y = wrapping_sum(k48Over17, rounding_high_product(half, k32Over17));
  for (int i = 0; i < 3; ++i) {
    const std::int32_t error = kOneInQ2 - rounding_high_product(half, y);
    y = wrapping_sum(y, saturating_shift_left(rounding_high_product(y, error), 2));
  }
  return saturating_shift_left(y, 1);  // half of it, in Q0.31
}

Reciprocal reciprocal(std::int32_t x, int integer_bits) {
  const int headroom = leading_zeros(x);
  const auto below_one = (static_cast<std::uint32_t>(x) << headroom) - (std::uint32_t{1} << 31);
  return {reciprocal_of_one_plus(static_cast<std::int32_t>(below_one)), integer_bits - headroom};
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
    const std::int32_t square = rounding_high_product(y, y);                               // Q6.25
    const std::int32_t cube = saturating_shift_left(rounding_high_product(square, y), 6);  // Q9.22, then Q3.28
    const std::int32_t next = rounding_high_product(kThreeHalves, y) - rounding_high_product(half, cube);
    y = saturating_shift_left(next, 3);
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
      saturating_shift_left(rounding_high_product(saturating_shift_left(x, headroom_a - 1), sqrt_half), 1);
  const std::int32_t power_a = saturating_sum(saturating_shift_left(kInputBits - headroom_a, 31 - kBits), quarter);
  const int headroom_b = leading_zeros(rounding_high_product(x, sqrt_half)) - 1;
  const std::int32_t r_b = saturating_shift_left(x, headroom_b);
  const std::int32_t power_b = saturating_sum(saturating_shift_left(kInputBits - headroom_b, 31 - kBits), -quarter);
  const std::int32_t r = std::min(r_a, r_b);
  const std::int32_t power = std::max(power_a, power_b);

  const std::int32_t p = rounding_half_sum(r, fourth_root_half);
  const std::int32_t q = shift_left(r - fourth_root_half, 1);
  const std::int32_t q2 = rounding_high_product(q, q);
  const std::int32_t numerator = wrapping_sum(
      rounding_high_product(q, r), rounding_high_product(rounding_high_product(q, q2), q31(11.0 / 240 * root4)));
  const std::int32_t sum =
      wrapping_sum(wrapping_sum(q31(2 / root4 - root4), q), rounding_high_product(q31(root4 / 20), q2));
  const std::int32_t denominator =
      wrapping_sum(rounding_high_product(p, sum), rounding_high_product(q31(root4 / 4), q));
  const std::int32_t log_r =
      rounding_high_product(rounding_shift_right(numerator, kBits), reciprocal_of_one_plus(denominator));
  return saturating_shift_left(wrapping_sum(rounding_high_product(power, q31(std::log(2.0))), log_r), 1);
}

}  // namespace tolite::quantized
