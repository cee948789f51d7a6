// The author's order of a signature's inputs and outputs.
#pragma once

#include <cstddef>
#include <vector>

#include "import/tensorflow/node_index.h"
#include "read/saved_model.h"

namespace tolite::tensorflow {

struct SignatureOrder {
  std::vector<std::size_t> inputs;   ///< indices into Signature::inputs
  std::vector<std::size_t> outputs;  ///< indices into Signature::outputs
};

/// A signature is stored as maps without order. TensorFlow wraps the author's function in one that takes and returns
/// dictionaries, sorted by key; the order in which the wrapper calls the function inside it is the author's.
/// Where there is no wrapper, the order is that of the keys.
/// `nodes` are those of the main graph.
SignatureOrder author_order(const read::MetaGraph& meta_graph, const NodeIndex& nodes,
                            const read::Signature& signature);

}  // namespace tolite::tensorflow
