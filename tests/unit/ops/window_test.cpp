// Pooling, matrix products, local response normalisation and resizing against numbers worked out by hand.
#include <cmath>

#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

const Tensor kImage = floats({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});

Attrs pool(Padding padding, int filter, int stride) {
  return {{Attr::padding, padding},
          {Attr::stride_h, stride},
          {Attr::stride_w, stride},
          {Attr::filter_height, filter},
          {Attr::filter_width, filter}};
}

TEST(Pooling, PaddingDoesNotCount) {
  EXPECT_EQ(values_of(OneOp(Op::AVERAGE_POOL_2D, {kImage}, pool(Padding::SAME, 2, 2)).run()),
            (std::vector<double>{3, 4.5, 7.5, 9}));
  EXPECT_EQ(values_of(OneOp(Op::MAX_POOL_2D, {kImage}, pool(Padding::VALID, 2, 1)).run()),
            (std::vector<double>{5, 6, 8, 9}));
  EXPECT_NEAR(values_of(OneOp(Op::L2_POOL_2D, {kImage}, pool(Padding::VALID, 2, 2)).run())[0],
              std::sqrt((1 + 4 + 16 + 25) / 4.0), 1e-6);
}

TEST(Pooling, WindowFarLargerThanTheImage) {
  EXPECT_EQ(values_of(OneOp(Op::MAX_POOL_2D, {kImage}, pool(Padding::SAME, 2147483647, 2147483647)).run()),
            (std::vector<double>{9}));
}

TEST(FullyConnected, FlattensOrKeepsItsDimensions) {
  const Tensor x = floats({2, 1, 2}, {1, 2, 3, 4});
  const Tensor w = floats({3, 2}, {1, 10, 2, 20, 3, 30});
  const OneOp flat(Op::FULLY_CONNECTED, {x, w, floats({3}, {0, 0, 100})}, {});
  EXPECT_EQ(flat.inferred(), (Shape{2, 3}));
  EXPECT_EQ(values_of(flat.run()), (std::vector<double>{21, 42, 163, 43, 86, 229}));
  const OneOp kept(Op::FULLY_CONNECTED, {x, w}, {{Attr::keep_num_dims, true}});
  EXPECT_EQ(kept.inferred(), (Shape{2, 1, 3}));
  EXPECT_EQ(kept.run().dims, (std::vector<std::int64_t>{2, 1, 3}));
}

TEST(BatchMatMul, BroadcastsAndTransposes) {
  const Tensor x = floats({2, 1, 1, 2}, {1, 2, 3, 4});
  const Tensor y = floats({2, 2, 2}, {1, 0, 0, 1, 1, 2, 3, 4});
  const OneOp plain(Op::BATCH_MATMUL, {x, y}, {});
  EXPECT_EQ(plain.inferred(), (Shape{2, 2, 1, 2}));
  EXPECT_EQ(values_of(plain.run()), (std::vector<double>{1, 2, 7, 10, 3, 4, 15, 22}));
  EXPECT_EQ(values_of(OneOp(Op::BATCH_MATMUL, {x, y}, {{Attr::adj_y, true}}).run()),
            (std::vector<double>{1, 2, 5, 11, 3, 4, 11, 25}));
  const Tensor row = floats({2, 1}, {1, 2});
  EXPECT_EQ(values_of(OneOp(Op::BATCH_MATMUL, {row, floats({2, 1}, {3, 4})}, {{Attr::adj_x, true}}).run()),
            (std::vector<double>{11}));
}

TEST(BatchMatMul, DepthsThatDifferAreAnError) {
  EXPECT_THROW(OneOp(Op::BATCH_MATMUL, {floats({1, 2}, {1, 2}), floats({3, 1}, {1, 2, 3})}, {}), Error);
}

TEST(LocalResponseNormalization, SumsSquaresOfNeighbours) {
  const OneOp op(Op::LOCAL_RESPONSE_NORMALIZATION, {floats({1, 1, 1, 3}, {1, 2, 3})},
                 {{Attr::radius, 1}, {Attr::bias, 1.0F}, {Attr::alpha, 1.0F}, {Attr::beta, 1.0F}});
  expect_near(op.run(), floats({1, 1, 1, 3}, {1.0 / 6, 2.0 / 15, 3.0 / 14}), 1e-6);
}

Tensor size(int height, int width) {
  return tensor_of(Type::int32, {2}, std::vector<double>{1.0 * height, 1.0 * width});
}

TEST(Resize, Bilinear) {
  const Tensor x = floats({1, 1, 2, 1}, {0, 4});
  const auto resize = [&](Attrs attrs) {
    return values_of(OneOp(Op::RESIZE_BILINEAR, {x, size(1, 4)}, attrs, {false, true}).run());
  };
  EXPECT_EQ(resize({}), (std::vector<double>{0, 2, 4, 4}));
  EXPECT_EQ(resize({{Attr::half_pixel_centers, true}}), (std::vector<double>{0, 1, 3, 4}));
  const std::vector<double> aligned = resize({{Attr::align_corners, true}});
  EXPECT_NEAR(aligned[1], 4.0 / 3, 1e-6);
  EXPECT_EQ(aligned[3], 4);
}

TEST(Resize, NearestNeighborOfAnyType) {
  const Tensor x = tensor_of(Type::int16, {1, 1, 3, 1}, std::vector<double>{1, 2, 3});
  const OneOp op(Op::RESIZE_NEAREST_NEIGHBOR, {x, size(2, 4)}, {}, {false, true});
  EXPECT_EQ(op.inferred(), (Shape{1, 2, 4, 1}));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{1, 1, 2, 3, 1, 1, 2, 3}));
}

}  // namespace
}  // namespace tolite
