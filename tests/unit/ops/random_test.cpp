// Random ops: the numbers of their generator, and that nothing folds or merges them.
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

Attrs seeds(std::int64_t seed, std::int64_t seed2) { return {{Attr::seed, seed}, {Attr::seed2, seed2}}; }

TEST(Random, UniformIsPhilox) {
  // The known answers of Philox4x32-10 for a counter and key of zeros: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  const Tensor y =
      OneOp(Op::RANDOM_UNIFORM, {integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{4})}, seeds(0, 0)).run();
  const double unit = 1.0 / (1U << 23U);
  EXPECT_EQ(values_of(y), (std::vector<double>{0x27E8D5 * unit, 0x69C58D * unit, 0x57AC4C * unit, 0x00DBD8 * unit}));
}

TEST(Random, SeedsChooseTheStream) {
  const Tensor shape = integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{4});
  const auto draw = [&](std::int64_t a, std::int64_t b) {
    return values_of(OneOp(Op::RANDOM_STANDARD_NORMAL, {shape}, seeds(a, b)).run());
  };
  EXPECT_EQ(draw(1, 2), draw(1, 2));
  EXPECT_NE(draw(1, 2), draw(2, 1));
  EXPECT_NE(draw(1, 0), draw(0, 1));
}

TEST(Random, IsNotFolded) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId x = b(Op::RANDOM_UNIFORM, {b.int32s({2, 3})}, seeds(1, 2));
  EXPECT_EQ(b.constant_of(x), nullptr);
  EXPECT_EQ(b.shape(x), (Shape{2, 3}));
  EXPECT_FALSE(is_constant_expression(b.model(), b.graph(), b.table(), x));
}

TEST(Multinomial, FollowsTheLogits) {
  const Tensor logits = floats({2, 3}, {-100, 0, -100, 0, -100, -100});
  Attrs attrs = seeds(3, 4);
  attrs.set(Attr::output_type, Type::int64);
  const OneOp op(Op::MULTINOMIAL, {logits, integer_tensor(Type::int32, {}, std::vector<std::int64_t>{2})}, attrs,
                 {false, true});
  EXPECT_EQ(op.inferred(), (Shape{2, 2}));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{1, 1, 0, 0}));
}

TEST(Multinomial, RefusesWhatIsNoMatrix) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  Attrs attrs = seeds(0, 0);
  attrs.set(Attr::output_type, Type::int32);
  EXPECT_THROW(b(Op::MULTINOMIAL, {b.input(Type::float32, Shape{3}, "x"), b.int32(2)}, attrs), Error);
}

}  // namespace
}  // namespace tolite
