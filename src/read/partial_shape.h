// TensorShapeProto: a rank and dimensions, each of which may be unknown.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace tolite::read {

struct PartialShape {
  static constexpr std::int64_t kUnknown = -1;

  bool known_rank = true;
  std::vector<std::int64_t> dims;  // kUnknown where the size is not known

  friend bool operator==(const PartialShape&, const PartialShape&) = default;
};

/// Reads a TensorShapeProto. Dimensions below -1 and more than 254 of them are Error(size_overflow): TensorFlow has
/// none.
PartialShape read_partial_shape(Bytes wire);
/// Reads the shape of a stored tensor: every dimension is known, their product fits 63 bits.
std::vector<std::int64_t> read_static_shape(Bytes wire);

}  // namespace tolite::read
