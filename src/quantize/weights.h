// Constants stored with fewer bits.
#pragma once

#include <optional>

#include "lite/model.h"
#include "lite/tensor.h"

namespace tolite::quantize {

struct StoredConstant {
  Tensor tensor;
  Quantization quantization;
};

/// Symmetric weights with a scale for each slice along an axis (none: one for all), in [-127, 127] of int8 or [-7, 7]
/// of int4. A slice of zeros has scale 1. `least_scales`: by slice, a scale that is not undercut.
StoredConstant symmetric_weights(const Tensor& weights, Type stored, std::optional<std::size_t> axis,
                                 const std::vector<double>& least_scales = {});

/// Elements of a constant under the scale and zero point of an activation.
StoredConstant as_activation(const Tensor& constant, Type stored, const Quantization& quantization);

/// A bias under the product of the scales of data and weights: int32, or int64 beside int16 data.
StoredConstant stored_bias(const Tensor& bias, Type stored, float data_scale, const Quantization& weights);

/// By slice along `output_axis`, how much the results' mean moves because of what storing the weights changed, for
/// data of these means by channel (Nagel et al., "Data-Free Quantization through Weight Equalization and Bias
/// Correction", 2019).
std::vector<double> mean_errors(const Tensor& weights, const StoredConstant& stored, std::size_t output_axis,
                                std::size_t input_axis, const std::vector<double>& means);

}  // namespace tolite::quantize
