// Which nodes of a graph compute with integers.
#include "quantize/regions.h"

#include <algorithm>
#include <cmath>

#include "quantize/needed_ranges.h"

namespace tolite::quantize {
namespace {

/// Null if the node can compute with integers, otherwise why not.
const char* objection(const Situation& s, const NodeView& n) {
  const QuantizationSpec& spec = n.row().quantization;
  if (!spec.stored.has(s.options.stored)) return "the runtime has no integer kernel for it";
  const std::vector<std::size_t> data = data_operands(n);
  if (data.empty()) return "it takes no float32 data";
  if (s.options.keep_float && s.options.keep_float(n)) return "it was to stay float";
  for (const std::size_t i : data) {
    if (!s.has_range(n.input(i))) return "no sample shows a finite range of what it takes";
  }
  for (std::size_t i = 0; i < n.output_count(); ++i) {
    const ValueId result = s.graph.result(n.id(), i);
    if (s.graph[result].use_count != 0 && s.graph[result].type == Type::float32 && !s.has_range(result))
      return "no sample shows a finite range of what it gives";
  }
  const WeightLayout& layout = n.row().weights;
  if (layout.rank == 0) return nullptr;
  const Tensor* weights = n.constant(layout.weights);
  if (weights == nullptr || weights->type != Type::float32) return "its weights are no float32 constant";
  if (n.has(layout.bias) && n.constant(layout.bias) == nullptr) return "its bias is no constant";
  return nullptr;
}

/// Which nodes compute with integers, and how many conversions that takes.
class Border {
 public:
  Border(const Situation& s, std::vector<bool>& is_integer) : s_(s), is_integer_(is_integer) {
    users_.resize(s.graph.value_count());
    for (std::size_t i = 0; i < is_integer.size(); ++i) {
      if (s.graph[NodeId(i)].alive) count(NodeId(i), +1);
    }
    const bool wants_integer = s.is_main() && s.options.output_type != Type::float32;
    for (const ValueId v : s.graph.outputs()) ++users_[v.index][wants_integer];
  }

  /// How many conversions the node needs if it computes with integers, or does not, and all others stay as they are.
  int cost(const NodeView& n, bool integer) const {
    int conversions = 0;
    for (const ValueId v : data_values(n)) {
      const bool others = users_[v.index][integer] > (is_integer_[n.id().index] == integer ? 1 : 0);
      if (is_stored(v) != integer && !others) ++conversions;
    }
    for (std::size_t i = 0; i < n.output_count(); ++i) {
      const ValueId v = s_.graph.result(n.id(), i);
      if (s_.graph[v].type == Type::float32 && users_[v.index][!integer] > 0) ++conversions;
    }
    return conversions;
  }

  void keep_float(NodeId node) {
    count(node, -1);
    is_integer_[node.index] = false;
    count(node, +1);
  }

 private:
  /// Each once, without constants.
  std::vector<ValueId> data_values(const NodeView& n) const {
    std::vector<ValueId> values;
    for (const std::size_t i : data_operands(n)) {
      if (!s_.graph[n.input(i)].constant) values.push_back(n.input(i));
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }

  void count(NodeId node, int change) {
    for (const ValueId v : data_values(s_.view(node))) users_[v.index][is_integer_[node.index]] += change;
  }

  bool is_stored(ValueId v) const {
    const NodeId producer = s_.graph[v].producer;
    if (producer) return is_integer_[producer.index];
    return s_.is_main() && s_.options.input_type != Type::float32;
  }

  const Situation& s_;
  std::vector<bool>& is_integer_;
  std::vector<std::array<int, 2>> users_;  ///< by value: nodes that use it as floats, and as integers
};

/// A product of matrices pays for conversions around it, and so does a large constant that is stored in a quarter.
bool pays(const NodeView& n) {
  constexpr std::int64_t kManyElements = 1024;
  if (n.row().weights.rank != 0 || n.row().quantization.hybrid) return true;
  const std::vector<std::size_t> data = data_operands(n);
  return std::any_of(data.begin(), data.end(), [&](std::size_t i) {
    const Tensor* constant = n.constant(i);
    return constant != nullptr && constant->element_count() >= kManyElements;
  });
}

/// Producers of the node's data and users of its results.
template <typename Visit>
void for_neighbours(const Situation& s, const NodeView& n, const Visit& visit) {
  for (const std::size_t i : data_operands(n)) {
    if (const NodeId producer = s.graph[n.input(i)].producer) visit(producer);
  }
  for (std::size_t i = 0; i < n.output_count(); ++i) {
    for (const NodeId user : s.graph.users(s.graph.result(n.id(), i))) visit(user);
  }
}

/// Nodes that compute with integers and hang together, by value: each region's nodes.
std::vector<std::vector<NodeId>> regions_of(const Situation& s, const std::vector<NodeId>& order,
                                            const std::vector<bool>& is_integer) {
  std::vector<bool> seen(is_integer.size());
  std::vector<std::vector<NodeId>> regions;
  for (const NodeId start : order) {
    if (!is_integer[start.index] || seen[start.index]) continue;
    std::vector<NodeId> region{start};
    seen[start.index] = true;
    for (std::size_t i = 0; i < region.size(); ++i) {
      for_neighbours(s, s.view(region[i]), [&](NodeId node) {
        if (!is_integer[node.index] || seen[node.index]) return;
        seen[node.index] = true;
        region.push_back(node);
      });
    }
    regions.push_back(std::move(region));
  }
  return regions;
}

/// Gives back to float what only costs conversions.
void give_back(const Situation& s, const std::vector<NodeId>& order, std::vector<bool>& is_integer,
               std::vector<KeptFloat>& kept_float) {
  Border border(s, is_integer);
  std::vector<NodeId> waiting(order.rbegin(), order.rend());
  const auto keep = [&](NodeId node) {
    border.keep_float(node);
    kept_float.push_back({s.id, node, "conversions around it would cost more than it saves"});
  };
  while (!waiting.empty()) {
    const NodeId node = waiting.back();
    waiting.pop_back();
    const NodeView n = s.view(node);
    if (!is_integer[node.index] || pays(n) || border.cost(n, false) >= border.cost(n, true)) continue;
    keep(node);
    for_neighbours(s, n, [&](NodeId neighbour) {
      if (is_integer[neighbour.index]) waiting.push_back(neighbour);
    });
  }
  for (const std::vector<NodeId>& region : regions_of(s, order, is_integer)) {
    if (std::any_of(region.begin(), region.end(), [&](NodeId node) { return pays(s.view(node)); })) continue;
    for (const NodeId node : region) keep(node);
  }
}

}  // namespace

bool Situation::signature_runs_it() const {
  return std::any_of(model.signatures.begin(), model.signatures.end(),
                     [&](const Signature& signature) { return signature.graph == id; });
}

bool Situation::has_range(ValueId value) const {
  if (const Tensor* constant = model.constant_of(graph, value))
    return constant->type == Type::float32 && range_of(*constant).finite();
  const ValueStatistics* seen = statistics.find(id, value);
  return seen != nullptr && seen->range.finite();
}

std::vector<bool> choose_regions(const Situation& s, std::vector<KeptFloat>& kept_float) {
  const std::vector<NodeId> order = s.graph.order();
  std::vector<bool> is_integer(s.graph.node_count());
  for (const NodeId node : order) {
    const NodeView n = s.view(node);
    const char* const reason = objection(s, n);
    is_integer[node.index] = reason == nullptr;
    if (reason != nullptr && !data_operands(n).empty()) kept_float.push_back({s.id, node, reason});
  }
  const auto keep = [&](const std::vector<NodeId>& nodes, const char* reason) {
    for (const NodeId node : nodes) {
      if (is_integer[node.index]) kept_float.push_back({s.id, node, reason});
      is_integer[node.index] = false;
    }
  };
  const IllScaled ill_scaled = ill_scaled_nodes(s, is_integer);
  keep(ill_scaled.cancelling, "its result is too narrow beside what it takes");
  if (s.options.everything) return is_integer;
  keep(ill_scaled.overwide, "its result is far wider than what is needed of it");
  give_back(s, order, is_integer, kept_float);
  return is_integer;
}

}  // namespace tolite::quantize
