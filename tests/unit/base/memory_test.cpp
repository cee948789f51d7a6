// Memory of tensors is zeroed and aligned, small or large, and asking for the impossible is no crash.
#include "base/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace tolite {
namespace {

TEST(ZeroedMemory, IsZeroedAndAligned) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{5} << 20U}) {
    const std::shared_ptr<std::byte> memory = zeroed_memory(size);
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.get()) % 64, 0U);
    EXPECT_TRUE(std::all_of(memory.get(), memory.get() + size, [](std::byte b) { return b == std::byte{0}; }));
  }
}

TEST(ZeroedMemory, IsNullWhenThereIsNotEnough) {
  EXPECT_EQ(zeroed_memory(std::numeric_limits<std::size_t>::max()), nullptr);
  EXPECT_EQ(zeroed_memory(std::numeric_limits<std::size_t>::max() / 2), nullptr);
}

}  // namespace
}  // namespace tolite
