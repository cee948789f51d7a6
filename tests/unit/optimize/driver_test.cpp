// The driver comes to rest: on rules that undo each other, and on constants that are too large to be folded at once.
#include "optimize/driver.h"

#include <gtest/gtest.h>

#include "ops/table.h"
#include "unit/optimize/random_instance.h"

namespace tolite::optimize {
namespace {

constexpr Capture x{0};

std::uint64_t rewrites_of(Instance& instance, const RuleSet& rules) {
  OptimizeOptions options;
  RewriteState state{options};
  return apply_rules(rules, instance.model, instance.graph, op_table(), state);
}

TEST(Driver, StopsRulesThatUndoEachOther) {
  const RuleSet rules({{"there", op(Op::SIN, {x}), [](Builder& b, const Match& m) { return b(Op::COS, {m[x]}); }},
                       {"back", op(Op::COS, {x}), [](Builder& b, const Match& m) { return b(Op::SIN, {m[x]}); }}});
  InstanceMaker m(1);
  Instance instance = m.finish(m.builder()(Op::SIN, {m.input(Type::float32, {2})}));
  const std::uint64_t rewrites = rewrites_of(instance, rules);
  EXPECT_GT(rewrites, 1000U);
  EXPECT_LT(rewrites, 10000U);
}

TEST(Driver, AddsALargeConstantOnce) {
  InstanceMaker m(1);
  Builder& b = m.builder();
  const ValueId unfolded = b(Op::ABS, {m.random_constant(Type::float32, {64, 128})});
  ASSERT_EQ(b.constant_of(unfolded), nullptr);
  Instance instance = m.finish(b(Op::SUB, {m.input(Type::float32, {64, 128}), unfolded}));
  EXPECT_EQ(rewrites_of(instance, RuleSet(all_rules())), 1U);
}

}  // namespace
}  // namespace tolite::optimize
