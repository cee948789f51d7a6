// Walks over the graphs that nodes run. No recursion: how deep they nest is the file's to choose.
#include "lite/subgraphs.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tolite {

std::vector<GraphId> graphs_run_by(const OpRow& row, const Node& node) {
  std::vector<GraphId> graphs;
  for (const AttrSpec& spec : row.attrs) {
    if (spec.kind != AttrKind::graph) continue;
    const AttrValue* value = node.attrs.find(spec.attr);
    const std::int64_t index = value != nullptr ? std::get<std::int64_t>(*value) : 0;
    if (index >= 0) graphs.emplace_back(static_cast<std::size_t>(index));
  }
  return graphs;
}

bool keeps_order(const OpRow& row) {
  const auto runs_graph = [](const AttrSpec& spec) { return spec.kind == AttrKind::graph; };
  return row.state != StateUse::none || std::any_of(row.attrs.begin(), row.attrs.end(), runs_graph);
}

bool has_effect(const Model& model, const OpTable& table, const Graph& graph, NodeId node) {
  if (table[graph[node].op].state == StateUse::changes) return true;
  std::vector<GraphId> pending = graphs_run_by(table[graph[node].op], graph[node]);
  std::set<GraphId> seen(pending.begin(), pending.end());
  while (!pending.empty()) {
    const Graph& run = model[pending.back()];
    pending.pop_back();
    for (std::size_t i = 0; i < run.node_count(); ++i) {
      const Node& n = run[NodeId(i)];
      if (!n.alive) continue;
      const OpRow& row = table[n.op];
      if (row.state == StateUse::changes) return true;
      for (const GraphId g : graphs_run_by(row, n)) {
        if (seen.insert(g).second) pending.push_back(g);
      }
    }
  }
  return false;
}

void remove_unreachable_graphs(Model& model, const OpTable& table) {
  std::vector<bool> reached(model.graphs.size(), false);
  std::vector<GraphId> pending;
  const auto reach = [&](GraphId g) {
    if (g.index >= reached.size() || reached[g.index]) return;
    reached[g.index] = true;
    pending.push_back(g);
  };
  for (const Signature& s : model.signatures) reach(s.graph);
  if (model.signatures.empty() && !model.graphs.empty()) reach(GraphId(std::size_t{0}));
  while (!pending.empty()) {
    const Graph& graph = model[pending.back()];
    pending.pop_back();
    for (std::size_t i = 0; i < graph.node_count(); ++i) {
      const Node& node = graph[NodeId(i)];
      if (!node.alive) continue;
      for (const GraphId g : graphs_run_by(table[node.op], node)) reach(g);
    }
  }

  std::vector<GraphId> moved(model.graphs.size());
  std::vector<Graph> kept;
  for (std::size_t i = 0; i < model.graphs.size(); ++i) {
    if (!reached[i]) continue;
    moved[i] = GraphId(kept.size());
    kept.push_back(std::move(model.graphs[i]));
  }
  model.graphs = std::move(kept);
  if (model.graphs.size() == moved.size()) return;  // every graph has the number that it had
  for (Signature& s : model.signatures) s.graph = moved[s.graph.index];
  for (Graph& graph : model.graphs) {
    for (std::size_t i = 0; i < graph.node_count(); ++i) {
      Node& node = graph[NodeId(i)];
      if (!node.alive) continue;
      for (const AttrSpec& spec : table[node.op].attrs) {
        const AttrValue* value = spec.kind == AttrKind::graph ? node.attrs.find(spec.attr) : nullptr;
        if (value == nullptr || std::get<std::int64_t>(*value) < 0) continue;
        node.attrs.set(spec.attr, moved[static_cast<std::size_t>(std::get<std::int64_t>(*value))].index);
      }
    }
  }
}

}  // namespace tolite
