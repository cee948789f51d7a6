// SLICE, STRIDED_SLICE, SPLIT, SPLIT_V, UNPACK, CONCATENATION, PACK, DYNAMIC_UPDATE_SLICE.
#include "unit/ops/movement.h"

namespace tolite::test {
namespace {

TEST(Slice, TakesAPart) {
  Bench t;
  const ValueId x = t.range(Type::int32, {3, 4});
  EXPECT_EQ(t.numbers(t.b(Op::SLICE, {x, t.ints({1, 1}), t.ints({2, 2})})), (Numbers{5, 6, 9, 10}));
  EXPECT_EQ(t.numbers(t.b(Op::SLICE, {x, t.ints({2, 0}), t.ints({-1, -1})})), (Numbers{8, 9, 10, 11}));
  EXPECT_EQ(t.dims(t.b(Op::SLICE, {x, t.ints({3, 0}), t.ints({-1, -1})})), (Numbers{0, 4}));
  for (const auto& [begin, size] : {std::pair<Numbers, Numbers>{{-1, 0}, {1, 1}},
                                    {{2, 0}, {2, 1}},
                                    {{4, 0}, {0, 1}},
                                    {{0, 0}, {1, -2}},
                                    {{0}, {1}}})
    EXPECT_THROW(t.b(Op::SLICE, {x, t.ints(begin), t.ints(size)}), Error);
}

TEST(Slice, KeepsUnknownSizes) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 8});
  EXPECT_EQ(t.b.shape(t.b(Op::SLICE, {x, t.ints({0, 2}), t.ints({-1, 3})})), (Shape{n, 3}));
  EXPECT_EQ(t.b.shape(t.b(Op::SLICE, {x, t.ints({1, 0}), t.ints({-1, -1})})), (Shape{t.b.dims().sub(n, 1), 8}));
  EXPECT_EQ(t.b.shape(t.b(Op::SLICE, {x, t.input(Type::int32, Shape{2}), t.ints({1, 3})})), (Shape{1, 3}));
}

struct Cut {
  Numbers begin, end, strides;
  std::int64_t begin_mask, end_mask, ellipsis, new_axis, shrink;
  Numbers dims;
  Numbers elements;
};

class StridedSlice : public testing::TestWithParam<Cut> {};

TEST_P(StridedSlice, MatchesNumpy) {
  const Cut& c = GetParam();
  Bench t;
  const ValueId y =
      t.b(Op::STRIDED_SLICE, {t.range(Type::int32, {2, 3, 4}), t.ints(c.begin), t.ints(c.end), t.ints(c.strides)},
          {{Attr::begin_mask, c.begin_mask},
           {Attr::end_mask, c.end_mask},
           {Attr::ellipsis_mask, c.ellipsis},
           {Attr::new_axis_mask, c.new_axis},
           {Attr::shrink_axis_mask, c.shrink}});
  EXPECT_EQ(t.dims(y), c.dims);
  EXPECT_EQ(t.numbers(y), c.elements);
}

INSTANTIATE_TEST_SUITE_P(
    Numpy, StridedSlice,
    testing::Values(Cut{{1}, {2}, {1}, 0, 0, 0, 0, 1, {3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}},
                    Cut{{0, 0, 0}, {0, 0, 0}, {1, 2, 3}, 7, 7, 0, 0, 0, {2, 2, 2}, {0, 3, 8, 11, 12, 15, 20, 23}},
                    Cut{{-1, 0, 5}, {-3, 1, -9}, {-1, 1, -2}, 0, 0, 0, 0, 0, {2, 1, 2}, {15, 13, 3, 1}},
                    Cut{{0, -1}, {0, 0}, {1, 1}, 0, 0, 1, 0, 2, {2, 3}, {3, 7, 11, 15, 19, 23}},
                    Cut{{0, 0, 1, -2}, {0, 1, 9, -1}, {1, 1, 1, 1}, 0, 0, 0, 1, 0, {1, 1, 2, 1}, {6, 10}},
                    Cut{{1, 0, 0, 3}, {2, 0, 0, 4}, {1, 1, 1, 1}, 0, 0, 2, 4, 9, {3, 1}, {15, 19, 23}},
                    Cut{{2, 0, 0}, {1, 3, 4}, {1, 1, 1}, 0, 0, 0, 0, 0, {0, 3, 4}, {}}));

Shape cut(Bench& t, const Shape& x, std::int64_t begin, std::int64_t end, std::int64_t stride, bool from_start,
          bool to_end) {
  const ValueId y =
      t.b(Op::STRIDED_SLICE, {t.input(Type::float32, x), t.ints({begin}), t.ints({end}), t.ints({stride})},
          {{Attr::begin_mask, from_start ? 1 : 0}, {Attr::end_mask, to_end ? 1 : 0}});
  return t.b.shape(y);
}

TEST(StridedSliceInference, UnknownSizes) {
  Bench t;
  Symbols& s = t.b.dims();
  const Dim n = t.fresh();
  EXPECT_EQ(cut(t, Shape{n}, 0, 0, 1, true, true), (Shape{n}));
  EXPECT_EQ(cut(t, Shape{n}, 0, 0, -1, true, true), (Shape{n}));
  EXPECT_EQ(cut(t, Shape{n}, 0, 0, 2, true, true), (Shape{s.ceil_div(n, 2)}));
  EXPECT_EQ(cut(t, Shape{n}, 0, 5, 1, true, false), (Shape{s.min(n, 5)}));
  EXPECT_EQ(cut(t, Shape{n}, 0, -1, 1, true, false), (Shape{s.max(s.sub(n, 1), 0)}));
  EXPECT_EQ(cut(t, Shape{n}, 1, 0, 1, false, true), (Shape{s.max(s.sub(n, 1), 0)}));
  EXPECT_EQ(cut(t, Shape{n}, -1, 0, 1, false, true), (Shape{s.min(n, 1)}));
}

TEST(StridedSliceInference, Contradictions) {
  Bench t;
  const ValueId x = t.input(Type::float32, Shape{3});
  const auto one = [&](Numbers begin, Numbers stride, std::int64_t shrink) {
    return t.b(Op::STRIDED_SLICE, {x, t.ints(begin), t.ints(begin), t.ints(stride)},
               {{Attr::shrink_axis_mask, shrink}});
  };
  EXPECT_THROW(one({0}, {0}, 0), Error);
  EXPECT_THROW(one({3}, {1}, 1), Error);
  EXPECT_THROW(one({-4}, {1}, 1), Error);
  EXPECT_THROW(one({0, 0}, {1, 1}, 0), Error);
  EXPECT_THROW(one({0}, {1, 1}, 0), Error);
}

TEST(KnownElements, ShapeArithmeticStaysExact) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId shape = t.input(Type::int32, Shape{3});
  t.b.graph()[shape].known = std::vector<Dim>{n, 7, 7};
  const auto at = [&](std::int64_t i) {
    return t.b(Op::STRIDED_SLICE, {shape, t.ints({i}), t.ints({i + 1}), t.ints({1})}, {{Attr::shrink_axis_mask, 1}});
  };
  EXPECT_EQ(t.numbers(at(1)), (Numbers{7}));
  const ValueId packed = t.b(Op::PACK, {at(0), t.b.int32(49)}, {{Attr::values_count, 2}});
  EXPECT_EQ(t.b.known(packed), (std::vector<Dim>{n, 49}));
  const ValueId joined = t.b(Op::CONCATENATION, {packed, t.ints({2})}, {{Attr::axis, 0}});
  EXPECT_EQ(t.b.known(joined), (std::vector<Dim>{n, 49, 2}));
  EXPECT_EQ(t.b.known(t.b(Op::SLICE, {joined, t.ints({0}), t.ints({2})})), (std::vector<Dim>{n, 49}));
  const auto parts = t.b.many(Op::UNPACK, {joined}, {{Attr::num, 3}, {Attr::axis, 0}}, 3);
  EXPECT_EQ(t.b.known(parts[0]), std::vector<Dim>{n});
  EXPECT_EQ(t.b.integers(parts[2]), Numbers{2});
  const ValueId padded =
      t.b(Op::PADV2, {packed, t.b.constant(integer_tensor(Type::int32, {1, 2}, Numbers{1, 1})), t.b.int32(5)});
  EXPECT_EQ(t.b.known(padded), (std::vector<Dim>{5, n, 49, 5}));
}

TEST(Split, CutsIntoEqualParts) {
  Bench t;
  const auto parts = t.b.many(Op::SPLIT, {t.b.int32(-1), t.range(Type::int32, {2, 4})}, {{Attr::num_splits, 2}}, 2);
  EXPECT_EQ(t.numbers(parts[0]), (Numbers{0, 1, 4, 5}));
  EXPECT_EQ(t.numbers(parts[1]), (Numbers{2, 3, 6, 7}));
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 6});
  EXPECT_EQ(t.b.shape(t.b.many(Op::SPLIT, {t.b.int32(1), x}, {{Attr::num_splits, 3}}, 3)[2]), (Shape{n, 2}));
  EXPECT_THROW(t.b.many(Op::SPLIT, {t.b.int32(1), x}, {{Attr::num_splits, 4}}, 4), Error);
  EXPECT_THROW(t.b.many(Op::SPLIT, {t.b.int32(2), x}, {{Attr::num_splits, 2}}, 2), Error);
}

TEST(SplitV, WorksOutTheOpenSize) {
  Bench t;
  const auto split = [&](ValueId x, Numbers sizes) {
    const auto count = sizes.size();
    return t.b.many(Op::SPLIT_V, {x, t.ints(sizes), t.b.int32(0)},
                    {{Attr::num_splits, static_cast<std::int64_t>(count)}}, count);
  };
  const auto parts = split(t.range(Type::int32, {6}), {1, -1, 2});
  EXPECT_EQ(t.numbers(parts[1]), (Numbers{1, 2, 3}));
  EXPECT_EQ(t.numbers(parts[2]), (Numbers{4, 5}));
  const Dim n = t.fresh();
  const auto open = split(t.input(Type::float32, Shape{n}), {2, -1});
  EXPECT_EQ(t.b.shape(open[1]), (Shape{t.b.dims().sub(n, 2)}));
  for (const Numbers& sizes : {Numbers{1, 2}, Numbers{-1, -1}, Numbers{7, -1}, Numbers{-2, 8}})
    EXPECT_THROW(split(t.input(Type::float32, Shape{6}), sizes), Error);
}

TEST(Concatenation, AddsAlongTheAxis) {
  Bench t;
  const ValueId x = t.range(Type::int64, {2, 1});
  const ValueId y = t.range(Type::int64, {2, 2});
  EXPECT_EQ(t.numbers(t.b(Op::CONCATENATION, {x, y, x}, {{Attr::axis, -1}})), (Numbers{0, 0, 1, 0, 1, 2, 3, 1}));
  const Dim n = t.fresh();
  const Dim m = t.fresh();
  const ValueId a = t.input(Type::float32, Shape{n, 3});
  const ValueId b = t.input(Type::float32, Shape{m, 3});
  EXPECT_EQ(t.b.shape(t.b(Op::CONCATENATION, {a, b}, {{Attr::axis, 0}})), (Shape{t.b.dims().add(n, m), 3}));
  EXPECT_EQ(t.b.shape(t.b(Op::CONCATENATION, {a, t.input(Type::float32, Shape{4, m})}, {{Attr::axis, 1}})),
            (Shape{4, t.b.dims().add(3, m)}));
  EXPECT_THROW(t.b(Op::CONCATENATION, {a, t.input(Type::float32, Shape{2, 4})}, {{Attr::axis, 0}}), Error);
  EXPECT_THROW(t.b(Op::CONCATENATION, {a, b}, {{Attr::axis, 2}}), Error);
  EXPECT_THROW(t.b(Op::CONCATENATION, {a, x}, {{Attr::axis, 0}}), Error);
}

TEST(Pack, AddsAnAxis) {
  Bench t;
  const ValueId x = t.range(Type::int32, {2, 2});
  EXPECT_EQ(t.numbers(t.b(Op::PACK, {x, x}, {{Attr::values_count, 2}, {Attr::axis, -1}})),
            (Numbers{0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(t.dims(t.b(Op::PACK, {x, x}, {{Attr::values_count, 2}, {Attr::axis, 0}})), (Numbers{2, 2, 2}));
  EXPECT_THROW(t.b(Op::PACK, {x, x}, {{Attr::values_count, 3}}), Error);
  EXPECT_THROW(t.b(Op::PACK, {x, x}, {{Attr::values_count, 2}, {Attr::axis, 3}}), Error);
}

TEST(DynamicUpdateSlice, ClampsTheStart) {
  Bench t;
  const ValueId y = t.b(Op::DYNAMIC_UPDATE_SLICE,
                        {t.range(Type::int32, {2, 3}), t.b.constant(integer_tensor(Type::int32, {1, 2}, Numbers{8, 9})),
                         t.ints({5, -1})});
  EXPECT_EQ(t.numbers(y), (Numbers{0, 1, 2, 8, 9, 5}));
}

}  // namespace
}  // namespace tolite::test
