// What is known of each node of a frame before anything is rebuilt: its guard, whether it carries an effect, whether
// the loop needs it.
#include "import/tensorflow/control_flow.h"

#include <fmt/core.h>

#include <algorithm>

#include "import/tensorflow/schedule.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

[[noreturn]] void fail(const FlowNode& node, std::string message) {
  fail_to_rebuild(node.def->name, std::move(message));
}

/// A constant may have lost the control edge that told its branch: tools that fold constants drop it.
bool is_free_constant(const FlowGraph& graph, Edge edge) {
  if (edge.producer == Edge::kArgument) return false;
  const FlowNode& node = graph[edge.producer];
  return node.def != nullptr && node.def->op == "Const" && node.controls.empty();
}

}  // namespace

NewFunctions::NewFunctions(const read::GraphDef& graph) {
  std::size_t nodes = graph.nodes().size();
  for (const std::string_view name : graph.library().names()) taken_.try_emplace(std::string(name), 1);
  // Each node belongs to one branch, or to a loop's body and perhaps its condition.
  left_ = 100'000 + 16 * nodes;
}

std::string NewFunctions::unique_name(std::string_view node, std::string_view part) {
  std::string wanted = fmt::format("{}_{}", node, part);
  std::replace(wanted.begin(), wanted.end(), '/', '_');
  std::string name = wanted;
  if (taken_.contains(name)) {
    unsigned& next = taken_.find(name)->second;
    do {
      name = fmt::format("{}_{}", wanted, next++);
    } while (taken_.contains(name));
  }
  taken_.try_emplace(name, 1);
  return name;
}

void NewFunctions::count(std::size_t nodes) {
  if (nodes > left_) throw Error(Code::too_deep, "the branches of conditionals share more nodes than can be copied");
  left_ -= nodes;
}

ControlFlow::ControlFlow(FlowGraph& graph, Effects& effects, NewFunctions& functions)
    : graph_(graph), effects_(effects), functions_(functions), state_(graph.size()) {
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    for (const Edge& edge : graph[i].inputs) {
      if (edge.producer != Edge::kArgument && edge.output == 1 && graph[edge.producer].flow == Flow::merging)
        index_used_.insert(edge.producer);
    }
  }
}

void ControlFlow::rebuild() {
  for (auto frame = static_cast<std::uint32_t>(graph_.frames().size()); frame-- > 0;) {
    examine(frame);
    if (frame == 0) {
      mark_needed(frame, nullptr);
      rebuild_conditionals(frame);
      continue;
    }
    const Loop loop = find_loop(frame);
    mark_needed(frame, &loop);
    rebuild_conditionals(frame);
    rebuild_loop(frame, loop);
  }
}

Edge ControlFlow::resolve(Edge edge) const {
  if (edge.producer == Edge::kArgument || !state_[edge.producer].is_replaced) return edge;
  return state_[edge.producer].replacement[edge.output];
}

std::optional<std::uint32_t> ControlFlow::resolve_control(std::uint32_t node) const {
  const Edge edge = resolve({node, 0});
  if (edge.producer == Edge::kArgument || graph_[edge.producer].is_loop_input) return std::nullopt;
  return edge.producer;
}

void ControlFlow::replace(std::uint32_t i, Edge first, Edge second) {
  state_[i].is_replaced = true;
  state_[i].replacement = {first, second};
}

std::uint32_t ControlFlow::add(MadeNode node, std::uint32_t frame, std::vector<Edge> inputs,
                               std::vector<std::uint32_t> controls) {
  std::sort(controls.begin(), controls.end());
  controls.erase(std::unique(controls.begin(), controls.end()), controls.end());
  const std::uint32_t i = graph_.add(std::move(node), frame, std::move(inputs), std::move(controls));
  state_.emplace_back();
  state_[i].position = next_position_++;
  return i;
}

void ControlFlow::examine(std::uint32_t frame) {
  Schedule schedule(graph_, graph_.frames()[frame].nodes);
  while (const auto i = schedule.next()) {
    examine_node(*i);
    schedule.done(*i);
  }
  if (const auto left = schedule.left())
    throw Error(Code::cyclic_graph, "the graph contains a cycle", std::string(graph_.name(*left)));
}

void ControlFlow::examine_node(std::uint32_t i) {
  const FlowNode& node = graph_[i];
  State& state = state_[i];
  if (node.is_loop_input) return;
  state.carries_effect = state.carries_effect || (node.def != nullptr && effects_.changes(*node.def));
  Guard guard = Guards::kAlways;
  for (const Edge& edge : node.inputs) {
    if (edge.producer == Edge::kArgument) continue;
    state.carries_effect = state.carries_effect || state_[edge.producer].carries_effect;
    if (node.flow != Flow::merging) guard = guards_.both(guard, edge_guard(edge));
  }
  for (const std::uint32_t control : node.controls) {
    state.carries_effect = state.carries_effect || state_[control].carries_effect;
    if (node.flow != Flow::merging) guard = guards_.both(guard, state_[control].guard);
  }
  if (node.def != nullptr && node.def->op == "ControlTrigger")
    guard = Guards::kAlways;  // runs though its inputs are dead
  state.guard = node.flow == Flow::merging ? merge_guard(i) : guard;
  // Predicates are compared by what they are copies of: each conditional has an Identity of its own.
  const bool copies = node.flow == Flow::switching || (node.def != nullptr && node.def->op == "Identity");
  state.is_copy = copies && !node.inputs.empty();
  if (state.is_copy) state.source = source(node.inputs[0]);
}

Edge ControlFlow::source(Edge edge) const {
  return edge.producer != Edge::kArgument && state_[edge.producer].is_copy ? state_[edge.producer].source : edge;
}

/// The guard of a tensor: a Switch gives its results only for one outcome each.
Guard ControlFlow::edge_guard(Edge edge) {
  if (edge.producer == Edge::kArgument) return Guards::kAlways;
  const FlowNode& node = graph_[edge.producer];
  const Guard guard = state_[edge.producer].guard;
  return node.flow == Flow::switching ? guards_.when(guard, source(node.inputs[1]), edge.output == 1) : guard;
}

Guard ControlFlow::merge_guard(std::uint32_t i) {
  const FlowNode& node = graph_[i];
  if (node.inputs.size() > 2) fail(node, "a Merge node has more than two inputs");
  if (node.inputs.size() == 1) return edge_guard(node.inputs[0]);
  const std::array<Guard, 2> guards = {edge_guard(node.inputs[0]), edge_guard(node.inputs[1])};
  for (const std::size_t k : {0U, 1U}) {
    if (guards[k] == Guards::kNever) return guards[1 - k];
  }
  for (const std::size_t k : {0U, 1U}) {
    const Guard guard = guards[k];
    const Guard other = guards[1 - k];
    if (guard == Guards::kAlways) continue;
    const bool is_other_free =
        is_free_constant(graph_, node.inputs[1 - k]) && guards_.encloses(other, guards_.context(guard));
    if (!guards_.are_opposite(guard, other) && !is_other_free) continue;
    Choice choice{guards_.predicate(guard), {}};
    choice.input[guards_.outcome(guard) ? 1 : 0] = static_cast<std::uint8_t>(k);
    choice.input[guards_.outcome(guard) ? 0 : 1] = static_cast<std::uint8_t>(1 - k);
    choices_[i] = choice;
    return guards_.context(guard);
  }
  fail(node, "the inputs of a Merge node are not the two sides of one condition");
}

/// Marks what a loop's next values and its condition are computed from; outside of loops everything, since any node may
/// be asked for.
void ControlFlow::mark_needed(std::uint32_t frame, const Loop* loop) {
  if (loop == nullptr) {
    for (const std::uint32_t i : graph_.frames()[frame].nodes) state_[i].is_needed = true;
    return;
  }
  std::vector<std::uint32_t> open = loop->next;
  open.push_back(loop->condition);
  while (!open.empty()) {
    const std::uint32_t i = open.back();
    open.pop_back();
    if (graph_[i].is_loop_input || state_[i].is_needed) continue;
    state_[i].is_needed = true;
    for (const Edge& edge : graph_[i].inputs) {
      if (edge.producer != Edge::kArgument) open.push_back(edge.producer);
    }
    for (const std::uint32_t control : graph_[i].controls) {
      if (state_[control].carries_effect) open.push_back(control);
    }
  }
}

}  // namespace tolite::tensorflow
