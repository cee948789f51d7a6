// Shapes with several unknown dimensions at run time: each symbol is computed from the shapes of values that have it.
#pragma once

#include <initializer_list>

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

/// A dimension as an int32 scalar, computed from the shapes of `sources` where it is not a number. Refuses the node if
/// they do not tell it.
ValueId run_time_dim(const TfNode& n, Builder& b, Dim dim, std::initializer_list<ValueId> sources);

/// A ranked shape as an int32 vector, from the shapes of whatever values the graph has; none if they do not tell it.
ValueId shape_value(Builder& b, const Shape& shape);

/// x in another shape of as many elements. Dimensions that are not known come from x itself and from `sources`.
ValueId reshaped(const TfNode& n, Builder& b, ValueId x, const Shape& shape,
                 std::initializer_list<ValueId> sources = {});

/// Dimensions [begin, end) of a shape as one.
Dim product(Builder& b, const Shape& shape, std::size_t begin, std::size_t end);

/// The numbers 0, 1, ... below an int32 scalar.
ValueId numbers_below(Builder& b, ValueId count);

/// The size of an axis as an int32 scalar.
ValueId axis_size(Builder& b, ValueId x, std::size_t axis);

}  // namespace tolite::tensorflow
