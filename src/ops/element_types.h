// C++ types for the element types, and the choice between them at run time.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "base/half.h"
#include "lite/eval.h"

namespace tolite {

/// IEEE half: computes as float, stores 16 bits.
struct Half {
  std::uint16_t bits = 0;
  Half() = default;
  Half(float value) : bits(float_to_half(value)) {}  // NOLINT: behaves as a number
  operator float() const { return half_to_float(bits); }
};

/// Computes as float, stores the upper 16 bits.
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  BFloat16(float value) : bits(float_to_bfloat16(value)) {}  // NOLINT: behaves as a number
  operator float() const { return bfloat16_to_float(bits); }
};

/// A byte of a bool tensor: whatever a file holds, it is true or false.
struct Bool {
  std::uint8_t byte = 0;
  Bool() = default;
  Bool(bool value) : byte(value ? 1 : 0) {}  // NOLINT: behaves as a truth value
  operator bool() const { return byte != 0; }
};

// clang-format off
template <typename T> inline constexpr Type type_of = Type::none;
template <> inline constexpr Type type_of<float> = Type::float32;
template <> inline constexpr Type type_of<double> = Type::float64;
template <> inline constexpr Type type_of<Half> = Type::float16;
template <> inline constexpr Type type_of<BFloat16> = Type::bfloat16;
template <> inline constexpr Type type_of<Bool> = Type::boolean;
template <> inline constexpr Type type_of<std::int8_t> = Type::int8;
template <> inline constexpr Type type_of<std::int16_t> = Type::int16;
template <> inline constexpr Type type_of<std::int32_t> = Type::int32;
template <> inline constexpr Type type_of<std::int64_t> = Type::int64;
template <> inline constexpr Type type_of<std::uint8_t> = Type::uint8;
template <> inline constexpr Type type_of<std::uint16_t> = Type::uint16;
template <> inline constexpr Type type_of<std::uint32_t> = Type::uint32;
template <> inline constexpr Type type_of<std::uint64_t> = Type::uint64;

template <typename... T> struct TypeList {};
using FloatTypes = TypeList<float, double, Half, BFloat16>;
using IntegerTypes = TypeList<std::int32_t, std::int64_t, std::int8_t, std::int16_t,
                              std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>;
using NumberTypes = TypeList<float, double, Half, BFloat16, std::int32_t, std::int64_t, std::int8_t, std::int16_t,
                             std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>;
using AllTypes = TypeList<Bool, float, double, Half, BFloat16, std::int32_t, std::int64_t, std::int8_t, std::int16_t,
                          std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>;
// clang-format on

/// Calls f(T()) with the type of the list whose elements are of `type`; fails if there is none.
template <typename... T, typename F>
void with_type(Eval& n, Type type, TypeList<T...> /*list*/, F f) {
  const bool done = ((type == type_of<T> && (f(T()), true)) || ...);
  if (!done) n.fail("no kernel for elements of type " + std::string(type_name(type)));
}

// Integer arithmetic as the runtime's compiled code does it: it wraps. Signed overflow is undefined in C++, so it is
// done on unsigned numbers of at least 32 bits.
template <typename T, typename F>
T wrapping(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::common_type_t<std::make_unsigned_t<T>, unsigned>;
    return static_cast<T>(f(static_cast<U>(a), static_cast<U>(b)));
  } else {
    return static_cast<T>(f(a, b));
  }
}
template <typename T>
T wrapping_add(T a, T b) {
  return wrapping(a, b, [](auto x, auto y) { return x + y; });
}
template <typename T>
T wrapping_sub(T a, T b) {
  return wrapping(a, b, [](auto x, auto y) { return x - y; });
}
template <typename T>
T wrapping_mul(T a, T b) {
  return wrapping(a, b, [](auto x, auto y) { return x * y; });
}

/// Rounds towards zero; b is not 0. The lowest number by -1 wraps to itself, where the processor would trap.
template <typename T>
T truncating_div(T a, T b) {
  if constexpr (std::is_signed_v<T>) {
    if (b == T(-1)) return wrapping_sub(T(0), a);
  }
  return static_cast<T>(a / b);
}

/// Rounds towards minus infinity; integers: b is not 0.
template <typename T>
T floor_div(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    const T q = truncating_div(a, b);
    if constexpr (std::is_signed_v<T>) {
      if (b != T(-1) && a % b != 0 && (a < 0) != (b < 0)) return static_cast<T>(q - 1);
    }
    return q;
  } else {
    return static_cast<T>(std::floor(a / b));
  }
}

/// The remainder has the sign of b; integers: b is not 0.
template <typename T>
T floor_mod(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>) {
      if (b == T(-1)) return T(0);
    }
    const T r = static_cast<T>(a % b);
    return r != 0 && (b < 0) != (r < 0) ? static_cast<T>(r + b) : r;
  } else {
    const auto r = std::fmod(a, b);
    return static_cast<T>(r != 0 && (b < 0) != (r < 0) ? r + b : r);
  }
}

}  // namespace tolite
