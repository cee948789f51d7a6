// The tables of a graph and the edits that keep their use lists right.
#include "lite/graph.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <queue>
#include <utility>

#include "tolite/error.h"

namespace tolite {

ValueId Graph::new_value(Value value) {
  const ValueId id(values_.size());
  values_.push_back(std::move(value));
  return id;
}

ValueId Graph::add_input(Type type, Shape shape, std::string input_name) {
  Value value;
  value.type = type;
  value.shape = std::move(shape);
  value.name = std::move(input_name);
  value.slot = static_cast<std::uint32_t>(inputs_.size());
  inputs_.push_back(new_value(std::move(value)));
  return inputs_.back();
}

ValueId Graph::add_constant(ConstantId constant, Type type, Shape shape) {
  Value value;
  value.type = type;
  value.shape = std::move(shape);
  value.constant = constant;
  return new_value(std::move(value));
}

ValueId Graph::add_variable(Type type, Shape shape) {
  Value value;
  value.type = type;
  value.shape = std::move(shape);
  value.is_variable = true;
  return new_value(std::move(value));
}

NodeId Graph::add_node(Op op, std::span<const ValueId> operands, Attrs attrs, std::size_t results, OriginId origin) {
  const NodeId id(nodes_.size());
  Node node;
  node.op = op;
  node.attrs = std::move(attrs);
  node.origin = origin;
  node.first_result = static_cast<std::uint32_t>(values_.size());
  node.result_count = static_cast<std::uint32_t>(results);
  for (std::size_t i = 0; i < results; ++i) {
    Value value;
    value.producer = id;
    value.slot = static_cast<std::uint32_t>(i);
    new_value(std::move(value));
  }
  nodes_.push_back(std::move(node));
  set_operands(id, operands);
  return id;
}

void Graph::add_output(ValueId value) {
  const UseId id(uses_.size());
  Use use;
  use.slot = static_cast<std::uint32_t>(outputs_.size());
  uses_.push_back(use);
  outputs_.push_back(id);
  link(id, value);
}

ValueId Graph::operand(NodeId node, std::size_t i) const {
  const Node& n = nodes_[node.index];
  return i < n.operand_count ? uses_[n.first_operand + i].value : ValueId();
}

std::vector<ValueId> Graph::operands(NodeId node) const {
  std::vector<ValueId> list;
  const Node& n = nodes_[node.index];
  list.reserve(n.operand_count);
  for (std::uint32_t i = 0; i < n.operand_count; ++i) list.push_back(uses_[n.first_operand + i].value);
  return list;
}

std::vector<ValueId> Graph::outputs() const {
  std::vector<ValueId> list;
  list.reserve(outputs_.size());
  for (const UseId use : outputs_) list.push_back(uses_[use.index].value);
  return list;
}

bool Graph::is_output(ValueId value) const {
  for (const UseId use : outputs_) {
    if (uses_[use.index].value == value) return true;
  }
  return false;
}

std::vector<NodeId> Graph::users(ValueId value) const {
  std::vector<NodeId> list;
  for (UseId use = values_[value.index].first_use; use; use = uses_[use.index].next) {
    if (uses_[use.index].user) list.push_back(uses_[use.index].user);
  }
  return list;
}

void Graph::link(UseId use_id, ValueId value) {
  Use& use = uses_[use_id.index];
  use.value = value;
  use.previous = UseId();
  use.next = UseId();
  if (!value) return;
  Value& v = values_[value.index];
  assert(v.alive);
  use.next = v.first_use;
  if (v.first_use) uses_[v.first_use.index].previous = use_id;
  v.first_use = use_id;
  ++v.use_count;
}

void Graph::unlink(UseId use_id) {
  Use& use = uses_[use_id.index];
  if (!use.value) return;
  Value& v = values_[use.value.index];
  if (use.previous) {
    uses_[use.previous.index].next = use.next;
  } else {
    v.first_use = use.next;
  }
  if (use.next) uses_[use.next.index].previous = use.previous;
  --v.use_count;
  use.value = ValueId();
}

void Graph::set_operand(NodeId node, std::size_t i, ValueId value) {
  const UseId use(std::size_t{nodes_[node.index].first_operand} + i);
  unlink(use);
  link(use, value);
}

void Graph::set_operands(NodeId node, std::span<const ValueId> operands) {
  Node& n = nodes_[node.index];
  for (std::uint32_t i = 0; i < n.operand_count; ++i) unlink(UseId(n.first_operand + i));
  if (operands.size() > n.operand_count) {
    n.first_operand = static_cast<std::uint32_t>(uses_.size());
    uses_.resize(uses_.size() + operands.size());
  }
  n.operand_count = static_cast<std::uint32_t>(operands.size());
  for (std::uint32_t i = 0; i < n.operand_count; ++i) {
    const UseId use(n.first_operand + i);
    uses_[use.index].user = node;
    uses_[use.index].slot = i;
    link(use, operands[i]);
  }
}

void Graph::set_output(std::size_t i, ValueId value) {
  unlink(outputs_[i]);
  link(outputs_[i], value);
}

void Graph::replace_all_uses(ValueId old_value, ValueId new_value) {
  if (old_value == new_value) return;
  while (const UseId use = values_[old_value.index].first_use) {
    unlink(use);
    link(use, new_value);
  }
}

void Graph::erase(NodeId node) {
  Node& n = nodes_[node.index];
  for (std::uint32_t i = 0; i < n.operand_count; ++i) unlink(UseId(n.first_operand + i));
  for (std::uint32_t i = 0; i < n.result_count; ++i) {
    assert(values_[n.first_result + i].use_count == 0);
    values_[n.first_result + i].alive = false;
  }
  n.alive = false;
}

void Graph::erase_constant(ValueId value) {
  assert(values_[value.index].use_count == 0 && values_[value.index].constant);
  values_[value.index].alive = false;
}

void Graph::erase_input(std::size_t i) {
  values_[inputs_[i].index].alive = false;
  inputs_.erase(inputs_.begin() + static_cast<std::ptrdiff_t>(i));
  for (std::size_t k = i; k < inputs_.size(); ++k) values_[inputs_[k].index].slot = static_cast<std::uint32_t>(k);
}

std::vector<NodeId> Graph::order() const {
  // Kahn's algorithm; the queue gives the oldest ready node first, so that the order is stable under rewriting.
  std::vector<std::uint32_t> waiting(nodes_.size(), 0);
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
  std::vector<std::uint32_t> in_sequence;
  std::size_t alive = 0;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const Node& n = nodes_[i];
    if (!n.alive) continue;
    ++alive;
    for (std::uint32_t k = 0; k < n.operand_count; ++k) {
      const ValueId v = uses_[n.first_operand + k].value;
      if (v && values_[v.index].producer) ++waiting[i];
    }
    if (n.sequence != 0) in_sequence.push_back(i);
  }
  std::sort(in_sequence.begin(), in_sequence.end(),
            [&](std::uint32_t a, std::uint32_t b) { return nodes_[a].sequence < nodes_[b].sequence; });
  for (std::size_t k = 1; k < in_sequence.size(); ++k) ++waiting[in_sequence[k]];
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].alive && waiting[i] == 0) ready.push(i);
  }
  std::size_t next_in_sequence = 1;
  std::vector<NodeId> sorted;
  sorted.reserve(alive);
  while (!ready.empty()) {
    const std::uint32_t i = ready.top();
    ready.pop();
    sorted.emplace_back(i);
    if (nodes_[i].sequence != 0 && next_in_sequence < in_sequence.size()) {
      const std::uint32_t next = in_sequence[next_in_sequence++];
      if (--waiting[next] == 0) ready.push(next);
    }
    for (std::uint32_t r = 0; r < nodes_[i].result_count; ++r) {
      for (UseId use = values_[nodes_[i].first_result + r].first_use; use; use = uses_[use.index].next) {
        const NodeId user = uses_[use.index].user;
        if (user && --waiting[user.index] == 0) ready.push(user.index);
      }
    }
  }
  if (sorted.size() != alive) throw Error(Code::cyclic_graph, "the graph contains a cycle", name);
  return sorted;
}

}  // namespace tolite
