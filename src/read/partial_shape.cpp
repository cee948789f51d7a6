// Shapes from their wire form.
#include "read/partial_shape.h"

#include "base/checked.h"
#include "read/protobuf.h"

namespace tolite::read {
namespace {

constexpr std::size_t kMaxRank = 254;  // TensorShape keeps the rank in a byte, 255 means unknown

std::int64_t read_dim(Bytes wire) {
  std::int64_t size = 0;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) size = f.int64();
  }
  if (size < PartialShape::kUnknown) throw Error(Code::size_overflow, "a dimension is negative");
  return size;
}

}  // namespace

PartialShape read_partial_shape(Bytes wire) {
  PartialShape shape;
  for (Fields f(wire); f.next();) {
    if (f.number() == 2) {
      if (shape.dims.size() == kMaxRank) throw Error(Code::size_overflow, "a shape has more than 254 dimensions");
      shape.dims.push_back(read_dim(f.bytes()));
    }
    if (f.number() == 3) shape.known_rank = !f.boolean();
  }
  if (!shape.known_rank) shape.dims.clear();
  return shape;
}

std::vector<std::int64_t> read_static_shape(Bytes wire) {
  PartialShape shape = read_partial_shape(wire);
  if (!shape.known_rank) throw Error(Code::malformed, "a stored tensor has no rank");
  element_count(shape.dims);
  return std::move(shape.dims);
}

}  // namespace tolite::read
