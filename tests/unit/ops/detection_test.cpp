// Choice among overlapping boxes.
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

// Two pairs that overlap by 9/11, one box alone, one below the score limit; corners in either order.
const std::vector<double> kBoxes{0,  0,  10, 10, 0,  11, 10, 1,  50, 50, 40, 40,
                                 40, 41, 50, 51, 80, 80, 90, 90, 0,  80, 10, 90};
const std::vector<double> kScores{0.9, 0.8, 0.6, 0.7, 0.5, 0.1};

std::vector<Tensor> results(Op op, double most, double sigma) {
  std::vector<Tensor> operands{floats({6, 4}, kBoxes), floats({6}, kScores),
                               tensor_of(Type::int32, {}, std::vector<double>{most}), floats({}, {0.5}),
                               floats({}, {0.2})};
  if (op == Op::NON_MAX_SUPPRESSION_V5) operands.push_back(floats({}, {sigma}));
  Model model;
  const GraphId graph = model.add_graph("main");
  Builder b(model, graph, op_table());
  std::vector<ValueId> values;
  for (const Tensor& t : operands) values.push_back(b.constant(t));
  std::vector<Tensor> found;
  for (const ValueId v : b.many(op, values, {})) found.push_back(*b.constant_of(v));
  return found;
}

TEST(NonMaxSuppression, DropsWhatOverlapsABetterBox) {
  const std::vector<Tensor> y = results(Op::NON_MAX_SUPPRESSION_V4, 5, 0);
  EXPECT_EQ(values_of(y[0]), (std::vector<double>{0, 3, 4, 0, 0}));
  EXPECT_EQ(values_of(y[1]), std::vector<double>{3});
}

TEST(NonMaxSuppression, StopsAtTheMostThatAreAskedFor) {
  const std::vector<Tensor> y = results(Op::NON_MAX_SUPPRESSION_V4, 2, 0);
  EXPECT_EQ(values_of(y[0]), (std::vector<double>{0, 3}));
  EXPECT_EQ(values_of(y[1]), std::vector<double>{2});
}

TEST(NonMaxSuppression, GivesScores) {
  const std::vector<Tensor> y = results(Op::NON_MAX_SUPPRESSION_V5, 4, 0);
  EXPECT_EQ(values_of(y[0]), (std::vector<double>{0, 3, 4, 0}));
  EXPECT_FLOAT_EQ(static_cast<float>(values_of(y[1])[1]), 0.7F);
  EXPECT_EQ(values_of(y[2]), std::vector<double>{3});
}

}  // namespace
}  // namespace tolite
