// A WHILE that a translator writes itself: for ops whose result is built up step by step.
#pragma once

#include <functional>

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

/// What a step sees, in a graph of its own: the variables, and values of the outer graph that it only reads.
struct LoopState {
  std::vector<ValueId> variables;
  std::vector<ValueId> read;
};

/// Runs `body`, which gives the variables their next values, as long as `condition` holds; returns their last values.
/// Variables keep their types and shapes.
std::vector<ValueId> loop(const TfNode& n, Builder& b, const LoopState& start,
                          const std::function<ValueId(Builder&, const LoopState&)>& condition,
                          const std::function<std::vector<ValueId>(Builder&, const LoopState&)>& body);

}  // namespace tolite::tensorflow
