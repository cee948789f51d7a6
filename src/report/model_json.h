// A model as JSON: what the text form says, for programs.
#pragma once

#include <string>

#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite::report {

/// Graphs with their tensors, nodes, inputs and outputs by tensor number; signatures; metadata names. Elements of
/// constants stand in it up to `most_elements`; of larger ones the hash of the bytes.
std::string model_json(const Model& model, const OpTable& table, std::size_t most_elements = 16);

}  // namespace tolite::report
