// CRC-32C: known values, and the instruction against the tables.
#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace tolite {
namespace {

TEST(Crc32c, KnownValues) {
  // The check value of the polynomial, and the examples of RFC 3720.
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(as_bytes(std::string(32, '\0'))), 0x8A9136AAU);
  EXPECT_EQ(crc32c(as_bytes(std::string(32, '\xFF'))), 0x62A8AB43U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, InstructionAndTablesAgreeAtEveryLengthAndPlace) {
  std::string data;
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 1664525U + 1013904223U;
    data += static_cast<char>(state >> 24U);
  }
  for (std::size_t size = 0; size < 15000; size += size < 200 ? 1 : 997) {
    const Bytes part = as_bytes(std::string_view(data).substr(size % 13, size));
    EXPECT_EQ(crc32c(part), crc32c_portable(part)) << size;
  }
}

TEST(Crc32c, Continues) {
  const std::string data(10000, 'x');
  const Bytes bytes = as_bytes(data);
  EXPECT_EQ(crc32c(bytes.subspan(7001), crc32c(bytes.first(7001))), crc32c(bytes));
}

}  // namespace
}  // namespace tolite
