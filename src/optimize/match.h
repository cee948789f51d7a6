// Patterns as data. A pattern is a tree that looks like the graph it matches; being data it is indexed by its root op,
// printed when a match is explained, and turned into random instances by the automatic test of every rule.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lite/builder.h"

namespace tolite::optimize {

/// A name for a value that a pattern finds. Used twice in a pattern it must be the same value both times.
struct Capture {
  std::uint8_t index;
  friend constexpr bool operator==(Capture, Capture) = default;
};
inline constexpr std::size_t kCaptures = 12;

// The names that rules use. They mean nothing by themselves.
namespace names {
inline constexpr Capture x{0}, y{1}, z{2}, weights{3}, bias{4}, c{5}, d{6}, producer{7}, inner{8}, shape{9}, axis{10},
    other{11};
}

class Match;

/// A further test of a value; it runs when the pattern it belongs to is reached, operands bound so far are in the
/// match.
using Condition = bool (*)(const Match&, ValueId);

struct Pattern {
  enum class Kind : std::uint8_t {
    any,       ///< any value
    constant,  ///< a constant expression: what will be a constant after folding
    scalar,    ///< a constant whose elements are all equal
    number,    ///< a constant whose elements all equal `value`
    op,        ///< result 0 of a node
    either,    ///< one of `operands`
  };
  static constexpr std::uint32_t kAnyUses = 0;

  Kind kind = Kind::any;
  std::optional<Capture> capture;
  double value = 0;
  std::vector<Op> ops;
  std::optional<std::vector<Pattern>> operands;  ///< none: whatever the operands are
  std::vector<AttrEntry> attrs;
  std::uint32_t uses = 1;  ///< how often the result of an inner node is used
  bool is_optional = false;
  bool activation_matters = true;  ///< the node must have no fused activation, unless `attrs` names one
  const char* condition_name = nullptr;
  Condition condition = nullptr;

  Pattern() = default;
  Pattern(Capture c) : capture(c) {}  // NOLINT: a capture is a pattern

  Pattern as(Capture c) && { return capture = c, std::move(*this); }
  /// The node's result may have users outside of the pattern; it then stays.
  Pattern shared() && { return uses = kAnyUses, std::move(*this); }
  /// The node's result is used exactly so often, all within the pattern.
  Pattern used(std::uint32_t times) && { return uses = times, std::move(*this); }
  /// The operand may be absent.
  Pattern optional() && { return is_optional = true, std::move(*this); }
  Pattern with(Attr attr, std::int64_t v) && { return attrs.emplace_back(attr, v), std::move(*this); }
  /// The rule passes the node's fused activation on.
  Pattern any_activation() && { return activation_matters = false, std::move(*this); }
  Pattern activation(Activation a) && {
    return std::move(*this).with(Attr::fused_activation_function, std::int64_t(a));
  }
  Pattern where(const char* condition_text, Condition holds) && {
    condition_name = condition_text;
    condition = holds;
    return std::move(*this);
  }
};

/// Any value, not remembered.
Pattern any();
Pattern constant(Capture c);
/// A constant whose elements are all equal.
Pattern scalar(Capture c);
/// A constant whose elements all equal `value`, up to the rounding of its type.
Pattern number(double value);
/// A node with these operands; further operands must be absent. Commutative ops match in either order.
Pattern op(Op op, std::vector<Pattern> operands);
Pattern op(std::vector<Op> ops, std::vector<Pattern> operands);
/// A node whatever its operands.
Pattern op(Op op);
Pattern op(std::vector<Op> ops);
Pattern either(std::vector<Pattern> alternatives);
/// The op with the activation fused, or followed by the activation as a node of its own.
Pattern activated(Op activation, Op op, const std::vector<Pattern>& operands);

/// Whether the first two operands may be exchanged.
bool is_commutative(Op op);
Activation fused_form(Op activation);
/// "MUL(x0, ADD(x0, 3))".
std::string pattern_text(const Pattern& pattern, const OpTable& table);

/// What a pattern found.
class Match {
 public:
  Match(const Model& model, const Graph& graph, const OpTable& table, NodeId root)
      : model_(model), graph_(graph), table_(table), root_(root) {}

  NodeView root() const { return view(root_); }
  ValueId result() const { return graph_.result(root_); }
  /// None where an optional operand is absent.
  ValueId operator[](Capture c) const { return bound_[c.index]; }
  /// The node that computes a captured value.
  NodeView node(Capture c) const { return view(graph_[bound_[c.index]].producer); }
  NodeView view(NodeId node) const { return {model_, graph_, node, table_[graph_[node].op]}; }
  Type type(ValueId v) const { return graph_[v].type; }
  Type type(Capture c) const { return type(bound_[c.index]); }
  /// By value: the builder moves values while a rule builds.
  Shape shape(ValueId v) const { return graph_[v].shape; }
  Shape shape(Capture c) const { return shape(bound_[c.index]); }
  const Tensor* tensor(ValueId v) const { return model_.constant_of(graph_, v); }
  const Tensor* tensor(Capture c) const { return tensor(bound_[c.index]); }
  /// The one value of a scalar capture.
  double number(Capture c) const { return splat_value(*tensor(c)).value(); }
  /// Elements of an integer value, where they are all known.
  std::optional<std::vector<std::int64_t>> integers(ValueId v) const;
  std::optional<std::vector<std::int64_t>> integers(Capture c) const { return integers(bound_[c.index]); }
  std::optional<std::vector<Dim>> known(ValueId v) const { return known_elements(model_, graph_, v); }
  bool is_constant(ValueId v) const { return is_constant_expression(model_, graph_, table_, v); }

  const Model& model() const { return model_; }
  const Graph& graph() const { return graph_; }
  const OpTable& table() const { return table_; }
  /// Nodes of the pattern other than the root whose results have no other users.
  const std::vector<NodeId>& inner_nodes() const { return inner_; }

  /// What a right side returns when the pattern fits but the rule does not apply.
  ValueId no(const char* reason) const { return refusal_ = reason, ValueId(); }
  const char* refusal() const { return refusal_; }

 private:
  friend class Matcher;
  const Model& model_;
  const Graph& graph_;
  const OpTable& table_;
  NodeId root_;
  std::array<ValueId, kCaptures> bound_{};
  std::vector<NodeId> inner_;
  mutable const char* refusal_ = nullptr;
};

/// The farthest point that a failed match reached, for --explain.
struct MatchTrace {
  std::size_t depth = 0;
  std::string text;
};

/// Whether the pattern holds at the node; fills the match. With a trace, says why not.
bool match(const Pattern& pattern, Match& found, MatchTrace* trace = nullptr);

}  // namespace tolite::optimize
