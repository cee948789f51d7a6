// The matcher: solves a list of goals (pattern, value), trying both orders of commutative operands and all
// alternatives, and taking captures back when an attempt fails.
#include "optimize/match.h"

#include <algorithm>
#include <cmath>

namespace tolite::optimize {

Pattern any() { return {}; }

Pattern constant(Capture c) {
  Pattern p(c);
  p.kind = Pattern::Kind::constant;
  return p;
}

Pattern scalar(Capture c) {
  Pattern p(c);
  p.kind = Pattern::Kind::scalar;
  return p;
}

Pattern number(double value) {
  Pattern p;
  p.kind = Pattern::Kind::number;
  p.value = value;
  return p;
}

Pattern op(std::vector<Op> ops) {
  Pattern p;
  p.kind = Pattern::Kind::op;
  p.ops = std::move(ops);
  return p;
}

Pattern op(std::vector<Op> ops, std::vector<Pattern> operands) {
  Pattern p = op(std::move(ops));
  p.operands = std::move(operands);
  return p;
}

Pattern op(Op o, std::vector<Pattern> operands) { return op(std::vector{o}, std::move(operands)); }
Pattern op(Op o) { return op(std::vector{o}); }

Pattern either(std::vector<Pattern> alternatives) {
  Pattern p;
  p.kind = Pattern::Kind::either;
  p.operands = std::move(alternatives);
  return p;
}

Pattern activated(Op activation, Op o, const std::vector<Pattern>& operands) {
  return either({op(o, operands).activation(fused_form(activation)), op(activation, {op(o, operands)})});
}

bool is_commutative(Op o) {
  switch (o) {
    case Op::ADD:
    case Op::MUL:
    case Op::MAXIMUM:
    case Op::MINIMUM:
    case Op::EQUAL:
    case Op::NOT_EQUAL:
    case Op::LOGICAL_AND:
    case Op::LOGICAL_OR:
    case Op::SQUARED_DIFFERENCE:
      return true;
    default:
      return false;
  }
}

Activation fused_form(Op activation) {
  switch (activation) {
    case Op::RELU:
      return Activation::RELU;
    case Op::RELU6:
      return Activation::RELU6;
    case Op::RELU_N1_TO_1:
      return Activation::RELU_N1_TO_1;
    default:
      return Activation::NONE;
  }
}

std::string pattern_text(const Pattern& p, const OpTable& table) {
  const auto list = [&](const char* open, const char* separator, const char* close) {
    std::string text = open;
    for (std::size_t i = 0; i < p.operands->size(); ++i)
      text += (i == 0 ? "" : separator) + pattern_text((*p.operands)[i], table);
    return text + close;
  };
  const std::string name = p.capture ? "x" + std::to_string(p.capture->index) : "_";
  std::string text;
  switch (p.kind) {
    case Pattern::Kind::any:
      text = name;
      break;
    case Pattern::Kind::constant:
      text = "constant " + name;
      break;
    case Pattern::Kind::scalar:
      text = "scalar " + name;
      break;
    case Pattern::Kind::number:
      text = std::to_string(p.value);
      break;
    case Pattern::Kind::either:
      return list("either(", " or ", ")");
    case Pattern::Kind::op:
      for (const Op o : p.ops) text += (text.empty() ? "" : "|") + std::string(table[o].name);
      text += p.operands ? list("(", ", ", ")") : "(...)";
  }
  return text + (p.is_optional ? "?" : "");
}

std::optional<std::vector<std::int64_t>> Match::integers(ValueId v) const {
  const auto dims = known(v);
  if (!dims) return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (const Dim& d : *dims) {
    if (!d.known()) return std::nullopt;
    numbers.push_back(d.number);
  }
  return numbers;
}

class Matcher {
 public:
  Matcher(Match& found, MatchTrace* trace) : found_(found), trace_(trace) {}

  bool run(const Pattern& pattern) {
    const Goal goal{&pattern, found_.result(), true, nullptr};
    return solve(&goal, 0);
  }

 private:
  /// What is still to be shown, a list on the stack.
  struct Goal {
    const Pattern* pattern;
    ValueId value;
    bool root;
    const Goal* next;
  };

  bool solve(const Goal* goal, std::size_t depth) {
    if (goal == nullptr) return true;
    const Pattern& p = *goal->pattern;
    if (p.kind == Pattern::Kind::either) {
      return std::any_of(p.operands->begin(), p.operands->end(), [&](const Pattern& alternative) {
        const Goal one{&alternative, goal->value, goal->root, goal->next};
        return solve(&one, depth);
      });
    }
    const auto captures = found_.bound_;
    const std::size_t inner = found_.inner_.size();
    if (holds(*goal, depth) && continue_with(*goal, depth)) return true;
    found_.bound_ = captures;
    found_.inner_.resize(inner);
    return false;
  }

  bool continue_with(const Goal& goal, std::size_t depth) {
    const Pattern& p = *goal.pattern;
    if (p.kind != Pattern::Kind::op || !p.operands || !goal.value) return solve(goal.next, depth + 1);
    const NodeId node = graph()[goal.value].producer;
    std::vector<ValueId> operands = graph().operands(node);
    operands.resize(std::max(operands.size(), p.operands->size()));
    for (std::size_t i = p.operands->size(); i < operands.size(); ++i) {
      if (operands[i]) return fail(goal, depth, "the node has more operands than the pattern");
    }
    if (solve_operands(*p.operands, operands, 0, goal.next, depth)) return true;
    if (p.operands->size() < 2 || !is_commutative(graph()[node].op)) return false;
    std::swap(operands[0], operands[1]);
    return solve_operands(*p.operands, operands, 0, goal.next, depth);
  }

  bool solve_operands(const std::vector<Pattern>& patterns, const std::vector<ValueId>& operands, std::size_t i,
                      const Goal* rest, std::size_t depth) {
    // The goals are linked from the last operand to the first, so that they are solved from the first to the last.
    std::vector<Goal> goals(patterns.size());
    const Goal* next = rest;
    for (std::size_t k = patterns.size(); k-- > i;) {
      goals[k] = {&patterns[k], operands[k], false, next};
      next = &goals[k];
    }
    return solve(next, depth + 1);
  }

  bool holds(const Goal& goal, std::size_t depth) {
    const Pattern& p = *goal.pattern;
    const ValueId v = goal.value;
    if (!v) return p.is_optional || fail(goal, depth, "the operand is absent");
    if (p.capture) {
      ValueId& bound = found_.bound_[p.capture->index];
      if (bound && bound != v) return fail(goal, depth, "it is another value than its namesake");
      bound = v;
    }
    switch (p.kind) {
      case Pattern::Kind::any:
      case Pattern::Kind::either:
        break;
      case Pattern::Kind::constant:
        if (!found_.is_constant(v)) return fail(goal, depth, "the value is no constant");
        break;
      case Pattern::Kind::scalar:
        if (!splat(v)) return fail(goal, depth, "the value is no constant with equal elements");
        break;
      case Pattern::Kind::number: {
        const auto n = splat(v);
        // Constants are written with few digits, and stored in half precision in some models.
        const double rounding = found_.type(v) == Type::float16 || found_.type(v) == Type::bfloat16 ? 1e-2 : 2e-5;
        if (!n || !(std::abs(*n - p.value) <= rounding * std::abs(p.value)))
          return fail(goal, depth, "the value is not this number");
        break;
      }
      case Pattern::Kind::op:
        if (!node_holds(goal, depth)) return false;
    }
    if (p.condition != nullptr && !p.condition(found_, v)) return fail(goal, depth, p.condition_name);
    return true;
  }

  bool node_holds(const Goal& goal, std::size_t depth) {
    const Pattern& p = *goal.pattern;
    const Value& value = graph()[goal.value];
    if (!value.producer || value.slot != 0) return fail(goal, depth, "the value is no result of such a node");
    const Node& node = graph()[value.producer];
    if (std::find(p.ops.begin(), p.ops.end(), node.op) == p.ops.end())
      return fail(goal, depth, "the value comes from another op");
    if (!goal.root) {
      if (p.uses != Pattern::kAnyUses && value.use_count != p.uses)
        return fail(goal, depth, "the value has further uses");
      if (p.uses != Pattern::kAnyUses) {
        // A node whose result is replaced must not lose a quantization that the replacement does not state.
        if (value.quantization) return fail(goal, depth, "the value is quantized");
        found_.inner_.push_back(value.producer);
      }
    }
    const NodeView view = found_.view(value.producer);
    bool activation_named = false;
    for (const AttrEntry& entry : p.attrs) {
      activation_named |= entry.attr == Attr::fused_activation_function;
      if (view.integer(entry.attr) != std::get<std::int64_t>(entry.value))
        return fail(goal, depth, "an attribute has another value");
    }
    if (p.activation_matters && !activation_named && view.row().attrs.find(Attr::fused_activation_function) &&
        view.activation() != Activation::NONE)
      return fail(goal, depth, "the node has a fused activation");
    return true;
  }

  std::optional<double> splat(ValueId v) const {
    const Tensor* tensor = found_.tensor(v);
    return tensor == nullptr ? std::nullopt : splat_value(*tensor);
  }

  bool fail(const Goal& goal, std::size_t depth, const char* reason) {
    if (trace_ != nullptr && (trace_->text.empty() || depth >= trace_->depth)) {
      trace_->depth = depth;
      const Value* value = goal.value ? &graph()[goal.value] : nullptr;
      std::string found = "nothing";
      if (value != nullptr && value->producer) {
        found = std::string(found_.table()[graph()[value->producer].op].name);
        const std::string origin = found_.model().origin_text(graph()[value->producer].origin);
        if (!origin.empty()) found += " " + origin;
      } else if (value != nullptr) {
        found = value->constant ? "a constant" : "input " + value->name;
      }
      trace_->text = "expected " + pattern_text(*goal.pattern, found_.table()) + ", found " + found + ": " + reason;
    }
    return false;
  }

  const Graph& graph() const { return found_.graph(); }

  Match& found_;
  MatchTrace* trace_;
};

bool match(const Pattern& pattern, Match& found, MatchTrace* trace) { return Matcher(found, trace).run(pattern); }

}  // namespace tolite::optimize
