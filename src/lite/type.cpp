// Names and sizes of the element types.
#include "lite/type.h"

#include <array>

namespace tolite {
namespace {

struct TypeRow {
  Type type;
  std::string_view name;
  std::size_t bits;
};

constexpr std::array kTypes = {
    TypeRow{Type::float32, "float32", 32},
    TypeRow{Type::float16, "float16", 16},
    TypeRow{Type::int32, "int32", 32},
    TypeRow{Type::uint8, "uint8", 8},
    TypeRow{Type::int64, "int64", 64},
    TypeRow{Type::string, "string", 0},
    TypeRow{Type::boolean, "bool", 8},
    TypeRow{Type::int16, "int16", 16},
    TypeRow{Type::complex64, "complex64", 64},
    TypeRow{Type::int8, "int8", 8},
    TypeRow{Type::float64, "float64", 64},
    TypeRow{Type::complex128, "complex128", 128},
    TypeRow{Type::uint64, "uint64", 64},
    TypeRow{Type::resource, "resource", 0},
    TypeRow{Type::variant, "variant", 0},
    TypeRow{Type::uint32, "uint32", 32},
    TypeRow{Type::uint16, "uint16", 16},
    TypeRow{Type::int4, "int4", 4},
    TypeRow{Type::bfloat16, "bfloat16", 16},
    TypeRow{Type::int2, "int2", 2},
    TypeRow{Type::uint4, "uint4", 4},
    TypeRow{Type::float8_e4m3fn, "float8_e4m3fn", 8},
    TypeRow{Type::float8_e5m2, "float8_e5m2", 8},
};

}  // namespace

std::string_view type_name(Type type) {
  const auto index = static_cast<std::size_t>(type);
  return index < kTypes.size() ? kTypes[index].name : "none";
}

std::optional<Type> parse_type(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.type;
  }
  if (name == "none") return Type::none;
  return std::nullopt;
}

std::size_t bit_size(Type type) {
  const auto index = static_cast<std::size_t>(type);
  return index < kTypes.size() ? kTypes[index].bits : 0;
}

std::size_t byte_size(Type type) { return bit_size(type) / 8; }

bool is_float(Type type) {
  return type == Type::float32 || type == Type::float16 || type == Type::bfloat16 || type == Type::float64;
}

bool is_integer(Type type) {
  switch (type) {
    case Type::int8:
    case Type::int16:
    case Type::int32:
    case Type::int64:
    case Type::uint8:
    case Type::uint16:
    case Type::uint32:
    case Type::uint64:
      return true;
    default:
      return false;
  }
}

bool is_signed(Type type) {
  return is_float(type) || type == Type::int8 || type == Type::int16 || type == Type::int32 || type == Type::int64;
}

bool is_complex(Type type) { return type == Type::complex64 || type == Type::complex128; }

}  // namespace tolite
