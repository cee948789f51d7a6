// Per-channel constants.
#include "optimize/weights.h"

namespace tolite::optimize {

bool is_per_channel(const Shape& shape, std::int64_t channels) {
  if (!shape.is_static()) return false;
  for (std::size_t i = 0; i + 1 < shape.rank(); ++i) {
    if (!shape[i].is(1)) return false;
  }
  return shape.rank() == 0 || shape.last().is(1) || shape.last().is(channels);
}

ValueId channel_vector(Builder& b, ValueId constant, std::int64_t channels) {
  const std::int64_t count = b.shape(constant).element_count().value();
  if (b.shape(constant).rank() != 1) constant = b(Op::RESHAPE, {constant, b.int32s({count})});
  return count == channels ? constant : b(Op::BROADCAST_TO, {constant, b.int32s({channels})});
}

ValueId along_axis(Builder& b, ValueId constant, std::size_t axis, std::size_t rank) {
  std::vector<std::int64_t> dims(rank, 1);
  dims[axis] = b.shape(constant).element_count().value();
  return b(Op::RESHAPE, {constant, b.int32s(dims)});
}

}  // namespace tolite::optimize
