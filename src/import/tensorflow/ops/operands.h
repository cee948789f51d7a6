// Operands in the element types that the runtime's kernels take.
#pragma once

#include "import/tensorflow/tf_node.h"
#include "import/tensorflow/types.h"

namespace tolite::tensorflow {

/// A shape, axis or index operand as int32. Constants out of range become the nearest int32, which means the same
/// wherever such an operand stands for "as far as it goes".
ValueId int32_operand(Builder& b, ValueId value);

/// x cast to `type`; x itself if it has it.
ValueId cast_to(Builder& b, ValueId x, Type type);

/// x in the type it has inside a graph: 16-bit floats are cast to float32.
ValueId widened(Builder& b, ValueId x);

/// For ops that only move elements: a type that the kernel of `op` takes and that carries each element of `type`
/// unchanged there and back. Refuses the node if there is none.
Type carrier_type(const TfNode& n, const Builder& b, Op op, Type type);
/// x in its carrier type, and a result back in the type of its own: no-ops where the kernel takes the type itself.
ValueId carried(Builder& b, ValueId x, Type type);

}  // namespace tolite::tensorflow
