// Strong 32-bit ids: an index into one table cannot be used on another.
#pragma once

#include <cstdint>
#include <functional>

namespace tolite {

template <typename Tag>
struct Id {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  std::uint32_t index = kNone;

  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t i) : index(i) {}
  constexpr explicit Id(std::size_t i) : index(static_cast<std::uint32_t>(i)) {}

  constexpr bool valid() const { return index != kNone; }
  constexpr explicit operator bool() const { return valid(); }
  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace tolite

template <typename Tag>
struct std::hash<tolite::Id<Tag>> {
  std::size_t operator()(tolite::Id<Tag> id) const noexcept { return std::hash<std::uint32_t>()(id.index); }
};
