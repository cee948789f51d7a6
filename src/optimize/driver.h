// Applies rules to a graph from a worklist until none fits.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "optimize/optimize.h"
#include "optimize/rule.h"

namespace tolite::optimize {

/// Rules by the op of their root.
class RuleSet {
 public:
  explicit RuleSet(std::vector<Rule> rules);
  const std::vector<Rule>& rules() const { return rules_; }
  const std::vector<const Rule*>& rooted_at(Op op) const;

 private:
  std::vector<Rule> rules_;
  std::vector<std::vector<const Rule*>> by_op_;
};

/// State that outlives one group: the rewrite count against its limit.
struct RewriteState {
  const OptimizeOptions& options;
  std::uint64_t rewrites = 0;
};

/// Which nodes may be the root of a rewrite.
using Admits = std::function<bool(const NodeView&)>;

/// Applies the rules of one group to a fixpoint, at all nodes or at those admitted. Returns how often one applied.
std::uint64_t apply_rules(const RuleSet& rules, Model& model, GraphId graph, const OpTable& table, RewriteState& state,
                          const Admits& admits = {});

/// Erases the node if nothing uses it and it has no effect, then what only it used. Calls `erased(operand)` for every
/// operand that lost a use.
void erase_if_unused(
    Model& model, GraphId graph, const OpTable& table, NodeId node,
    const std::function<void(ValueId)>& erased = [](ValueId) {});

}  // namespace tolite::optimize
