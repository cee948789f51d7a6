// An order of the nodes of one frame in which producers come first, with a say in what is dealt with when.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "import/tensorflow/flow_graph.h"

namespace tolite::tensorflow {

/// Usage: take next() until there is none, and tell of each node when it is done(). Loop inputs wait for nothing.
class Schedule {
 public:
  Schedule(const FlowGraph& graph, std::span<const std::uint32_t> nodes);
  /// A node that waits for nothing any more; nothing if there is none until others are done.
  std::optional<std::uint32_t> next();
  /// Those that wait for the node may follow.
  void done(std::uint32_t node);
  /// A node that never came up, since it is part of a cycle.
  std::optional<std::uint32_t> left() const;

 private:
  template <typename Take>
  void each_dependency(const FlowGraph& graph, Take take) const;

  std::span<const std::uint32_t> nodes_;
  std::unordered_map<std::uint32_t, std::uint32_t> local_;  // number in nodes_
  std::vector<std::uint32_t> waits_for_;                    // by local number
  std::vector<std::size_t> first_;                          // of each node's consumers
  std::vector<std::uint32_t> consumers_;
  std::vector<std::uint32_t> ready_;
  std::size_t next_ = 0;
};

}  // namespace tolite::tensorflow
