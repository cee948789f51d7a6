// Rebuilds the loops and conditionals of one body: frames, inside out, become While nodes, and the Merge nodes of one
// predicate an If node, with their insides as functions. See functionalize.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "import/tensorflow/flow_graph.h"
#include "import/tensorflow/guards.h"

namespace tolite::tensorflow {

/// The functions that are made, for all bodies of a graph.
class NewFunctions {
 public:
  explicit NewFunctions(const read::GraphDef& graph);
  /// A name that no function has, made from that of a node.
  std::string unique_name(std::string_view node, std::string_view part);
  /// Counts nodes before they are written. Throws Error(too_deep) if conditionals that share nodes would copy them
  /// without end.
  void count(std::size_t nodes);
  void add(std::string wire) { wires_.push_back(std::move(wire)); }
  const std::vector<std::string>& wires() const { return wires_; }

 private:
  std::map<std::string, unsigned, std::less<>> taken_;  // and the next number for each
  std::vector<std::string> wires_;
  std::size_t left_;
};

class ControlFlow {
 public:
  ControlFlow(FlowGraph& graph, Effects& effects, NewFunctions& functions);
  void rebuild();

  const FlowGraph& graph() const { return graph_; }
  /// The tensor that stands for this one: what a Switch is given, what an If returns.
  Edge resolve(Edge edge) const;
  /// The node that stands for this one along control edges; nothing if none does.
  std::optional<std::uint32_t> resolve_control(std::uint32_t node) const;
  /// Whether another node's results stand for those of this one.
  bool is_replaced(std::uint32_t i) const { return state_[i].is_replaced; }
  /// Whether something takes the second result of the Merge node.
  bool takes_index(std::uint32_t i) const { return index_used_.contains(i); }
  /// Number of conditions under which the node runs.
  int depth(std::uint32_t i) const { return static_cast<int>(guards_.depth(state_[i].guard)); }
  bool runs_always(std::uint32_t i) const { return state_[i].guard == Guards::kAlways; }
  /// Whether an effect happens in the node, or before it.
  bool carries_effect(std::uint32_t i) const { return state_[i].carries_effect; }
  /// Its place in an order in which producers come first.
  std::uint32_t position(std::uint32_t i) const { return state_[i].position; }

 private:
  struct State {
    Guard guard = Guards::kAlways;
    Edge source;                      ///< what its results are a copy of, if it is_copy
    std::array<Edge, 2> replacement;  ///< of its results, if it is_replaced
    std::uint32_t position = 0;
    bool is_copy = false;
    bool is_replaced = false;
    bool carries_effect = false;
    bool is_needed = false;
  };
  /// A Merge node of a conditional, and its input numbers by outcome of the predicate.
  struct Choice {
    Edge predicate;
    std::array<std::uint8_t, 2> input;
  };
  struct Loop {
    std::vector<std::uint32_t> variables;  ///< Merge nodes
    std::vector<std::uint32_t> initial;    ///< their Enter nodes
    std::vector<std::uint32_t> next;       ///< their NextIteration nodes
    std::uint32_t condition = 0;           ///< the LoopCond node
  };

  // What is known of each node: control_flow.cpp.
  void examine(std::uint32_t frame);
  void examine_node(std::uint32_t i);
  Guard merge_guard(std::uint32_t i);
  Guard edge_guard(Edge edge);
  Edge source(Edge edge) const;
  void mark_needed(std::uint32_t frame, const Loop* loop);
  void replace(std::uint32_t i, Edge first, Edge second);
  std::uint32_t add(MadeNode node, std::uint32_t frame, std::vector<Edge> inputs, std::vector<std::uint32_t> controls);

  // conditionals.cpp
  void rebuild_conditionals(std::uint32_t frame);
  void settle(std::uint32_t i);
  void make_if(std::uint32_t frame, const std::vector<std::uint32_t>& merges);
  Edge input_number(std::uint32_t frame, Guard guard, std::uint8_t number);

  // loops.cpp
  Loop find_loop(std::uint32_t frame) const;
  void check_loop(std::uint32_t frame, const Loop& loop);
  void rebuild_loop(std::uint32_t frame, const Loop& loop);
  void replace_exits(std::uint32_t frame, const Loop& loop, std::uint32_t made);

  FlowGraph& graph_;
  Effects& effects_;
  NewFunctions& functions_;
  Guards guards_;
  std::vector<State> state_;
  std::unordered_map<std::uint32_t, Choice> choices_;
  std::unordered_set<std::uint32_t> index_used_;  // Merge nodes whose second result is taken
  std::uint32_t next_position_ = 0;
};

}  // namespace tolite::tensorflow
