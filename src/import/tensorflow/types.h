// TensorFlow's element types in the language. 16-bit floats become float32 at the door: the runtime has no 16-bit
// arithmetic, and the wider type only makes results more exact. Constants are rounded where the model rounds them.
#pragma once

#include "lite/shape.h"
#include "lite/tensor.h"
#include "read/data_type.h"
#include "read/partial_shape.h"

namespace tolite::tensorflow {

/// float16 or bfloat16: a type that values have in files, and in graphs only where they enter and leave.
inline bool is_narrow_float(Type type) { return type == Type::float16 || type == Type::bfloat16; }

/// The type that values of this type have inside a graph: half and bfloat16 are float32; none for types the language
/// does not have.
Type graph_type(read::DataType type);

/// A shape from a file; each unknown dimension is a symbol of its own.
Shape graph_shape(Symbols& symbols, const read::PartialShape& shape);

}  // namespace tolite::tensorflow
