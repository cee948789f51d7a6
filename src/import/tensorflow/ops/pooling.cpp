// TensorFlow pooling: AvgPool, MaxPool, MaxPoolV2, AvgPool3D, MaxPool3D.
#include <limits>

#include "import/tensorflow/ops/data_format.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

Results pool(TfNode& n, Builder& b, Op op, const std::vector<std::int64_t>& filter_list,
             const std::vector<std::int64_t>& stride_list) {
  const bool max = op == Op::MAX_POOL_2D;
  const bool small_integer = n.type(0) == Type::int8 || n.type(0) == Type::uint8 || n.type(0) == Type::int16;
  n.require(is_float(n.type(0)) || (max && small_integer), "pooling of this type does not exist at run time");
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 4, "the operand does not have a known rank of 4");
  const DataFormat format(n, 4);
  const WindowPadding padding(n, format);
  const std::vector<std::int64_t> filter = format.spatial(n, filter_list, "ksize");
  const std::vector<std::int64_t> strides = format.spatial(n, stride_list, "strides");
  ValueId x = format.enter(b, n.in(0));
  if (padding.is_explicit()) {
    n.require(max && is_float(n.type(0)), "explicit padding is for the largest floating-point number only");
    x = b(Op::PADV2, {x, padding.paddings(b), b.scalar(n.type(0), std::numeric_limits<float>::lowest())});
  }
  Attrs attrs{{Attr::padding, padding.padding}, {Attr::stride_h, strides[0]}, {Attr::stride_w, strides[1]}};
  attrs.set(Attr::filter_height, filter[0]);
  attrs.set(Attr::filter_width, filter[1]);
  return format.leave(b, b(op, {x}, attrs));
}

// Windows in three dimensions: first over each plane, then over the planes, whose rows and columns are one dimension.
// Every plane of a window has the same part of it inside the image, so means of means are exact.
Results pool_3d(TfNode& n, Builder& b, Op op) {
  n.require(is_float(n.type(0)), "three-dimensional pooling is for floating-point numbers only");
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 5, "the operand does not have a known rank of 5");
  const DataFormat format(n, 5);
  const WindowPadding padding(n, format);
  n.require(!padding.is_explicit(), "explicit padding does not exist in three dimensions");
  const std::vector<std::int64_t> filter = format.spatial(n, n.integers_attr("ksize"), "ksize");
  const std::vector<std::int64_t> strides = format.spatial(n, n.integers_attr("strides"), "strides");
  const auto pooled = [&](ValueId x, std::size_t height, std::size_t width) {
    const auto of = [](const std::vector<std::int64_t>& list, std::size_t i) { return i < 3 ? list[i] : 1; };
    return b(op, {x},
             {{Attr::padding, padding.padding},
              {Attr::stride_h, of(strides, height)},
              {Attr::stride_w, of(strides, width)},
              {Attr::filter_height, of(filter, height)},
              {Attr::filter_width, of(filter, width)}});
  };
  const ValueId x = format.enter(b, n.in(0));
  const Shape s = b.shape(x);
  const ValueId planes = reshaped(n, b, x, Shape{product(b, s, 0, 2), s[2], s[3], s[4]});
  const ValueId in_planes = pooled(planes, 1, 2);
  const Shape p = b.shape(in_planes);
  const ValueId columns = reshaped(n, b, in_planes, Shape{s[0], s[1], product(b, p, 1, 3), s[4]}, {x});
  const ValueId y = pooled(columns, 0, 3);
  return format.leave(b, reshaped(n, b, y, Shape{s[0], b.shape(y)[1], p[1], p[2], s[4]}, {x, in_planes}));
}

}  // namespace

void add_pooling_translators(Translators& t) {
  t.add("AvgPool", [](TfNode& n, Builder& b) {
    return pool(n, b, Op::AVERAGE_POOL_2D, n.integers_attr("ksize"), n.integers_attr("strides"));
  });
  t.add("AvgPool3D", [](TfNode& n, Builder& b) { return pool_3d(n, b, Op::AVERAGE_POOL_2D); });
  t.add("MaxPool", [](TfNode& n, Builder& b) {
    return pool(n, b, Op::MAX_POOL_2D, n.integers_attr("ksize"), n.integers_attr("strides"));
  });
  t.add("MaxPool3D", [](TfNode& n, Builder& b) { return pool_3d(n, b, Op::MAX_POOL_2D); });
  t.add("MaxPoolV2", [](TfNode& n, Builder& b) {
    return pool(n, b, Op::MAX_POOL_2D, n.integers(1, "ksize"), n.integers(2, "strides"));
  });
}

}  // namespace tolite::tensorflow
