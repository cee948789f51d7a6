// Layout: moves transposes until they cancel.
//
// Sources keep their layout at the door: an NCHW convolution enters as transpose, NHWC op, transpose. Between the
// second transpose of one op and the first of the next stand element-wise ops, reductions, joins and pads, all of which
// commute with a transpose in the way their rows' `permute` hooks say. The question for each of them is only whether it
// computes on transposed data or on the data before the transpose. A transpose is needed on every value that is made on
// one side and used on the other, so the cheapest answer is a minimum cut:
//   - what makes a value "before" are the transposes' operands; what uses one are the inverse transposes (source side);
//   - ops without a hook, inputs and outputs of the graph stay as they are (sink side);
//   - an edge costs one transpose, and a little for its size.
// Leaving everything as it is, is a cut too. One pass serves every network shape; no topology is named.
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "lite/builder.h"
#include "lite/permute.h"
#include "optimize/driver.h"
#include "optimize/passes.h"
#include "tolite/error.h"

namespace tolite::optimize {
namespace {

using Order = Permute::Order;

Order inverse(const Order& order) {
  Order result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) result[order[i]] = i;
  return result;
}

bool is_identity(const Order& order) { return std::is_sorted(order.begin(), order.end()); }

/// Maximum flow by augmenting shortest paths in levels (Dinic). Edges stand in pairs, an edge and its reverse.
class Flow {
 public:
  static constexpr std::int64_t kUncuttable = std::int64_t{1} << 50U;

  std::size_t add_vertex() {
    edges_of_.emplace_back();
    return edges_of_.size() - 1;
  }
  void add_edge(std::size_t from, std::size_t to, std::int64_t capacity) {
    edges_of_[from].push_back(edges_.size());
    edges_.push_back({to, capacity});
    edges_of_[to].push_back(edges_.size());
    edges_.push_back({from, 0});
  }

  void run(std::size_t source, std::size_t sink) {
    while (label(source, sink)) {
      next_.assign(edges_of_.size(), 0);
      while (augment(source, sink) != 0) {
      }
    }
    find_sink_side(sink);
  }
  /// After run(): whether the vertex is on the source's side of the smallest cut. Of several cuts as small it is the
  /// one nearest the sink: what stands beside a convolution is fused into it.
  bool on_source_side(std::size_t vertex) const { return !on_sink_side_[vertex]; }

 private:
  struct Edge {
    std::size_t to;
    std::int64_t capacity;
  };

  bool label(std::size_t source, std::size_t sink) {
    level_.assign(edges_of_.size(), -1);
    level_[source] = 0;
    std::vector<std::size_t> queue{source};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const std::size_t e : edges_of_[queue[i]]) {
        if (edges_[e].capacity == 0 || level_[edges_[e].to] >= 0) continue;
        level_[edges_[e].to] = level_[queue[i]] + 1;
        queue.push_back(edges_[e].to);
      }
    }
    return level_[sink] >= 0;
  }

  /// What can still send flow to the sink.
  void find_sink_side(std::size_t sink) {
    on_sink_side_.assign(edges_of_.size(), false);
    on_sink_side_[sink] = true;
    std::vector<std::size_t> queue{sink};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const std::size_t e : edges_of_[queue[i]]) {
        const std::size_t from = edges_[e].to;
        if (edges_[e ^ 1U].capacity == 0 || on_sink_side_[from]) continue;
        on_sink_side_[from] = true;
        queue.push_back(from);
      }
    }
  }

  /// Pushes flow along one path of rising levels; without recursion, networks are deep.
  std::int64_t augment(std::size_t source, std::size_t sink) {
    std::vector<std::size_t> path;
    std::size_t at = source;
    while (at != sink) {
      if (next_[at] == edges_of_[at].size()) {
        if (path.empty()) return 0;
        at = edges_[path.back() ^ 1U].to;
        path.pop_back();
        ++next_[at];
        continue;
      }
      const std::size_t e = edges_of_[at][next_[at]];
      if (edges_[e].capacity > 0 && level_[edges_[e].to] == level_[at] + 1) {
        path.push_back(e);
        at = edges_[e].to;
      } else {
        ++next_[at];
      }
    }
    std::int64_t pushed = kUncuttable;
    for (const std::size_t e : path) pushed = std::min(pushed, edges_[e].capacity);
    for (const std::size_t e : path) {
      edges_[e].capacity -= pushed;
      edges_[e ^ 1U].capacity += pushed;
    }
    return pushed;
  }

  std::vector<Edge> edges_;
  std::vector<std::vector<std::size_t>> edges_of_;
  std::vector<std::int64_t> level_;
  std::vector<std::size_t> next_;
  std::vector<bool> on_sink_side_;
};

class Layout {
 public:
  Layout(Model& model, GraphId graph, const OpTable& table)
      : model_(model), graph_id_(graph), builder_(model, graph, table), table_(table) {}

  std::size_t run() {
    order_ = graph().order();
    const std::size_t before = count_transposes();
    for (const NodeId node : order_) {
      const auto order = order_of_transpose(node);
      if (!order) continue;
      // A transpose back ends the region of the one before it; it begins none of its own.
      const auto found = orders_.find(graph().operand(node, 0));
      if (found == orders_.end() || found->second != inverse(*order)) propagate(graph().result(node), *order);
    }
    if (candidates_.empty()) return 0;
    cut();
    // Where one value meets transposes in several orders the cut's costs are an estimate: what does not pay is taken
    // back.
    Graph saved = graph();
    rewrite();
    const std::size_t after = count_transposes();
    if (after <= before) return before - after;
    graph() = std::move(saved);
    return 0;
  }

 private:
  Graph& graph() { return model_[graph_id_]; }

  std::size_t count_transposes() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < graph().node_count(); ++i) {
      const Node& n = graph()[NodeId(i)];
      // Transposes of weights are folded.
      if (n.alive && n.op == Op::TRANSPOSE && !is_constant(graph().operand(NodeId(i), 0))) ++count;
    }
    return count;
  }

  bool is_constant(ValueId v) { return is_constant_expression(model_, graph(), table_, v); }

  std::optional<Order> order_of_transpose(NodeId node) {
    if (graph()[node].op != Op::TRANSPOSE || is_constant(graph().operand(node, 0))) return std::nullopt;
    const auto values = builder_.integers(graph().operand(node, 1));
    if (!values) return std::nullopt;
    return Order(values->begin(), values->end());
  }

  std::optional<Permute> permuted(NodeId node, const Order& order) {
    const OpRow* row = table_.find(graph()[node].op);
    if (row == nullptr || row->permute == nullptr) return std::nullopt;
    Permute p(NodeView(model_, graph(), node, *row), order);
    if (!row->permute(p)) return std::nullopt;
    return p;
  }

  /// Spreads the order of a transposed value to all ops that could compute before the transpose instead.
  void propagate(ValueId start, const Order& order) {
    std::vector<std::pair<ValueId, Order>> pending{{start, order}};
    while (!pending.empty()) {
      const auto [v, o] = std::move(pending.back());
      pending.pop_back();
      if (is_identity(o) || !orders_.emplace(v, o).second) continue;
      for (const NodeId user : graph().users(v)) consider(user, o, pending);
      const NodeId producer = graph()[v].producer;
      if (producer && graph()[producer].op != Op::TRANSPOSE) consider(producer, o, pending, v);
    }
  }

  void consider(NodeId node, const Order& order, std::vector<std::pair<ValueId, Order>>& pending, ValueId result = {}) {
    if (candidates_.contains(node)) return;
    const auto p = permuted(node, order);
    if (!p) return;
    // Backwards only through ops that keep the order.
    if (result && p->result_order(graph()[result].slot) != order) return;
    candidates_.emplace(node, *p);
    for (std::size_t i = 0; i < graph()[node].result_count; ++i)
      pending.emplace_back(graph().result(node, i), p->result_order(i));
    for (std::size_t i = 0; i < graph().operand_count(node); ++i) {
      const ValueId v = graph().operand(node, i);
      if (p->is_data(i) && graph()[v].shape.rank() == order.size() && !is_constant(v)) pending.emplace_back(v, order);
    }
  }

  // The cut
  // ------------------------------------------------------------------------------------------------------------

  static constexpr std::int64_t kOneTranspose = std::int64_t{1} << 30U;

  std::int64_t cost(ValueId v) {
    const auto count = graph()[v].shape.element_count();
    return kOneTranspose + std::min<std::int64_t>(count.value_or(1024), kOneTranspose / 4096);
  }

  void cut() {
    const std::size_t source = flow_.add_vertex();
    const std::size_t sink = flow_.add_vertex();
    for (const auto& [node, p] : candidates_) vertex_[node] = flow_.add_vertex();
    for (const auto& [v, order] : orders_) add_value(v, order, source, sink);
    for (const auto& [node, p] : candidates_) {
      for (std::size_t i = 0; i < graph().operand_count(node); ++i) {
        const ValueId v = graph().operand(node, i);
        if (!p.is_data(i) || is_constant(v)) continue;
        const auto found = orders_.find(v);
        // Data that no order spread to, or another: it has to be transposed back for this op alone.
        if (found == orders_.end() || found->second != p.order()) flow_.add_edge(vertex_[node], sink, cost(v));
      }
    }
    flow_.run(source, sink);
  }

  /// One transpose if the value is made before the order and used after it, one in the opposite case.
  void add_value(ValueId v, const Order& order, std::size_t source, std::size_t sink) {
    const NodeId producer = graph()[v].producer;
    std::size_t maker = sink;
    if (producer && graph()[producer].op == Op::TRANSPOSE && order_of_transpose(producer) == order) maker = source;
    const auto made = producer ? candidates_.find(producer) : candidates_.end();
    if (made != candidates_.end() && made->second.result_order(graph()[v].slot) == order) maker = vertex_[producer];
    const std::size_t after = flow_.add_vertex();   // on the sink's side if a user takes the value after the order
    const std::size_t before = flow_.add_vertex();  // on the source's side if a user takes it before
    flow_.add_edge(maker, after, cost(v));
    flow_.add_edge(before, maker, cost(v));
    for (UseId use = graph()[v].first_use; use; use = graph()[use].next) {
      const std::size_t user = side_of_user(graph()[use], order, source, sink);
      flow_.add_edge(after, user, Flow::kUncuttable);
      flow_.add_edge(user, before, Flow::kUncuttable);
    }
  }

  std::size_t side_of_user(const Use& use, const Order& order, std::size_t source, std::size_t sink) {
    if (!use.user) return sink;
    if (const auto second = order_of_transpose(use.user); second && use.slot == 0) {
      return *second == inverse(order) ? source : sink;
    }
    const auto found = candidates_.find(use.user);
    if (found == candidates_.end() || found->second.order() != order) return sink;
    if (!found->second.is_data(use.slot)) return sink;
    return vertex_[use.user];
  }

  // The rewrite
  // --------------------------------------------------------------------------------------------------------

  void rewrite() {
    for (const NodeId node : order_) {
      const auto found = candidates_.find(node);
      if (found != candidates_.end() && flow_.on_source_side(vertex_[node])) rebuild(node, found->second);
    }
    for (const auto& [old_value, made] : moved_) {
      for (const NodeId user : graph().users(old_value)) {
        if (order_of_transpose(user) == inverse(made.second)) stand_in(graph().result(user), made.first);
      }
      if (graph()[old_value].use_count == 0) continue;
      builder_.set_origin(graph()[graph()[old_value].producer].origin);
      const ValueId back = is_identity(made.second) ? made.first : transpose(made.first, made.second);
      stand_in(old_value, back);
    }
    for (std::size_t i = order_.size(); i-- > 0;) erase_if_unused(model_, graph_id_, table_, order_[i]);
  }

  /// The new value takes the old one's place, shape and, for an output, name.
  void stand_in(ValueId old_value, ValueId new_value) {
    if (graph().is_output(old_value) && !graph()[old_value].name.empty())
      graph()[new_value].name = graph()[old_value].name;
    graph()[new_value].shape = graph()[old_value].shape;
    graph().replace_all_uses(old_value, new_value);
  }

  void rebuild(NodeId node, const Permute& p) {
    builder_.set_origin(graph()[node].origin);
    std::vector<ValueId> operands = graph().operands(node);
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (p.is_data(i)) operands[i] = before(operands[i], p.order());
    }
    for (const auto& [i, values] : p.integer_operands()) {
      const Tensor& old_values = *builder_.constant_of(operands[i]);
      operands[i] = builder_.constant(integer_tensor(old_values.type, old_values.dims, values));
    }
    Attrs attrs = graph()[node].attrs;
    for (const AttrEntry& entry : p.attrs()) attrs.set(entry);
    const std::vector<ValueId> results =
        builder_.many(graph()[node].op, operands, std::move(attrs), graph()[node].result_count);
    for (std::size_t i = 0; i < results.size(); ++i) {
      const ValueId old_value = graph().result(node, i);
      graph()[results[i]].quantization = graph()[old_value].quantization;
      moved_.emplace(old_value, std::pair(results[i], p.result_order(i)));
    }
  }

  /// The value of which `v` is the transpose.
  ValueId before(ValueId v, const Order& order) {
    const auto found = moved_.find(v);
    if (found != moved_.end() && found->second.second == order) return found->second.first;
    const NodeId producer = graph()[v].producer;
    if (producer && order_of_transpose(producer) == order) return graph().operand(producer, 0);
    const auto made = back_.find({v, order});
    if (made != back_.end()) return made->second;
    ValueId full = v;
    if (graph()[v].shape.rank() < order.size()) {  // broadcasts: leading ones stand for its missing dimensions
      std::vector<std::int64_t> dims = graph()[v].shape.numbers();
      dims.insert(dims.begin(), order.size() - dims.size(), 1);
      full = builder_(Op::RESHAPE, {v, builder_.int32s(dims)});
    }
    return back_[{v, order}] = transpose(full, inverse(order));
  }

  ValueId transpose(ValueId v, const Order& order) {
    const std::vector<std::int64_t> values(order.begin(), order.end());
    const ValueId transposed = builder_(Op::TRANSPOSE, {v, builder_.int32s(values)});
    graph()[transposed].quantization = graph()[v].quantization;
    return transposed;
  }

  Model& model_;
  GraphId graph_id_;
  Builder builder_;
  const OpTable& table_;
  std::vector<NodeId> order_;
  std::map<ValueId, Order> orders_;       ///< values that are, or could be, transposes
  std::map<NodeId, Permute> candidates_;  ///< ops that could compute before the transpose
  std::map<NodeId, std::size_t> vertex_;
  Flow flow_;
  std::map<ValueId, std::pair<ValueId, Order>> moved_;  ///< results of rebuilt ops by those they replace
  std::map<std::pair<ValueId, Order>, ValueId> back_;
};

}  // namespace

std::size_t cancel_transposes(Model& model, GraphId graph, const OpTable& table) {
  return Layout(model, graph, table).run();
}

}  // namespace tolite::optimize
