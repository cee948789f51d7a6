// Axes as operands and attributes give them: negative ones count from the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tolite {

/// The axis counted from the front; nothing if a tensor of this rank has no such axis.
inline std::optional<std::size_t> resolve_axis(std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n) return std::nullopt;
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

}  // namespace tolite
