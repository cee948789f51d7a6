// Kahn's algorithm.
#include "import/tensorflow/schedule.h"

namespace tolite::tensorflow {

template <typename Take>
void Schedule::each_dependency(const FlowGraph& graph, Take take) const {
  const auto on = [&](std::uint32_t producer, std::uint32_t consumer) {
    if (const auto at = local_.find(producer); at != local_.end()) take(at->second, consumer);
  };
  for (std::uint32_t k = 0; k < nodes_.size(); ++k) {
    const FlowNode& node = graph[nodes_[k]];
    if (node.is_loop_input) continue;
    for (const Edge& edge : node.inputs) on(edge.producer, k);
    for (const std::uint32_t control : node.controls) on(control, k);
  }
}

Schedule::Schedule(const FlowGraph& graph, std::span<const std::uint32_t> nodes)
    : nodes_(nodes), waits_for_(nodes.size()), first_(nodes.size() + 1) {
  local_.reserve(nodes.size());
  for (std::uint32_t k = 0; k < nodes.size(); ++k) local_.emplace(nodes[k], k);
  each_dependency(graph, [&](std::uint32_t producer, std::uint32_t consumer) {
    ++first_[producer + 1];
    ++waits_for_[consumer];
  });
  for (std::size_t k = 1; k < first_.size(); ++k) first_[k] += first_[k - 1];
  consumers_.resize(first_.back());
  std::vector<std::size_t> free(first_.begin(), first_.end() - 1);
  each_dependency(graph,
                  [&](std::uint32_t producer, std::uint32_t consumer) { consumers_[free[producer]++] = consumer; });
  for (std::uint32_t k = 0; k < nodes.size(); ++k) {
    if (waits_for_[k] == 0) ready_.push_back(k);
  }
}

std::optional<std::uint32_t> Schedule::next() {
  if (next_ == ready_.size()) return std::nullopt;
  return nodes_[ready_[next_++]];
}

void Schedule::done(std::uint32_t node) {
  const std::uint32_t k = local_.at(node);
  for (std::size_t c = first_[k]; c < first_[k + 1]; ++c) {
    if (--waits_for_[consumers_[c]] == 0) ready_.push_back(consumers_[c]);
  }
}

std::optional<std::uint32_t> Schedule::left() const {
  for (std::uint32_t k = 0; k < nodes_.size(); ++k) {
    if (waits_for_[k] != 0) return nodes_[k];
  }
  return std::nullopt;
}

}  // namespace tolite::tensorflow
