// Moving strings: few kernels take them, but all that move elements take numbers.
#pragma once

#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {

/// What `move` makes of x, which only moves elements. Strings are gathered from where it puts their positions: these
/// are constants where the shape is known.
template <typename F>
ValueId rearranged(const TfNode& n, Builder& b, ValueId x, F move) {
  if (b.type(x) != Type::string) return move(x);
  const Shape shape = b.shape(x);
  n.require(shape.ranked(), "the rank of the strings is not known");
  const ValueId list = reshaped(n, b, x, Shape{product(b, shape, 0, shape.rank())});
  const ValueId positions = reshaped(n, b, numbers_below(b, axis_size(b, list, 0)), shape, {x});
  return b(Op::GATHER, {list, move(positions)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
}

}  // namespace tolite::tensorflow
