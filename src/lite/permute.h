// What a row's `permute` hook works with: the node computes op(transpose(x, order), ...), and the hook says how the
// node has to look so that it computes the same as transpose(op'(x, ...), result_order).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "lite/node_view.h"

namespace tolite {

class Permute : public NodeView {
 public:
  /// Dimension i of the transposed value is dimension order[i] of the one before it.
  using Order = std::vector<std::size_t>;

  Permute(const NodeView& node, Order order)
      : NodeView(node), order_(std::move(order)), results_(output_count(), order_), data_(input_count(), false) {}

  const Order& order() const { return order_; }
  std::size_t rank() const { return order_.size(); }
  /// The dimension of x that stands at `axis` (negative ones count from the end) of the transposed value; none if out
  /// of range.
  std::optional<std::int64_t> axis_before(std::int64_t axis) const;

  // What the hook states.
  /// Operand i is data in the transposed order. False if its rank is another.
  bool data(std::size_t i);
  /// Operand i broadcasts against data: of the same rank, or constant and of a lower one.
  bool broadcast_data(std::size_t i);
  /// Constant integer operand i holds one element, or one row, for each dimension. False if it does not.
  bool rows(std::size_t i);
  /// Constant integer operand i holds axes.
  bool axes(std::size_t i);
  /// Bit i of the attribute is about dimension i.
  void mask(Attr attr);
  void set(Attr attr, std::int64_t value) { attrs_.emplace_back(attr, value); }
  void result_order(std::size_t i, Order order) { results_[i] = std::move(order); }

  // What follows for the one who rewrites.
  bool is_data(std::size_t i) const { return data_[i]; }
  const std::vector<std::pair<std::size_t, std::vector<std::int64_t>>>& integer_operands() const { return integers_; }
  const std::vector<AttrEntry>& attrs() const { return attrs_; }
  const Order& result_order(std::size_t i) const { return results_[i]; }

 private:
  Order order_;
  std::vector<Order> results_;
  std::vector<bool> data_;
  std::vector<std::pair<std::size_t, std::vector<std::int64_t>>> integers_;
  std::vector<AttrEntry> attrs_;
};

}  // namespace tolite
