// TensorFlow's DataType under its own numbers. Reference types (VariableV2 outputs) are read as the type they refer to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lite/type.h"

namespace tolite::read {

enum class DataType : std::int32_t {
  invalid = 0,
  float32 = 1,
  float64 = 2,
  int32 = 3,
  uint8 = 4,
  int16 = 5,
  int8 = 6,
  string = 7,
  complex64 = 8,
  int64 = 9,
  boolean = 10,
  qint8 = 11,
  quint8 = 12,
  qint32 = 13,
  bfloat16 = 14,
  qint16 = 15,
  quint16 = 16,
  uint16 = 17,
  complex128 = 18,
  half = 19,
  resource = 20,
  variant = 21,
  uint32 = 22,
  uint64 = 23,
  float8_e5m2 = 24,
  float8_e4m3fn = 25,
  float8_e4m3fnuz = 26,
  float8_e4m3b11fnuz = 27,
  float8_e5m2fnuz = 28,
  int4 = 29,
  uint4 = 30,
  int2 = 31,
  uint2 = 32,
  float4_e2m1fn = 33,
};

/// The type for a number in a file; DT_X_REF (100 + DT_X) gives DT_X. Unknown numbers give `invalid`.
DataType data_type_of(std::int64_t number);

/// "float32", "resource", ... as TensorFlow's Python names them.
std::string_view data_type_name(DataType type);

/// Bytes of one element as checkpoints and tensor_content store it (one byte for the sub-byte types);
/// 0 for string, resource, variant and invalid.
std::size_t data_type_size(DataType type);

/// The lite type that holds such elements; quantized types become the integers they are stored as, Type::none where
/// there is none (some float8 and the 2- and 4-bit types the schema does not have).
Type lite_type(DataType type);

}  // namespace tolite::read
