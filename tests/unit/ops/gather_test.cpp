// Ops with computed indices, segments, diagonals and blocks: GATHER ... BATCH_TO_SPACE_ND.
#include "unit/ops/movement.h"

namespace tolite::test {
namespace {

ValueId matrix(Bench& t, Numbers dims, Numbers values) {
  return t.b.constant(integer_tensor(Type::int32, std::move(dims), values));
}

TEST(Gather, AlongAnAxisAndInBatches) {
  Bench t;
  const ValueId x = t.range(Type::int32, {2, 3});
  EXPECT_EQ(t.numbers(t.b(Op::GATHER, {x, t.ints({2, 0})}, {{Attr::axis, 1}})), (Numbers{2, 0, 5, 3}));
  EXPECT_EQ(t.numbers(t.b(Op::GATHER, {x, t.b.int32(1)}, {{Attr::axis, -2}})), (Numbers{3, 4, 5}));
  EXPECT_EQ(t.numbers(t.b(Op::GATHER, {x, matrix(t, {2, 2}, {0, 1, 2, 2})}, {{Attr::axis, 1}, {Attr::batch_dims, 1}})),
            (Numbers{0, 1, 5, 5}));
  EXPECT_EQ(t.dims(t.b(Op::GATHER, {x, t.range(Type::int64, {0})}, {{Attr::axis, 0}})), (Numbers{0, 3}));
  const Dim n = t.fresh();
  const ValueId table = t.input(Type::float32, Shape{100, 8});
  EXPECT_EQ(t.b.shape(t.b(Op::GATHER, {table, t.input(Type::int64, Shape{n, 5})}, {{Attr::axis, 0}})),
            (Shape{n, 5, 8}));
  EXPECT_THROW(t.b(Op::GATHER, {x, t.ints({0})}, {{Attr::axis, 2}}), Error);
  EXPECT_THROW(t.b(Op::GATHER, {x, t.ints({0})}, {{Attr::batch_dims, 1}}), Error);
  // An index outside: the node stays for the runtime to refuse.
  EXPECT_EQ(t.b.constant_of(t.b(Op::GATHER, {x, t.ints({3})}, {{Attr::axis, 1}})), nullptr);
  EXPECT_EQ(t.b.constant_of(t.b(Op::GATHER, {x, t.ints({-1})}, {{Attr::axis, 1}})), nullptr);
}

TEST(Gather, PicksKnownElements) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId shape = t.input(Type::int32, Shape{3});
  t.b.graph()[shape].known = std::vector<Dim>{n, 4, 5};
  EXPECT_EQ(t.b.known(t.b(Op::GATHER, {shape, t.ints({2, 0})}, {{Attr::axis, 0}})), (std::vector<Dim>{5, n}));
}

TEST(GatherNd, PicksBlocks) {
  Bench t;
  const ValueId x = t.range(Type::int16, {2, 3});
  EXPECT_EQ(t.numbers(t.b(Op::GATHER_ND, {x, matrix(t, {2, 2}, {0, 2, 1, 0})})), (Numbers{2, 3}));
  EXPECT_EQ(t.numbers(t.b(Op::GATHER_ND, {x, matrix(t, {1, 1}, {1})})), (Numbers{3, 4, 5}));
  EXPECT_EQ(t.dims(t.b(Op::GATHER_ND, {x, t.range(Type::int32, {2, 0})})), (Numbers{2, 2, 3}));
  EXPECT_THROW(t.b(Op::GATHER_ND, {x, matrix(t, {1, 3}, {0, 0, 0})}), Error);
  EXPECT_THROW(t.b(Op::GATHER_ND, {x, t.b.int32(0)}), Error);
}

TEST(ScatterNd, AddsUpWhatFallsTogether) {
  Bench t;
  const ValueId y = t.b(Op::SCATTER_ND, {matrix(t, {3, 1}, {1, 3, 1}), t.ints({5, 6, 7}), t.ints({4})});
  EXPECT_EQ(t.numbers(y), (Numbers{0, 12, 0, 6}));
  EXPECT_EQ(t.b.constant_of(t.b(Op::SCATTER_ND, {matrix(t, {1, 1}, {4}), t.ints({5}), t.ints({4})})), nullptr);
  EXPECT_THROW(t.b(Op::SCATTER_ND, {matrix(t, {1, 2}, {0, 0}), t.ints({5}), t.ints({4})}), Error);
  EXPECT_THROW(t.b(Op::SCATTER_ND, {matrix(t, {1, 1}, {0}), t.ints({5}), t.ints({-4})}), Error);
}

TEST(SparseToDense, SetsValues) {
  Bench t;
  const ValueId y =
      t.b(Op::SPARSE_TO_DENSE, {matrix(t, {2, 2}, {0, 1, 1, 0}), t.ints({2, 2}), t.ints({5, 6}), t.b.int32(-1)});
  EXPECT_EQ(t.numbers(y), (Numbers{-1, 5, 6, -1}));
}

TEST(Reverse, TurnsAxesAround) {
  Bench t;
  const ValueId x = t.range(Type::int32, {2, 3});
  EXPECT_EQ(t.numbers(t.b(Op::REVERSE_V2, {x, t.ints({-1})})), (Numbers{2, 1, 0, 5, 4, 3}));
  EXPECT_EQ(t.numbers(t.b(Op::REVERSE_V2, {x, t.ints({0, 1})})), (Numbers{5, 4, 3, 2, 1, 0}));
  EXPECT_THROW(t.b(Op::REVERSE_V2, {x, t.ints({0, -2})}), Error);
  EXPECT_EQ(t.numbers(t.b(Op::REVERSE_SEQUENCE, {x, t.ints({2, 3})}, {{Attr::seq_dim, 1}, {Attr::batch_dim, 0}})),
            (Numbers{1, 0, 2, 5, 4, 3}));
  EXPECT_THROW(t.b(Op::REVERSE_SEQUENCE, {x, t.ints({2, 3})}, {{Attr::seq_dim, 1}, {Attr::batch_dim, 1}}), Error);
}

TEST(Segments, Reduce) {
  Bench t;
  const ValueId x = t.range(Type::int32, {4, 2});
  EXPECT_EQ(t.numbers(t.b(Op::SEGMENT_SUM, {x, t.ints({0, 0, 2, 2})})), (Numbers{2, 4, 0, 0, 10, 12}));
  EXPECT_THROW(t.b(Op::SEGMENT_SUM, {x, t.ints({1, 0, 2, 2})}), Error);
  const auto unsorted = [&](Op op) { return t.numbers(t.b(op, {x, t.ints({1, -1, 0, 1}), t.b.int32(2)})); };
  EXPECT_EQ(unsorted(Op::UNSORTED_SEGMENT_SUM), (Numbers{4, 5, 6, 8}));
  EXPECT_EQ(unsorted(Op::UNSORTED_SEGMENT_PROD), (Numbers{4, 5, 0, 7}));
  EXPECT_EQ(unsorted(Op::UNSORTED_SEGMENT_MAX), (Numbers{4, 5, 6, 7}));
  EXPECT_EQ(unsorted(Op::UNSORTED_SEGMENT_MIN), (Numbers{4, 5, 0, 1}));
}

TEST(Diagonals, AreSetAndMade) {
  Bench t;
  EXPECT_EQ(t.numbers(t.b(Op::MATRIX_DIAG, {t.ints({1, 2})})), (Numbers{1, 0, 0, 2}));
  EXPECT_EQ(t.numbers(t.b(Op::MATRIX_SET_DIAG, {t.range(Type::int32, {2, 3}), t.ints({8, 9})})),
            (Numbers{8, 1, 2, 3, 9, 5}));
}

TEST(Unique, KeepsTheOrderOfFirstSight) {
  Bench t;
  const auto y = t.b.many(Op::UNIQUE, {t.ints({3, 1, 3, 2, 1})}, {{Attr::idx_out_type, Type::int64}}, 2);
  EXPECT_EQ(t.numbers(y[0]), (Numbers{3, 1, 2}));
  EXPECT_EQ(t.numbers(y[1]), (Numbers{0, 1, 0, 2, 1}));
  EXPECT_EQ(t.b.type(y[1]), Type::int64);
}

TEST(Bucketize, CountsBoundariesNotAbove) {
  Bench t;
  const ValueId y = t.b(Op::BUCKETIZE, {t.ints({-1, 0, 5, 10, 11})}, {{Attr::boundaries, std::vector<float>{0, 10}}});
  EXPECT_EQ(t.numbers(y), (Numbers{0, 1, 1, 2, 2}));
}

TEST(Space, DepthAndSpaceAreInverse) {
  Bench t;
  const ValueId x = t.range(Type::int32, {1, 2, 4, 1});
  const ValueId y = t.b(Op::SPACE_TO_DEPTH, {x}, {{Attr::block_size, 2}});
  EXPECT_EQ(t.dims(y), (Numbers{1, 1, 2, 4}));
  EXPECT_EQ(t.numbers(y), (Numbers{0, 1, 4, 5, 2, 3, 6, 7}));
  EXPECT_EQ(t.numbers(t.b(Op::DEPTH_TO_SPACE, {y}, {{Attr::block_size, 2}})), t.numbers(x));
  EXPECT_THROW(t.b(Op::SPACE_TO_DEPTH, {x}, {{Attr::block_size, 3}}), Error);
  EXPECT_THROW(t.b(Op::SPACE_TO_DEPTH, {x}, {{Attr::block_size, 0}}), Error);
}

TEST(Space, BatchAndSpaceAreInverse) {
  Bench t;
  const ValueId x = t.range(Type::int32, {1, 2, 3, 1});
  const ValueId margins = matrix(t, {2, 2}, {0, 0, 1, 0});
  const ValueId y = t.b(Op::SPACE_TO_BATCH_ND, {x, t.ints({2, 2}), margins});
  EXPECT_EQ(t.dims(y), (Numbers{4, 1, 2, 1}));
  EXPECT_EQ(t.numbers(y), (Numbers{0, 1, 0, 2, 0, 4, 3, 5}));
  EXPECT_EQ(t.numbers(t.b(Op::BATCH_TO_SPACE_ND, {y, t.ints({2, 2}), margins})), t.numbers(x));
  const Dim n = t.fresh();
  const ValueId z = t.input(Type::float32, Shape{n, 8, 3});
  EXPECT_EQ(t.b.shape(t.b(Op::SPACE_TO_BATCH_ND, {z, t.ints({2}), matrix(t, {1, 2}, {1, 1})})),
            (Shape{t.b.dims().mul(n, 2), 5, 3}));
  EXPECT_THROW(t.b(Op::SPACE_TO_BATCH_ND, {z, t.ints({0}), matrix(t, {1, 2}, {1, 1})}), Error);
  EXPECT_THROW(t.b(Op::SPACE_TO_BATCH_ND, {z, t.ints({3}), matrix(t, {1, 2}, {0, 0})}), Error);
}

}  // namespace
}  // namespace tolite::test
