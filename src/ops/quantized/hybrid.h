// Kernels of float32 data and stored weights: the data is stored as int8 on the way, each row with a scale of its own,
// and the sums of integers become float32 again.
#pragma once

#include <span>
#include <vector>

#include "ops/fused_activation.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {

/// Whether operand i is float32, so that the node's weights alone are stored.
inline bool is_hybrid(const Eval& n, std::size_t i) { return n.in(i).type == Type::float32; }

/// Rows of float32 as numbers of int8 less their zero point, and the scale of each row.
struct StoredRows {
  std::vector<std::int16_t> elements;
  std::vector<float> scales;
};
/// Asymmetric: from the row's least to its largest element and 0; otherwise as far below 0 as above.
StoredRows store_rows(std::span<const float> x, std::size_t rows, bool is_asymmetric);

/// The elements of a float32 operand.
std::vector<float> floats(Eval& n, std::size_t i);

/// Makes results of sums.
class FloatStage {
 public:
  /// `bias` is the operand's number; it need not be there.
  FloatStage(Eval& n, std::vector<float> scales, std::size_t bias);

  float operator()(std::int64_t sum, float row_scale, std::size_t channel) const {
    return finished(static_cast<float>(sum) * (scales_[channel] * row_scale), channel);
  }
  /// The same with one factor after the other, as the kernel of CONV_2D with a scale a channel does it.
  float in_two_steps(std::int64_t sum, float row_scale, std::size_t channel) const {
    return finished(static_cast<float>(sum) * scales_[channel] * row_scale, channel);
  }
  /// Of a real number already.
  float finished(float x, std::size_t channel) const { return clamp_(x + bias_[channel]); }

 private:
  std::vector<float> scales_;
  std::vector<float> bias_;
  ActivationRange clamp_;
};

}  // namespace tolite::quantized
