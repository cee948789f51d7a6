// The scales of the values that are stored as integers.
#include "quantize/scale_groups.h"

#include <algorithm>
#include <numeric>

#include "quantize/needed_ranges.h"

namespace tolite::quantize {
namespace {

class ScaleGroups {
 public:
  ScaleGroups(const Situation& s, GraphPlan& plan)
      : s_(s),
        plan_(plan),
        order_(s.graph.order()),
        parent_(s.graph.value_count()),
        need_(needed_ranges(s, plan.is_integer)) {
    std::iota(parent_.begin(), parent_.end(), 0U);
    plan_.scales.resize(parent_.size());
    plan_.wanted.resize(s.graph.node_count());
  }

  void run() {
    find_fixed();
    unite();
    for (std::size_t v = 0; v < parent_.size(); ++v) add_to_group(ValueId(v));
    for (std::size_t v = 0; v < parent_.size(); ++v) set_scale(ValueId(v));
    for (const NodeId node : order_) set_wanted(node);
  }

 private:
  /// What a group of values is to have in common.
  struct Group {
    Range need;
    bool is_free = false;                ///< some value of it may have any scale
    std::vector<FixedScale> demanded{};  ///< of the values that feed it
  };

  bool is_integer(NodeId node) const { return node && plan_.is_integer[node.index]; }
  bool passes(const NodeView& n) const { return n.row().quantization.result != ResultScale::own; }

  /// A float32 value that an integer node takes or gives, and no constant.
  bool is_stored(ValueId v) const {
    const Value& value = s_.graph[v];
    if (!value.alive || value.constant || value.type != Type::float32) return false;
    if (is_integer(value.producer)) return true;
    const std::vector<NodeId> users = s_.graph.users(v);
    return std::any_of(users.begin(), users.end(), [&](NodeId user) { return is_integer(user); }) ||
           (!value.producer && s_.is_main() && s_.options.input_type != Type::float32);
  }

  void find_fixed() {
    fixed_.resize(parent_.size());
    for (const NodeId node : order_) {
      if (!is_integer(node)) continue;
      const QuantizationSpec& spec = s_.table[s_.graph[node].op].quantization;
      const FixedScale& fixed = s_.options.stored == Type::int16 ? spec.int16_result : spec.int8_result;
      if (fixed.scale != 0) fixed_[s_.graph.result(node).index] = fixed;
    }
  }

  std::uint32_t root(std::uint32_t v) {
    while (parent_[v] != v) v = parent_[v] = parent_[parent_[v]];
    return v;
  }

  /// Float32 results and data operands but constants of a node.
  std::vector<ValueId> values_of(const NodeView& n) const {
    std::vector<ValueId> values;
    for (std::size_t i = 0; i < n.output_count(); ++i) {
      if (n.output_type(i) == Type::float32) values.push_back(s_.graph.result(n.id(), i));
    }
    for (const std::size_t i : data_operands(n)) {
      if (!s_.graph[n.input(i)].constant) values.push_back(n.input(i));
    }
    return values;
  }

  void unite() {
    for (const NodeId node : order_) {
      const NodeView n = s_.view(node);
      if (!is_integer(node) || !passes(n)) continue;
      const std::vector<ValueId> values = values_of(n);
      for (const ValueId v : values) {
        if (!fixed_[v.index]) parent_[root(v.index)] = root(values.front().index);
      }
    }
  }

  void add_to_group(ValueId v) {
    if (!is_stored(v)) return;
    const NodeId producer = s_.graph[v].producer;
    if (!fixed_[v.index]) {
      Group& group = groups_[root(v.index)];
      group.need.include(need_[v.index]);
      group.is_free = group.is_free || !is_integer(producer) || !passes(s_.view(producer));
      return;
    }
    // What its users that pass it on are given instead of its own range.
    for (const NodeId user : s_.graph.users(v)) {
      if (!is_integer(user) || !passes(s_.view(user))) continue;
      Group& group = groups_[root(s_.graph.result(user).index)];
      group.need.include(need_[v.index]);
      group.demanded.push_back(*fixed_[v.index]);
    }
  }

  Quantization scale_of(const Group& group) const {
    const auto same = [&](const FixedScale& d) {
      return d.scale == group.demanded.front().scale && d.zero_point == group.demanded.front().zero_point;
    };
    if (!group.is_free && !group.demanded.empty() && std::all_of(group.demanded.begin(), group.demanded.end(), same)) {
      return fixed_parameters(group.demanded.front());
    }
    return parameters(s_.options.stored, group.need);
  }

  void set_scale(ValueId v) {
    if (!is_stored(v)) return;
    plan_.scales[v.index] = fixed_[v.index] ? fixed_parameters(*fixed_[v.index]) : scale_of(groups_[root(v.index)]);
  }

  void set_wanted(NodeId node) {
    const NodeView n = s_.view(node);
    if (!is_integer(node) || !passes(n)) return;
    const auto group = groups_.find(root(s_.graph.result(node).index));
    if (group != groups_.end()) plan_.wanted[node.index] = scale_of(group->second);
  }

  const Situation& s_;
  GraphPlan& plan_;
  std::vector<NodeId> order_;
  std::vector<std::uint32_t> parent_;
  std::vector<Range> need_;                       // by value
  std::vector<std::optional<FixedScale>> fixed_;  // by value
  std::map<std::uint32_t, Group> groups_;         // by root
};

}  // namespace

void assign_scales(const Situation& s, GraphPlan& plan) { ScaleGroups(s, plan).run(); }

}  // namespace tolite::quantize
