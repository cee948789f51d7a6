// CRC-32C. The instruction has a latency of three cycles and can start every cycle, so three streams run side by side;
// the checksums of neighbouring streams are joined by multiplying with a power of x, which is a table lookup for a
// stream of fixed length.
#include "base/crc32c.h"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace tolite {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78U;  // bits reversed

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

/// table[k][b]: the register after byte b and k zero bytes.
constexpr Table make_table() {
  Table table{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    table[0][b] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t b = 0; b < 256; ++b) {
      table[k][b] = (table[k - 1][b] >> 8U) ^ table[0][table[k - 1][b] & 0xFFU];
    }
  }
  return table;
}
constexpr Table kTable = make_table();

std::uint32_t update_portable(std::uint32_t crc, const std::byte* p, std::size_t size) {
  for (; size >= 8; p += 8, size -= 8) {
    const std::uint64_t v = load<std::uint64_t>(p) ^ crc;
    crc = 0;
    for (unsigned i = 0; i < 8; ++i) crc ^= kTable[7 - i][(v >> (8U * i)) & 0xFFU];
  }
  for (; size != 0; ++p, --size) crc = (crc >> 8U) ^ kTable[0][(crc ^ std::to_integer<std::uint32_t>(*p)) & 0xFFU];
  return crc;
}

#if defined(__x86_64__) || defined(__ARM_FEATURE_CRC32)

constexpr std::size_t kStream = 2048;

using Matrix = std::array<std::uint32_t, 32>;  // column i: what bit i of the register becomes

constexpr std::uint32_t times(const Matrix& m, std::uint32_t v) {
  std::uint32_t r = 0;
  for (std::size_t i = 0; v != 0; ++i, v >>= 1U) r ^= (v & 1U) != 0 ? m[i] : 0U;
  return r;
}

using Shift = std::array<std::array<std::uint32_t, 256>, 4>;

/// shift[k][b]: what byte k of the register, if it is b, becomes after kStream zero bytes.
constexpr Shift make_shift() {
  Matrix m{};
  for (std::size_t i = 0; i < 32; ++i) {  // one zero byte
    const std::uint32_t v = 1U << i;
    m[i] = (v >> 8U) ^ kTable[0][v & 0xFFU];
  }
  for (std::size_t length = 1; length < kStream; length *= 2) {
    Matrix squared{};
    for (std::size_t i = 0; i < 32; ++i) squared[i] = times(m, m[i]);
    m = squared;
  }
  Shift shift{};
  for (unsigned k = 0; k < 4; ++k) {
    for (std::uint32_t b = 0; b < 256; ++b) shift[k][b] = times(m, b << (8U * k));
  }
  return shift;
}
constexpr Shift kShift = make_shift();

std::uint32_t shift_stream(std::uint32_t v) {
  return kShift[0][v & 0xFFU] ^ kShift[1][(v >> 8U) & 0xFFU] ^ kShift[2][(v >> 16U) & 0xFFU] ^ kShift[3][v >> 24U];
}

#if defined(__x86_64__)
#define TOLITE_CRC_TARGET __attribute__((target("sse4.2")))
bool has_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}
TOLITE_CRC_TARGET inline std::uint64_t step(std::uint64_t crc, const std::byte* p) {
  return _mm_crc32_u64(crc, load<std::uint64_t>(p));
}
#else
#define TOLITE_CRC_TARGET
bool has_instruction() { return true; }
inline std::uint64_t step(std::uint64_t crc, const std::byte* p) {
  return __crc32cd(static_cast<std::uint32_t>(crc), load<std::uint64_t>(p));
}
#endif

TOLITE_CRC_TARGET std::uint32_t update_hardware(std::uint32_t crc, const std::byte* p, std::size_t size) {
  for (; size >= 3 * kStream; p += 3 * kStream, size -= 3 * kStream) {
    std::uint64_t a = crc;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    for (std::size_t i = 0; i < kStream; i += 8) {
      a = step(a, p + i);
      b = step(b, p + kStream + i);
      c = step(c, p + 2 * kStream + i);
    }
    const std::uint32_t ab = shift_stream(static_cast<std::uint32_t>(a)) ^ static_cast<std::uint32_t>(b);
    crc = shift_stream(ab) ^ static_cast<std::uint32_t>(c);
  }
  std::uint64_t rest = crc;
  for (; size >= 8; p += 8, size -= 8) rest = step(rest, p);
  return update_portable(static_cast<std::uint32_t>(rest), p, size);
}

#endif

}  // namespace

std::uint32_t crc32c_portable(Bytes bytes, std::uint32_t crc) {
  return ~update_portable(~crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c(Bytes bytes, std::uint32_t crc) {
#if defined(__x86_64__) || defined(__ARM_FEATURE_CRC32)
  if (has_instruction()) return ~update_hardware(~crc, bytes.data(), bytes.size());
#endif
  return crc32c_portable(bytes, crc);
}

}  // namespace tolite
