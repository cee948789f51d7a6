// Weights of image resizing: each result is a mean of elements near it.
#include "import/tensorflow/ops/resampling.h"

#include <gtest/gtest.h>

#include <string>

namespace tolite::tensorflow {
namespace {

std::vector<double> row_sums(ResamplingMatrix m) {
  std::vector<double> sums;
  for (std::int64_t row = 0; row < m.output; ++row) {
    double sum = 0;
    for (std::int64_t column = 0; column < m.input; ++column) sum += m.at(row, column);
    sums.push_back(sum);
  }
  return sums;
}

// Positions are float32: the ends of a stretch of elements have its rounding.
void expect_means(const ResamplingMatrix& m, const std::string& what) {
  for (const double sum : row_sums(m)) EXPECT_NEAR(sum, 1, 1e-5) << what << " from " << m.input << " to " << m.output;
}

TEST(Resampling, RowsAreMeans) {
  for (const std::int64_t from : {1, 2, 5, 17}) {
    for (const std::int64_t to : {1, 3, 5, 40}) {
      expect_means(area_matrix(from, to, false), "area");
      for (const bool half : {false, true}) expect_means(bicubic_matrix(from, to, false, half), "bicubic");
      const float scale = static_cast<float>(to) / static_cast<float>(from);
      for (const char* name : {"lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic"})
        expect_means(filter_matrix(from, to, scale, 0, *filter_kernel(name), true), name);
    }
  }
}

TEST(Resampling, TheSameSizeIsTheIdentity) {
  EXPECT_TRUE(area_matrix(6, 6, false).is_identity());
  EXPECT_TRUE(bicubic_matrix(6, 6, false, true).is_identity());
  EXPECT_TRUE(filter_matrix(6, 6, 1, 0, *filter_kernel("triangle"), true).is_identity());
  EXPECT_FALSE(area_matrix(6, 5, false).is_identity());
  EXPECT_FALSE(filter_matrix(6, 6, 1, 1, *filter_kernel("triangle"), true).is_identity());
}

TEST(Resampling, OutsideTheImageThereIsNothing) {
  EXPECT_EQ(row_sums(filter_matrix(4, 3, 1, 100, *filter_kernel("lanczos3"), true)), (std::vector<double>{0, 0, 0}));
  EXPECT_FALSE(filter_kernel("sinc").has_value());
}

TEST(Resampling, HalvesByAreaArePairs) {
  ResamplingMatrix m = area_matrix(4, 2, false);
  EXPECT_EQ(m.weights, (std::vector<double>{0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5}));
}

}  // namespace
}  // namespace tolite::tensorflow
