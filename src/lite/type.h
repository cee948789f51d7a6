// Element types, numbered as TensorType in the TensorFlow Lite schema.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace tolite {

enum class Type : std::uint8_t {
  float32 = 0,
  float16 = 1,
  int32 = 2,
  uint8 = 3,
  int64 = 4,
  string = 5,
  boolean = 6,
  int16 = 7,
  complex64 = 8,
  int8 = 9,
  float64 = 10,
  complex128 = 11,
  uint64 = 12,
  resource = 13,
  variant = 14,
  uint32 = 15,
  uint16 = 16,
  int4 = 17,
  bfloat16 = 18,
  int2 = 19,
  uint4 = 20,
  float8_e4m3fn = 21,
  float8_e5m2 = 22,
  none = 255,  ///< not known yet: only the result of an opaque node
};

/// "float32", "bool", ...: numpy's names where numpy has the type.
std::string_view type_name(Type type);
std::optional<Type> parse_type(std::string_view name);

/// Bits of one element; 0 for string, resource, variant and none.
std::size_t bit_size(Type type);
/// Bytes of one element; 0 where elements are not whole bytes of fixed width.
std::size_t byte_size(Type type);

bool is_float(Type type);    ///< float16, bfloat16, float32, float64
bool is_integer(Type type);  ///< signed and unsigned, 8 to 64 bits
bool is_signed(Type type);   ///< floats and signed integers
bool is_complex(Type type);

/// A set of element types.
class TypeSet {
 public:
  constexpr TypeSet() = default;
  constexpr TypeSet(std::initializer_list<Type> types) {
    for (const Type type : types) bits_ |= bit(type);
  }
  constexpr bool has(Type type) const { return (bits_ & bit(type)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint32_t bit(Type type) {
    return type == Type::none ? 0U : std::uint32_t{1} << static_cast<unsigned>(type);
  }
  std::uint32_t bits_ = 0;
};

}  // namespace tolite
