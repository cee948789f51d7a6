// Checks of graphs and signatures.
#include "lite/verify.h"

#include <algorithm>
#include <string>

#include "tolite/error.h"

namespace tolite {
namespace {

class GraphVerifier {
 public:
  GraphVerifier(const Model& model, const Graph& graph, const OpTable& table, Legality legality)
      : model_(model), graph_(graph), table_(table), legality_(legality) {}

  void run() const {
    for (const NodeId node : graph_.order()) check_node(node);
    for (const ValueId output : graph_.outputs()) {
      if (!output || !graph_[output].alive) fail("the graph", "an output is gone");
    }
    for (std::size_t v = 0; v < graph_.value_count(); ++v) {
      if (graph_[ValueId(v)].alive) check_uses(ValueId(v));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& message) const {
    throw Error(Code::internal, what + ": " + message, graph_.name);
  }

  void check_node(NodeId id) const {
    const Node& node = graph_[id];
    const OpRow* row = table_.find(node.op);
    const std::string what = (row != nullptr ? std::string(row->name) : "an op without a row") + " \"" +
                             model_.origin_text(node.origin) + "\"";
    if (row == nullptr) fail(what, "the op is unknown");
    if (legality_ == Legality::written && !is_builtin(node.op)) fail(what, "the op has no form in a file");
    for (const ValueId operand : graph_.operands(id)) {
      if (operand && !graph_[operand].alive) fail(what, "an operand is gone");
    }
    for (std::uint32_t i = 0; i < node.result_count; ++i) {
      const Value& result = graph_[graph_.result(id, i)];
      if (result.producer != id || result.slot != i) fail(what, "a result does not know its producer");
      if (is_builtin(node.op) && result.type == Type::none) fail(what, "a result has no type");
    }
  }

  void check_uses(ValueId id) const {
    const Value& value = graph_[id];
    std::uint32_t count = 0;
    UseId previous;
    for (UseId use = value.first_use; use; use = graph_[use].next) {
      if (graph_[use].value != id || graph_[use].previous != previous)
        fail("value " + value.name, "its use list is broken");
      if (++count > value.use_count) break;
      previous = use;
    }
    if (count != value.use_count) fail("value " + value.name, "its uses are miscounted");
    if (value.constant && value.constant.index >= model_.constants.size())
      fail("value " + value.name, "its constant is gone");
  }

  const Model& model_;
  const Graph& graph_;
  const OpTable& table_;
  Legality legality_;
};

void check_signature(const Model& model, const Signature& signature) {
  const auto fail = [&](const char* message) { throw Error(Code::internal, message, "signature " + signature.key); };
  if (signature.graph.index >= model.graphs.size()) fail("it names a graph that is not there");
  const Graph& graph = model[signature.graph];
  for (const SignatureTensor& input : signature.inputs) {
    if (std::find(graph.inputs().begin(), graph.inputs().end(), input.value) == graph.inputs().end())
      fail("it names an input that is none of the graph's");
  }
  if (signature.outputs.size() != signature.outputs_slot.size()) fail("its outputs and their names differ in number");
  const std::size_t outputs = graph.outputs().size();
  for (const std::size_t slot : signature.outputs_slot) {
    if (slot >= outputs) fail("it names an output that is none of the graph's");
  }
}

}  // namespace

void verify(const Model& model, const OpTable& table, Legality legality) {
  for (const Graph& graph : model.graphs) GraphVerifier(model, graph, table, legality).run();
  for (const Signature& signature : model.signatures) check_signature(model, signature);
}

}  // namespace tolite
