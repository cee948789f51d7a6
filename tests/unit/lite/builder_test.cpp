// The builder infers and folds as it wires; the graph keeps its use lists through edits.
#include "lite/builder.h"

#include <gtest/gtest.h>

#include "ops/table.h"

namespace tolite {
namespace {

TEST(Builder, InfersAsItWires) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const Dim batch = b.dims().fresh();
  const ValueId x = b.input(Type::float32, Shape{batch, 8}, "x");
  const ValueId y = b(Op::LEAKY_RELU, {x}, {{Attr::alpha, 0.1F}});
  EXPECT_EQ(b.type(y), Type::float32);
  EXPECT_EQ(b.shape(y), (Shape{batch, 8}));
}

TEST(Builder, FoldsSmallConstantsAtOnce) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId y = b(Op::LEAKY_RELU, {b.scalar(Type::float32, -2)}, {{Attr::alpha, 0.25F}});
  ASSERT_NE(b.constant_of(y), nullptr);
  EXPECT_EQ(element_as_double(*b.constant_of(y), 0), -0.5);
  EXPECT_TRUE(b.graph().order().empty());
}

TEST(Graph, ReplaceAllUsesMovesNodesAndOutputs) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId x = b.input(Type::float32, Shape{4}, "x");
  const ValueId y = b(Op::LEAKY_RELU, {x}, {{Attr::alpha, 0.1F}});
  const ValueId z = b(Op::LEAKY_RELU, {y}, {{Attr::alpha, 0.2F}});
  b.graph().add_output(y);
  b.graph().add_output(z);
  b.graph().replace_all_uses(y, x);
  EXPECT_EQ(b.graph()[y].use_count, 0U);
  EXPECT_EQ(b.graph().outputs(), (std::vector<ValueId>{x, z}));
  b.graph().erase(b.graph()[y].producer);
  EXPECT_EQ(b.graph().order().size(), 1U);
}

TEST(Symbols, EqualArithmeticGivesEqualSymbols) {
  Symbols s;
  const Dim n = s.fresh();
  EXPECT_EQ(s.add(n, 3), s.add(3, n));
  EXPECT_EQ(s.sub(s.add(n, 3), 3), n);
  EXPECT_EQ(s.floor_div(s.mul(n, 6), 3), s.mul(n, 2));
  EXPECT_EQ(s.floor_div(s.mul(n, 6), n), Dim(6));
  EXPECT_NE(s.fresh(), n);
  const Dim m = s.fresh();
  EXPECT_EQ(s.mul(s.mul(n, 2), s.mul(m, 3)), s.mul(s.mul(m, n), 6));
  const Dim k = s.fresh();
  EXPECT_EQ(s.mul(n, s.mul(m, k)), s.mul(s.mul(k, n), m));
  EXPECT_EQ(s.floor_div(s.mul(s.mul(n, m), 64), s.mul(m, 4)), s.mul(n, 16));
  EXPECT_EQ(s.floor_div(s.mul(n, 6), s.mul(n, 4)), Dim(1));
}

}  // namespace
}  // namespace tolite
