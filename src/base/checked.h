// Integer arithmetic on numbers that come from files: overflow is an Error, never a wrap.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "tolite/error.h"

namespace tolite {

inline std::int64_t checked_mul(std::int64_t a, std::int64_t b) {
  std::int64_t r = 0;
  if (__builtin_mul_overflow(a, b, &r)) throw Error(Code::size_overflow, "a product of sizes overflows");
  return r;
}

inline std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t r = 0;
  if (__builtin_add_overflow(a, b, &r)) throw Error(Code::size_overflow, "a sum of sizes overflows");
  return r;
}

/// Number of elements of a static shape; negative dimensions and overflow are errors.
inline std::int64_t element_count(std::span<const std::int64_t> dims) {
  std::int64_t n = 1;
  bool empty = false;
  for (std::int64_t d : dims) {
    if (d < 0) throw Error(Code::size_overflow, "a dimension is negative");
    if (d == 0) {
      empty = true;
      continue;
    }
    n = checked_mul(n, d);
  }
  return empty ? 0 : n;
}

/// Converts between integer types; a value that does not fit is an Error.
template <typename To, typename From>
To checked_cast(From v) {
  if (!std::in_range<To>(v)) throw Error(Code::size_overflow, "a number is out of range");
  return static_cast<To>(v);
}

}  // namespace tolite
