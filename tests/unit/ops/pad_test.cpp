// PAD, PADV2, MIRROR_PAD, TILE, BROADCAST_TO, BROADCAST_ARGS.
#include "unit/ops/movement.h"

namespace tolite::test {
namespace {

ValueId pairs(Bench& t, Numbers values) {
  return t.b.constant(integer_tensor(Type::int32, {static_cast<std::int64_t>(values.size()) / 2, 2}, values));
}

TEST(Pad, FillsAround) {
  Bench t;
  const ValueId x = t.range(Type::int16, {2, 2});
  EXPECT_EQ(t.numbers(t.b(Op::PAD, {x, pairs(t, {1, 0, 0, 1})})), (Numbers{0, 0, 0, 0, 1, 0, 2, 3, 0}));
  const ValueId value = t.b.scalar(Type::int16, 7);
  EXPECT_EQ(t.numbers(t.b(Op::PADV2, {x, pairs(t, {0, 1, 1, 0}), value})), (Numbers{7, 0, 1, 7, 2, 3, 7, 7, 7}));
  EXPECT_EQ(t.numbers(t.b(Op::PAD, {t.range(Type::int32, {0}), pairs(t, {1, 1})})), (Numbers{0, 0}));
  EXPECT_THROW(t.b(Op::PAD, {x, pairs(t, {-1, 0, 0, 0})}), Error);
  EXPECT_THROW(t.b(Op::PAD, {x, pairs(t, {1, 0})}), Error);
  EXPECT_THROW(t.b(Op::PADV2, {x, pairs(t, {0, 0, 0, 0}), t.b.int32(1)}), Error);
}

TEST(Pad, KeepsUnknownSizes) {
  Bench t;
  const Dim n = t.fresh();
  const ValueId x = t.input(Type::float32, Shape{n, 8});
  EXPECT_EQ(t.b.shape(t.b(Op::PAD, {x, pairs(t, {0, 0, 1, 2})})), (Shape{n, 11}));
  EXPECT_EQ(t.b.shape(t.b(Op::PAD, {x, pairs(t, {2, 1, 0, 0})})), (Shape{t.b.dims().add(n, 3), 8}));
  EXPECT_EQ(t.b.shape(t.b(Op::PAD, {x, t.input(Type::int32, Shape{2, 2})})).rank(), 2U);
}

TEST(MirrorPad, ReflectsOrRepeatsTheBorder) {
  Bench t;
  const ValueId x = t.range(Type::int32, {2, 3});
  EXPECT_EQ(t.numbers(t.b(Op::MIRROR_PAD, {x, pairs(t, {1, 1, 2, 1})}, {{Attr::mode, 0}})),
            (Numbers{5, 4, 3, 4, 5, 4, 2, 1, 0, 1, 2, 1, 5, 4, 3, 4, 5, 4, 2, 1, 0, 1, 2, 1}));
  EXPECT_EQ(t.numbers(t.b(Op::MIRROR_PAD, {x, pairs(t, {0, 1, 2, 3})}, {{Attr::mode, 1}})),
            (Numbers{1, 0, 0, 1, 2, 2, 1, 0, 4, 3, 3, 4, 5, 5, 4, 3, 4, 3, 3, 4, 5, 5, 4, 3}));
  // More than there is to mirror: no constant comes of it.
  EXPECT_EQ(t.b.constant_of(t.b(Op::MIRROR_PAD, {x, pairs(t, {2, 0, 0, 0})}, {{Attr::mode, 0}})), nullptr);
}

TEST(Tile, RepeatsTheWhole) {
  Bench t;
  const ValueId x = t.range(Type::uint8, {2, 2});
  EXPECT_EQ(t.numbers(t.b(Op::TILE, {x, t.ints({1, 2})})), (Numbers{0, 1, 0, 1, 2, 3, 2, 3}));
  EXPECT_EQ(t.numbers(t.b(Op::TILE, {x, t.ints({2, 1})})), (Numbers{0, 1, 2, 3, 0, 1, 2, 3}));
  EXPECT_EQ(t.dims(t.b(Op::TILE, {x, t.ints({0, 1})})), (Numbers{0, 2}));
  const Dim n = t.fresh();
  EXPECT_EQ(t.b.shape(t.b(Op::TILE, {t.input(Type::float32, Shape{n, 3}), t.ints({2, 2})})),
            (Shape{t.b.dims().mul(n, 2), 6}));
  EXPECT_THROW(t.b(Op::TILE, {x, t.ints({1})}), Error);
  EXPECT_THROW(t.b(Op::TILE, {x, t.ints({1, -1})}), Error);
  const std::int64_t many = (std::int64_t{1} << 31) - 1;
  EXPECT_THROW(t.b(Op::TILE, {t.input(Type::float32, Shape{many, many, many}), t.ints({many, many, many})}), Error);
}

TEST(Tile, MovesStrings) {
  Bench t;
  const std::vector<std::string> words{"a", "bc"};
  const ValueId x = t.b.constant(string_tensor({2}, words));
  const ValueId multiples = t.ints({2});
  const NodeId node = t.b.graph().add_node(Op::TILE, std::vector{x, multiples}, {}, 1, {});
  const Tensor* operands[] = {t.b.constant_of(x), t.b.constant_of(multiples)};
  const Tensor y = evaluate_node(t.b.view(node), operands).front();
  EXPECT_EQ(y.dims, (Numbers{4}));
  EXPECT_EQ(string_element(y, 3), "bc");
}

TEST(BroadcastTo, RepeatsAlongAxesOfSizeOne) {
  Bench t;
  const ValueId x = t.range(Type::int32, {2, 1});
  EXPECT_EQ(t.numbers(t.b(Op::BROADCAST_TO, {x, t.ints({2, 2, 3})})), (Numbers{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(t.numbers(t.b(Op::BROADCAST_TO, {t.b.int32(4), t.ints({2})})), (Numbers{4, 4}));
  EXPECT_THROW(t.b(Op::BROADCAST_TO, {x, t.ints({3, 2})}), Error);
  EXPECT_THROW(t.b(Op::BROADCAST_TO, {x, t.ints({2})}), Error);
  const ValueId y = t.b(Op::BROADCAST_TO, {t.input(Type::float32, Shape{1, 5}), t.input(Type::int32, Shape{3})});
  EXPECT_EQ(t.b.shape(y).rank(), 3U);
  EXPECT_EQ(t.b.shape(y).last(), Dim(5));
  EXPECT_EQ(op_version(t.b.view(t.b.graph()[y].producer)), 2);
}

TEST(BroadcastArgs, GivesTheCommonShape) {
  Bench t;
  EXPECT_EQ(t.numbers(t.b(Op::BROADCAST_ARGS, {t.ints({2, 1}), t.ints({4, 1, 3})})), (Numbers{4, 2, 3}));
  const Dim n = t.fresh();
  const ValueId shape = t.input(Type::int32, Shape{2});
  t.b.graph()[shape].known = std::vector<Dim>{n, 1};
  EXPECT_EQ(t.b.known(t.b(Op::BROADCAST_ARGS, {shape, t.ints({5})})), (std::vector<Dim>{n, 5}));
}

}  // namespace
}  // namespace tolite::test
