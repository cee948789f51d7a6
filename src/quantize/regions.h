// Which nodes of a graph compute with integers.
#pragma once

#include "quantize/plan.h"

namespace tolite::quantize {

/// What the steps of planning look at.
struct Situation {
  const Model& model;
  const Graph& graph;
  GraphId id;
  const OpTable& table;
  const Statistics& statistics;
  const PlanOptions& options;

  NodeView view(NodeId node) const { return NodeView(model, graph, node, table[graph[node].op]); }
  bool is_main() const { return id.index == 0 || signature_runs_it(); }
  bool signature_runs_it() const;
  /// Whether a float32 value's range is known, or its elements are.
  bool has_range(ValueId value) const;
};

/// By node: whether it computes with integers. Of a region of such nodes between float ones each conversion costs an
/// op, so nodes at its border that save nothing stay float, and so do regions without a product of matrices.
std::vector<bool> choose_regions(const Situation& s, std::vector<KeptFloat>& kept_float);

}  // namespace tolite::quantize
