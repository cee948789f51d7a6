// Wires nodes into a graph. Each node is inferred as it is wired, and folded at once when its operands are small
// constants: whoever builds knows types, shapes and constants of everything before.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "lite/node_view.h"
#include "lite/op_row.h"

namespace tolite {

class Builder {
 public:
  Builder(Model& model, GraphId graph, const OpTable& table) : model_(model), graph_id_(graph), table_(table) {}

  Model& model() { return model_; }
  Graph& graph() { return model_[graph_id_]; }
  GraphId graph_id() const { return graph_id_; }
  const OpTable& table() const { return table_; }
  Symbols& dims() { return model_.symbols; }

  /// Where nodes made from now on come from.
  void set_origin(OriginId origin) { origin_ = origin; }
  OriginId origin() const { return origin_; }

  // Leaves.
  ValueId input(Type type, Shape shape, std::string name) {
    return graph().add_input(type, std::move(shape), std::move(name));
  }
  ValueId constant(Tensor tensor);
  ValueId scalar(Type type, double value);
  ValueId int32(std::int64_t value);                     ///< a scalar
  ValueId int32s(std::span<const std::int64_t> values);  ///< a vector
  ValueId int32s(std::initializer_list<std::int64_t> values) {
    return int32s(std::span(values.begin(), values.size()));
  }

  /// One result: the value of `op` on the operands. A ValueId() operand is an absent optional one.
  /// Throws Error(invalid_node) if the op does not take them.
  ValueId operator()(Op op, std::span<const ValueId> operands, Attrs attrs = {});
  ValueId operator()(Op op, std::initializer_list<ValueId> operands, Attrs attrs = {}) {
    return (*this)(op, std::span(operands.begin(), operands.size()), std::move(attrs));
  }
  /// Several results; `results` is needed where the row does not fix it.
  std::vector<ValueId> many(Op op, std::span<const ValueId> operands, Attrs attrs, std::size_t results = 0);
  std::vector<ValueId> many(Op op, std::initializer_list<ValueId> operands, Attrs attrs, std::size_t results = 0) {
    return many(op, std::span(operands.begin(), operands.size()), std::move(attrs), results);
  }

  // Reading what was built.
  Type type(ValueId v) { return graph()[v].type; }
  const Shape& shape(ValueId v) { return graph()[v].shape; }
  const Tensor* constant_of(ValueId v) { return model_.constant_of(graph(), v); }
  /// Elements of a small integer value as dimensions.
  std::optional<std::vector<Dim>> known(ValueId v) { return known_elements_of(v); }
  /// Elements of a constant integer value.
  std::optional<std::vector<std::int64_t>> integers(ValueId v);
  NodeView view(NodeId node) { return NodeView(model_, graph(), node, table_[graph()[node].op]); }

  /// Describes the results of a node again after its operands or attributes changed.
  void infer(NodeId node);

 private:
  std::optional<std::vector<Dim>> known_elements_of(ValueId v);
  bool fold(NodeId node, std::vector<ValueId>& results);

  Model& model_;
  GraphId graph_id_;
  const OpTable& table_;
  OriginId origin_;
};

/// Whether the value is a constant, or computed from constants alone by pure ops: it will be one after folding.
/// Weights stay such expressions until the folding pass, which computes each once, in parallel.
bool is_constant_expression(const Model& model, const Graph& graph, const OpTable& table, ValueId value);

}  // namespace tolite
