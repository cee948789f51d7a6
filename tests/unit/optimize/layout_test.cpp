// Transposes cancel through what commutes with them, and never grow in number.
#include <gtest/gtest.h>

#include "ops/table.h"
#include "optimize/passes.h"
#include "unit/optimize/random_instance.h"

namespace tolite::optimize {
namespace {

std::size_t transposes(const Model& model, GraphId graph) {
  std::size_t count = 0;
  for (const NodeId node : model[graph].order()) count += model[graph][node].op == Op::TRANSPOSE ? 1 : 0;
  return count;
}

ValueId to_nchw(Builder& b, ValueId v) { return b(Op::TRANSPOSE, {v, b.int32s({0, 3, 1, 2})}); }
ValueId to_nhwc(Builder& b, ValueId v) { return b(Op::TRANSPOSE, {v, b.int32s({0, 2, 3, 1})}); }

/// Runs the pass; answers must stay.
std::size_t left_after(Instance& instance) {
  const std::vector<Tensor> inputs = random_inputs(instance, 1);
  const std::vector<Tensor> before = run_graph(instance.model, instance.graph, inputs);
  const std::size_t count = transposes(instance.model, instance.graph);
  cancel_transposes(instance.model, instance.graph, op_table());
  const std::vector<Tensor> after = run_graph(instance.model, instance.graph, inputs);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(same_tensor(before[i], after[i])) << "output " << i;
  const std::size_t left = transposes(instance.model, instance.graph);
  EXPECT_LE(left, count);
  return left;
}

TEST(Layout, CancelsAroundArithmeticWithConstants) {
  InstanceMaker m(1);
  Builder& b = m.builder();
  const ValueId x = to_nchw(b, m.input(Type::float32, {2, 4, 5, 3}));
  const ValueId scaled = b(Op::MUL, {x, m.random_constant(Type::float32, {1, 3, 1, 1})});
  const ValueId shifted = b(Op::ADD, {scaled, m.random_constant(Type::float32, {3, 1, 1})});
  Instance instance = m.finish(b(Op::RELU, {to_nhwc(b, b(Op::RELU, {shifted}))}));
  EXPECT_EQ(left_after(instance), 0U);
}

TEST(Layout, CancelsWhereRegionsFollowEachOther) {
  InstanceMaker m(2);
  Builder& b = m.builder();
  const ValueId first = b(Op::RELU, {to_nchw(b, m.input(Type::float32, {2, 4, 5, 3}))});
  const ValueId middle = b(Op::MUL, {to_nhwc(b, first), m.random_constant(Type::float32, {3})});
  const ValueId last = b(Op::TANH, {to_nchw(b, middle)});
  Instance instance = m.finish(to_nhwc(b, last));
  EXPECT_EQ(left_after(instance), 0U);
}

TEST(Layout, CancelsThroughJoinsPaddingSlicesAndReductions) {
  InstanceMaker m(3);
  Builder& b = m.builder();
  const ValueId x = to_nchw(b, m.input(Type::float32, {2, 4, 5, 3}));
  const ValueId y = to_nchw(b, m.input(Type::float32, {2, 4, 5, 2}));
  const ValueId joined = b(Op::CONCATENATION, {x, y}, {{Attr::axis, 1}});
  const ValueId pads = b(Op::RESHAPE, {b.int32s({0, 0, 1, 0, 0, 2, 3, 0}), b.int32s({4, 2})});
  const ValueId padded = b(Op::PAD, {joined, pads});
  const ValueId cut =
      b(Op::STRIDED_SLICE, {padded, b.int32s({0, 1, 0, 2}), b.int32s({0, 6, 4, 7}), b.int32s({1, 2, 1, 1})},
        {{Attr::begin_mask, 1}, {Attr::end_mask, 1}});
  Instance instance = m.finish(b(Op::MEAN, {cut, b.int32s({2, 3})}, {{Attr::keep_dims, false}}));
  EXPECT_EQ(left_after(instance), 0U);
}

TEST(Layout, LeavesWhatWouldCostMore) {
  InstanceMaker m(4);
  Builder& b = m.builder();
  // One transpose before, two results after: moving it would make two.
  const ValueId x = to_nchw(b, m.input(Type::float32, {2, 4, 5, 3}));
  b.graph().add_output(b(Op::RELU, {x}));
  Instance instance = m.finish(b(Op::TANH, {x}));
  EXPECT_EQ(left_after(instance), 1U);
}

/// Ops of all hooks between transposes at random: answers stay, and transposes never become more.
TEST(Layout, NeverGrows) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    InstanceMaker m(seed);
    Builder& b = m.builder();
    std::vector<ValueId> values{m.input(Type::float32, {2, 3, 3, 3}), m.input(Type::float32, {2, 3, 3, 3})};
    const auto any_value = [&] {
      return values[static_cast<std::size_t>(m.pick(0, static_cast<std::int64_t>(values.size()) - 1))];
    };
    for (int i = 0; i < 14; ++i) {
      const ValueId v = any_value();
      switch (m.pick(0, 7)) {
        case 0:
          values.push_back(to_nchw(b, v));
          break;
        case 1:
          values.push_back(to_nhwc(b, v));
          break;
        case 2:
          values.push_back(b(Op::ADD, {v, any_value()}));
          break;
        case 3:
          values.push_back(b(Op::MUL, {v, m.random_constant(Type::float32, {3, 1, 3})}));
          break;
        case 4:
          values.push_back(
              b(Op::MAXIMUM, {v, b(Op::SUM, {any_value(), b.int32s({m.pick(-4, 3)})}, {{Attr::keep_dims, true}})}));
          break;
        case 5:
          values.push_back(b(Op::SOFTMAX, {v}, {{Attr::beta, 1.0F}}));
          break;
        case 6: {
          const std::vector<ValueId> parts = b.many(Op::SPLIT, {b.int32(m.pick(1, 3)), v}, {{Attr::num_splits, 3}}, 3);
          values.push_back(b(Op::ADD, {parts[0], any_value()}));
          break;
        }
        default:
          values.push_back(b(Op::RELU, {v}));
      }
    }
    b.graph().add_output(values.back());
    Instance instance = m.finish(any_value());
    left_after(instance);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tolite::optimize
