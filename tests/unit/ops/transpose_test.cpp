// TRANSPOSE against a plain loop over indices, over shapes that take each path of the strided copy.
#include "unit/ops/movement.h"

namespace tolite::test {
namespace {

Numbers transposed(const Numbers& dims, const Numbers& permutation) {
  Numbers strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  Numbers positions{0};
  for (const std::int64_t axis : permutation) {
    Numbers next;
    for (const std::int64_t p : positions) {
      for (std::int64_t i = 0; i < dims[static_cast<std::size_t>(axis)]; ++i)
        next.push_back(p + i * strides[static_cast<std::size_t>(axis)]);
    }
    positions = next;
  }
  return positions;
}

struct Case {
  Numbers dims;
  Numbers permutation;
};

class Transpose : public testing::TestWithParam<Case> {};

TEST_P(Transpose, MovesEveryElement) {
  const auto& [dims, permutation] = GetParam();
  for (const Type type : {Type::int16, Type::int32, Type::int64}) {
    Bench t;
    const ValueId x = t.range(type, dims);
    const ValueId perm = t.ints(permutation);
    const NodeId node = t.b.graph().add_node(Op::TRANSPOSE, std::vector{x, perm}, {}, 1, {});
    const Tensor* operands[] = {t.b.constant_of(x), t.b.constant_of(perm)};
    const Tensor y = evaluate_node(t.b.view(node), operands).front();
    Numbers got;
    for (std::int64_t i = 0; i < y.element_count(); ++i) got.push_back(element_as_int64(y, i));
    EXPECT_EQ(got, transposed(dims, permutation));
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Transpose,
                         testing::Values(Case{{}, {}}, Case{{3}, {0}}, Case{{2, 3}, {1, 0}}, Case{{100, 130}, {1, 0}},
                                         Case{{130, 3}, {1, 0}}, Case{{3, 130}, {1, 0}},
                                         Case{{3, 3, 17, 40}, {3, 0, 1, 2}}, Case{{2, 5, 7, 3}, {0, 3, 1, 2}},
                                         Case{{2, 9, 70, 3}, {0, 2, 1, 3}}, Case{{0, 4}, {1, 0}},
                                         Case{{33, 2, 65}, {2, 1, 0}}, Case{{2, 33, 65}, {0, 2, 1}},
                                         Case{{2, 1, 3, 2, 9, 11}, {5, 3, 1, 0, 2, 4}}));

TEST(TransposeOfBytes, MovesWholeTilesAndTheirEdges) {
  const Numbers dims{300, 150};
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < 300 * 150; ++i) values.push_back(i % 251);
  Bench t;
  const ValueId x = t.b.constant(integer_tensor(Type::uint8, dims, values));
  const ValueId perm = t.ints({1, 0});
  const NodeId node = t.b.graph().add_node(Op::TRANSPOSE, std::vector{x, perm}, {}, 1, {});
  const Tensor* operands[] = {t.b.constant_of(x), t.b.constant_of(perm)};
  const Tensor y = evaluate_node(t.b.view(node), operands).front();
  const Numbers positions = transposed(dims, {1, 0});
  for (std::size_t i = 0; i < positions.size(); ++i)
    ASSERT_EQ(element_as_int64(y, static_cast<std::int64_t>(i)), positions[i] % 251) << i;
}

TEST(TransposeInference, PermutesUnknownDimensions) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 3, 8, 9});
  EXPECT_EQ(t.b.shape(t.b(Op::TRANSPOSE, {x, t.ints({0, 2, 3, 1})})), (Shape{n, 8, 9, 3}));
  EXPECT_EQ(t.b.shape(t.b(Op::TRANSPOSE, {x, t.input(Type::int32, Shape{4})})).rank(), 4U);
  EXPECT_THROW(t.b(Op::TRANSPOSE, {x, t.ints({0, 1, 2})}), Error);
  EXPECT_THROW(t.b(Op::TRANSPOSE, {x, t.ints({0, 1, 2, 2})}), Error);
  EXPECT_THROW(t.b(Op::TRANSPOSE, {x, t.ints({0, 1, 2, 4})}), Error);
}

TEST(TransposeVersion, GrowsWithRankAndType) {
  const auto version = [](Type type, std::size_t rank) {
    Bench t;
    Numbers permutation(rank);
    std::iota(permutation.rbegin(), permutation.rend(), 0);
    const ValueId y = t.b(Op::TRANSPOSE, {t.input(type, Shape(std::vector<Dim>(rank, Dim(2)))), t.ints(permutation)});
    return op_version(t.b.view(t.b.graph()[y].producer));
  };
  EXPECT_EQ(version(Type::float32, 4), 1);
  EXPECT_EQ(version(Type::int8, 4), 2);
  EXPECT_EQ(version(Type::boolean, 2), 3);
  EXPECT_EQ(version(Type::float32, 5), 4);
  EXPECT_EQ(version(Type::int16, 2), 5);
  EXPECT_EQ(version(Type::float32, 6), 6);
  EXPECT_EQ(version(Type::float32, 7), 8);
}

}  // namespace
}  // namespace tolite::test
