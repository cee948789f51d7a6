// Loops made lean: variables that say the same or are not needed go, and what every step would compute alike, or could
// compute for all steps at once, is computed in front of the loop.
//
// A recurrent layer is the loop that matters: each step multiplies one element of the sequence by the same weights. One
// product with the whole sequence costs less than as many small ones, and leaves to the step only what depends on the
// step before. Keras's layers have two counters, and a list of which often only the last element is read.
#include <algorithm>
#include <map>

#include "lite/subgraphs.h"
#include "optimize/loop.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

bool same_value(Builder& b, ValueId x, ValueId y) {
  if (x == y) return true;
  const Tensor* a = x ? b.constant_of(x) : nullptr;
  const Tensor* c = y ? b.constant_of(y) : nullptr;
  return a != nullptr && c != nullptr && same_tensor(*a, *c);
}

/// Ops that may fail on numbers that they meet only if the loop runs.
bool may_fail(Op op) {
  return op == Op::GATHER || op == Op::GATHER_ND || op == Op::SLICE || op == Op::SPLIT_V || op == Op::SCATTER_ND ||
         op == Op::EMBEDDING_LOOKUP;
}

class Improver {
 public:
  Improver(Loop& loop, const OpTable& table, LstmForm lstm, std::vector<RecurrentLoop>& recurrent)
      : loop_(loop),
        table_(table),
        lstm_(lstm),
        recurrent_(recurrent),
        outer_(loop.outer()),
        body_(loop.body()),
        cond_(loop.cond()) {}

  /// Whether anything changed.
  bool run() {
    merge_variables();
    for (std::size_t i = 0; i < loop_.size(); ++i) {
      if (loop_.is_invariant(i)) loop_.replace_result(i, loop_.start(i));
    }
    for (std::size_t i = 0; i < loop_.size(); ++i) only_last_element(i);
    changed_ |= drop_unused();
    merge_equal(cond_.model(), loop_.cond_id(), table_);
    if (unroll_loop(loop_)) return true;
    const std::optional<std::string> stays = fuse_lstm(loop_, lstm_);
    if (!stays) return true;
    if (is_recurrent()) recurrent_.push_back({outer_.model().node_name(outer_.graph(), loop_.node()), *stays});
    hoist_products();
    hoist_invariants();
    changed_ |= drop_unused();
    return changed_;
  }

 private:
  /// Whether a step multiplies what the step before computed with weights.
  bool is_recurrent() {
    for (const NodeId node : body_.graph().order()) {
      const NodeView product = body_.view(node);
      if (product.op() != Op::FULLY_CONNECTED && product.op() != Op::CONV_2D) continue;
      const auto state = loop_.variable(product.input(0));
      if (state && !loop_.is_invariant(*state) && product.constant(1) != nullptr) return true;
    }
    return false;
  }

  // Variables that start alike and step alike are one.

  void merge_variables() {
    for (std::size_t j = 1; j < loop_.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        if (merged_.contains(i) || !same_value(outer_, loop_.start(i), loop_.start(j)) || !same_step(i, j)) continue;
        body_.graph().replace_all_uses(loop_.inside(j), loop_.inside(i));
        cond_.graph().replace_all_uses(loop_.tested(j), loop_.tested(i));
        loop_.replace_result(j, loop_.result(i));
        merged_[j] = i;
        changed_ = true;
        break;
      }
    }
  }

  bool same_step(std::size_t i, std::size_t j) {
    if (loop_.is_invariant(i) || loop_.is_invariant(j)) return loop_.is_invariant(i) && loop_.is_invariant(j);
    if (loop_.next(i) == loop_.next(j)) return true;
    const Graph& g = body_.graph();
    const NodeId a = g[loop_.next(i)].producer;
    const NodeId b = g[loop_.next(j)].producer;
    if (!a || !b || !table_[g[a].op].pure || g[a].op != g[b].op || !(g[a].attrs == g[b].attrs)) return false;
    if (g[a].operand_count != g[b].operand_count || g[loop_.next(i)].slot != g[loop_.next(j)].slot) return false;
    for (std::size_t k = 0; k < g[a].operand_count; ++k) {
      const ValueId x = g.operand(a, k);
      const ValueId y = g.operand(b, k);
      if (!same_value(body_, x, y) && !(x == loop_.inside(i) && y == loop_.inside(j))) return false;
    }
    return true;
  }

  // A list of one element that each step overwrites with another variable is that variable.

  void only_last_element(std::size_t i) {
    Graph& g = body_.graph();
    if (loop_.is_invariant(i) || g[loop_.inside(i)].use_count != 0) return;
    if (cond_.graph()[loop_.tested(i)].use_count != 0 || outer_.graph()[loop_.result(i)].use_count == 0) return;
    const NodeId producer = g[loop_.next(i)].producer;
    if (!producer || (g[producer].op != Op::RESHAPE && g[producer].op != Op::EXPAND_DIMS)) return;
    const ValueId source = g.operand(producer, 0);
    for (std::size_t m = 0; m < loop_.size(); ++m) {
      if (m == i || loop_.next(m) != source || loop_.is_invariant(m)) continue;
      const auto list = splat_of(outer_, loop_.start(i));
      const bool starts_alike = list && list == splat_of(outer_, loop_.start(m));
      const Shape element = outer_.shape(loop_.result(m));
      const Shape whole = outer_.shape(loop_.result(i));
      const bool adds_one = element.ranked() && whole.ranked() && whole.rank() == element.rank() + 1 && whole[0].is(1);
      if (!starts_alike || !adds_one) continue;
      outer_.set_origin(outer_.graph()[loop_.node()].origin);
      const ValueId same = outer_(Op::EXPAND_DIMS, {loop_.result(m), outer_.int32(0)});
      loop_.replace_result(i, same);
      changed_ = true;
      return;
    }
  }

  // FULLY_CONNECTED(GATHER(sequence, step)) is GATHER(FULLY_CONNECTED(sequence), step).

  void hoist_products() {
    std::vector<ValueId> made;
    std::vector<std::pair<NodeId, NodeId>> hoisted;  // the gather and the product
    for (const NodeId node : body_.graph().order()) {
      const NodeView product = body_.view(node);
      if (product.op() != Op::FULLY_CONNECTED) continue;
      const NodeId gather = body_.graph()[product.input(0)].producer;
      const ValueId of_all = gather ? product_of_all(product, body_.view(gather)) : ValueId();
      if (!of_all) continue;
      made.push_back(of_all);
      hoisted.emplace_back(gather, node);
    }
    const std::vector<ValueId> inside = add(made);
    for (std::size_t k = 0; k < hoisted.size(); ++k) {
      const auto [gather, product] = hoisted[k];
      body_.set_origin(body_.graph()[product].origin);
      const ValueId index = body_.graph().operand(gather, 1);
      const ValueId of_step = body_(Op::GATHER, {inside[k], index}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
      body_.graph().replace_all_uses(body_.graph().result(product), of_step);
    }
  }

  ValueId product_of_all(const NodeView& product, const NodeView& gather) {
    if (gather.op() != Op::GATHER || gather.integer(Attr::axis) != 0 || gather.integer(Attr::batch_dims) != 0)
      return {};
    const auto sequence = loop_.variable(gather.input(0));
    if (!sequence || !loop_.is_invariant(*sequence) || !gather.shape(1).is_scalar()) return {};
    const Shape& all = outer_.shape(loop_.start(*sequence));
    const Shape& weights = product.shape(1);
    const bool row_by_row = all.ranked() && all.rank() >= 3 && weights.is_static() && all.last() == weights.last() &&
                            (all.rank() == 3 || product.flag(Attr::keep_num_dims));
    const bool is_constant = product.constant(1) != nullptr && (!product.has(2) || product.constant(2) != nullptr);
    if (!row_by_row || !is_constant || product.type(0) != Type::float32 || product.type(1) != Type::float32) return {};
    outer_.set_origin(outer_.graph()[loop_.node()].origin);
    std::vector<ValueId> operands{loop_.start(*sequence)};
    for (const std::size_t i : {1U, 2U}) operands.push_back(product.has(i) ? in_outer(product.input(i)) : ValueId());
    return outer_(Op::FULLY_CONNECTED, operands,
                  {{Attr::fused_activation_function, product.activation()}, {Attr::keep_num_dims, true}});
  }

  ValueId in_outer(ValueId constant) { return constant_in(outer_, body_, constant); }

  // What depends on nothing that changes.

  void hoist_invariants() {
    Graph& g = body_.graph();
    std::map<ValueId, ValueId> outside;  // by value of the body, what it is in the outer graph
    for (std::size_t i = 0; i < loop_.size(); ++i) {
      if (loop_.is_invariant(i)) outside[loop_.inside(i)] = loop_.start(i);
    }
    const std::size_t variables = outside.size();
    for (const NodeId node : g.order()) {
      if (!is_invariant(node, outside)) continue;
      std::vector<ValueId> operands;
      for (const ValueId v : g.operands(node))
        operands.push_back(!v ? v : outside.contains(v) ? outside.at(v) : in_outer(v));
      outer_.set_origin(g[node].origin);
      const Node copied = g[node];
      const std::vector<ValueId> results = outer_.many(copied.op, operands, copied.attrs, copied.result_count);
      for (std::size_t i = 0; i < results.size(); ++i) outside[g.result(node, i)] = results[i];
    }
    if (outside.size() == variables) return;
    std::vector<ValueId> crossing;  // used by what stays
    std::vector<ValueId> made;
    for (const auto& [inside, value] : outside) {
      if (!g[inside].producer) continue;
      const std::vector<NodeId> users = g.users(inside);
      const bool stays = g.is_output(inside) || std::any_of(users.begin(), users.end(), [&](NodeId user) {
                           return !outside.contains(g.result(user));
                         });
      if (!stays) continue;
      crossing.push_back(inside);
      made.push_back(value);
    }
    const std::vector<ValueId> inside = add(made);
    for (std::size_t k = 0; k < inside.size(); ++k) body_.graph().replace_all_uses(crossing[k], inside[k]);
  }

  bool is_invariant(NodeId node, const std::map<ValueId, ValueId>& outside) {
    const Graph& g = body_.graph();
    const OpRow& row = table_[g[node].op];
    if (!row.pure || !is_builtin(g[node].op) || may_fail(g[node].op) || g[node].result_count == 0) return false;
    bool depends = false;
    for (const ValueId v : g.operands(node)) {
      if (!v || g[v].constant) continue;
      if (!outside.contains(v)) return false;
      depends = true;
    }
    for (std::size_t i = 0; i < g[node].result_count; ++i) {
      if (g[g.result(node, i)].type == Type::none) return false;
    }
    return depends;
  }

  // Variables that nobody reads.

  bool drop_unused() {
    const std::vector<bool> needed = needed_variables();
    std::vector<bool> dropped(needed.size());
    for (std::size_t i = 0; i < needed.size(); ++i) dropped[i] = !needed[i];
    if (std::find(dropped.begin(), dropped.end(), true) == dropped.end()) return false;
    if (std::find(needed.begin(), needed.end(), true) == needed.end()) return false;
    // What computes them goes first: it reads them.
    for (std::size_t i = 0; i < dropped.size(); ++i) {
      if (dropped[i]) body_.graph().set_output(i, loop_.inside(i));
    }
    remove_dead_code(body_.model(), loop_.body_id(), table_);
    remove_dead_code(cond_.model(), loop_.cond_id(), table_);
    loop_.change(dropped, {});
    return true;
  }

  std::vector<bool> needed_variables() {
    const Graph& g = body_.graph();
    std::vector<bool> needed(loop_.size());
    std::vector<bool> seen(g.value_count());
    std::vector<ValueId> pending;
    const auto need = [&](ValueId v) {
      if (!v || seen[v.index]) return;
      seen[v.index] = true;
      pending.push_back(v);
    };
    for (std::size_t i = 0; i < g.node_count(); ++i) {
      const NodeId node(i);
      if (!g[node].alive || !has_effect(body_.model(), table_, g, node)) continue;
      for (const ValueId v : g.operands(node)) need(v);
    }
    const auto need_variable = [&](std::size_t i) {
      if (needed[i]) return;
      needed[i] = true;
      need(loop_.next(i));
    };
    for (std::size_t i = 0; i < loop_.size(); ++i) {
      if (outer_.graph()[loop_.result(i)].use_count != 0 || cond_.graph()[loop_.tested(i)].use_count != 0)
        need_variable(i);
    }
    while (!pending.empty()) {
      const ValueId v = pending.back();
      pending.pop_back();
      if (const auto i = loop_.variable(v)) need_variable(*i);
      if (!g[v].producer) continue;
      for (const ValueId operand : g.operands(g[v].producer)) need(operand);
    }
    return needed;
  }

  std::vector<ValueId> add(const std::vector<ValueId>& values) {
    if (values.empty()) return {};
    changed_ = true;
    return loop_.change(std::vector<bool>(loop_.size(), false), values);
  }

  Loop& loop_;
  const OpTable& table_;
  LstmForm lstm_;
  std::vector<RecurrentLoop>& recurrent_;
  Builder outer_;
  Builder body_;
  Builder cond_;
  std::map<std::size_t, std::size_t> merged_;  ///< a variable that is another
  bool changed_ = false;
};

}  // namespace

std::vector<GraphId> improve_loops(Model& model, GraphId outer, const OpTable& table,
                                   const std::vector<std::uint32_t>& runners, LstmForm lstm,
                                   std::vector<RecurrentLoop>& recurrent) {
  std::vector<GraphId> changed;
  for (const NodeId node : model[outer].order()) {
    std::optional<Loop> loop = Loop::at(model, outer, node, table, runners);
    if (!loop || !Improver(*loop, table, lstm, recurrent).run()) continue;
    changed.push_back(loop->cond_id());
    changed.push_back(loop->body_id());
  }
  return changed;
}

}  // namespace tolite::optimize
