// A fast 64-bit hash of bytes: to find equal weights and to name them in the text form. Not for adversaries: whoever
// merges by it compares the bytes as well.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace tolite {

/// The same on every machine and for any number of threads; large inputs are hashed in parallel.
std::uint64_t content_hash(Bytes bytes);

/// Hash of a few places of the bytes: enough to see at once that most buffers differ.
std::uint64_t sample_hash(Bytes bytes);

/// One step of mixing, for streams of made-up but repeatable numbers.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32U;
  x *= 0xD6E8FEB86659FD93U;
  x ^= x >> 32U;
  x *= 0xD6E8FEB86659FD93U;
  return x ^ (x >> 32U);
}

}  // namespace tolite
