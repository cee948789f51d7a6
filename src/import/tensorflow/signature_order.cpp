// Follows a signature through its wrapper to the author's function.
#include "import/tensorflow/signature_order.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace tolite::tensorflow {
namespace {

constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();

bool is_call(const read::Node& node) { return node.op == "PartitionedCall" || node.op == "StatefulPartitionedCall"; }

/// Indices of `ranks` by rank; equal ranks keep their order.
std::vector<std::size_t> sorted_by(const std::vector<std::size_t>& ranks) {
  std::vector<std::size_t> order(ranks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; });
  return order;
}

using NodesByName = std::unordered_map<std::string_view, const read::Node*>;

const read::Node* producer(const NodesByName& nodes, std::string_view tensor) {
  const auto at = nodes.find(read::parse_input(tensor).node);
  return at != nodes.end() ? at->second : nullptr;
}

/// The call inside the wrapper, and where its inputs and outputs stand in it.
struct Wrapper {
  const read::Node* inner = nullptr;
  NodesByName nodes;
  explicit Wrapper(const read::Function& function) {
    for (const read::Node& node : function.nodes) {
      nodes.emplace(node.name, &node);
      if (is_call(node) && inner == nullptr) inner = &node;
    }
  }
  std::size_t input_rank(std::string_view argument) const {
    const auto at = std::find(inner->inputs.begin(), inner->inputs.end(), argument);
    return at != inner->inputs.end() ? static_cast<std::size_t>(at - inner->inputs.begin()) : kUnknown;
  }
  std::size_t output_rank(std::string_view returned) const {
    const read::Node* node = producer(nodes, returned);
    std::string_view tensor = returned;
    for (std::size_t hops = 0;
         node != nullptr && node->op == "Identity" && !node->inputs.empty() && hops < nodes.size(); ++hops) {
      tensor = node->inputs[0];
      node = producer(nodes, tensor);
    }
    return node == inner ? static_cast<std::size_t>(read::parse_input(tensor).index) : kUnknown;
  }
};

}  // namespace

SignatureOrder author_order(const read::MetaGraph& meta_graph, const read::Signature& signature) {
  std::vector<std::size_t> inputs(signature.inputs.size(), 0);
  std::vector<std::size_t> outputs(signature.outputs.size(), 0);
  NodesByName nodes;
  for (const read::Node& node : meta_graph.graph->nodes()) nodes.emplace(node.name, &node);
  const read::Node* call = signature.outputs.empty() ? nullptr : producer(nodes, signature.outputs.front().info.name);
  const read::Function* function = call != nullptr && is_call(*call)
                                       ? meta_graph.graph->library().find(call->attributes["f"].function().name)
                                       : nullptr;
  if (function == nullptr) return {sorted_by(inputs), sorted_by(outputs)};
  const Wrapper wrapper(*function);
  if (wrapper.inner == nullptr) return {sorted_by(inputs), sorted_by(outputs)};

  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string_view placeholder = read::parse_input(signature.inputs[i].info.name).node;
    inputs[i] = kUnknown;
    for (std::size_t k = 0; k < call->inputs.size() && k < function->inputs.size(); ++k) {
      if (read::parse_input(call->inputs[k]).node == placeholder)
        inputs[i] = wrapper.input_rank(function->inputs[k].name);
    }
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto k = static_cast<std::size_t>(read::parse_input(signature.outputs[i].info.name).index);
    outputs[i] = kUnknown;
    if (k >= function->outputs.size()) continue;
    for (const auto& [name, returned] : function->returns) {
      if (name == function->outputs[k].name) outputs[i] = wrapper.output_rank(returned);
    }
  }
  return {sorted_by(inputs), sorted_by(outputs)};
}

}  // namespace tolite::tensorflow
