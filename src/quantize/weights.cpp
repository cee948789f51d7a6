// Constants stored with fewer bits. Each is read once for its scale and once to be stored, in parallel.
#include "quantize/weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/thread_pool.h"
#include "quantize/statistics.h"
#include "tolite/error.h"

namespace tolite::quantize {
namespace {

constexpr std::size_t kGrain = 1U << 15U;

/// A tensor as [outer, slices, inner] around an axis.
struct Slices {
  std::size_t outer = 1;
  std::size_t count = 1;
  std::size_t inner = 1;

  Slices(const std::vector<std::int64_t>& dims, std::optional<std::size_t> axis) {
    for (std::size_t i = 0; i < dims.size(); ++i) {
      const auto size = static_cast<std::size_t>(dims[i]);
      (!axis || i > *axis ? inner : i == *axis ? count : outer) *= size;
    }
  }
};

std::vector<float> greatest_magnitudes(Elements<float> x, const Slices& slices) {
  std::vector<float> greatest(slices.count);
  // Along the last axis all slices at once, row by row: a slice's elements lie far apart.
  const std::size_t slices_per_part = slices.inner == 1 ? std::max<std::size_t>(1, slices.count / 8) : 1;
  parallel_ranges(slices.count, slices_per_part, [&](std::size_t begin, std::size_t end) {
    for (std::size_t o = 0; o < slices.outer; ++o) {
      for (std::size_t c = begin; c < end; ++c) {
        const std::size_t at = (o * slices.count + c) * slices.inner;
        float most = greatest[c];
        for (std::size_t i = 0; i < slices.inner; ++i) most = std::max(most, std::abs(x[at + i]));
        greatest[c] = most;
      }
    }
  });
  return greatest;
}

/// Halves away from zero, as the runtime rounds.
template <typename T>
T rounded(double x, double low, double high) {
  return static_cast<T>(std::clamp(std::round(x), low, high));
}

template <typename T>
Tensor stored_as(const Tensor& real, const Slices& slices, const std::vector<float>& scales, double most) {
  NewTensor made = new_tensor(Type::int8, real.dims);
  const Elements<float> x(real.bytes);
  auto* y = reinterpret_cast<T*>(made.writable.data());
  parallel_ranges(slices.outer * slices.count,
                  std::max<std::size_t>(1, kGrain / std::max<std::size_t>(1, slices.inner)),
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t row = begin; row < end; ++row) {
                      const float inverse = 1.0F / scales[scales.size() == 1 ? 0 : row % slices.count];
                      for (std::size_t i = row * slices.inner; i < (row + 1) * slices.inner; ++i)
                        y[i] = rounded<T>(x[i] * inverse, -most, most);
                    }
                  });
  return std::move(made.tensor);
}

/// Two elements a byte, the first in the low half.
Tensor packed_int4(const Tensor& wide) {
  NewTensor made = new_tensor(Type::int4, wide.dims);
  for (std::size_t i = 0; i < wide.bytes.size(); ++i) {
    const std::byte half = wide.bytes[i] & std::byte{0x0F};
    made.writable[i / 2] |= i % 2 == 0 ? half : half << 4;
  }
  return std::move(made.tensor);
}

template <typename T>
Tensor rounded_tensor(const Tensor& real, Type type, const auto& scale_of, double zero_point, double low, double high) {
  NewTensor made = new_tensor(type, real.dims);
  const Elements<float> x(real.bytes);
  auto* y = reinterpret_cast<T*>(made.writable.data());
  parallel_ranges(x.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) y[i] = rounded<T>(x[i] / scale_of(i) + zero_point, low, high);
  });
  return std::move(made.tensor);
}

}  // namespace

StoredConstant symmetric_weights(const Tensor& weights, Type stored, std::optional<std::size_t> axis,
                                 const std::vector<double>& least_scales) {
  const double most = stored == Type::int4 ? 7 : 127;
  const Slices slices(weights.dims, axis);
  StoredConstant result;
  std::vector<float>& scales = result.quantization.scales;
  for (const float greatest : greatest_magnitudes(Elements<float>(weights.bytes), slices)) {
    double scale = greatest / most;
    if (!least_scales.empty()) scale = std::max(scale, least_scales[least_scales.size() == 1 ? 0 : scales.size()]);
    scales.push_back(static_cast<float>(scale) > 0 ? static_cast<float>(scale) : 1.0F);
  }
  result.quantization.zero_points.assign(scales.size(), 0);
  result.quantization.axis = static_cast<std::int32_t>(axis.value_or(0));
  result.tensor = stored_as<std::int8_t>(weights, slices, scales, most);
  if (stored == Type::int4) result.tensor = packed_int4(result.tensor);
  return result;
}

StoredConstant as_activation(const Tensor& constant, Type stored, const Quantization& quantization) {
  const double scale = quantization.scales.front();
  const auto zero_point = static_cast<double>(quantization.zero_points.front());
  const auto scale_of = [scale](std::size_t) { return scale; };
  StoredConstant result{{}, quantization};
  result.tensor = stored == Type::int8
                      ? rounded_tensor<std::int8_t>(constant, stored, scale_of, zero_point, -128, 127)
                      : rounded_tensor<std::int16_t>(constant, stored, scale_of, zero_point, -32768, 32767);
  return result;
}

StoredConstant stored_bias(const Tensor& bias, Type stored, float data_scale, const Quantization& weights) {
  StoredConstant result;
  for (const float scale : weights.scales) result.quantization.scales.push_back(data_scale * scale);
  const std::vector<float>& scales = result.quantization.scales;
  result.quantization.zero_points.assign(scales.size(), 0);
  const auto scale_of = [&](std::size_t i) { return static_cast<double>(scales[scales.size() == 1 ? 0 : i]); };
  if (stored == Type::int16) {
    constexpr double kMost = 549755813887;  // 40 bits, which the runtime's 16x8 kernels are made for
    result.tensor = rounded_tensor<std::int64_t>(bias, Type::int64, scale_of, 0, -kMost, kMost);
  } else {
    constexpr double kMost = std::numeric_limits<std::int32_t>::max();
    result.tensor = rounded_tensor<std::int32_t>(bias, Type::int32, scale_of, 0, -kMost - 1, kMost);
  }
  return result;
}

std::vector<double> mean_errors(const Tensor& weights, const StoredConstant& stored, std::size_t output_axis,
                                std::size_t input_axis, const std::vector<double>& means) {
  const Slices outputs(weights.dims, output_axis);
  const Slices inputs(weights.dims, input_axis);
  const Elements<float> real(weights.bytes);
  const Elements<std::int8_t> steps(stored.tensor.bytes);
  const std::vector<float>& scales = stored.quantization.scales;
  // A depthwise kernel has several slices for a channel; a grouped one sees only the channels of its group.
  const auto channel = [&](std::size_t output, std::size_t input) {
    if (output_axis == input_axis) return input * means.size() / inputs.count;
    return output * (means.size() / inputs.count) / outputs.count * inputs.count + input;
  };
  std::vector<double> errors(outputs.count);
  parallel_ranges(outputs.count,
                  std::max<std::size_t>(1, kGrain * outputs.count / std::max<std::size_t>(1, real.size())),
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t c = begin; c < end; ++c) {
                      const float scale = scales[scales.size() == 1 ? 0 : c];
                      for (std::size_t o = 0; o < outputs.outer; ++o) {
                        const std::size_t row = (o * outputs.count + c) * outputs.inner;
                        for (std::size_t i = row; i < row + outputs.inner; ++i) {
                          const double error = static_cast<double>(scale) * steps[i] - static_cast<double>(real[i]);
                          errors[c] += error * means[channel(c, i / inputs.inner % inputs.count)];
                        }
                      }
                    }
                  });
  return errors;
}

}  // namespace tolite::quantize
