// 16-bit floats round-trip and round to nearest even.
#include "base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tolite {
namespace {

TEST(Half, EveryHalfSurvivesTheRoundTrip) {
  for (unsigned h = 0; h < 0x10000U; ++h) {
    const float f = half_to_float(static_cast<std::uint16_t>(h));
    if (std::isnan(f)) continue;
    EXPECT_EQ(float_to_half(f), h);
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(float_to_half(1.0F + 0.00048828125F), 0x3C00U);      // halfway, down to even
  EXPECT_EQ(float_to_half(1.0F + 3 * 0.00048828125F), 0x3C02U);  // halfway, up to even
  EXPECT_EQ(float_to_half(65520.0F), 0x7C00U);                   // rounds to infinity
  EXPECT_EQ(float_to_half(1e-9F), 0U);
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(Bfloat16, RoundTripAndRounding) {
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(1.5F)), 1.5F);
  EXPECT_EQ(float_to_bfloat16(1.00390625F), 0x3F80U);  // halfway, down to even
  EXPECT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(std::numeric_limits<float>::quiet_NaN()))));
}

}  // namespace
}  // namespace tolite
