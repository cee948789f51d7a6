// Arrays into NumPy's .npz format.
#pragma once

#include <map>
#include <string>

#include "lite/tensor.h"

namespace tolite::write {

/// Writes the arrays, stored, in the order of their names; the same arrays give the same bytes. Strings become
/// fixed-width byte strings, as numpy has them.
void npz(const std::string& path, const std::map<std::string, Tensor>& arrays);

}  // namespace tolite::write
