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
  EXPECT_EQ(left_after(instance), 1U);
}

}  // namespace
}  // namespace tolite::optimize
