// Sums of products for convolutions and matrix products. Elements are 16-bit numbers less their zero point; the sums of
// int8 weights with either kind of data are exact in 64 bits, of which the caller keeps 32 where the runtime's kernel
// does. The loops are those for which compilers have an instruction that multiplies and adds pairs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/quantized/fixed_point.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {

/// The elements of operand i (int4, int8 or int16) less `zero_point`. With int16 it is 0.
std::vector<std::int16_t> centered(Eval& n, std::size_t i, std::int32_t zero_point);

/// Matrices of rows x columns elements of `depth` numbers, with rows and columns exchanged.
template <typename T>
std::vector<T> transposed(const std::vector<T>& x, std::size_t rows, std::size_t columns, std::size_t depth = 1) {
  std::vector<T> y(x.size());
  for (std::size_t begin = 0; begin < x.size(); begin += rows * columns * depth) {
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j)
        std::copy_n(x.data() + begin + (i * columns + j) * depth, depth, y.data() + begin + (j * rows + i) * depth);
    }
  }
  return y;
}

constexpr std::size_t kRows = 4;

/// sums[r] = sum over k of x[k] * rows[r * depth + k], for `count` of up to kRows rows.
void multiply_rows(const std::int16_t* x, const std::int16_t* rows, std::size_t depth, std::size_t count,
                   std::int64_t* sums);

/// The same where rows, too, have elements of 16 bits.
void multiply_wide_rows(const std::int16_t* x, const std::int16_t* rows, std::size_t depth, std::size_t count,
                        std::int64_t* sums);

/// What makes results of sums, by output channel: bias, scales, zero point and activation.
class OutputStage {
 public:
  /// `bias` is the operand's number; it need not be there. A multiplier for each of the `scales` of the weights.
  OutputStage(Eval& n, const Storage& data, std::span<const float> scales, std::size_t bias);

  /// Whether sums have 64 bits: int16 data, unless the node says that the bias is int32.
  bool is_wide() const { return is_wide_; }

  std::int32_t operator()(std::int64_t sum, std::size_t channel) const {
    if (!bias_.empty()) sum += bias_[channel];
    const Multiplier factor = factors_[channel];
    const std::int32_t scaled = is_wide_ ? multiply(sum, factor) : multiply(static_cast<std::int32_t>(sum), factor);
    return range_(wrapping_sum(scaled, zero_point_));
  }
  /// The same with a factor in double precision, as the reference kernel of FULLY_CONNECTED has it.
  std::int32_t in_double(std::int64_t sum, std::size_t channel) const {
    if (!bias_.empty()) sum += bias_[channel];
    const double real = static_cast<double>(is_wide_ ? sum : static_cast<std::int32_t>(sum)) * real_factors_[channel];
    return range_(wrapping_sum(to_int32(std::round(real)), zero_point_));
  }

 private:
  bool is_wide_;
  std::int32_t zero_point_;
  StoredRange range_;
  std::vector<double> real_factors_;
  std::vector<Multiplier> factors_;
  std::vector<std::int64_t> bias_;
};

}  // namespace tolite::quantized
