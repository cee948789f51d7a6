// The ranges that have to be told apart.
#include "quantize/needed_ranges.h"

#include <algorithm>
#include <cmath>

namespace tolite::quantize {
namespace {

/// What both have; `part` itself where they have nothing in common.
Range within(const Range& part, const Range& all) {
  const Range both{std::max(all.min, part.min), std::min(all.max, part.max)};
  return both.empty() ? part : both;
}

/// From the last node to the first: what is needed of results is known before it is asked what that needs of operands.
class Needs {
 public:
  Needs(const Situation& s, const std::vector<bool>& is_integer)
      : s_(s), is_integer_(is_integer), needs_(s.graph.value_count()), parts_(needs_.size()), whole_(needs_.size()) {
    for (const ValueId v : s.graph.outputs()) whole_[v.index] = true;
    const std::vector<NodeId> order = s.graph.order();
    for (auto node = order.rbegin(); node != order.rend(); ++node) visit(s.view(*node));
    for (const ValueId v : s.graph.inputs()) settle(v);
  }

  std::vector<Range> take() { return std::move(needs_); }

 private:
  Range seen(ValueId v) const {
    if (const Tensor* constant = s_.model.constant_of(s_.graph, v))
      return constant->type == Type::float32 ? range_of(*constant) : Range();
    const ValueStatistics* statistics = s_.statistics.find(s_.id, v);
    const int levels = s_.options.stored == Type::int16 ? 65535 : 256;
    return statistics == nullptr ? Range() : range_by(s_.options.method, *statistics, levels);
  }

  void settle(ValueId v) {
    const Range all = seen(v);
    const Range& part = parts_[v.index];
    needs_[v.index] = whole_[v.index] || part.empty() ? all : within(part, all);
  }

  void visit(const NodeView& n) {
    Range results;
    for (std::size_t i = 0; i < n.output_count(); ++i) {
      const ValueId v = s_.graph.result(n.id(), i);
      if (s_.graph[v].type != Type::float32) continue;
      settle(v);
      results.include(needs_[v.index]);
    }
    for (const std::size_t i : data_operands(n)) {
      const ValueId v = n.input(i);
      const Range part = is_integer_[n.id().index] ? part_of(n, i, results) : Range();
      whole_[v.index] = whole_[v.index] || part.empty();
      parts_[v.index].include(part);
    }
  }

  /// What an integer node looks at of an operand; empty: all.
  Range part_of(const NodeView& n, std::size_t operand, const Range& results) const {
    const QuantizationSpec& spec = n.row().quantization;
    const bool is_wide = s_.options.stored == Type::int16;
    if (spec.result == ResultScale::chosen) return results;
    if (spec.sum_sign != 0) return summand(n, operand, results);
    if (const float reach = is_wide ? spec.int16_reach : spec.int8_reach; reach != 0) {
      const ValueStatistics* statistics = s_.statistics.find(s_.id, n.input(operand));
      if (statistics == nullptr) return {};
      return within({statistics->least_row_maximum - reach, Range().min}, seen(n.input(operand)));
    }
    const UsefulOperands& useful = is_wide ? spec.int16_useful : spec.int8_useful;
    if (std::isinf(useful.low) && std::isinf(useful.high)) return {};
    return within({useful.low, useful.high}, seen(n.input(operand)));
  }

  /// What of a summand moves the sum between its bounds, whatever the other is.
  Range summand(const NodeView& n, std::size_t operand, const Range& sum) const {
    if (sum.empty() || n.input(0) == n.input(1)) return {};
    const Range other = seen(n.input(1 - operand));
    if (n.row().quantization.sum_sign > 0) return {sum.min - other.max, sum.max - other.min};
    if (operand == 0) return {sum.min + other.min, sum.max + other.max};
    return {other.min - sum.max, other.max - sum.min};
  }

  const Situation& s_;
  const std::vector<bool>& is_integer_;
  std::vector<Range> needs_;  // by value
  std::vector<Range> parts_;  // by value: what the users met so far look at
  std::vector<bool> whole_;   // by value: one of them looks at all of it
};

}  // namespace

std::vector<Range> needed_ranges(const Situation& s, const std::vector<bool>& is_integer) {
  return Needs(s, is_integer).take();
}

IllScaled ill_scaled_nodes(const Situation& s, const std::vector<bool>& is_integer) {
  constexpr float kFarWider = 64;
  constexpr float kCancels = 4096;  // int16's bound is 2^14, int8's 2^19; long before, nothing of the result is left
  const std::vector<Range> needs = needed_ranges(s, is_integer);
  const auto width = [](const Range& range) { return range.empty() ? 0.0F : range.max - range.min; };
  IllScaled found;
  for (const NodeId node : s.graph.order()) {
    const NodeView n = s.view(node);
    if (!is_integer[node.index] || n.row().weights.rank != 0 || n.output_count() != 1) continue;
    const ValueId v = s.graph.result(node);
    const ValueStatistics* seen = s.statistics.find(s.id, v);
    const float needed = width(needs[v.index]);
    if (seen == nullptr || needs[v.index].empty()) continue;
    if (width(seen->range) > kFarWider * needed) found.overwide.push_back(node);
    if (n.row().quantization.result != ResultScale::own || data_operands(n).size() < 2) continue;
    float widest = 0;
    for (const std::size_t i : data_operands(n)) {
      const Tensor* constant = n.constant(i);
      widest = std::max(widest, width(constant != nullptr ? range_of(*constant) : needs[n.input(i).index]));
    }
    if (widest > kCancels * needed) found.cancelling.push_back(node);
  }
  return found;
}

}  // namespace tolite::quantize
