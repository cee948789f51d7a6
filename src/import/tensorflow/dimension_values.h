// Shapes as values: what a dimension of unknown size is at run time.
#pragma once

#include <optional>
#include <vector>

#include "lite/builder.h"

namespace tolite::tensorflow {

/// An int32 vector of these dimensions. A symbol is read from the shape of a value of the graph that has it, or
/// computed as the symbol was. None if the graph has no such value.
ValueId dimension_values(Builder& b, const std::vector<Dim>& dims);

}  // namespace tolite::tensorflow
