// How operands and results of the integer kernels are stored.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "lite/eval.h"
#include "ops/element_types.h"

namespace tolite::quantized {

using StoredTypes = TypeList<std::int8_t, std::int16_t>;

/// One scale for all elements: real = scale * (stored - zero point).
struct Storage {
  Type type{};
  float scale = 0;
  std::int32_t zero_point = 0;
};

/// Fails for more than one scale, and for what the kernels do not compute with: no positive scale, a zero point outside
/// of the type or, with 16 bits, one that is not 0.
Storage storage_of_operand(const Eval& n, std::size_t i);
Storage storage_of_result(const Eval& n);

/// How result 0 is stored; null if it has no scale.
const Quantization* quantization_of_result(const NodeView& n);

/// The scales of weights: one, or one for each of the `channels` along `axis`. Their zero points are 0.
std::vector<float> weight_scales(const Eval& n, std::size_t operand, std::size_t axis, std::int64_t channels);

/// What a kernel clamps its result to.
struct StoredRange {
  std::int32_t low = 0;
  std::int32_t high = 0;

  /// All of the type.
  explicit StoredRange(Type type);
  /// What the node's fused activation leaves of it, if the op has one.
  StoredRange(const Eval& n, const Storage& result);
  /// What lies between two real numbers; infinity: no bound.
  StoredRange(const Eval& n, const Storage& result, float from, float to);

  std::int32_t operator()(std::int32_t stored) const { return std::min(std::max(stored, low), high); }
};

/// Real numbers become int32 as on x86: what does not fit, and NaN, is the lowest number.
inline std::int32_t to_int32(double x) {
  constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
  return x > -2147483649.0 && x < 2147483648.0 ? static_cast<std::int32_t>(x) : kLowest;
}

/// Calls f(T()) with int8 or int16, as operand i is stored.
template <typename F>
void with_stored(Eval& n, std::size_t i, F f) {
  with_type(n, n.in(i).type, StoredTypes{}, f);
}

/// Fails unless operands `a` and `b` are stored as the same type, and the result as well.
void require_one_type(Eval& n, std::size_t a, std::size_t b);

}  // namespace tolite::quantized
