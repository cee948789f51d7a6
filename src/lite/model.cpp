// The tables shared by the graphs of a model.
#include "lite/model.h"

#include <utility>

namespace tolite {

GraphId Model::add_graph(std::string name) {
  graphs.emplace_back().name = std::move(name);
  return GraphId(graphs.size() - 1);
}

ConstantId Model::add_constant(Tensor tensor) {
  constants.push_back(std::move(tensor));
  return ConstantId(constants.size() - 1);
}

QuantizationId Model::add_quantization(Quantization quantization) {
  quantizations.push_back(std::move(quantization));
  return QuantizationId(quantizations.size() - 1);
}

OriginId Model::add_origin(std::string name, OriginId caller) {
  origins.push_back({std::move(name), caller});
  return OriginId(origins.size() - 1);
}

const Tensor* Model::constant_of(const Graph& graph, ValueId value) const {
  if (!value || !graph[value].constant) return nullptr;
  return &constants[graph[value].constant.index];
}

std::string Model::origin_text(OriginId origin) const {
  std::vector<const std::string*> names;  // innermost first
  for (; origin; origin = origins[origin.index].caller) names.push_back(&origins[origin.index].name);
  // Names of deep calls are cut in the middle: otherwise names as long as calls nest make a file quadratic.
  constexpr std::size_t kShown = 16;
  const bool is_cut = names.size() > 2 * kShown;
  std::string text;
  for (std::size_t i = names.size(); i-- > 0;) {
    if (is_cut && i == names.size() - kShown - 1) {
      text += "/...";
      i = kShown;
    }
    if (!text.empty()) text += '/';
    text += *names[i];
  }
  return text;
}

std::string Model::node_name(const Graph& graph, NodeId node) const {
  std::string name = origin_text(graph[node].origin);
  if (name.empty() && graph[node].result_count != 0) name = graph[graph.result(node)].name;
  return name;
}

}  // namespace tolite
