// Names and sizes of TensorFlow's types.
#include "read/data_type.h"

#include <array>

namespace tolite::read {
namespace {

struct Row {
  std::string_view name;
  std::size_t size;
};

// Indexed by the number of the type in types.proto.
constexpr std::array<Row, 34> kTypes = {{
    {"invalid", 0},
    {"float32", 4},
    {"float64", 8},
    {"int32", 4},
    {"uint8", 1},
    {"int16", 2},
    {"int8", 1},
    {"string", 0},
    {"complex64", 8},
    {"int64", 8},
    {"bool", 1},
    {"qint8", 1},
    {"quint8", 1},
    {"qint32", 4},
    {"bfloat16", 2},
    {"qint16", 2},
    {"quint16", 2},
    {"uint16", 2},
    {"complex128", 16},
    {"half", 2},
    {"resource", 0},
    {"variant", 0},
    {"uint32", 4},
    {"uint64", 8},
    {"float8_e5m2", 1},
    {"float8_e4m3fn", 1},
    {"float8_e4m3fnuz", 1},
    {"float8_e4m3b11fnuz", 1},
    {"float8_e5m2fnuz", 1},
    {"int4", 1},
    {"uint4", 1},
    {"int2", 1},
    {"uint2", 1},
    {"float4_e2m1fn", 1},
}};

const Row& row(DataType type) { return kTypes[static_cast<std::size_t>(type)]; }

}  // namespace

DataType data_type_of(std::int64_t number) {
  if (number > 100) number -= 100;
  if (number < 0 || number >= static_cast<std::int64_t>(kTypes.size())) return DataType::invalid;
  return static_cast<DataType>(number);
}

std::string_view data_type_name(DataType type) { return row(type).name; }

std::size_t data_type_size(DataType type) { return row(type).size; }

Type lite_type(DataType type) {
  switch (type) {
    case DataType::float32:
      return Type::float32;
    case DataType::float64:
      return Type::float64;
    case DataType::int32:
    case DataType::qint32:
      return Type::int32;
    case DataType::uint8:
    case DataType::quint8:
      return Type::uint8;
    case DataType::int16:
    case DataType::qint16:
      return Type::int16;
    case DataType::int8:
    case DataType::qint8:
      return Type::int8;
    case DataType::string:
      return Type::string;
    case DataType::complex64:
      return Type::complex64;
    case DataType::int64:
      return Type::int64;
    case DataType::boolean:
      return Type::boolean;
    case DataType::bfloat16:
      return Type::bfloat16;
    case DataType::uint16:
    case DataType::quint16:
      return Type::uint16;
    case DataType::complex128:
      return Type::complex128;
    case DataType::half:
      return Type::float16;
    case DataType::resource:
      return Type::resource;
    case DataType::variant:
      return Type::variant;
    case DataType::uint32:
      return Type::uint32;
    case DataType::uint64:
      return Type::uint64;
    case DataType::float8_e5m2:
      return Type::float8_e5m2;
    case DataType::float8_e4m3fn:
      return Type::float8_e4m3fn;
    case DataType::int4:
      return Type::int4;
    case DataType::uint4:
      return Type::uint4;
    case DataType::int2:
      return Type::int2;
    default:
      return Type::none;
  }
}

}  // namespace tolite::read
