// Reductions over rows that share a segment id, for the translators that are made of them.
#pragma once

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

/// How many segments ids name: the largest id plus one, an int32 scalar.
ValueId segment_count(Builder& b, ValueId ids);

/// How many ids name each of `count` segments: an int32 vector.
ValueId segment_sizes(const TfNode& n, Builder& b, ValueId ids, ValueId count);

/// Sums of the rows of each of `count` segments, in the type of x.
ValueId segment_sums(const TfNode& n, Builder& b, ValueId x, ValueId ids, ValueId count);

/// The largest (UNSORTED_SEGMENT_MAX) or smallest (_MIN) elements or the products (_PROD) of each of `count` segments.
/// Where a segment has no rows, the result is the end of the range of the type it is computed in, or 1.
ValueId segment_reduced(const TfNode& n, Builder& b, Op op, ValueId x, ValueId ids, ValueId count);

/// The type in which `op` computes: x is to be cast to it.
Type segment_type(const TfNode& n, const Builder& b, Op op, Type type);

/// v, a vector, with as many dimensions of size 1 behind as x has: a value for each row of x.
ValueId for_each_row(const TfNode& n, Builder& b, ValueId v, ValueId x);

}  // namespace tolite::tensorflow
