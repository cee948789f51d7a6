// TensorShapeProto: a rank and dimensions, each of which may be unknown.
#pragma once

#include <cstdint>
#include <vector>

namespace tolite::read {

struct Shape {
  static constexpr std::int64_t kUnknown = -1;

  bool known_rank = true;
  std::vector<std::int64_t> dims;  // kUnknown where the size is not known

  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace tolite::read
