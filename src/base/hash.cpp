// Four independent multiply-rotate lanes of eight bytes keep the multiplier busy: about as fast as memory.
#include "base/hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "base/thread_pool.h"

namespace tolite {
namespace {

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U;
constexpr std::size_t kChunk = std::size_t{1} << 22U;

constexpr std::uint64_t step(std::uint64_t lane, std::uint64_t word) {
  return std::rotl((lane ^ word) * kMultiplier, 29);
}

std::uint64_t hash_chunk(Bytes bytes) {
  std::array<std::uint64_t, 4> lanes = {1, 2, 3, 4};
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; p += 32, left -= 32) {
    for (std::size_t k = 0; k < lanes.size(); ++k) lanes[k] = step(lanes[k], load<std::uint64_t>(p + 8 * k));
  }
  std::uint64_t hash = bytes.size();
  for (const std::uint64_t lane : lanes) hash = step(hash, mix(lane));
  for (; left >= 8; p += 8, left -= 8) hash = step(hash, load<std::uint64_t>(p));
  for (; left > 0; ++p, --left) hash = step(hash, static_cast<std::uint64_t>(*p));
  return mix(hash);
}

}  // namespace

std::uint64_t content_hash(Bytes bytes) {
  if (bytes.size() <= kChunk) return hash_chunk(bytes);
  std::vector<std::uint64_t> parts((bytes.size() + kChunk - 1) / kChunk);
  parallel_for(parts.size(), [&](std::size_t i) {
    parts[i] = hash_chunk(bytes.subspan(i * kChunk, std::min(kChunk, bytes.size() - i * kChunk)));
  });
  std::uint64_t hash = bytes.size();
  for (const std::uint64_t part : parts) hash = step(hash, part);
  return mix(hash);
}

std::uint64_t sample_hash(Bytes bytes) {
  constexpr std::size_t kPlaces = 16;
  constexpr std::size_t kWidth = 16;
  if (bytes.size() <= kPlaces * kWidth) return hash_chunk(bytes);
  std::uint64_t hash = bytes.size();
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::byte* p = bytes.data() + (bytes.size() - kWidth) / (kPlaces - 1) * i;
    hash = step(step(hash, load<std::uint64_t>(p)), load<std::uint64_t>(p + 8));
  }
  return mix(hash);
}

}  // namespace tolite
