// Common subexpressions: equal constants become one value, nodes that compute the same become one node. In order of
// computation, so that a whole equal branch collapses in one pass.
#include <algorithm>
#include <unordered_map>

#include "optimize/driver.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

// Larger constants are equal only if they are the same bytes in memory; the writer shares equal buffers by content.
constexpr std::size_t kComparedBytes = 4096;

class Hash {
 public:
  void add(std::uint64_t v) { state_ = (state_ ^ v) * 0x9E3779B97F4A7C15ULL, state_ ^= state_ >> 29U; }
  void add(Bytes bytes) {
    add(bytes.size());
    for (const std::byte b : bytes) add(static_cast<std::uint64_t>(b));
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

void add(Hash& hash, const AttrValue& value) {
  hash.add(value.index());
  std::visit(
      [&](const auto& v) {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::int64_t>) {
          hash.add(static_cast<std::uint64_t>(v));
        } else if constexpr (std::is_same_v<V, float>) {
          hash.add(as_bytes({reinterpret_cast<const char*>(&v), sizeof v}));
        } else {
          hash.add(Bytes(reinterpret_cast<const std::byte*>(v.data()), v.size() * sizeof(*v.data())));
        }
      },
      value);
}

class Merger {
 public:
  Merger(Model& model, GraphId graph, const OpTable& table)
      : model_(model), graph_id_(graph), graph_(model[graph]), table_(table) {}

  std::size_t run() {
    merge_constants();
    for (const NodeId node : graph_.order()) merge_node(node);
    return merged_;
  }

 private:
  void merge_constants() {
    std::unordered_map<std::uint64_t, std::vector<ValueId>> seen;  // only looked up, never walked
    const std::size_t count = graph_.value_count();
    for (std::size_t i = 0; i < count; ++i) {
      const ValueId v(i);
      const Value& value = graph_[v];
      if (!value.alive || !value.constant || value.use_count == 0 || value.quantization) continue;
      const Tensor& tensor = model_[value.constant];
      Hash hash;
      hash.add(static_cast<std::uint64_t>(tensor.type));
      for (const std::int64_t d : tensor.dims) hash.add(static_cast<std::uint64_t>(d));
      if (tensor.bytes.size() <= kComparedBytes) {
        hash.add(tensor.bytes);
      } else {
        hash.add(reinterpret_cast<std::uintptr_t>(tensor.bytes.data()));
      }
      auto& list = seen[hash.value()];
      const auto equal = std::find_if(list.begin(), list.end(), [&](ValueId other) {
        const Tensor& t = model_[graph_[other].constant];
        if (tensor.bytes.size() > kComparedBytes && t.bytes.data() != tensor.bytes.data()) return false;
        return same_tensor(t, tensor);
      });
      if (equal == list.end()) {
        list.push_back(v);
      } else {
        replace(v, *equal);
      }
    }
  }

  void merge_node(NodeId node) {
    const OpRow* row = table_.find(graph_[node].op);
    if (row == nullptr || !row->pure) return;
    auto& list = nodes_[hash_of(node)];
    const auto equal = std::find_if(list.begin(), list.end(), [&](NodeId other) { return same(node, other); });
    if (equal == list.end()) {
      list.push_back(node);
      return;
    }
    // Two outputs of the graph stay two tensors, each under its name.
    for (std::size_t i = 0; i < graph_[node].result_count; ++i) {
      if (graph_.is_output(graph_.result(node, i)) && graph_.is_output(graph_.result(*equal, i))) return;
    }
    for (std::size_t i = 0; i < graph_[node].result_count; ++i)
      replace(graph_.result(node, i), graph_.result(*equal, i));
    erase_if_unused(model_, graph_id_, table_, node);
    ++merged_;
  }

  std::uint64_t hash_of(NodeId node) const {
    Hash hash;
    hash.add(static_cast<std::uint64_t>(graph_[node].op));
    hash.add(graph_[node].result_count);
    for (const AttrEntry& entry : graph_[node].attrs.entries()) {
      hash.add(static_cast<std::uint64_t>(entry.attr));
      add(hash, entry.value);
    }
    for (const ValueId v : graph_.operands(node)) hash.add(v.index);
    return hash.value();
  }

  bool same(NodeId a, NodeId b) const {
    if (graph_[a].op != graph_[b].op || graph_[a].result_count != graph_[b].result_count) return false;
    if (!(graph_[a].attrs == graph_[b].attrs) || graph_.operands(a) != graph_.operands(b)) return false;
    for (std::size_t i = 0; i < graph_[a].result_count; ++i) {
      const Value& x = graph_[graph_.result(a, i)];
      const Value& y = graph_[graph_.result(b, i)];
      if (!same_quantization(x.quantization, y.quantization) || x.type != y.type) return false;
    }
    return true;
  }

  bool same_quantization(QuantizationId a, QuantizationId b) const {
    return a == b || (a && b && model_.quantizations[a.index] == model_.quantizations[b.index]);
  }

  void replace(ValueId old_value, ValueId new_value) {
    if (graph_.is_output(old_value) && !graph_[old_value].name.empty()) graph_[new_value].name = graph_[old_value].name;
    graph_.replace_all_uses(old_value, new_value);
  }

  Model& model_;
  GraphId graph_id_;
  Graph& graph_;
  const OpTable& table_;
  std::unordered_map<std::uint64_t, std::vector<NodeId>> nodes_;  // only looked up, never walked
  std::size_t merged_ = 0;
};

}  // namespace

std::size_t merge_equal(Model& model, GraphId graph, const OpTable& table) { return Merger(model, graph, table).run(); }

}  // namespace tolite::optimize
