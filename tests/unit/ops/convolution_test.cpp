// Convolutions against sums written out by hand.
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

Attrs attrs_2d(Padding padding, int stride = 1, int dilation = 1) {
  return {{Attr::padding, padding},
          {Attr::stride_h, stride},
          {Attr::stride_w, stride},
          {Attr::dilation_h_factor, dilation},
          {Attr::dilation_w_factor, dilation}};
}

const Tensor kImage = floats({1, 3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
const Tensor kCorners = floats({1, 2, 2, 1}, {1, 10, 100, 1000});  // one output channel

TEST(Conv2D, Valid) {
  const OneOp op(Op::CONV_2D, {kImage, kCorners}, attrs_2d(Padding::VALID));
  EXPECT_EQ(op.inferred(), (Shape{1, 2, 2, 1}));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{5421, 6532, 8754, 9865}));
}

TEST(Conv2D, SamePutsTheOddPaddingBehind) {
  const OneOp op(Op::CONV_2D, {kImage, kCorners}, attrs_2d(Padding::SAME, 2));
  EXPECT_EQ(op.inferred(), (Shape{1, 2, 2, 1}));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{5421, 603, 87, 9}));
}

TEST(Conv2D, Dilation) {
  const OneOp op(Op::CONV_2D, {kImage, kCorners}, attrs_2d(Padding::VALID, 1, 2));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{1 + 30 + 700 + 9000}));
}

TEST(Conv2D, BiasAndActivation) {
  Attrs attrs = attrs_2d(Padding::VALID);
  attrs.set(Attr::fused_activation_function, Activation::RELU6);
  const OneOp op(Op::CONV_2D, {kImage, kCorners, floats({1}, {-6530})}, attrs);
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{0, 2, 6, 6}));
}

TEST(Conv2D, GroupsReadTheirOwnChannels) {
  const Tensor x = floats({1, 1, 1, 4}, {1, 2, 3, 4});
  const Tensor w = floats({2, 1, 1, 2}, {1, 10, 1, 10});
  EXPECT_EQ(values_of(OneOp(Op::CONV_2D, {x, w}, attrs_2d(Padding::VALID)).run()), (std::vector<double>{21, 43}));
}

TEST(Conv2D, UnknownSizesStayExpressions) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const Dim batch = b.dims().fresh();
  const Dim height = b.dims().fresh();
  const ValueId x = b.input(Type::float32, Shape{batch, height, 7, 1}, "x");
  const ValueId same = b(Op::CONV_2D, {x, b.constant(kCorners)}, attrs_2d(Padding::SAME));
  EXPECT_EQ(b.shape(same), (Shape{batch, height, 7, 1}));
  const ValueId valid = b(Op::CONV_2D, {x, b.constant(kCorners)}, attrs_2d(Padding::VALID));
  EXPECT_EQ(b.shape(valid), (Shape{batch, b.dims().sub(height, 1), 6, 1}));
}

TEST(Conv2D, ContradictionsAreErrors) {
  const auto wire = [](const Tensor& x, const Tensor& w, const Attrs& attrs) { OneOp(Op::CONV_2D, {x, w}, attrs); };
  EXPECT_THROW(wire(kImage, floats({1, 2, 2, 2}, std::vector<double>(8)), attrs_2d(Padding::VALID)), Error);
  EXPECT_THROW(wire(kImage, floats({1, 4, 4, 1}, std::vector<double>(16)), attrs_2d(Padding::VALID)), Error);
  EXPECT_THROW(wire(kImage, kCorners, attrs_2d(Padding::VALID, 0)), Error);
  EXPECT_THROW(wire(kImage, kCorners, attrs_2d(Padding::VALID, 1, -1)), Error);
  EXPECT_THROW(wire(kImage, floats({1, 0, 2, 1}, {}), attrs_2d(Padding::VALID)), Error);
}

TEST(DepthwiseConv2D, EachChannelHasItsOwnFilters) {
  const Tensor x = floats({1, 1, 2, 2}, {1, 2, 3, 4});
  const Tensor w = floats({1, 1, 1, 4}, {1, 10, 100, 1000});
  EXPECT_EQ(values_of(OneOp(Op::DEPTHWISE_CONV_2D, {x, w}, attrs_2d(Padding::VALID)).run()),
            (std::vector<double>{1, 10, 200, 2000, 3, 30, 400, 4000}));
}

TEST(TransposeConv, ScattersEachPixel) {
  const Tensor shape = tensor_of(Type::int32, {4}, std::vector<double>{1, 4, 4, 1});
  const Tensor x = floats({1, 2, 2, 1}, {1, 2, 3, 4});
  const OneOp op(Op::TRANSPOSE_CONV, {shape, kCorners, x}, attrs_2d(Padding::VALID, 2), {true, true, false});
  EXPECT_EQ(op.inferred(), (Shape{1, 4, 4, 1}));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{1, 10, 2, 20, 100, 1000, 200, 2000,  //
                                                      3, 30, 4, 40, 300, 3000, 400, 4000}));
}

TEST(TransposeConv, ShapeThatIsNotASizeIsAnError) {
  const Tensor shape = tensor_of(Type::int32, {4}, std::vector<double>{1, -4, 4, 1});
  EXPECT_THROW(OneOp(Op::TRANSPOSE_CONV, {shape, kCorners, floats({1, 2, 2, 1}, {1, 2, 3, 4})},
                     attrs_2d(Padding::VALID, 2), {true, true, false}),
               Error);
}

TEST(Conv3D, SumsOverDepthToo) {
  const Tensor x = floats({1, 2, 1, 2, 1}, {1, 2, 3, 4});
  const Tensor w = floats({2, 1, 2, 1, 2}, {1, 0, 10, 0, 100, 0, 1000, 1});  // second channel: the last tap
  Attrs attrs = attrs_2d(Padding::VALID);
  attrs.set(Attr::stride_d, 1);
  const OneOp op(Op::CONV_3D, {x, w}, attrs);
  EXPECT_EQ(op.inferred(), (Shape{1, 1, 1, 1, 2}));
  EXPECT_EQ(values_of(op.run()), (std::vector<double>{4321, 4}));
}

TEST(Conv3DTranspose, IsTheTransposeOfConv3D) {
  // <conv(x), y> = <x, conv_transpose(y)> for all x and y.
  Attrs attrs = attrs_2d(Padding::SAME, 2);
  attrs.set(Attr::stride_d, 1);
  const Tensor w = noise({2, 3, 2, 2, 3}, 5);
  const Tensor x = noise({1, 3, 5, 4, 2}, 6);
  const Tensor y = noise({1, 3, 3, 2, 3}, 7);
  const Tensor shape = tensor_of(Type::int32, {5}, std::vector<double>{1, 3, 5, 4, 2});
  const std::vector<double> forward = values_of(OneOp(Op::CONV_3D, {x, w}, attrs).run());
  const std::vector<double> back =
      values_of(OneOp(Op::CONV_3D_TRANSPOSE, {shape, w, y}, attrs, {true, false, false}).run());
  double left = 0;
  double right = 0;
  for (std::size_t i = 0; i < forward.size(); ++i) left += forward[i] * values_of(y)[i];
  for (std::size_t i = 0; i < back.size(); ++i) right += back[i] * values_of(x)[i];
  EXPECT_NEAR(left, right, 1e-4);
}

}  // namespace
}  // namespace tolite
