// What TensorFlow cannot show of RFFT2D and of the ops that take complex numbers apart.
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

Tensor sizes(std::vector<std::int64_t> list) { return integer_tensor(Type::int32, {2}, list); }

/// A complex tensor from pairs of numbers.
Tensor complex_numbers(std::int64_t count, std::vector<double> pairs) {
  Tensor t = floats({2 * count}, std::move(pairs));
  t.type = Type::complex64;
  t.dims = {count};
  return t;
}

TEST(Complex, Parts) {
  const Tensor x = complex_numbers(2, {3, 4, -5, 12});
  EXPECT_EQ(values_of(OneOp(Op::REAL, {x}, {}).run()), (std::vector<double>{3, -5}));
  EXPECT_EQ(values_of(OneOp(Op::IMAG, {x}, {}).run()), (std::vector<double>{4, 12}));
  EXPECT_EQ(values_of(OneOp(Op::COMPLEX_ABS, {x}, {}).run()), (std::vector<double>{5, 13}));
}

TEST(Complex, PartsOfRealNumbersAreRefused) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId x = b.input(Type::float32, Shape{2}, "x");
  EXPECT_THROW(b(Op::REAL, {x}), Error);
  EXPECT_THROW(b(Op::COMPLEX_ABS, {x}), Error);
}

TEST(Rfft2d, CutsAndFillsTheSignal) {
  // Of the rows {1, 2, 9} and {3, 4, 9} two by two numbers: sums and differences.
  const Tensor x = floats({2, 3}, {1, 2, 9, 3, 4, 9});
  Tensor y = OneOp(Op::RFFT2D, {x, sizes({2, 2})}, {}).run();
  y.type = Type::float32;
  y.dims = {8};
  EXPECT_EQ(values_of(y), (std::vector<double>{10, 0, -2, 0, -4, 0, 0, 0}));
  Tensor filled = OneOp(Op::RFFT2D, {floats({1, 1}, {5}), sizes({1, 4})}, {}).run();
  filled.type = Type::float32;
  filled.dims = {6};
  EXPECT_EQ(values_of(filled), (std::vector<double>{5, 0, 5, 0, 5, 0}));
}

TEST(Rfft2d, UnknownSizes) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const Dim batch = b.dims().fresh();
  const ValueId x = b.input(Type::float32, Shape{batch, b.dims().fresh(), 7}, "x");
  EXPECT_EQ(b.shape(b(Op::RFFT2D, {x, b.int32s({4, 8})})), (Shape{batch, 4, 5}));
  const ValueId computed = b(Op::RFFT2D, {x, b.input(Type::int32, Shape{2}, "n")});
  EXPECT_EQ(b.shape(computed)[0], batch);
  EXPECT_FALSE(b.shape(computed)[1].known());
}

TEST(Rfft2d, RefusesOtherLengths) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId x = b.input(Type::float32, Shape{4, 4}, "x");
  EXPECT_THROW(b(Op::RFFT2D, {x, b.int32s({1, 6})}), Error);
  EXPECT_THROW(b(Op::RFFT2D, {x, b.int32s({0, 4})}), Error);
  EXPECT_THROW(b(Op::RFFT2D, {x, b.int32s({4})}), Error);
  EXPECT_THROW(b(Op::RFFT2D, {b.input(Type::float32, Shape{4}, "y"), b.int32s({1, 4})}), Error);
}

}  // namespace
}  // namespace tolite
