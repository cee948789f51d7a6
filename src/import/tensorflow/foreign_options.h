// What a Select TF op and a custom op keep of the TensorFlow node they were made from, byte for byte as TensorFlow's
// converter writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "read/op_def.h"

namespace tolite::read {
struct FunctionReference;
struct Node;
}  // namespace tolite::read

namespace tolite::tensorflow {

/// A FlexBuffer vector of the op's name and a NodeDef: the attributes with the definition's defaults, sorted
/// (TensorFlow writes them in the chance order of a hash table), as many empty input names as there are operands, and
/// the name of the node and the function it stands in; neither where there is no function to name.
std::string select_options(const read::OpDef& op, const read::Node& node, std::optional<std::string_view> function,
                           std::size_t operands);

/// A FlexBuffer map of the attributes: strings, numbers, types as TensorFlow Lite numbers them, and lists of strings,
/// integers and floats. Other kinds have no place in it.
std::string custom_options(const read::OpDef& op, const read::Node& node);

/// The same map of the attributes that the author of a function gives the op it implements, as many of `keys` as there
/// are, in this order; without keys all but the one that says so, sorted. A boolean is the integer that TensorFlow
/// makes of it: `yes` if it is true.
std::string implemented_options(const read::FunctionReference& op, std::span<const std::string_view> keys,
                                std::int64_t yes);

constexpr std::string_view kFusable = "tfl_fusable_op";  ///< "the runtime has an op of this name"

}  // namespace tolite::tensorflow
