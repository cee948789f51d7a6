// Element-wise ops: numbers in, numbers out, and the corners where kernels differ.
#include <cmath>
#include <limits>

#include "ops/table.h"
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Case {
  Op op;
  std::vector<std::vector<double>> operands;
  std::vector<double> expected;
  Type type = Type::float32;
  Attrs attrs = {};
};

void expect_case(const Case& c) {
  std::vector<Tensor> operands;
  for (const auto& values : c.operands)
    operands.push_back(tensor_of(c.type, {static_cast<std::int64_t>(values.size())}, values));
  const OneOp one(c.op, operands, c.attrs);
  const std::vector<double> got = values_of(one.run());
  ASSERT_EQ(got.size(), c.expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE(std::string(op_table()[c.op].name) + " element " + std::to_string(i));
    if (std::isnan(c.expected[i])) {
      EXPECT_TRUE(std::isnan(got[i]));
    } else if (std::isinf(c.expected[i])) {
      EXPECT_EQ(got[i], c.expected[i]);
    } else {
      EXPECT_NEAR(got[i], c.expected[i], 1e-6 * std::max(1.0, std::abs(c.expected[i])));
    }
  }
}

TEST(ElementWise, OneOperand) {
  for (const Case& c : std::vector<Case>{
           {Op::RELU, {{-1, 0, 2, kNan}}, {0, 0, 2, kNan}},
           {Op::RELU6, {{-1, 3, 9}}, {0, 3, 6}},
           {Op::RELU_N1_TO_1, {{-3, 0.5, 9}}, {-1, 0.5, 1}},
           {Op::RELU_0_TO_1, {{-3, 0.5, 9}}, {0, 0.5, 1}},
           {Op::LEAKY_RELU, {{-2, 2}}, {-0.5, 2}, Type::float32, {{Attr::alpha, 0.25F}}},
           {Op::ELU, {{-1, 2}}, {std::expm1(-1.0), 2}},
           {Op::GELU, {{-1, 0, 2}}, {-0.15865525, 0, 1.9544997}},
           {Op::GELU, {{-1, 2}}, {-0.15880801, 1.9545977}, Type::float32, {{Attr::approximate, true}}},
           {Op::HARD_SWISH, {{-4, -1, 0, 1, 4}}, {0, -1.0 / 3, 0, 2.0 / 3, 4}},
           {Op::LOGISTIC, {{-100, 0, 100}}, {0, 0.5, 1}},
           {Op::TANH, {{-100, 0, 0.5}}, {-1, 0, std::tanh(0.5)}},
           {Op::ROUND, {{0.5, 1.5, 2.5, -0.5, -1.5}}, {0, 2, 2, 0, -2}},
           {Op::SIGN, {{-3, 0, 4}}, {-1, 0, 1}},
           {Op::SIGN, {{-3, 0, 4}}, {-1, 0, 1}, Type::int32},
           {Op::RSQRT, {{4, 0}}, {0.5, kInf}},
           {Op::ABS, {{-3, 4}}, {3, 4}, Type::int32},
           {Op::NEG, {{-2147483648.0, 5}}, {-2147483648.0, -5}, Type::int32},
           {Op::TF_ERF, {{-1, 0.5}}, {std::erf(-1.0), std::erf(0.5)}},
           {Op::TF_ERFC, {{-1, 0.5}}, {std::erfc(-1.0), std::erfc(0.5)}},
       }) {
    expect_case(c);
  }
}

TEST(ElementWise, TwoOperands) {
  for (const Case& c : std::vector<Case>{
           {Op::ADD, {{1, 2}, {10, 20}}, {11, 22}},
           {Op::ADD, {{-8, 8}, {1, 1}}, {0, 6}, Type::float32, {{Attr::fused_activation_function, Activation::RELU6}}},
           {Op::ADD, {{2147483647.0}, {1}}, {-2147483648.0}, Type::int32},
           {Op::MUL, {{65536}, {65536}}, {0}, Type::int32},
           {Op::DIV, {{-7, 7}, {2, -2}}, {-3, -3}, Type::int32},
           {Op::DIV, {{-2147483648.0}, {-1}}, {-2147483648.0}, Type::int32},
           {Op::DIV, {{1}, {0}}, {kInf}},
           {Op::FLOOR_DIV, {{-7, 7, -7}, {2, -2, -2}}, {-4, -4, 3}, Type::int32},
           {Op::FLOOR_DIV, {{-7}, {2}}, {-4}},
           {Op::FLOOR_MOD, {{-7, 7, -7, 7}, {3, -3, -3, 3}}, {2, -2, -1, 1}, Type::int64},
           {Op::FLOOR_MOD, {{-2147483648.0}, {-1}}, {0}, Type::int32},
           {Op::FLOOR_MOD, {{-7.5, 7.5}, {3, -3}}, {1.5, -1.5}},
           {Op::POW, {{2, -3, 5}, {10, 3, 0}}, {1024, -27, 1}, Type::int32},
           {Op::POW, {{2, 9}, {-1, 0.5}}, {0.5, 3}},
           {Op::MAXIMUM, {{1, 5}, {3, 2}}, {3, 5}},
           {Op::MAXIMUM, {{kNan, 1}, {1, kNan}}, {1, kNan}},
           {Op::MINIMUM, {{200, 5}, {3, 100}}, {3, 5}, Type::uint8},
           {Op::SQUARED_DIFFERENCE, {{1, 5}, {3, 2}}, {4, 9}},
           {Op::ATAN2, {{1, -1}, {0, -1}}, {M_PI / 2, -3 * M_PI / 4}},
           {Op::BITWISE_XOR, {{12}, {10}}, {6}, Type::uint8},
           {Op::RIGHT_SHIFT, {{-16, 16}, {2, 40}}, {-4, 0}, Type::int32},
           {Op::STABLEHLO_SHIFT_LEFT, {{3}, {2}}, {12}, Type::int8},
           {Op::STABLEHLO_AND, {{12}, {10}}, {8}, Type::int64},
           {Op::LESS, {{1, 2, kNan}, {2, 2, 1}}, {1, 0, 0}},
           {Op::NOT_EQUAL, {{1, kNan}, {1, kNan}}, {0, 1}},
           {Op::LOGICAL_AND, {{1, 1}, {1, 0}}, {1, 0}, Type::boolean},
           {Op::ADD_N, {{1, 2}, {3, 4}, {5, 6}}, {9, 12}},
       }) {
    expect_case(c);
  }
}

TEST(ElementWise, DivisionByZeroOfIntegersIsAnError) {
  for (const Op op : {Op::DIV, Op::FLOOR_DIV, Op::FLOOR_MOD}) {
    const Tensor one = integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{1});
    const Tensor zero = integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{0});
    EXPECT_THROW(OneOp(op, {one, zero}, {}).run(), Error);
  }
  const Tensor two = integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{2});
  const Tensor minus = integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{-1});
  EXPECT_THROW(OneOp(Op::POW, {two, minus}, {}).run(), Error);
}

TEST(ElementWise, BroadcastsLikeNumpy) {
  // [2, 1, 3] + [4, 1]: every pair of coordinates once.
  const OneOp one(Op::ADD, {floats({2, 1, 3}, {0, 1, 2, 10, 11, 12}), floats({4, 1}, {100, 200, 300, 400})}, {});
  EXPECT_EQ(one.inferred(), (Shape{2, 4, 3}));
  const std::vector<double> y = values_of(one.run());
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 4; ++j) {
      for (int k = 0; k < 3; ++k)
        EXPECT_EQ(y[static_cast<std::size_t>((i * 4 + j) * 3 + k)], i * 10 + k + (j + 1) * 100);
    }
  }
  EXPECT_EQ(values_of(OneOp(Op::SUB, {floats({2, 2}, {1, 2, 3, 4}), floats({}, {1})}, {}).run()),
            (std::vector<double>{0, 1, 2, 3}));
  EXPECT_TRUE(values_of(OneOp(Op::MUL, {floats({0, 3}, {}), floats({3}, {1, 2, 3})}, {}).run()).empty());
  EXPECT_THROW(OneOp(Op::ADD, {floats({2}, {1, 2}), floats({3}, {1, 2, 3})}, {}), Error);
}

TEST(ElementWise, SelectsByElementRowAndScalar) {
  const auto choices = [](Op op, std::vector<std::int64_t> dims, std::vector<double> condition) {
    return values_of(OneOp(op,
                           {tensor_of(Type::boolean, std::move(dims), condition), floats({2, 2}, {1, 2, 3, 4}),
                            floats({2, 2}, {5, 6, 7, 8})},
                           {})
                         .run());
  };
  EXPECT_EQ(choices(Op::SELECT, {2, 2}, {1, 0, 0, 1}), (std::vector<double>{1, 6, 7, 4}));
  EXPECT_EQ(choices(Op::SELECT, {2}, {1, 0}), (std::vector<double>{1, 2, 7, 8}));     // whole rows
  EXPECT_EQ(choices(Op::SELECT_V2, {2}, {1, 0}), (std::vector<double>{1, 6, 3, 8}));  // broadcast
  EXPECT_EQ(choices(Op::SELECT, {}, {0}), (std::vector<double>{5, 6, 7, 8}));
  EXPECT_EQ(values_of(OneOp(Op::WHERE, {tensor_of(Type::boolean, {2, 2}, std::vector<double>{0, 1, 1, 0})}, {}).run()),
            (std::vector<double>{0, 1, 1, 0}));
}

TEST(Cast, SaturatesWrapsAndTruncates) {
  const auto cast = [](Type from, std::vector<double> values, Type to) {
    const auto count = static_cast<std::int64_t>(values.size());
    return values_of(
        OneOp(Op::CAST, {tensor_of(from, {count}, values)}, {{Attr::in_data_type, from}, {Attr::out_data_type, to}})
            .run());
  };
  EXPECT_EQ(cast(Type::float32, {1.9, -1.9, 1e20, -1e20}, Type::int32),
            (std::vector<double>{1, -1, 2147483647, -2147483648.0}));
  EXPECT_EQ(cast(Type::float32, {300, -5}, Type::uint8), (std::vector<double>{255, 0}));
  EXPECT_EQ(cast(Type::int32, {300, -1}, Type::uint8), (std::vector<double>{44, 255}));
  EXPECT_EQ(cast(Type::float32, {0, 0.5, -2}, Type::boolean), (std::vector<double>{0, 1, 1}));
  EXPECT_EQ(cast(Type::boolean, {0, 1}, Type::float32), (std::vector<double>{0, 1}));
  EXPECT_EQ(cast(Type::float64, {0.1}, Type::float16), (std::vector<double>{0.0999755859375}));
}

TEST(KnownElements, StayExactThroughArithmetic) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const Dim n = b.dims().fresh();
  const ValueId x = b.input(Type::float32, Shape{n, 8}, "x");
  const ValueId shape = b(Op::SHAPE, {x}, {{Attr::out_type, Type::int32}});
  const ValueId twice = b(Op::MUL, {shape, b.int32(2)});
  EXPECT_EQ(b.known(twice), (std::vector<Dim>{b.dims().mul(n, 2), 16}));
  EXPECT_EQ(b.known(b(Op::FLOOR_DIV, {twice, b.int32(2)})), (std::vector<Dim>{n, 8}));
  EXPECT_EQ(b.known(b(Op::DIV, {twice, b.int32(2)})), (std::vector<Dim>{n, 8}));
  EXPECT_EQ(b.known(b(Op::SUB, {twice, shape}))->at(1), Dim(8));
  const ValueId wide = b(Op::CAST, {shape}, {{Attr::in_data_type, Type::int32}, {Attr::out_data_type, Type::int64}});
  EXPECT_EQ(b.known(wide), (std::vector<Dim>{n, 8}));
  const ValueId size = b(Op::REDUCE_PROD, {shape, b.int32s({0})}, {{Attr::keep_dims, false}});
  EXPECT_EQ(b.known(size), (std::vector<Dim>{b.dims().mul(n, 8)}));
  const ValueId filled = b(Op::FILL, {shape, b.scalar(Type::float32, 1)});
  EXPECT_EQ(b.shape(filled), (Shape{n, 8}));
  // A result that does not fit the element type wraps at run time: it is not known.
  const ValueId huge = b(Op::MUL, {shape, b.int32(2147483647)});
  EXPECT_FALSE(b.known(huge).has_value());
  // Rounding towards zero is not rounding down where something may be negative.
  const ValueId negative = b(Op::SUB, {shape, b.int32(9)});
  EXPECT_FALSE(b.known(b(Op::DIV, {negative, b.int32(2)})).has_value());
}

}  // namespace
}  // namespace tolite
