// TensorProto: a constant inside a graph, as the Tensor everything behind the readers works with.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "lite/tensor.h"
#include "read/buffer.h"
#include "read/data_type.h"

namespace tolite::read {

/// Reads a TensorProto that stands in `buffer`. Elements stored as plain bytes are viewed in place; a list of values
/// that is shorter than the shape is repeated from its last value, as TensorFlow does.
Tensor read_tensor(Bytes wire, const Buffer& buffer);

/// The same for a TensorProto that leaves its type and shape to its surroundings, as those of V1 checkpoints do. All
/// elements must be there.
Tensor read_tensor(Bytes wire, const Buffer& buffer, DataType type, std::vector<std::int64_t> dims);

/// Elements as TensorFlow stores them densely (one byte for the sub-byte types), viewed if the form is the same here.
Tensor dense_tensor(Bytes elements, std::shared_ptr<const void> owner, DataType type, std::vector<std::int64_t> dims);

/// A string tensor in the runtime's packed form; as many texts as `dims` has elements.
Tensor packed_strings(std::vector<std::int64_t> dims, std::span<const std::string_view> texts);

}  // namespace tolite::read
