// What comes into a branch or a loop from outside.
#include "import/tensorflow/region.h"

#include <map>
#include <utility>

#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

// The runtime runs a graph within a graph by recursion; no model of use comes near.
constexpr std::size_t kMostNestedGraphs = 64;

/// The constant expression `value` of one graph, in another.
ValueId copy_expression(Builder& from, Builder& to, ValueId value) {
  std::map<ValueId, ValueId> copies;
  std::vector<ValueId> pending{value};
  while (!pending.empty()) {
    const ValueId v = pending.back();
    if (copies.contains(v)) {
      pending.pop_back();
      continue;
    }
    const Value original = from.graph()[v];
    if (original.constant) {
      const ValueId copy = to.graph().add_constant(original.constant, original.type, original.shape);
      to.graph()[copy].name = original.name;
      copies[v] = copy;
      pending.pop_back();
      continue;
    }
    const NodeId node = original.producer;
    const std::vector<ValueId> operands = from.graph().operands(node);
    bool ready = true;
    for (const ValueId operand : operands) {
      if (operand && !copies.contains(operand)) {
        pending.push_back(operand);
        ready = false;
      }
    }
    if (!ready) continue;
    std::vector<ValueId> copied;
    for (const ValueId operand : operands) copied.push_back(operand ? copies.at(operand) : ValueId());
    const Node& n = from.graph()[node];
    const Op op = n.op;
    const std::vector<ValueId> results = to.many(op, copied, n.attrs, n.result_count);
    for (std::size_t i = 0; i < results.size(); ++i) copies[from.graph().result(node, i)] = results[i];
  }
  return copies.at(value);
}

}  // namespace

Region::Region(ImportSession& session, std::string name, OriginId origin)
    : session_(session),
      graph_(session.model.add_graph(std::move(name))),
      builder_(session.model, graph_, session.table),
      importer_(session, builder_) {
  builder_.set_origin(origin);
}

std::optional<Item> Region::capture(Builder& outer, const Item& item) {
  if (!item.has_value()) return item;
  if (!is_constant_expression(session_.model, outer.graph(), session_.table, item.value)) return std::nullopt;
  return Item(item.kind, item.index, copy_expression(outer, builder_, item.value));
}

Item Region::take(Builder& outer, const Item& item, const Shape& shape) {
  const Value original = outer.graph()[item.value];
  const ValueId value = builder_.input(original.type, shape, {});
  if (original.known && shape == original.shape) builder_.graph()[value].known = original.known;
  return {item.kind, item.index, value};
}

DepthGuard::DepthGuard(ImportSession& session, const read::Node& node) : session_(session) {
  if (session.depth >= kMostNestedGraphs)
    throw Error(Code::too_deep, "branches and loops nest too deep", std::string(node.name));
  ++session.depth;
}

DepthGuard::~DepthGuard() { --session_.depth; }

}  // namespace tolite::tensorflow
