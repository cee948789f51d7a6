// The automatic test of every rule: random instances of its left side are run before and after the rewrite. A rule for
// which no instance can be made fails, unless an instance made by hand stands here.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "ops/table.h"
#include "optimize/driver.h"
#include "tolite/error.h"
#include "unit/optimize/older_runtime_instances.h"
#include "unit/optimize/random_instance.h"

namespace tolite::optimize {
namespace {

constexpr int kTries = 3000;
constexpr int kInstances = 25;

constexpr Type kNarrow = Type::float16;
constexpr Type kOther = Type::int32;

ValueId cast(Builder& b, ValueId v, Type to) {
  return b(Op::CAST, {v}, {{Attr::in_data_type, b.type(v)}, {Attr::out_data_type, to}});
}

ValueId widened_input(InstanceMaker& m) { return cast(m.builder(), m.input(kNarrow, {2, 3}), Type::float32); }

/// Instances that random choice would hardly find.
const std::map<std::string_view, MakeInstance>& made_by_hand() {
  static const std::map<std::string_view, MakeInstance> list{
      {"dilated_convolution",
       [](InstanceMaker& m) {
         Builder& b = m.builder();
         const std::int64_t block = m.pick(2, 3);
         const std::int64_t taps = m.pick(1, 3);
         const std::int64_t size = m.pick(5, 9);
         const std::int64_t reach = (taps - 1) * block;
         const bool same = m.chance(0.5);
         const std::int64_t before = same ? reach / 2 : 0;
         const std::int64_t wanted = size + (same ? reach : 0);
         const std::int64_t crop = (block - wanted % block) % block;
         const std::int64_t after = wanted + crop - size - before;
         const ValueId blocks = b.int32s({block, block});
         const auto rows = [&](std::int64_t begin, std::int64_t end) {
           return b(Op::RESHAPE, {b.int32s({begin, end, begin, end}), b.int32s({2, 2})});
         };
         const ValueId x = m.input(Type::float32, {2, size, size, 2});
         const ValueId spread = b(Op::SPACE_TO_BATCH_ND, {x, blocks, rows(before, after)});
         const ValueId w = m.random_constant(Type::float32, {3, taps, taps, 2});
         const ValueId conv = b(Op::CONV_2D, {spread, w, ValueId()},
                                {{Attr::padding, Padding::VALID}, {Attr::stride_h, 1}, {Attr::stride_w, 1}});
         return m.finish(b(Op::BATCH_TO_SPACE_ND, {conv, blocks, rows(0, crop)}));
       }},
      {"cast_of_widening_cast",
       [](InstanceMaker& m) {
         return m.finish(cast(m.builder(), widened_input(m), m.chance(0.5) ? kNarrow : kOther));
       }},
      {"move_between_casts",
       [](InstanceMaker& m) {
         Builder& b = m.builder();
         const ValueId wide = widened_input(m);
         const ValueId moved = m.chance(0.5)
                                   ? b(Op::RESHAPE, {wide, b.int32s({3, 2})})
                                   : b(Op::STRIDED_SLICE, {wide, b.int32s({0, 1}), b.int32s({2, 3}), b.int32s({1, 1})});
         return m.finish(cast(b, moved, kNarrow));
       }},
      {"update_of_everything",
       [](InstanceMaker& m) {
         const std::int64_t rows = m.pick(1, 3);
         const ValueId list = m.input(Type::float32, {rows, 2});
         const ValueId update = m.input(Type::float32, {rows, 2});
         return m.finish(m.builder()(Op::DYNAMIC_UPDATE_SLICE, {list, update, m.builder().int32s({0, 0})}));
       }},
      {"slices_to_split",
       [](InstanceMaker& m) {
         Builder& b = m.builder();
         const std::int64_t parts = m.pick(2, 4);
         const std::int64_t size = m.pick(1, 3);
         const ValueId x = m.input(Type::float32, {2, parts * size});
         std::vector<ValueId> slices;
         for (std::int64_t i = 0; i < parts; ++i)
           slices.push_back(b(Op::SLICE, {x, b.int32s({0, i * size}), b.int32s({-1, size})}));
         return m.finish(slices[static_cast<std::size_t>(m.pick(0, parts - 1))]);
       }},
      {"pack_of_elements",
       [](InstanceMaker& m) {
         Builder& b = m.builder();
         const ValueId x = m.input(Type::float32, {m.pick(2, 4)});
         std::vector<ValueId> elements;
         for (std::int64_t i = m.pick(-1, 0); i < 2; ++i) {
           elements.push_back(b(Op::STRIDED_SLICE, {x, b.int32s({i}), b.int32s({i + 1}), b.int32s({1})},
                                {{Attr::shrink_axis_mask, 1}}));
         }
         const auto count = static_cast<std::int64_t>(elements.size());
         return m.finish(b(Op::PACK, elements, {{Attr::values_count, count}, {Attr::axis, 0}}));
       }},
  };
  return list;
}

/// The instance made by hand for the rule, if there is one.
const MakeInstance* hand_made(std::string_view rule) {
  for (const auto* list : {&made_by_hand(), &older_runtime_instances()}) {
    if (const auto at = list->find(rule); at != list->end()) return &at->second;
  }
  return nullptr;
}

double largest_difference(const Tensor& a, const Tensor& b) {
  double largest = 0;
  double range = 1;
  for (std::int64_t i = 0; i < a.element_count(); ++i) {
    const double x = element_as_double(a, i);
    const double y = element_as_double(b, i);
    if (std::isnan(x) && std::isnan(y)) continue;
    if (x == y) continue;
    range = std::max({range, std::abs(x), std::isfinite(y) ? std::abs(y) : 0.0});
    const double difference = std::abs(x - y);
    largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
  }
  return largest / range;
}

class RuleTest : public testing::TestWithParam<std::size_t> {};

TEST_P(RuleTest, KeepsTheAnswers) {
  const std::vector<Rule> rules = all_rules();
  const Rule& rule = rules[GetParam()];
  const RuleSet only({rule});
  int hits = 0;
  std::string last_refusal;
  for (int seed = 0; seed < kTries && hits < kInstances; ++seed) {
    Instance instance;
    try {
      InstanceMaker maker(static_cast<std::uint64_t>(seed));
      const MakeInstance* by_hand = hand_made(rule.name);
      instance = by_hand != nullptr ? (*by_hand)(maker) : maker.make(rule.left);
    } catch (const Error& e) {
      last_refusal = e.what();
      continue;  // the random choices did not fit together
    }
    const std::vector<Tensor> inputs = random_inputs(instance, static_cast<std::uint64_t>(seed));
    std::vector<Tensor> before;
    try {
      before = run_graph(instance.model, instance.graph, inputs);
    } catch (const Error& e) {
      last_refusal = e.what();
      continue;
    }
    OptimizeOptions options;
    options.rewrite_limit = 1;
    options.explain_rule = rule.name;
    options.explain = [&](std::string_view line) { last_refusal = line; };
    RewriteState state{options};
    if (apply_rules(only, instance.model, instance.graph, op_table(), state) == 0) continue;
    ++hits;
    const std::vector<Tensor> after = run_graph(instance.model, instance.graph, inputs);
    ASSERT_EQ(before.size(), after.size());
    ASSERT_EQ(before[0].type, after[0].type) << rule.name << " seed " << seed;
    ASSERT_EQ(before[0].dims, after[0].dims) << rule.name << " seed " << seed;
    ASSERT_LE(largest_difference(before[0], after[0]), 2e-5) << rule.name << " seed " << seed;
  }
  EXPECT_GE(hits, 3) << "hardly an instance of " << pattern_text(rule.left, op_table())
                     << "\nlast refusal: " << last_refusal;
}

INSTANTIATE_TEST_SUITE_P(All, RuleTest, testing::Range(std::size_t{0}, all_rules().size()),
                         [](const auto& info) { return std::string(all_rules()[info.param].name); });

TEST(Rules, HaveUniqueNames) {
  std::map<std::string_view, int> count;
  for (const Rule& rule : all_rules()) EXPECT_EQ(++count[rule.name], 1) << rule.name;
}

}  // namespace
}  // namespace tolite::optimize
