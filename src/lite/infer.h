// What a row's `infer` hook works with: the node, and the results it has to describe.
#pragma once

#include <string>
#include <utility>

#include "lite/node_view.h"

namespace tolite {

class Infer : public NodeView {
 public:
  Infer(Model& model, Graph& graph, NodeId node, const OpRow& row)
      : NodeView(model, graph, node, row), model_(model), graph_(graph) {}

  Symbols& dims() { return model_.symbols; }

  void output(std::size_t i, Type type, Shape shape) {
    require(i < output_count(), "the node has too few results");
    Value& v = graph_[graph_.result(id(), i)];
    v.type = type;
    v.shape = std::move(shape);
  }
  /// The result is an integer tensor with these elements, some of which may be symbols.
  void output_known(std::size_t i, std::vector<Dim> elements) {
    require(i < output_count(), "the node has too few results");
    graph_[graph_.result(id(), i)].known = std::move(elements);
  }
  /// The node contradicts its operands; the message says how, in the op's terms.
  [[noreturn]] void fail(const std::string& message) const;
  void require(bool condition, const char* message) const {
    if (!condition) fail(message);
  }

 private:
  Model& model_;
  Graph& graph_;
};

/// The common shape of two operands by numpy's broadcasting rules, unranked if one of them is.
/// Throws Error(invalid_node) if they cannot be broadcast.
Shape broadcast(Symbols& symbols, const Shape& a, const Shape& b);

}  // namespace tolite
