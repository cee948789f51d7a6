// Weights of TensorFlow's image resizing. Positions are computed in float32, as TensorFlow does: which elements a row
// names depends on their rounding.
#include "import/tensorflow/ops/resampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace tolite::tensorflow {
namespace {

float resize_scale(std::int64_t input, std::int64_t output, bool align_corners) {
  if (align_corners && output > 1) return static_cast<float>(input - 1) / static_cast<float>(output - 1);
  return static_cast<float>(input) / static_cast<float>(output);
}

// Rows whose weights all but vanish stay as they are.
void normalize(std::vector<double>& weights) {
  double sum = 0;
  for (const double w : weights) sum += w;
  if (std::abs(sum) < 1000 * static_cast<double>(std::numeric_limits<float>::min())) return;
  for (double& w : weights) w /= sum;
}

// The cubic convolution kernel of Keys, "Cubic convolution interpolation for digital image processing" (1981), with
// parameter a, at a distance below 1 and at one between 1 and 2.
double cubic_near(double a, double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; }
double cubic_far(double a, double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; }

// `lobes` periods of a sine, fading out.
template <int lobes>
double lanczos(double x) {
  if (x > lobes) return 0;
  if (x <= 1e-3) return 1;
  const double angle = std::numbers::pi * x;
  return lobes * std::sin(angle) * std::sin(angle / lobes) / (angle * angle);
}

double gaussian(double x) {
  constexpr double kDeviation = 0.5;
  return x >= 3 * kDeviation ? 0 : std::exp(-x * x / (2 * kDeviation * kDeviation));
}

double box(double x) { return x < 0.5 ? 1 : x == 0.5 ? 0.5 : 0; }

double triangle(double x) { return x < 1 ? 1 - x : 0; }

double keys_cubic(double x) { return x >= 2 ? 0 : x >= 1 ? cubic_far(-0.5, x) : cubic_near(-0.5, x); }

// Mitchell and Netravali, "Reconstruction filters in computer graphics" (1988), with B = C = 1/3.
double mitchell_cubic(double x) {
  if (x >= 2) return 0;
  if (x >= 1) return ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9;
  return (7.0 / 6 * x - 2) * x * x + 8.0 / 9;
}

constexpr std::pair<std::string_view, FilterKernel> kFilterKernels[] = {{"lanczos1", {1, lanczos<1>}},
                                                                        {"lanczos3", {3, lanczos<3>}},
                                                                        {"lanczos5", {5, lanczos<5>}},
                                                                        {"gaussian", {1.5, gaussian}},
                                                                        {"box", {1, box}},
                                                                        {"triangle", {1, triangle}},
                                                                        {"keyscubic", {2, keys_cubic}},
                                                                        {"mitchellcubic", {2, mitchell_cubic}}};

}  // namespace

bool ResamplingMatrix::is_identity() const {
  if (input != output) return false;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool diagonal = i % static_cast<std::size_t>(input + 1) == 0;
    if (weights[i] != (diagonal ? 1 : 0)) return false;
  }
  return true;
}

ResamplingMatrix area_matrix(std::int64_t input, std::int64_t output, bool align_corners) {
  ResamplingMatrix m(input, output);
  const float scale = resize_scale(input, output, align_corners);
  for (std::int64_t row = 0; row < output; ++row) {
    const float begin = static_cast<float>(row) * scale;
    const float end = static_cast<float>(row + 1) * scale;
    for (auto i = static_cast<std::int64_t>(std::floor(begin)); i < static_cast<std::int64_t>(std::ceil(end)); ++i) {
      const double covered =
          std::min<double>(static_cast<double>(i + 1), end) - std::max<double>(static_cast<double>(i), begin);
      m.at(row, std::clamp<std::int64_t>(i, 0, input - 1)) += covered / static_cast<double>(scale);
    }
  }
  return m;
}

ResamplingMatrix bicubic_matrix(std::int64_t input, std::int64_t output, bool align_corners, bool half_pixel_centers) {
  constexpr double kSteps = 1024;
  ResamplingMatrix m(input, output);
  const float scale = resize_scale(input, output, align_corners);
  const double a = half_pixel_centers ? -0.5 : -0.75;
  for (std::int64_t row = 0; row < output; ++row) {
    const float at =
        half_pixel_centers ? (static_cast<float>(row) + 0.5F) * scale - 0.5F : static_cast<float>(row) * scale;
    const auto first = static_cast<std::int64_t>(std::floor(at));
    const double x = std::nearbyint(static_cast<double>(at - static_cast<float>(first)) * kSteps) / kSteps;
    std::vector<double> weights{cubic_far(a, 1 + x), cubic_near(a, x), cubic_near(a, 1 - x), cubic_far(a, 2 - x)};
    // Beyond the border, the older form repeats the outermost element; the newer one takes what is inside only.
    for (std::int64_t k = 0; k < 4 && half_pixel_centers; ++k) {
      const std::int64_t i = first - 1 + k;
      if (i < 0 || i >= input) weights[static_cast<std::size_t>(k)] = 0;
    }
    if (half_pixel_centers) normalize(weights);
    for (std::int64_t k = 0; k < 4; ++k)
      m.at(row, std::clamp<std::int64_t>(first - 1 + k, 0, input - 1)) += weights[static_cast<std::size_t>(k)];
  }
  return m;
}

std::optional<FilterKernel> filter_kernel(std::string_view name) {
  for (const auto& [known, kernel] : kFilterKernels) {
    if (known == name) return kernel;
  }
  return std::nullopt;
}

ResamplingMatrix filter_matrix(std::int64_t input, std::int64_t output, float scale, float translation,
                               const FilterKernel& kernel, bool antialias) {
  ResamplingMatrix m(input, output);
  const float step = 1.0F / scale;
  const float offset = -step * translation;
  const float stretch = antialias ? std::max(step, 1.0F) : 1.0F;
  const float reach = static_cast<float>(kernel.radius) * stretch;
  const auto inside = [&](float i) {
    return static_cast<std::int64_t>(std::clamp(i, 0.0F, static_cast<float>(input - 1)));
  };
  for (std::int64_t row = 0; row < output; ++row) {
    const float center = (static_cast<float>(row) + 0.5F) * step + offset;
    if (!(center >= 0 && center <= static_cast<float>(input))) continue;  // outside the image: zeros
    const std::int64_t first = inside(std::ceil(center - reach - 0.5F));
    const std::int64_t last = inside(std::floor(center + reach - 0.5F));
    std::vector<double> weights;
    for (std::int64_t i = first; i <= last; ++i) {
      const float distance = (static_cast<float>(i) + 0.5F - center) / stretch;
      weights.push_back(kernel.weight(std::abs(static_cast<double>(distance))));
    }
    normalize(weights);
    for (std::int64_t i = first; i <= last; ++i) m.at(row, i) = weights[static_cast<std::size_t>(i - first)];
  }
  return m;
}

}  // namespace tolite::tensorflow
