// Queries on shapes.
#include "lite/shape.h"

#include <algorithm>

#include "base/checked.h"

namespace tolite {

bool Shape::is_static() const {
  return ranked_ && std::all_of(dims_.begin(), dims_.end(), [](const Dim& d) { return d.known(); });
}

std::vector<std::int64_t> Shape::numbers() const {
  std::vector<std::int64_t> n;
  n.reserve(dims_.size());
  for (const Dim& d : dims_) n.push_back(d.number);
  return n;
}

std::optional<std::int64_t> Shape::element_count() const {
  if (!is_static()) return std::nullopt;
  return tolite::element_count(numbers());
}

}  // namespace tolite
