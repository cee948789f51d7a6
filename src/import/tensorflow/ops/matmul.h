// The product of two matrices, or of two stacks of them, as the runtime's ops.
#pragma once

#include "lite/builder.h"

namespace tolite::tensorflow {

/// FULLY_CONNECTED where y is one constant matrix, otherwise BATCH_MATMUL; integers are multiplied and summed.
/// adj_x and adj_y: the last two dimensions of that operand are transposed. The ranks are known.
ValueId matrix_product(Builder& b, ValueId x, ValueId y, bool adj_x, bool adj_y);

}  // namespace tolite::tensorflow
