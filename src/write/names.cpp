// Own names come first, then results, then constants: so a result is named as its node was in the source, and the
// constants that a rewrite made for it get the numbers.
#include "write/names.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace tolite::write {
namespace {

class UniqueNames {
 public:
  std::string claim(const std::string& wanted) {
    std::string name = wanted;
    while (!next_.try_emplace(name, 1).second) name = wanted + std::to_string(next_[wanted]++);
    return name;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> next_;
};

/// The first node that uses the value; none if only the graph's outputs do.
NodeId first_user(const Graph& graph, ValueId value) {
  NodeId first;
  for (UseId use = graph[value].first_use; use; use = graph[use].next) {
    if (graph[use].user) first = std::min(first, graph[use].user);
  }
  return first;
}

std::string source_name(const Model& model, const Graph& graph, ValueId value) {
  const NodeId producer = graph[value].producer;
  const NodeId node = producer ? producer : first_user(graph, value);
  std::string name = node ? model.origin_text(graph[node].origin) : std::string();
  if (!name.empty()) return name;
  return graph[value].constant ? "constant" : "value";
}

}  // namespace

std::vector<std::string> tensor_names(const Model& model, const Graph& graph, const std::vector<ValueId>& tensors) {
  std::vector<std::string> names(tensors.size());
  UniqueNames unique;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string& own = graph[tensors[i]].name;
    if (!own.empty()) names[i] = unique.claim(own);
  }
  for (const bool constants : {false, true}) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (names[i].empty() && graph[tensors[i]].constant.valid() == constants)
        names[i] = unique.claim(source_name(model, graph, tensors[i]));
    }
  }
  return names;
}

}  // namespace tolite::write
