// What rows say of quantization, by the kinds of kernels there are.
#pragma once

#include "lite/op_row.h"

namespace tolite {

inline constexpr TypeSet kInt8{Type::int8};
inline constexpr TypeSet kInt8And16{Type::int8, Type::int16};

/// Kernels that compute a result of any scale.
constexpr QuantizationSpec computes_int8(void (*eval)(Eval&)) { return {.stored = kInt8, .eval = eval}; }
constexpr QuantizationSpec computes_int8_and_16(void (*eval)(Eval&)) { return {.stored = kInt8And16, .eval = eval}; }

/// Kernels that pass elements on; `eval` where stored elements are not enough.
constexpr QuantizationSpec passes_int8(void (*eval)(Eval&) = nullptr) {
  return {.stored = kInt8, .result = ResultScale::chosen, .eval = eval};
}
constexpr QuantizationSpec passes_int8_and_16(void (*eval)(Eval&) = nullptr) {
  return {.stored = kInt8And16, .result = ResultScale::chosen, .eval = eval};
}
inline constexpr QuantizationSpec kPassesInt8 = passes_int8();
inline constexpr QuantizationSpec kPassesInt8And16 = passes_int8_and_16();

/// Kernels that compute with elements of one scale.
inline constexpr QuantizationSpec kSharesInt8{.stored = kInt8, .result = ResultScale::shared};
constexpr QuantizationSpec shares_int8_and_16(void (*eval)(Eval&)) {
  return {.stored = kInt8And16, .result = ResultScale::shared, .eval = eval};
}

}  // namespace tolite
