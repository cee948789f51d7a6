// Follows a signature through its wrapper to the author's function.
#include "import/tensorflow/signature_order.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tolite::tensorflow {
namespace {

constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();

/// Indices of `ranks` by rank; equal ranks keep their order.
std::vector<std::size_t> sorted_by(const std::vector<std::size_t>& ranks) {
  std::vector<std::size_t> order(ranks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; });
  return order;
}

/// The call inside the wrapper, and where its inputs and outputs stand in it.
class Wrapper {
 public:
  Wrapper(const read::Function& function, const read::FunctionLibrary& library) : nodes_(function.nodes) {
    for (const read::Node& node : function.nodes) {
      if (inner_ == nullptr && !callee(node, library).empty()) inner_ = &node;
    }
  }
  bool has_call() const { return inner_ != nullptr; }
  std::size_t input_rank(std::string_view argument) const {
    const auto at = std::find(inner_->inputs.begin(), inner_->inputs.end(), argument);
    return at != inner_->inputs.end() ? static_cast<std::size_t>(at - inner_->inputs.begin()) : kUnknown;
  }
  std::size_t output_rank(std::string_view returned) const {
    const NodeIndex::Source source = nodes_.source(returned);
    return source.node == inner_ ? static_cast<std::size_t>(read::parse_input(source.tensor).index) : kUnknown;
  }

 private:
  NodeIndex nodes_;
  const read::Node* inner_ = nullptr;
};

}  // namespace

SignatureOrder author_order(const read::MetaGraph& meta_graph, const NodeIndex& nodes,
                            const read::Signature& signature) {
  std::vector<std::size_t> inputs(signature.inputs.size(), 0);
  std::vector<std::size_t> outputs(signature.outputs.size(), 0);
  const read::FunctionLibrary& library = meta_graph.graph->library();
  const read::Node* call = signature.outputs.empty() ? nullptr : nodes.producer(signature.outputs.front().info.name);
  const read::Function* function = call != nullptr ? library.find(callee(*call, library)) : nullptr;
  if (function == nullptr) return {sorted_by(inputs), sorted_by(outputs)};
  const Wrapper wrapper(*function, library);
  if (!wrapper.has_call()) return {sorted_by(inputs), sorted_by(outputs)};

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
