// One function a family file: it adds the family's rows to the table.
#pragma once

#include "lite/op_row.h"

namespace tolite {

void add_activation_ops(OpTable& table);

}  // namespace tolite
