// The op table: every row, registered by explicit calls, one a family.
#pragma once

#include "lite/op_row.h"

namespace tolite {

/// The rows of all ops. Made once, never changed.
const OpTable& op_table();

}  // namespace tolite
