// Rows of resampling matrices: how much each element of an axis adds to each element of the resized axis.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tolite::tensorflow {

/// `output` rows of `input` weights.
struct ResamplingMatrix {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::vector<double> weights;

  ResamplingMatrix(std::int64_t input_size, std::int64_t output_size)
      : input(input_size), output(output_size), weights(static_cast<std::size_t>(input_size * output_size)) {}
  double& at(std::int64_t row, std::int64_t column) { return weights[static_cast<std::size_t>(row * input + column)]; }
  bool is_identity() const;
};

/// ResizeArea: each element of the result is the mean of the stretch of elements it covers.
ResamplingMatrix area_matrix(std::int64_t input, std::int64_t output, bool align_corners);

/// ResizeBicubic: four elements, weighted by a cubic that TensorFlow reads from a table of 1024 steps.
ResamplingMatrix bicubic_matrix(std::int64_t input, std::int64_t output, bool align_corners, bool half_pixel_centers);

/// A filter kernel of ScaleAndTranslate.
struct FilterKernel {
  double radius = 0;
  double (*weight)(double distance) = nullptr;
};
std::optional<FilterKernel> filter_kernel(std::string_view name);

/// ScaleAndTranslate along one axis.
ResamplingMatrix filter_matrix(std::int64_t input, std::int64_t output, float scale, float translation,
                               const FilterKernel& kernel, bool antialias);

}  // namespace tolite::tensorflow
