// The tensors a node gives, between their number and the names that function bodies use ("node:argument:index").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "read/graph_def.h"

namespace tolite::tensorflow {

/// Number of the first tensor of output argument `wanted` among all tensors the node gives.
std::uint32_t argument_offset(const read::Node& node, std::string_view wanted);

/// "argument:index" for tensor `output` of the node. The argument of an op that has a single one is called "output",
/// whatever its definition says: argument_offset does not ask for it.
std::string output_name(const read::Node& node, std::uint32_t output);

}  // namespace tolite::tensorflow
