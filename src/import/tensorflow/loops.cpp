// A frame becomes a While node: its Merge nodes are the variables, its other Enter nodes what the loop takes and hands
// on unchanged. What leads to LoopCond is one function, what leads to the NextIteration nodes the other; a Switch on
// LoopCond is only a door between the two.
#include <fmt/core.h>

#include <algorithm>

#include "import/tensorflow/control_flow.h"
#include "import/tensorflow/section.h"
#include "read/wire_writer.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

[[noreturn]] void fail(const FlowGraph& graph, std::uint32_t node, std::string message) {
  fail_to_rebuild(graph.name(node), std::move(message));
}

}  // namespace

ControlFlow::Loop ControlFlow::find_loop(std::uint32_t number) const {
  const FlowFrame& frame = graph_.frames()[number];
  Loop loop;
  std::vector<std::uint32_t> conditions;
  for (const std::uint32_t i : frame.nodes) {
    const FlowNode& node = graph_[i];
    if (node.flow == Flow::loop_condition) conditions.push_back(i);
    if (node.flow != Flow::merging || !node.is_loop_input) continue;
    if (index_used_.contains(i))
      throw Error(Code::unsupported_format, "the second result of a loop's Merge node is used",
                  std::string(graph_.name(i)));
    const auto first = node.inputs[0].producer;
    const auto second = node.inputs.size() == 2 ? node.inputs[1].producer : first;
    const bool is_in_order = graph_[first].flow == Flow::entering;
    loop.variables.push_back(i);
    loop.initial.push_back(is_in_order ? first : second);
    loop.next.push_back(is_in_order ? second : first);
    if (graph_[loop.initial.back()].flow != Flow::entering || graph_[loop.next.back()].flow != Flow::next_iteration)
      fail(graph_, i, "a Merge node of a loop does not join an Enter and a NextIteration node");
  }
  if (conditions.size() != 1) {
    fail(graph_, frame.nodes.front(), fmt::format("a loop has {} LoopCond nodes instead of one", conditions.size()));
  }
  loop.condition = conditions.front();
  return loop;
}

void ControlFlow::check_loop(std::uint32_t number, const Loop& loop) {
  const Edge condition{loop.condition, 0};
  const Guard goes_on = guards_.when(Guards::kAlways, condition, true);
  const Guard ends = guards_.when(Guards::kAlways, condition, false);
  if (state_[loop.condition].guard != Guards::kAlways)
    fail(graph_, loop.condition, "the condition of a loop is not computed in every iteration");
  for (const std::uint32_t next : loop.next) {
    if (state_[next].guard != goes_on && state_[next].guard != Guards::kAlways)
      fail(graph_, next, "a variable of a loop does not get a next value in every iteration");
  }
  for (const std::uint32_t exit : graph_.frames()[number].exits) {
    if (edge_guard(graph_[exit].inputs[0]) != ends)
      fail(graph_, exit, "an Exit node does not take a value of its loop's last iteration");
  }
}

void ControlFlow::rebuild_loop(std::uint32_t number, const Loop& loop) {
  check_loop(number, loop);
  const FlowFrame& frame = graph_.frames()[number];
  Captures captures;
  std::vector<SectionResult> next_values;
  std::vector<std::uint32_t> next_controls;
  std::vector<Edge> inputs;
  for (std::size_t k = 0; k < loop.variables.size(); ++k) {
    const Edge variable{loop.variables[k], 0};
    captures.add(variable, graph_.type(variable));
    inputs.push_back(graph_[loop.initial[k]].inputs[0]);
    const FlowNode& next = graph_[loop.next[k]];
    next_values.push_back({next.inputs[0], graph_.type(variable)});
    next_controls.insert(next_controls.end(), next.controls.begin(), next.controls.end());
  }
  const FlowNode& condition = graph_[loop.condition];
  constexpr int kAll = -1;
  Section cond(*this, captures, kAll);
  cond.collect({{condition.inputs[0], read::DataType::boolean}}, condition.controls);
  Section body(*this, captures, kAll);
  body.collect(std::move(next_values), next_controls);
  for (std::size_t k = inputs.size(); k < captures.tensors().size(); ++k) {
    inputs.push_back(captures.tensors()[k]);
    body.return_capture(captures.tensors()[k], captures.types()[k]);
  }
  functions_.count(cond.size() + body.size());

  const std::string_view scope = scope_of(graph_.name(loop.condition), "while");
  const std::string cond_name = functions_.unique_name(scope, "cond");
  const std::string body_name = functions_.unique_name(scope, "body");
  functions_.add(cond.write(cond_name));
  functions_.add(body.write(body_name));
  read::Wire attributes;
  attributes.entry(5, "T", types_attribute(captures.types()))
      .entry(5, "cond", function_attribute(cond_name))
      .entry(5, "body", function_attribute(body_name));
  std::vector<std::uint32_t> controls;
  for (const std::uint32_t i : frame.nodes) {
    if (graph_[i].flow == Flow::entering)
      controls.insert(controls.end(), graph_[i].controls.begin(), graph_[i].controls.end());
  }
  const std::uint32_t made = add({std::string(scope), "While", attributes.str(), captures.types(), captures.types()},
                                 frame.parent, std::move(inputs), std::move(controls));
  state_[made].carries_effect = cond.carries_effect() || body.carries_effect();
  graph_.frames()[frame.parent].nodes.push_back(made);
  replace_exits(number, loop, made);
}

/// From now on an Exit node takes a result of the While.
void ControlFlow::replace_exits(std::uint32_t number, const Loop& loop, std::uint32_t made) {
  for (const std::uint32_t exit : graph_.frames()[number].exits) {
    Edge last = source(graph_[exit].inputs[0]);  // behind Switch and Identity
    const auto at = std::lower_bound(loop.variables.begin(), loop.variables.end(), last.producer);
    if (at != loop.variables.end() && *at == last.producer) {
      last = {made, static_cast<std::uint32_t>(at - loop.variables.begin())};
    } else if (last.producer != Edge::kArgument && graph_[last.producer].flow == Flow::entering) {
      last = graph_[last.producer].inputs[0];
    } else {
      fail(graph_, exit, "a loop computes something after its last iteration, before Exit");
    }
    graph_[exit].inputs = {last};
    graph_[exit].controls.clear();
  }
}

}  // namespace tolite::tensorflow
