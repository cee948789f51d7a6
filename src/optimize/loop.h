// A WHILE node with the two graphs it runs, seen together.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lite/builder.h"

namespace tolite::optimize {

/// The number that all elements of a value have, if it is surely one.
std::optional<double> splat_of(Builder& b, ValueId v);

/// A constant of one graph in another.
ValueId constant_in(Builder& to, Builder& from, ValueId constant);

/// Variable i of a loop is start(i) before the first step, inside(i) in the body, next(i) after a step and result(i)
/// after the last one.
class Loop {
 public:
  /// None if the node is no WHILE, or if something else runs its graphs as well: `runners` says by graph how many nodes
  /// do.
  static std::optional<Loop> at(Model& model, GraphId outer, NodeId node, const OpTable& table,
                                const std::vector<std::uint32_t>& runners);

  Builder outer() const { return {*model_, outer_, *table_}; }
  Builder body() const { return {*model_, body_, *table_}; }
  Builder cond() const { return {*model_, cond_, *table_}; }
  GraphId body_id() const { return body_; }
  GraphId cond_id() const { return cond_; }
  NodeId node() const { return node_; }

  std::size_t size() const { return body_graph().inputs().size(); }
  ValueId start(std::size_t i) const { return outer_graph().operand(node_, i); }
  ValueId inside(std::size_t i) const { return body_graph().inputs()[i]; }
  ValueId next(std::size_t i) const { return body_graph().outputs()[i]; }
  ValueId result(std::size_t i) const { return outer_graph().result(node_, i); }
  /// Another value in a result's place. Where the result is an output, it takes its name.
  void replace_result(std::size_t i, ValueId by) const;
  ValueId tested(std::size_t i) const { return cond_graph().inputs()[i]; }  ///< in the condition

  /// No step changes it.
  bool is_invariant(std::size_t i) const { return next(i) == inside(i); }
  /// Which variable this is in the body, if it is one.
  std::optional<std::size_t> variable(ValueId inside_value) const;

  /// Drops variables, of which nothing may be used any more, and adds ones that no step changes and that start as these
  /// values of the outer graph. Returns the added ones as the body sees them.
  std::vector<ValueId> change(const std::vector<bool>& dropped, std::span<const ValueId> added);

 private:
  Loop(Model& model, GraphId outer, NodeId node, const OpTable& table, GraphId cond, GraphId body)
      : model_(&model), outer_(outer), node_(node), table_(&table), cond_(cond), body_(body) {}

  Graph& outer_graph() const { return (*model_)[outer_]; }
  Graph& body_graph() const { return (*model_)[body_]; }
  Graph& cond_graph() const { return (*model_)[cond_]; }

  Model* model_;
  GraphId outer_;
  NodeId node_;
  const OpTable* table_;
  GraphId cond_;
  GraphId body_;
};

}  // namespace tolite::optimize
