// Nodes of a list by name, and the questions that are asked of a graph before it is imported.
#pragma once

#include <string_view>
#include <unordered_map>

#include "read/graph_def.h"

namespace tolite::tensorflow {

class NodeIndex {
 public:
  explicit NodeIndex(const read::NodeList& nodes);

  /// The node that gives a tensor ("node:1", or "node:argument:1" in a function body); null if there is none.
  const read::Node* producer(std::string_view tensor) const;

  struct Source {
    const read::Node* node = nullptr;
    std::string_view tensor;
  };
  /// The tensor that Identity nodes pass on as this one, and its producer; no node where there is none or they turn in
  /// a circle.
  Source source(std::string_view tensor) const;

 private:
  std::unordered_map<std::string_view, const read::Node*> nodes_;
};

/// The function that a call node names; empty if the node is no call.
std::string_view callee(const read::Node& node, const read::FunctionLibrary& library);

}  // namespace tolite::tensorflow
