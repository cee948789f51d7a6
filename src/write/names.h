// Names of the tensors in a file, as TensorFlow's converter makes them: a value's own name, or the name of the source
// node it came from, with a number behind it where that name is taken.
#pragma once

#include <string>
#include <vector>

#include "lite/model.h"

namespace tolite::write {

/// The name of each of `tensors`, which are values of the graph.
std::vector<std::string> tensor_names(const Model& model, const Graph& graph, const std::vector<ValueId>& tensors);

}  // namespace tolite::write
