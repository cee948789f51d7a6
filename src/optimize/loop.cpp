// Edits of a loop's variables keep operands, results, and inputs and outputs of its graphs in step.
#include "optimize/loop.h"

#include <algorithm>

#include "lite/subgraphs.h"

namespace tolite::optimize {
namespace {

bool has_signature(const Model& model, GraphId graph) {
  return std::any_of(model.signatures.begin(), model.signatures.end(),
                     [&](const Signature& s) { return s.graph == graph; });
}

/// The graph without these inputs, which nothing uses, and without these outputs.
Graph without(const Graph& from, const std::vector<bool>& inputs, const std::vector<bool>& outputs) {
  Graph to;
  to.name = from.name;
  std::vector<ValueId> copies(from.value_count());
  const auto describe = [&](ValueId copy, const Value& value) {
    to[copy].quantization = value.quantization;
    to[copy].known = value.known;
    to[copy].name = value.name;
    to[copy].is_variable = value.is_variable;
  };
  for (std::size_t i = 0; i < from.inputs().size(); ++i) {
    if (inputs[i]) continue;
    const Value& value = from[from.inputs()[i]];
    copies[from.inputs()[i].index] = to.add_input(value.type, value.shape, value.name);
    describe(copies[from.inputs()[i].index], value);
  }
  const auto copy_of = [&](ValueId v) {
    if (!v || copies[v.index]) return v ? copies[v.index] : v;
    const Value& value = from[v];  // a constant or a variable
    copies[v.index] = value.constant ? to.add_constant(value.constant, value.type, value.shape)
                                     : to.add_variable(value.type, value.shape);
    describe(copies[v.index], value);
    return copies[v.index];
  };
  for (const NodeId id : from.order()) {
    const Node& node = from[id];
    std::vector<ValueId> operands;
    for (const ValueId v : from.operands(id)) operands.push_back(copy_of(v));
    const NodeId copy = to.add_node(node.op, operands, node.attrs, node.result_count, node.origin);
    if (node.sequence != 0) to.keep_in_order(copy);
    for (std::size_t i = 0; i < node.result_count; ++i) {
      const Value& value = from[from.result(id, i)];
      copies[from.result(id, i).index] = to.result(copy, i);
      to[to.result(copy, i)].type = value.type;
      to[to.result(copy, i)].shape = value.shape;
      describe(to.result(copy, i), value);
    }
  }
  const std::vector<ValueId> results = from.outputs();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i >= outputs.size() || !outputs[i]) to.add_output(copy_of(results[i]));
  }
  return to;
}

}  // namespace

std::optional<double> splat_of(Builder& b, ValueId v) {
  if (const Tensor* constant = b.constant_of(v)) return splat_value(*constant);
  const NodeId producer = b.graph()[v].producer;
  if (!producer || b.graph()[producer].op != Op::FILL) return std::nullopt;
  const Tensor* number = b.constant_of(b.graph().operand(producer, 1));
  return number != nullptr ? splat_value(*number) : std::nullopt;
}

ValueId constant_in(Builder& to, Builder& from, ValueId constant) {
  const Value value = from.graph()[constant];
  const ValueId copy = to.graph().add_constant(value.constant, value.type, value.shape);
  to.graph()[copy].name = value.name;
  return copy;
}

std::optional<Loop> Loop::at(Model& model, GraphId outer, NodeId node, const OpTable& table,
                             const std::vector<std::uint32_t>& runners) {
  const Node& n = model[outer][node];
  if (!n.alive || n.op != Op::WHILE) return std::nullopt;
  const std::vector<GraphId> graphs = graphs_run_by(table[n.op], n);  // cond, body
  for (const GraphId g : graphs) {
    if (g == outer || has_signature(model, g) || runners.at(g.index) != 1) return std::nullopt;
    if (model[g].inputs().size() != n.operand_count) return std::nullopt;
  }
  if (model[graphs[1]].outputs().size() != n.operand_count || n.result_count != n.operand_count) return std::nullopt;
  return Loop(model, outer, node, table, graphs[0], graphs[1]);
}

std::optional<std::size_t> Loop::variable(ValueId inside_value) const {
  const std::vector<ValueId>& inputs = body_graph().inputs();
  const auto at = std::find(inputs.begin(), inputs.end(), inside_value);
  if (at == inputs.end()) return std::nullopt;
  return static_cast<std::size_t>(at - inputs.begin());
}

void Loop::replace_result(std::size_t i, ValueId by) const {
  Builder b = outer();
  Graph& g = b.graph();
  const ValueId old = result(i);
  const bool can_rename = g[by].producer && !g.is_output(by);
  if (can_rename && g.is_output(old) && !g[old].name.empty()) g[by].name = g[old].name;
  g.replace_all_uses(old, by);
}

std::vector<ValueId> Loop::change(const std::vector<bool>& dropped, std::span<const ValueId> added) {
  Graph& outer = outer_graph();
  std::vector<ValueId> operands;
  std::vector<ValueId> kept_results;
  for (std::size_t i = 0; i < dropped.size(); ++i) {
    if (dropped[i]) continue;
    operands.push_back(start(i));
    kept_results.push_back(result(i));
  }
  if (std::find(dropped.begin(), dropped.end(), true) != dropped.end()) {
    body_graph() = without(body_graph(), dropped, dropped);
    cond_graph() = without(cond_graph(), dropped, {});
  }
  std::vector<ValueId> made;
  for (const ValueId v : added) {
    const Value value = outer[v];
    operands.push_back(v);
    made.push_back(body_graph().add_input(value.type, value.shape, {}));
    body_graph()[made.back()].known = value.known;
    body_graph().add_output(made.back());
    cond_graph().add_input(value.type, value.shape, {});
  }
  const Node old = outer[node_];
  const NodeId replacement = outer.add_node(Op::WHILE, operands, old.attrs, operands.size(), old.origin);
  outer[replacement].sequence = old.sequence;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const ValueId from = i < kept_results.size() ? kept_results[i] : operands[i];
    const ValueId to = outer.result(replacement, i);
    Value& value = outer[to];
    value.type = outer[from].type;
    value.shape = outer[from].shape;
    if (i >= kept_results.size()) continue;
    value.quantization = outer[from].quantization;
    value.name = outer[from].name;
    outer.replace_all_uses(from, to);
  }
  outer.erase(node_);
  node_ = replacement;
  return made;
}

}  // namespace tolite::optimize
