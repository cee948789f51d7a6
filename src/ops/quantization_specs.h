// What rows say of quantization, by the kinds of kernels there are.
#pragma once

#include "lite/op_row.h"

namespace tolite {

inline constexpr TypeSet kInt8{Type::int8};
inline constexpr TypeSet kInt8And16{Type::int8, Type::int16};

/// Kernels that compute a result of any scale.
constexpr QuantizationSpec computes_int8(void (*eval)(Eval&)) { return {.stored = kInt8, .eval = eval}; }
constexpr QuantizationSpec computes_int8_and_16(void (*eval)(Eval&)) { return {.stored = kInt8And16, .eval = eval}; }

/// Kernels that pass elements on.
inline constexpr QuantizationSpec kPassesInt8{.stored = kInt8, .result = ResultScale::of_operands};
inline constexpr QuantizationSpec kPassesInt8And16{.stored = kInt8And16, .result = ResultScale::of_operands};

/// Kernels that compute with elements of one scale.
constexpr QuantizationSpec passes_int8_and_16(void (*eval)(Eval&)) {
  return {.stored = kInt8And16, .result = ResultScale::of_operands, .eval = eval};
}

}  // namespace tolite
