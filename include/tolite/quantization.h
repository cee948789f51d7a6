// What the caller wants of quantization.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tolite {

struct QuantizationOptions {
  enum class Mode : std::uint8_t {
    none,
    dynamic,   ///< int8 weights; kernels that can quantize their data as they go
    float16,   ///< float16 constants, widened when the model is loaded
    int8,      ///< int8 weights and activations, from the ranges that samples show
    int16x8,   ///< int8 weights, int16 activations
    weights8,  ///< int8 weights, widened when the model is loaded
    weights4,  ///< int4 weights, the same
  };
  Mode mode = Mode::none;
  /// Only integers: a node that has no integer kernel is an error.
  bool integers_only = false;
  /// Of inputs and outputs that are float32 in the model: float32, or with int8 activations int8 or uint8, with int16
  /// ones int16.
  std::string input_type = "float32";
  std::string output_type = "float32";

  /// What to calibrate on, each an .npz with one array per input under its name in the signature (first axis:
  /// samples), a folder with one .npz (or .npy, for one input) a sample, or a text file that lists such files.
  std::vector<std::string> samples;
  /// Files that calibration left: ranges come from these too. With samples, calibration goes on from them.
  std::vector<std::string> statistics;
  enum class Ranges : std::uint8_t { min_max, moving_average, percentile, mse, kl };
  Ranges ranges = Ranges::min_max;

  /// Layers and tensors, by name or pattern (`head/*`, `encoder/**`), that stay float.
  std::vector<std::string> keep_float;
};

}  // namespace tolite
