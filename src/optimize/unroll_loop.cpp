// A loop of few steps without the loop: its steps one after another, where the condition is known before each.
#include <algorithm>
#include <map>

#include "optimize/loop.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

// One step is always less than the loop around it; of few and small ones the runtime saves more than they cost.
constexpr std::size_t kFewSteps = 4;
constexpr std::size_t kFewNodes = 64;

class Unroller {
 public:
  explicit Unroller(const Loop& loop)
      : loop_(loop),
        outer_(loop.outer()),
        body_(loop.body()),
        cond_(loop.cond()),
        made_from_(outer_.graph().node_count()) {}

  bool unroll() {
    if (!is_pure(body_) || !is_pure(cond_)) return false;
    std::vector<ValueId> values;
    for (std::size_t i = 0; i < loop_.size(); ++i) values.push_back(loop_.start(i));
    for (std::size_t steps = 0;; ++steps) {
      const std::optional<bool> goes_on = condition(values);
      if (!goes_on) return take_back();
      if (!*goes_on) return put(values) || take_back();
      if (steps == kFewSteps || (steps != 0 && steps * body_.graph().node_count() > kFewNodes)) return take_back();
      values = inlined(body_, values);
    }
  }

 private:
  /// Of ops that can stand anywhere, in any number.
  static bool is_pure(Builder& b) {
    for (std::size_t i = 0; i < b.graph().node_count(); ++i) {
      const NodeId node(i);
      if (!b.graph()[node].alive) continue;
      const OpRow& row = b.table()[b.graph()[node].op];
      if (!row.pure || !is_builtin(row.op) || b.graph()[node].result_count == 0) return false;
    }
    return true;
  }

  std::vector<ValueId> inlined(Builder& from, const std::vector<ValueId>& arguments) {
    Graph& g = from.graph();
    std::map<ValueId, ValueId> here;
    for (std::size_t i = 0; i < arguments.size(); ++i) here[g.inputs()[i]] = arguments[i];
    const auto value_of = [&](ValueId v) {
      if (!v) return v;
      const auto [at, is_new] = here.try_emplace(v);
      if (is_new) at->second = constant_in(outer_, from, v);
      return at->second;
    };
    for (const NodeId node : g.order()) {
      std::vector<ValueId> operands;
      for (const ValueId v : g.operands(node)) operands.push_back(value_of(v));
      outer_.set_origin(g[node].origin);
      const std::vector<ValueId> results = outer_.many(g[node].op, operands, g[node].attrs, g[node].result_count);
      for (std::size_t i = 0; i < results.size(); ++i) here[g.result(node, i)] = results[i];
    }
    std::vector<ValueId> outputs;
    for (const ValueId v : g.outputs()) outputs.push_back(value_of(v));
    return outputs;
  }

  std::optional<bool> condition(const std::vector<ValueId>& values) {
    const Tensor* known = outer_.constant_of(inlined(cond_, values).front());
    const auto number = known != nullptr ? splat_value(*known) : std::nullopt;
    return number ? std::optional(*number != 0) : std::nullopt;
  }

  /// As much is known of both. The results of a loop have symbols of their own, so those may differ.
  static bool same_knowledge(const Shape& a, const Shape& b) {
    if (a.ranked() != b.ranked() || (a.ranked() && a.rank() != b.rank())) return false;
    for (std::size_t i = 0; a.ranked() && i < a.rank(); ++i) {
      if (a[i].known() != b[i].known() || (a[i].known() && a[i] != b[i])) return false;
    }
    return true;
  }

  /// In the place of the loop's results; not if its users have been described with other shapes.
  bool put(const std::vector<ValueId>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!same_knowledge(outer_.shape(loop_.result(i)), outer_.shape(values[i]))) return false;
    }
    for (std::size_t i = 0; i < values.size(); ++i) loop_.replace_result(i, values[i]);
    return true;
  }

  bool take_back() {
    Graph& g = outer_.graph();
    for (std::size_t i = g.node_count(); i-- > made_from_;) {
      if (g[NodeId(i)].alive) g.erase(NodeId(i));
    }
    return false;
  }

  const Loop& loop_;
  Builder outer_;
  Builder body_;
  Builder cond_;
  std::size_t made_from_;
};

}  // namespace

bool unroll_loop(const Loop& loop) { return Unroller(loop).unroll(); }

}  // namespace tolite::optimize
