// float64 graphs as float32 graphs (--narrow-float64).
//
// The graph is rewritten before anything else looks at it, so that nothing behind knows of float64: wherever a node, a
// function's signature or an attribute says float64 or complex128, it says float32 or complex64, and constants are
// rounded. What stands beside the graph (signatures, variables) is narrowed where it is read.
#pragma once

#include <memory>
#include <string_view>

#include "lite/tensor.h"
#include "read/data_type.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {

/// float32 for float64, complex64 for complex128, any other as it is.
read::DataType narrowed(read::DataType type);

/// The tensor with its elements rounded. Throws Error(cannot_convert) if a finite one would become infinite.
Tensor narrowed(const Tensor& tensor);

std::shared_ptr<const read::GraphDef> narrow_float64(std::shared_ptr<const read::GraphDef> graph);

/// Why a node of a narrowed graph had to stay as it was; empty for all others. It is in nobody's way until it is used.
std::string_view reason_not_narrowed(const read::Node& node);

}  // namespace tolite::tensorflow
