// Attributes as an options table of the schema, by the op's row alone: no op needs writer code of its own.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "lite/op_row.h"

namespace tolite::write {

/// Writes the table of the row's attributes; those that are absent or have the schema's default take no space. Nothing
/// at all (a null offset) where the table could only say that lists are absent, as TensorFlow's converter does: kernels
/// look into the others.
flatbuffers::Offset<void> options_table(flatbuffers::FlatBufferBuilder& builder, const OpRow& row, const Attrs& attrs);

}  // namespace tolite::write
