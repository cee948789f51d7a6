// Look-up of nodes and of the functions they call.
#include "import/tensorflow/node_index.h"

namespace tolite::tensorflow {

NodeIndex::NodeIndex(const read::NodeList& nodes) {
  nodes_.reserve(nodes.size());
  for (const read::Node& node : nodes) nodes_.emplace(node.name, &node);
}

const read::Node* NodeIndex::producer(std::string_view tensor) const {
  const auto at = nodes_.find(read::parse_input(tensor).node);
  return at != nodes_.end() ? at->second : nullptr;
}

NodeIndex::Source NodeIndex::source(std::string_view tensor) const {
  for (std::size_t hops = 0; hops <= nodes_.size(); ++hops) {
    const read::Node* node = producer(tensor);
    if (node == nullptr || node->op != "Identity" || node->inputs.empty()) return {node, tensor};
    tensor = node->inputs[0];
  }
  return {};
}

std::string_view callee(const read::Node& node, const read::FunctionLibrary& library) {
  if (node.op == "PartitionedCall" || node.op == "StatefulPartitionedCall") return node.attributes["f"].function().name;
  return library.has(node.op) ? node.op : std::string_view();  // a call in the manner of TF1's Defun
}

}  // namespace tolite::tensorflow
