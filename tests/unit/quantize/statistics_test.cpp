// Statistics of parts are those of the whole, whatever the parts; ranges and parameters that follow from them.
#include "quantize/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "quantize/parameters.h"
#include "tolite/error.h"

namespace tolite::quantize {
namespace {

Tensor floats(const std::vector<float>& values, std::int64_t width) {
  const auto count = static_cast<std::int64_t>(values.size());
  const std::vector<double> wide(values.begin(), values.end());
  return tensor_of(Type::float32, {count / width, width}, wide);
}

std::vector<Tensor> random_tensors(std::size_t count) {
  std::mt19937 random(7);
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<float> values(96);
    for (float& v : values)
      v = std::ldexp(static_cast<float>(random() % 2001) - 1000, static_cast<int>(random() % 60) - 30);
    tensors.push_back(floats(values, 8));
  }
  return tensors;
}

constexpr Statistics::Key kKey{GraphId(0U), ValueId(3U)};
constexpr ValueStatistics::Wanted kAll{.histogram = true, .channels = true, .row_maxima = true};

TEST(Statistics, PartsAddUpInAnyOrder) {
  const std::vector<Tensor> tensors = random_tensors(24);
  Statistics whole;
  std::vector<Statistics> parts(5);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    whole[kKey].add(tensors[i], kAll);
    parts[i * i % 5][kKey].add(tensors[i], kAll);
  }
  Statistics forward;
  Statistics backward;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    forward.add(parts[i]);
    backward.add(parts[parts.size() - 1 - i]);
  }
  EXPECT_EQ(whole.to_json(), forward.to_json());
  EXPECT_EQ(whole.to_json(), backward.to_json());
}

TEST(Statistics, AreReadAsTheyWereWritten) {
  Statistics written;
  written.model = "a model";
  for (const Tensor& tensor : random_tensors(3)) written[kKey].add(tensor, kAll);
  const std::string text = written.to_json();
  EXPECT_EQ(Statistics::from_json(text, "file").to_json(), text);
}

TEST(Statistics, OfAnotherModelAreRefused) {
  Statistics a;
  Statistics b;
  a.model = "a";
  b.model = "b";
  EXPECT_THROW(a.add(b), Error);
}

TEST(Statistics, DamagedFilesAreRefused) {
  for (const char* text :
       {"", "{", "{}", "[]", R"({"format":1})", R"({"format":2,"model":"","samples":"","values":[]})",
        R"({"format":1,"model":"","samples":"","values":[{"graph":-1}]})"})
    EXPECT_THROW(Statistics::from_json(text, "file"), Error) << text;
}

TEST(ExactSum, IsRoundedOnce) {
  ExactSum sum;
  for (const double term : {1e100, 1.0, -1e100, 1e-30}) sum.add(term);
  EXPECT_EQ(sum.value(), 1.0);
  // Half of the last place, and a little more that rounding to even would not see.
  ExactSum half;
  for (const double term : {1.0, 0x1p-53, 0x1p-120}) half.add(term);
  EXPECT_EQ(half.value(), 1.0 + 0x1p-52);
}

TEST(Range, PassesOverNaN) {
  const Range range = range_of(floats({NAN, -2, 5, NAN}, 4));
  EXPECT_EQ(range, (Range{-2, 5}));
  EXPECT_TRUE(range_of(floats({NAN, NAN}, 2)).empty());
}

TEST(RowMaximum, IsTheLeast) { EXPECT_EQ(least_row_maximum(floats({1, 9, -1e9F, 4, 7, 2}, 3)), 7); }

TEST(Parameters, StandExactlyForZero) {
  for (const Range& range : {Range{-1, 2}, Range{0.5F, 4}, Range{-3, -1}, Range{0, 0}, Range{-1e-9F, 1e-9F}}) {
    const Quantization q = int8_parameters(range);
    EXPECT_GT(q.scales[0], 0);
    EXPECT_GE(q.zero_points[0], -128);
    EXPECT_LE(q.zero_points[0], 127);
  }
  EXPECT_EQ(int8_parameters({0.5F, 4}).zero_points[0], -128);
  EXPECT_EQ(int8_parameters({-3, -1}).zero_points[0], 127);
  EXPECT_FLOAT_EQ(int8_parameters({-1, 2}).scales[0], 3.0F / 255);
  EXPECT_EQ(int8_parameters({-1, 2}).zero_points[0], -43);
  EXPECT_FLOAT_EQ(int16_parameters({-1, 2}).scales[0], 2.0F / 32767);
}

TEST(RangeBy, CutsOutliersOff) {
  std::vector<float> values(100000);
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (float& v : values) v = normal(random);
  values[5] = 1000;
  ValueStatistics seen;
  seen.add(floats(values, 10), kAll);
  EXPECT_EQ(range_by(RangeMethod::min_max, seen, 256).max, 1000);
  for (const RangeMethod method : {RangeMethod::percentile, RangeMethod::kl}) {
    const Range range = range_by(method, seen, 256);
    EXPECT_LT(range.max, 400);
    EXPECT_GT(range.max, 2);
    EXPECT_LT(range.min, -2);
  }
  // Both ends are kept where nothing lies far out.
  ValueStatistics even;
  even.add(floats({-1, -0.5F, 0, 0.5F, 1, 1}, 2), kAll);
  EXPECT_NEAR(range_by(RangeMethod::mse, even, 256).max, 1, 0.02);
  even.add(floats({-3, 5}, 2), kAll);
  EXPECT_FLOAT_EQ(range_by(RangeMethod::moving_average, even, 256).max, 3);
}

}  // namespace
}  // namespace tolite::quantize
