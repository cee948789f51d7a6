// A node as its row's hooks see it: operands, results and attributes by number and name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lite/model.h"

namespace tolite {

struct OpRow;

/// Reads one node of one graph. Attribute getters fall back to the default that the op's row declares.
class NodeView {
 public:
  NodeView(const Model& model, const Graph& graph, NodeId node, const OpRow& row)
      : model_(&model), graph_(&graph), node_(node), row_(&row) {}

  const Model& model() const { return *model_; }
  const Graph& graph() const { return *graph_; }
  NodeId id() const { return node_; }
  Op op() const { return (*graph_)[node_].op; }
  const OpRow& row() const { return *row_; }

  std::size_t input_count() const { return graph_->operand_count(node_); }
  /// False for an absent optional operand.
  bool has(std::size_t i) const { return graph_->operand(node_, i).valid(); }
  ValueId input(std::size_t i) const { return graph_->operand(node_, i); }
  Type type(std::size_t i) const { return value(i).type; }
  const Shape& shape(std::size_t i) const { return value(i).shape; }
  const Quantization* quantization(std::size_t i) const;
  /// Elements of a constant operand, otherwise null.
  const Tensor* constant(std::size_t i) const { return model_->constant_of(*graph_, input(i)); }
  /// Elements of an integer operand as dimensions, where it is constant or known.
  std::optional<std::vector<Dim>> known(std::size_t i) const;
  /// Elements of a constant integer operand.
  std::optional<std::vector<std::int64_t>> integers(std::size_t i) const;

  std::size_t output_count() const { return (*graph_)[node_].result_count; }
  Type output_type(std::size_t i = 0) const { return (*graph_)[graph_->result(node_, i)].type; }
  const Shape& output_shape(std::size_t i = 0) const { return (*graph_)[graph_->result(node_, i)].shape; }

  std::int64_t integer(Attr attr) const;
  float real(Attr attr) const;
  bool flag(Attr attr) const { return integer(attr) != 0; }
  Type element_type(Attr attr) const { return static_cast<Type>(integer(attr)); }
  std::string text(Attr attr) const;
  std::vector<std::int64_t> integer_list(Attr attr) const;
  std::vector<float> real_list(Attr attr) const;
  Padding padding() const { return static_cast<Padding>(integer(Attr::padding)); }
  Activation activation() const { return static_cast<Activation>(integer(Attr::fused_activation_function)); }

 private:
  const Value& value(std::size_t i) const;
  const Model* model_;
  const Graph* graph_;
  NodeId node_;
  const OpRow* row_;
};

/// Elements of a small integer value as dimensions: from its constant, or from what inference knows of it.
std::optional<std::vector<Dim>> known_elements(const Model& model, const Graph& graph, ValueId value);

}  // namespace tolite
