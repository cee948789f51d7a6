// Nodes that run other graphs of the model, and what that means for them.
#pragma once

#include <vector>

#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite {

/// The graphs that a node runs, in the order of its attributes.
std::vector<GraphId> graphs_run_by(const OpRow& row, const Node& node);

/// Whether nodes of the op have to run in the order in which they were made: those that use state, and those that run
/// graphs, which may.
bool keeps_order(const OpRow& row);

/// Whether the node changes what outlives it: by its row, or in a graph that it runs, however deep.
bool has_effect(const Model& model, const OpTable& table, const Graph& graph, NodeId node);

/// Erases the graphs that neither a signature nor a node of one that stays refers to, and numbers the rest anew.
/// A model without signatures keeps its first graph.
void remove_unreachable_graphs(Model& model, const OpTable& table);

}  // namespace tolite
