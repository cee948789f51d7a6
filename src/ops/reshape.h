// Building reshapes in their canonical form.
#pragma once

#include "lite/builder.h"

namespace tolite {

/// x in another shape of as many elements. At most one dimension may be unknown: the shape is a constant, with -1 for
/// it. x itself if it has that shape.
ValueId reshape(Builder& b, ValueId x, const Shape& shape);

/// The constant target of a RESHAPE to `shape`: its numbers, -1 for the one unknown dimension. Nothing if several are
/// unknown, or if the one cannot be told because another is 0.
std::optional<std::vector<std::int64_t>> reshape_target(const Shape& shape);

/// Makes the target of a RESHAPE node a constant where the shape of its result allows it, so that what computed the
/// target at run time is no longer needed.
void settle_reshape(Builder& b, ValueId reshaped);

}  // namespace tolite
