// TensorFlow pooling: AvgPool, MaxPool, MaxPoolV2.
#include <limits>

#include "import/tensorflow/ops/data_format.h"

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

}  // namespace

void add_pooling_translators(Translators& t) {
  t.add("AvgPool", [](TfNode& n, Builder& b) {
    return pool(n, b, Op::AVERAGE_POOL_2D, n.integers_attr("ksize"), n.integers_attr("strides"));
  });
  t.add("MaxPool", [](TfNode& n, Builder& b) {
    return pool(n, b, Op::MAX_POOL_2D, n.integers_attr("ksize"), n.integers_attr("strides"));
  });
  t.add("MaxPoolV2", [](TfNode& n, Builder& b) {
    return pool(n, b, Op::MAX_POOL_2D, n.integers(1, "ksize"), n.integers(2, "strides"));
  });
}

}  // namespace tolite::tensorflow
