// An options table of the schema as attributes, by the op's row alone.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "lite/op_row.h"

namespace tolite::read {

/// The attributes that stand in the table; those it leaves out have the schema's default. The table has been verified
/// as the type that the row names. Throws Error(unsupported_format) for a field that the row does not know.
Attrs options_attrs(const flatbuffers::Table& options, const OpRow& row);

}  // namespace tolite::read
