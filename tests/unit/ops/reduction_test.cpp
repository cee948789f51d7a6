// Reductions, the ops along one axis, and the ops that make tensors from sizes.
#include <cmath>
#include <limits>

#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

using Values = std::vector<double>;
using Dims = std::vector<std::int64_t>;

Tensor ints(Dims dims, Values values, Type type = Type::int32) { return tensor_of(type, std::move(dims), values); }

struct Reduced {
  Dims dims;
  Values values;
};

Reduced reduce(Op op, const Tensor& x, Values axes, bool keep = false) {
  const auto count = static_cast<std::int64_t>(axes.size());
  const OneOp one(op, {x, ints({count}, std::move(axes))}, {{Attr::keep_dims, keep}}, {false, true});
  const Tensor y = one.run();
  EXPECT_EQ(one.inferred(), y.shape());
  return {y.dims, values_of(y)};
}

TEST(Reduction, AnyAxes) {
  Values counting(24);
  for (std::size_t i = 0; i < 24; ++i) counting[i] = static_cast<double>(i);
  const Tensor x = floats({2, 3, 4}, counting);
  EXPECT_EQ(reduce(Op::SUM, x, {0, 1, 2}).values, Values{276});
  EXPECT_EQ(reduce(Op::SUM, x, {-1}).values, (Values{6, 22, 38, 54, 70, 86}));
  EXPECT_EQ(reduce(Op::SUM, x, {1}).values, (Values{12, 15, 18, 21, 48, 51, 54, 57}));
  EXPECT_EQ(reduce(Op::SUM, x, {0, 2}).values, (Values{60, 92, 124}));
  EXPECT_EQ(reduce(Op::SUM, x, {0, 2}, true).dims, (Dims{1, 3, 1}));
  EXPECT_EQ(reduce(Op::SUM, x, {2, 2}).dims, (Dims{2, 3}));  // twice is once
  EXPECT_EQ(reduce(Op::MEAN, x, {0, 1}).values, (Values{10, 11, 12, 13}));
  EXPECT_EQ(reduce(Op::REDUCE_MAX, x, {0}).values, (Values{12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}));
  EXPECT_EQ(reduce(Op::REDUCE_MIN, x, {1, 2}).values, (Values{0, 12}));
  EXPECT_EQ(reduce(Op::SUM, x, {}).values, counting);
  EXPECT_THROW(reduce(Op::SUM, x, {3}), Error);
}

TEST(Reduction, OfIntegersAndNothing) {
  EXPECT_EQ(reduce(Op::SUM, ints({2}, {2147483647, 1}), {0}).values, Values{-2147483648.0});
  EXPECT_EQ(reduce(Op::MEAN, ints({2}, {-3, 0}), {0}).values, Values{-1});  // towards zero
  EXPECT_EQ(reduce(Op::REDUCE_PROD, ints({3}, {2, 3, 4}), {0}).values, Values{24});
  EXPECT_EQ(reduce(Op::SUM, floats({0, 2}, {}), {0}).values, (Values{0, 0}));
  EXPECT_EQ(reduce(Op::REDUCE_PROD, floats({0}, {}), {0}).values, Values{1});
  EXPECT_EQ(reduce(Op::REDUCE_ANY, ints({2, 2}, {0, 1, 0, 0}, Type::boolean), {1}).values, (Values{1, 0}));
  EXPECT_EQ(reduce(Op::REDUCE_ALL, ints({2, 2}, {1, 1, 0, 1}, Type::boolean), {1}).values, (Values{1, 0}));
}

TEST(Arg, TheFirstOfEqualElements) {
  const Attrs attrs{{Attr::output_type, Type::int64}};
  const Tensor x = floats({2, 3}, {1, 5, 5, 7, 0, 0});
  const OneOp most(Op::ARG_MAX, {x, ints({}, {1})}, attrs, {false, true});
  EXPECT_EQ(values_of(most.run()), (Values{1, 0}));
  EXPECT_EQ(most.inferred(), Shape{2});
  EXPECT_EQ(values_of(OneOp(Op::ARG_MIN, {x, ints({}, {-1})}, attrs).run()), (Values{0, 1}));
  EXPECT_EQ(values_of(OneOp(Op::ARG_MAX, {x, ints({}, {0})}, attrs).run()), (Values{1, 0, 0}));
}

TEST(TopK, LargestFirstEvenWithNaN) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId x = b.constant(floats({1, 5}, {3, nan, 9, 3, nan}));
  const std::vector<ValueId> found = b.many(Op::TOPK_V2, {x, b.int32(3)}, {});
  EXPECT_EQ(values_of(*b.constant_of(found[0])), (Values{9, 3, 3}));
  EXPECT_EQ(values_of(*b.constant_of(found[1])), (Values{2, 0, 3}));
  EXPECT_THROW(b.many(Op::TOPK_V2, {x, b.int32(6)}, {}), Error);
}

TEST(Cumsum, EachWay) {
  const auto cumsum = [](bool exclusive, bool reverse) {
    return values_of(OneOp(Op::CUMSUM, {floats({3}, {1, 2, 4}), ints({}, {0})},
                           {{Attr::exclusive, exclusive}, {Attr::reverse, reverse}})
                         .run());
  };
  EXPECT_EQ(cumsum(false, false), (Values{1, 3, 7}));
  EXPECT_EQ(cumsum(true, false), (Values{0, 1, 3}));
  EXPECT_EQ(cumsum(false, true), (Values{7, 6, 4}));
  EXPECT_EQ(cumsum(true, true), (Values{6, 4, 0}));
}

TEST(Softmax, LargeNumbersDoNotOverflow) {
  const Tensor x = floats({1, 3}, {1000, 1000, 999});
  const Tensor y = OneOp(Op::SOFTMAX, {x}, {{Attr::beta, 1.0F}}).run();
  expect_near(y, floats({1, 3}, {0.42231879, 0.42231879, 0.15536241}), 1e-6);
  expect_near(OneOp(Op::LOG_SOFTMAX, {x}, {}).run(),
              floats({1, 3}, {std::log(0.42231879), std::log(0.42231879), std::log(0.15536241)}), 1e-5);
  expect_near(OneOp(Op::L2_NORMALIZATION, {floats({1, 2}, {3, 4})}, {}).run(), floats({1, 2}, {0.6, 0.8}), 1e-6);
}

TEST(Creation, FromSizes) {
  EXPECT_EQ(values_of(OneOp(Op::RANGE, {ints({}, {5}), ints({}, {0}), ints({}, {-2})}, {}).run()), (Values{5, 3, 1}));
  EXPECT_EQ(values_of(OneOp(Op::RANGE, {floats({}, {0}), floats({}, {1}), floats({}, {0.25})}, {}).run()),
            (Values{0, 0.25, 0.5, 0.75}));
  EXPECT_TRUE(values_of(OneOp(Op::RANGE, {ints({}, {0}), ints({}, {5}), ints({}, {-1})}, {}).run()).empty());
  EXPECT_THROW(OneOp(Op::RANGE, {ints({}, {0}), ints({}, {5}), ints({}, {0})}, {}).run(), Error);
  EXPECT_EQ(values_of(OneOp(Op::FILL, {ints({2}, {1, 2}), floats({}, {7})}, {}, {true, false}).run()), (Values{7, 7}));
  EXPECT_EQ(values_of(OneOp(Op::RANK, {floats({1, 1, 1}, {0})}, {}).run()), Values{3});
  const OneOp one_hot(Op::ONE_HOT, {ints({2}, {1, 9}), ints({}, {3}), floats({}, {1}), floats({}, {0})},
                      {{Attr::axis, 0}}, {false, true});
  EXPECT_EQ(one_hot.inferred(), (Shape{3, 2}));
  EXPECT_EQ(values_of(one_hot.run()), (Values{0, 0, 1, 0, 0, 0}));  // an index out of range is nowhere hot
}

}  // namespace
}  // namespace tolite
