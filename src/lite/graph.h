// One graph: nodes, values and uses in stable tables addressed by ids. Uses are intrusive doubly linked lists, so that
// replacing a value, unlinking a use and asking "has one use" cost O(1) a use whatever the graph's size.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "lite/attrs.h"
#include "lite/op.h"
#include "lite/shape.h"
#include "lite/type.h"

namespace tolite {

using NodeId = Id<struct NodeTag>;
using ValueId = Id<struct ValueTag>;
using UseId = Id<struct UseTag>;
using GraphId = Id<struct GraphTag>;
using ConstantId = Id<struct ConstantTag>;          ///< into Model::constants
using QuantizationId = Id<struct QuantizationTag>;  ///< into Model::quantizations
using OriginId = Id<struct OriginTag>;              ///< into Model::origins

/// What a node computes is a Value; so is a graph input and a constant.
struct Value {
  Type type = Type::none;
  Shape shape = Shape::unranked();
  NodeId producer;         ///< none for inputs, constants and variables
  std::uint32_t slot = 0;  ///< which result of the producer, or which input of the graph
  ConstantId constant;     ///< set for constants
  QuantizationId quantization;
  bool is_variable = false;  ///< keeps its value between invocations (the schema's Tensor.is_variable)
  /// Elements of a small integer tensor that are known as dimensions though the tensor is computed at run time.
  std::optional<std::vector<Dim>> known;
  std::string name;  ///< tensor name in the output; made from the origin when empty
  UseId first_use;
  std::uint32_t use_count = 0;
  bool alive = true;
};

/// An operand of a node, or (user none) an output of the graph.
struct Use {
  ValueId value;  ///< none for an absent optional operand
  NodeId user;
  std::uint32_t slot = 0;
  UseId previous;
  UseId next;
};

struct Node {
  Op op = Op::TF_NODE;
  Attrs attrs;
  std::uint32_t first_operand = 0;  ///< operands are uses [first_operand, first_operand + operand_count)
  std::uint32_t operand_count = 0;
  std::uint32_t first_result = 0;  ///< results are values [first_result, first_result + result_count)
  std::uint32_t result_count = 0;
  OriginId origin;
  std::uint32_t sequence = 0;  ///< of nodes that use state: they run in this order; 0 for all others
  bool alive = true;
};

class Graph {
 public:
  std::string name;

  // Making.
  ValueId add_input(Type type, Shape shape, std::string input_name);
  ValueId add_constant(ConstantId constant, Type type, Shape shape);
  /// State that lives between invocations; Value::is_variable is set.
  ValueId add_variable(Type type, Shape shape);
  /// A node whose results have no type yet.
  NodeId add_node(Op op, std::span<const ValueId> operands, Attrs attrs, std::size_t results, OriginId origin);
  void add_output(ValueId value);
  /// The node runs after all for which this was called before. One that takes its place takes its Node::sequence.
  void keep_in_order(NodeId node) { nodes_[node.index].sequence = ++last_sequence_; }

  // Reading.
  const Node& operator[](NodeId id) const { return nodes_[id.index]; }
  Node& operator[](NodeId id) { return nodes_[id.index]; }
  const Value& operator[](ValueId id) const { return values_[id.index]; }
  Value& operator[](ValueId id) { return values_[id.index]; }
  const Use& operator[](UseId id) const { return uses_[id.index]; }
  std::size_t node_count() const { return nodes_.size(); }    ///< tombstones included
  std::size_t value_count() const { return values_.size(); }  ///< tombstones included

  std::size_t operand_count(NodeId node) const { return nodes_[node.index].operand_count; }
  /// None if the operand is absent or beyond the last.
  ValueId operand(NodeId node, std::size_t i) const;
  std::vector<ValueId> operands(NodeId node) const;
  ValueId result(NodeId node, std::size_t i = 0) const {
    return ValueId(std::size_t{nodes_[node.index].first_result} + i);
  }
  const std::vector<ValueId>& inputs() const { return inputs_; }
  std::vector<ValueId> outputs() const;
  bool is_output(ValueId value) const;
  bool has_one_use(ValueId value) const { return values_[value.index].use_count == 1; }
  /// Live nodes that use the value, each once a use; graph outputs are left out.
  std::vector<NodeId> users(ValueId value) const;

  // Changing.
  void set_operand(NodeId node, std::size_t i, ValueId value);
  /// Replaces the whole operand list.
  void set_operands(NodeId node, std::span<const ValueId> operands);
  void set_output(std::size_t i, ValueId value);
  /// Every use of `old_value`, outputs included, becomes a use of `new_value`.
  void replace_all_uses(ValueId old_value, ValueId new_value);
  /// Removes a node none of whose results is used.
  void erase(NodeId node);
  void erase_constant(ValueId value);
  void erase_input(std::size_t i);

  /// Live nodes, producers before users, those that use state in their sequence, and otherwise in the order of making.
  /// Throws Error(cyclic_graph).
  std::vector<NodeId> order() const;

 private:
  ValueId new_value(Value value);
  void link(UseId use, ValueId value);
  void unlink(UseId use);

  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::vector<Use> uses_;
  std::vector<ValueId> inputs_;
  std::vector<UseId> outputs_;
  std::uint32_t last_sequence_ = 0;
};

}  // namespace tolite
