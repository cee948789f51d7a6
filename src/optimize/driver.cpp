// The rewrite driver: what every rule would otherwise have to check stands here, once.
#include "optimize/driver.h"

#include <deque>
#include <string>

#include "lite/subgraphs.h"
#include "tolite/error.h"

namespace tolite::optimize {

RuleSet::RuleSet(std::vector<Rule> rules) : rules_(std::move(rules)), by_op_(1024) {
  const auto add = [&](const Rule& rule, const Pattern& root, const auto& self) -> void {
    if (root.kind == Pattern::Kind::either) {
      for (const Pattern& alternative : *root.operands) self(rule, alternative, self);
    }
    for (const Op op : root.ops) {
      auto& list = by_op_[static_cast<std::size_t>(op)];
      if (list.empty() || list.back() != &rule) list.push_back(&rule);
    }
  };
  for (const Rule& rule : rules_) add(rule, rule.left, add);
}

const std::vector<const Rule*>& RuleSet::rooted_at(Op op) const {
  static const std::vector<const Rule*> none;
  const auto index = static_cast<std::size_t>(op);
  return index < by_op_.size() ? by_op_[index] : none;
}

void erase_if_unused(Model& model, GraphId graph_id, const OpTable& table, NodeId node,
                     const std::function<void(ValueId)>& erased) {
  Graph& graph = model[graph_id];
  std::vector<NodeId> pending{node};
  while (!pending.empty()) {
    const NodeId n = pending.back();
    pending.pop_back();
    if (!graph[n].alive) continue;
    bool used = false;
    for (std::size_t i = 0; i < graph[n].result_count; ++i) used |= graph[graph.result(n, i)].use_count != 0;
    if (used || has_effect(model, table, graph, n)) continue;
    const std::vector<ValueId> operands = graph.operands(n);
    graph.erase(n);
    for (const ValueId v : operands) {
      if (!v) continue;
      erased(v);
      if (graph[v].use_count == 0 && graph[v].producer) pending.push_back(graph[v].producer);
    }
  }
}

namespace {

// A rewrite can complete a pattern whose root stands this many nodes further on; the deepest pattern (GELU) has eight.
constexpr int kDeepestPattern = 8;
// Values with more users than this are not part of the inside of a pattern.
constexpr std::uint32_t kManyUsers = 16;
// Rules that undo each other must not run for ever: after this many rewrites a node the graph stays as it is.
constexpr std::uint64_t kRewritesPerNode = 64;

class Driver {
 public:
  Driver(const RuleSet& rules, Model& model, GraphId graph, const OpTable& table, RewriteState& state,
         const Admits& admits)
      : rules_(rules),
        model_(model),
        graph_id_(graph),
        builder_(model, graph, table),
        table_(table),
        state_(state),
        admits_(admits) {}

  std::uint64_t run() {
    for (const NodeId node : graph().order()) push(node);
    const std::uint64_t before = state_.rewrites;
    const std::uint64_t most = kRewritesPerNode * (worklist_.size() + kRewritesPerNode);
    while (!worklist_.empty() && state_.rewrites - before < most) {
      const NodeId node = worklist_.front();
      worklist_.pop_front();
      queued_[node.index] = false;
      if (graph()[node].alive) visit(node);
    }
    return state_.rewrites - before;
  }

 private:
  Graph& graph() { return model_[graph_id_]; }

  void push(NodeId node) {
    if (queued_.size() < graph().node_count()) queued_.resize(graph().node_count(), false);
    if (queued_[node.index]) return;
    queued_[node.index] = true;
    worklist_.push_back(node);
  }

  /// The nodes whose patterns may see a change at this value.
  void push_around(ValueId value) {
    std::vector<ValueId> level{value};
    for (int depth = 0; depth < kDeepestPattern && !level.empty(); ++depth) {
      std::vector<ValueId> next;
      for (const ValueId v : level) {
        if (graph()[v].use_count > kManyUsers) continue;
        for (const NodeId user : graph().users(v)) {
          push(user);
          for (std::size_t i = 0; i < graph()[user].result_count; ++i) next.push_back(graph().result(user, i));
        }
      }
      if (next.size() > kManyUsers) next.resize(kManyUsers);
      level = std::move(next);
    }
  }

  void visit(NodeId node) {
    if (admits_ && !admits_(builder_.view(node))) return;
    for (const Rule* rule : rules_.rooted_at(graph()[node].op)) {
      if (state_.rewrites >= state_.options.rewrite_limit) return;
      if (apply(*rule, node)) return;
    }
  }

  bool apply(const Rule& rule, NodeId node) {
    const bool explaining = wants_explanation(rule, node);
    Match found(model_, graph(), table_, node);
    MatchTrace trace;
    if (!match(rule.left, found, explaining ? &trace : nullptr)) {
      if (explaining) explain(rule, node, trace.text);
      return false;
    }
    builder_.set_origin(graph()[node].origin);
    const std::size_t first_new = graph().node_count();
    std::string refusal;
    ValueId replacement;
    try {
      replacement = rule.right(builder_, found);
      if (!replacement) refusal = found.refusal() != nullptr ? found.refusal() : "the rule does not apply";
    } catch (const Error& e) {
      if (e.code() != Code::invalid_node && e.code() != Code::size_overflow) throw;
      replacement = ValueId();
      refusal = e.message();
    }
    if (replacement && !keeps_type_and_shape(graph().result(node), replacement)) {
      refusal = "the replacement has another type or shape";
      replacement = ValueId();
    }
    if (explaining) explain(rule, node, replacement ? "applies" : refusal);
    if (!replacement) {
      take_back(first_new);
      return false;
    }
    ++state_.rewrites;
    replace(node, replacement, first_new);
    return true;
  }

  bool keeps_type_and_shape(ValueId old_value, ValueId new_value) {
    const Value& before = graph()[old_value];
    const Value& after = graph()[new_value];
    if (old_value == new_value || before.type != after.type) return false;
    if (!before.shape.ranked()) return true;
    if (!after.shape.ranked() || before.shape.rank() != after.shape.rank()) return false;
    for (std::size_t i = 0; i < before.shape.rank(); ++i) {
      if (before.shape[i].known() && after.shape[i].known() && before.shape[i] != after.shape[i]) return false;
    }
    return true;
  }

  void replace(NodeId node, ValueId replacement, std::size_t first_new) {
    const ValueId old_value = graph().result(node);
    Value& before = graph()[old_value];
    Value& after = graph()[replacement];
    // Both describe the same tensor; what the old value's users derived from its symbols stays true of the new one.
    after.shape = before.shape.ranked() ? merged(before.shape, after.shape) : after.shape;
    if (before.known && !after.known && !after.constant) after.known = before.known;
    if (before.quantization && !after.quantization) after.quantization = before.quantization;
    const bool is_new = after.producer && after.producer.index >= first_new;
    const bool can_rename = is_new || (after.producer && !graph().is_output(replacement));
    if (can_rename && !before.name.empty() && (is_new || graph().is_output(old_value))) after.name = before.name;
    graph().replace_all_uses(old_value, replacement);
    for (std::size_t i = first_new; i < graph().node_count(); ++i) {
      const NodeId made(i);
      if (graph()[made].alive) push(made);
    }
    if (after.producer) push(after.producer);
    push_around(replacement);
    erase_unused(node);
    for (std::size_t i = first_new; i < graph().node_count(); ++i) erase_unused(NodeId(i));
  }

  static Shape merged(const Shape& before, const Shape& after) {
    Shape shape = before;
    for (std::size_t i = 0; i < shape.rank(); ++i) {
      if (!shape[i].known() && after[i].known()) shape[i] = after[i];
    }
    return shape;
  }

  void erase_unused(NodeId node) {
    erase_if_unused(model_, graph_id_, table_, node, [this](ValueId operand) {
      if (graph()[operand].producer) push(graph()[operand].producer);
      push_around(operand);
    });
  }

  /// Erases what a refused rule built.
  void take_back(std::size_t first_new) {
    for (std::size_t i = graph().node_count(); i-- > first_new;) {
      if (graph()[NodeId(i)].alive) graph().erase(NodeId(i));
    }
  }

  bool wants_explanation(const Rule& rule, NodeId node) {
    const OptimizeOptions& o = state_.options;
    return o.explain && rule.name == o.explain_rule &&
           model_.origin_text(graph()[node].origin).find(o.explain_at) != std::string::npos;
  }

  void explain(const Rule& rule, NodeId node, const std::string& text) {
    state_.options.explain(std::string(rule.name) + " at " + std::string(table_[graph()[node].op].name) + " " +
                           model_.origin_text(graph()[node].origin) + ": " + text);
  }

  const RuleSet& rules_;
  Model& model_;
  GraphId graph_id_;
  Builder builder_;
  const OpTable& table_;
  RewriteState& state_;
  const Admits& admits_;
  std::deque<NodeId> worklist_;
  std::vector<bool> queued_;
};

}  // namespace

std::uint64_t apply_rules(const RuleSet& rules, Model& model, GraphId graph, const OpTable& table, RewriteState& state,
                          const Admits& admits) {
  return Driver(rules, model, graph, table, state, admits).run();
}

ValueId rebuild(Builder& b, const NodeView& node, std::vector<ValueId> operands, std::vector<AttrEntry> changes) {
  Attrs attrs = node.graph()[node.id()].attrs;
  for (AttrEntry& change : changes) attrs.set(std::move(change));
  return b(node.op(), operands, std::move(attrs));
}

}  // namespace tolite::optimize
