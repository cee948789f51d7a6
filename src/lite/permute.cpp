// Axes, rows and masks under a permutation.
#include "lite/permute.h"

namespace tolite {

std::optional<std::int64_t> Permute::axis_before(std::int64_t axis) const {
  const auto r = static_cast<std::int64_t>(rank());
  if (axis < -r || axis >= r) return std::nullopt;
  return static_cast<std::int64_t>(order_[static_cast<std::size_t>(axis < 0 ? axis + r : axis)]);
}

bool Permute::data(std::size_t i) {
  if (!has(i) || !shape(i).ranked() || shape(i).rank() != rank()) return false;
  data_[i] = true;
  return true;
}

bool Permute::broadcast_data(std::size_t i) {
  if (!has(i)) return true;
  const Shape& s = shape(i);
  if (!s.ranked() || s.rank() > rank()) return false;
  if (s.element_count() == 1 && s.rank() < rank()) return true;  // one number needs no order
  if (s.rank() < rank() && !s.is_static()) return false;
  data_[i] = true;
  return true;
}

bool Permute::rows(std::size_t i) {
  const auto values = integers(i);
  if (!values || values->size() % rank() != 0) return false;
  const std::size_t width = values->size() / rank();
  std::vector<std::int64_t> moved(values->size());
  for (std::size_t row = 0; row < rank(); ++row) {
    for (std::size_t k = 0; k < width; ++k) moved[order_[row] * width + k] = (*values)[row * width + k];
  }
  integers_.emplace_back(i, std::move(moved));
  return true;
}

bool Permute::axes(std::size_t i) {
  const auto values = integers(i);
  if (!values) return false;
  std::vector<std::int64_t> moved;
  for (const std::int64_t axis : *values) {
    const auto before = axis_before(axis);
    if (!before) return false;
    moved.push_back(*before);
  }
  integers_.emplace_back(i, std::move(moved));
  return true;
}

void Permute::mask(Attr attr) {
  const std::int64_t bits = integer(attr);
  std::int64_t moved = 0;
  for (std::size_t i = 0; i < rank(); ++i) moved |= (bits >> i & 1) << order_[i];
  set(attr, moved);
}

}  // namespace tolite
