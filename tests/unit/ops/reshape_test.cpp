// RESHAPE, SQUEEZE and EXPAND_DIMS: inference with unknown sizes, folding, and refusals.
#include "ops/reshape.h"

#include "unit/ops/movement.h"

namespace tolite::test {
namespace {

TEST(Reshape, FoldsAWildcard) {
  Bench t;
  const ValueId y = t.b(Op::RESHAPE, {t.range(Type::float32, {2, 6}), t.ints({3, -1, 2})});
  EXPECT_EQ(t.dims(y), (Numbers{3, 2, 2}));
  EXPECT_EQ(t.numbers(y).back(), 11);
}

TEST(Reshape, KeepsTheUnknownBatch) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 7, 7, 64});
  EXPECT_EQ(t.b.shape(t.b(Op::RESHAPE, {x, t.ints({-1, 3136})})), (Shape{n, 3136}));
  EXPECT_EQ(t.b.shape(t.b(Op::RESHAPE, {x, t.ints({-1, 49, 32})})), (Shape{t.b.dims().mul(n, 2), 49, 32}));
}

TEST(Reshape, SolvesTheWildcardAmongSeveralUnknowns) {
  Bench t;
  const Dim n = t.fresh();
  const Dim m = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 8, m, 4});
  const ValueId target = t.input(Type::int32, Shape{3});
  t.b.graph()[target].known = std::vector<Dim>{m, -1, n};
  EXPECT_EQ(t.b.shape(t.b(Op::RESHAPE, {x, target})), (Shape{m, 32, n}));
}

TEST(Reshape, SettlesATargetWithOneUnknown) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 3136});
  const ValueId target = t.input(Type::int32, Shape{4});
  t.b.graph()[target].known = std::vector<Dim>{n, 7, 7, 64};
  const ValueId y = t.b(Op::RESHAPE, {x, target});
  EXPECT_EQ(t.b.shape(y), (Shape{n, 7, 7, 64}));
  settle_reshape(t.b, y);
  EXPECT_EQ(t.b.integers(t.b.graph().operand(t.b.graph()[y].producer, 1)), (Numbers{-1, 7, 7, 64}));
  EXPECT_EQ(t.b.graph()[target].use_count, 0U);
}

TEST(Reshape, ALoneUnknownIsWhatTheElementsSay) {
  Bench t;
  const ValueId target = t.input(Type::int32, Shape{2});
  t.b.graph()[target].known = std::vector<Dim>{t.fresh(), 4};
  EXPECT_EQ(t.b.shape(t.b(Op::RESHAPE, {t.input(Type::float32, Shape{6, 2}), target})), (Shape{3, 4}));
}

TEST(Reshape, ATargetOfUnknownElementsGivesTheRank) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 3});
  EXPECT_EQ(t.b.shape(t.b(Op::RESHAPE, {x, t.input(Type::int32, Shape{4})})).rank(), 4U);
  EXPECT_EQ(t.b.shape(t.b(Op::RESHAPE, {x, t.input(Type::int32, Shape{1})})), (Shape{t.b.dims().mul(n, 3)}));
  EXPECT_FALSE(t.b.shape(t.b(Op::RESHAPE, {x, t.input(Type::int32, Shape{t.fresh()})})).ranked());
}

TEST(Reshape, RefusesContradictions) {
  Bench t;
  const ValueId x = t.input(Type::float32, Shape{2, 6});
  const ValueId empty = t.input(Type::float32, Shape{0, 6});
  const std::int64_t huge = std::int64_t{1} << 31;
  for (const Numbers& target : {Numbers{5}, Numbers{-1, -1}, Numbers{-2, 6}, Numbers{5, -1}, Numbers{0, -1}})
    EXPECT_THROW(t.b(Op::RESHAPE, {x, t.ints(target)}), Error);
  EXPECT_THROW(t.b(Op::RESHAPE, {empty, t.ints({0, -1})}), Error);
  EXPECT_THROW(t.b(Op::RESHAPE, {x, t.ints({huge - 1, huge - 1, huge - 1})}), Error);
  EXPECT_EQ(t.dims(t.b(Op::RESHAPE, {empty, t.ints({3, 0})})), (Numbers{3, 0}));
}

TEST(Squeeze, RemovesTheAxesNamedOrAllOfSizeOne) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 1, 5, 1});
  EXPECT_EQ(t.b.shape(t.b(Op::SQUEEZE, {x}, {{Attr::squeeze_dims, Numbers{-1, 1}}})), (Shape{n, 5}));
  EXPECT_EQ(t.b.shape(t.b(Op::SQUEEZE, {x}, {{Attr::squeeze_dims, Numbers{0}}})), (Shape{1, 5, 1}));
  EXPECT_FALSE(t.b.shape(t.b(Op::SQUEEZE, {x})).ranked());
  EXPECT_EQ(t.dims(t.b(Op::SQUEEZE, {t.range(Type::int64, {1, 2, 1})})), (Numbers{2}));
  EXPECT_EQ(t.dims(t.b(Op::SQUEEZE, {t.range(Type::int64, {1, 1})})), Numbers{});
  EXPECT_THROW(t.b(Op::SQUEEZE, {x}, {{Attr::squeeze_dims, Numbers{2}}}), Error);
  EXPECT_THROW(t.b(Op::SQUEEZE, {x}, {{Attr::squeeze_dims, Numbers{4}}}), Error);
}

TEST(ExpandDims, InsertsAnAxis) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 5});
  EXPECT_EQ(t.b.shape(t.b(Op::EXPAND_DIMS, {x, t.b.int32(0)})), (Shape{1, n, 5}));
  EXPECT_EQ(t.b.shape(t.b(Op::EXPAND_DIMS, {x, t.b.int32(-1)})), (Shape{n, 5, 1}));
  EXPECT_EQ(t.b.shape(t.b(Op::EXPAND_DIMS, {x, t.input(Type::int32, Shape{})})).rank(), 3U);
  EXPECT_EQ(t.dims(t.b(Op::EXPAND_DIMS, {t.range(Type::uint8, {}), t.b.int32(-1)})), (Numbers{1}));
  EXPECT_THROW(t.b(Op::EXPAND_DIMS, {x, t.b.int32(3)}), Error);
  EXPECT_THROW(t.b(Op::EXPAND_DIMS, {x, t.b.int32(-4)}), Error);
}

TEST(Reshape, KnownElementsPassThrough) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId shape = t.input(Type::int32, Shape{2});
  t.b.graph()[shape].known = std::vector<Dim>{n, 3};
  EXPECT_EQ(t.b.known(t.b(Op::RESHAPE, {shape, t.ints({2, 1})})), (std::vector<Dim>{n, 3}));
  EXPECT_EQ(t.b.known(t.b(Op::EXPAND_DIMS, {shape, t.b.int32(0)})), (std::vector<Dim>{n, 3}));
}

}  // namespace
}  // namespace tolite::test
