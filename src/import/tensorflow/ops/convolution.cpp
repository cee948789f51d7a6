// TensorFlow convolutions: Conv2D, DepthwiseConv2dNative, Conv2DBackpropInput, Conv3D, Conv3DBackpropInputV2.
// Filters are laid out anew by a TRANSPOSE or RESHAPE of their own: on a weight it is folded, once.
#include "base/checked.h"
#include "import/tensorflow/ops/data_format.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

void require_float(const TfNode& n, std::size_t operand) {
  n.require(is_float(n.type(operand)), "only floating-point convolutions exist at run time");
}

void require_rank(const TfNode& n, std::size_t operand, std::size_t rank) {
  if (n.shape(operand).ranked() && n.shape(operand).rank() == rank) return;
  n.refuse("operand " + std::to_string(operand) + " does not have a known rank of " + std::to_string(rank));
}

// XNNPACK takes convolutions with a constant bias only, so a convolution always has one.
ValueId zero_bias(Builder& b, Type type, Dim channels) {
  return channels.known() ? b.constant(new_tensor(type, {channels.number}).tensor) : ValueId();
}

Attrs attrs_2d(Padding padding, const std::vector<std::int64_t>& strides, const std::vector<std::int64_t>& dilations) {
  Attrs attrs{{Attr::padding, padding}, {Attr::stride_h, strides[0]}, {Attr::stride_w, strides[1]}};
  attrs.set(Attr::dilation_h_factor, dilations[0]);
  attrs.set(Attr::dilation_w_factor, dilations[1]);
  return attrs;
}

// The operand of a convolution with its channels last and its explicit padding around it.
ValueId padded_input(TfNode& n, Builder& b, const DataFormat& format, const WindowPadding& padding) {
  const ValueId x = format.enter(b, n.in(0));
  n.require(b.shape(x).last().known(), "the number of input channels is unknown");
  return padding.is_explicit() ? b(Op::PAD, {x, padding.paddings(b)}) : x;
}

Results conv_2d(TfNode& n, Builder& b) {
  require_float(n, 0);
  require_rank(n, 0, 4);
  require_rank(n, 1, 4);
  const DataFormat format(n, 4);
  const WindowPadding padding(n, format);
  const ValueId x = padded_input(n, b, format, padding);
  const ValueId w = b(Op::TRANSPOSE, {n.in(1), b.int32s({3, 0, 1, 2})});  // HWIO to OHWI
  const Attrs attrs = attrs_2d(padding.padding, format.spatial(n, n.integers_attr("strides"), "strides"),
                               format.spatial(n, n.integers_attr("dilations"), "dilations"));
  return format.leave(b, b(Op::CONV_2D, {x, w, zero_bias(b, n.type(0), n.shape(1)[3])}, attrs));
}

Results depthwise_conv_2d(TfNode& n, Builder& b) {
  require_float(n, 0);
  require_rank(n, 0, 4);
  require_rank(n, 1, 4);
  const DataFormat format(n, 4);
  const WindowPadding padding(n, format);
  const ValueId x = padded_input(n, b, format, padding);
  const Shape filter = n.shape(1);  // height, width, input channels, multiplier
  n.require(filter.is_static(), "the shape of the filter is unknown");
  const std::vector<std::int64_t> f = filter.numbers();
  const std::int64_t channels = checked_mul(f[2], f[3]);
  const ValueId w = b(Op::RESHAPE, {n.in(1), b.int32s({1, f[0], f[1], channels})});
  Attrs attrs = attrs_2d(padding.padding, format.spatial(n, n.integers_attr("strides"), "strides"),
                         format.spatial(n, n.integers_attr("dilations"), "dilations"));
  attrs.set(Attr::depth_multiplier, f[3]);
  return format.leave(b, b(Op::DEPTHWISE_CONV_2D, {x, w, zero_bias(b, n.type(0), channels)}, attrs));
}

// Puts dilation - 1 zeros between the filter's taps along `axis`: the runtime's transposed convolutions do not dilate.
ValueId dilate_filter(TfNode& n, Builder& b, ValueId filter, std::size_t axis, std::int64_t dilation) {
  if (dilation == 1) return filter;
  n.require(b.shape(filter).is_static(), "the shape of a dilated filter is unknown");
  std::vector<std::int64_t> dims = b.shape(filter).numbers();
  const std::int64_t taps = dims[axis];
  const auto rank = static_cast<std::int64_t>(dims.size());
  std::vector<std::int64_t> split = dims;
  split.insert(split.begin() + static_cast<std::ptrdiff_t>(axis) + 1, 1);
  std::vector<std::int64_t> pads(2 * split.size());
  pads[2 * (axis + 1) + 1] = dilation - 1;
  const ValueId rows = b(Op::RESHAPE, {filter, b.int32s(split)});
  const ValueId spread = b(Op::PAD, {rows, b.constant(integer_tensor(Type::int32, {rank + 1, 2}, pads))});
  dims[axis] = checked_mul(taps, dilation);
  const ValueId merged = b(Op::RESHAPE, {spread, b.int32s(dims)});
  dims[axis] = checked_add(checked_mul(taps - 1, dilation), 1);
  const std::vector<std::int64_t> origin(dims.size(), 0);
  return b(Op::SLICE, {merged, b.int32s(origin), b.int32s(dims)});
}

// The shape that a transposed convolution produces, channels last, as an int32 vector. TensorFlow also takes the
// spatial sizes alone.
ValueId output_shape(TfNode& n, Builder& b, const DataFormat& format, ValueId x, Dim channels) {
  const ValueId shape = int32_operand(b, n.in(0));
  const Shape s = b.shape(shape);
  n.require(s.ranked() && s.rank() == 1 && s[0].known(), "the length of input_sizes is unknown");
  if (s[0].is(static_cast<std::int64_t>(format.rank()))) return format.enter_shape(b, shape);
  n.require(s[0].is(static_cast<std::int64_t>(format.rank()) - 2), "input_sizes has the wrong length");
  n.require(channels.known(), "the number of output channels is unknown");
  const ValueId batch = b(Op::STRIDED_SLICE, {b(Op::SHAPE, {x}, {{Attr::out_type, Type::int32}}), b.int32s({0}),
                                              b.int32s({1}), b.int32s({1})});
  return b(Op::CONCATENATION, {batch, shape, b.int32s({channels.number})}, {{Attr::axis, 0}});
}

// Explicit padding of a transposed convolution cuts its result: VALID makes the whole, a slice takes the inner part.
template <typename F>
ValueId cut(Builder& b, const WindowPadding& padding, ValueId shape, F convolve) {
  if (!padding.is_explicit()) return convolve(shape);
  std::vector<std::int64_t> around{0};
  std::vector<std::int64_t> begin{0};
  for (std::size_t i = 0; i < padding.before.size(); ++i) {
    around.push_back(padding.before[i] + padding.after[i]);
    begin.push_back(padding.before[i]);
  }
  around.push_back(0);
  begin.push_back(0);
  return b(Op::SLICE, {convolve(b(Op::ADD, {shape, b.int32s(around)})), b.int32s(begin), shape});
}

Results conv_2d_backprop_input(TfNode& n, Builder& b) {
  require_float(n, 1);
  require_rank(n, 1, 4);
  require_rank(n, 2, 4);
  const DataFormat format(n, 4);
  const WindowPadding padding(n, format);
  const ValueId x = format.enter(b, n.in(2));
  const std::vector<std::int64_t> strides = format.spatial(n, n.integers_attr("strides"), "strides");
  const std::vector<std::int64_t> dilations = format.spatial(n, n.integers_attr("dilations"), "dilations");
  ValueId w = b(Op::TRANSPOSE, {n.in(1), b.int32s({2, 0, 1, 3})});  // HWOI to OHWI
  for (std::size_t i = 0; i < 2; ++i) w = dilate_filter(n, b, w, i + 1, dilations[i]);
  const ValueId shape = output_shape(n, b, format, x, n.shape(1)[2]);
  const Attrs attrs{{Attr::padding, padding.padding}, {Attr::stride_h, strides[0]}, {Attr::stride_w, strides[1]}};
  return format.leave(b, cut(b, padding, shape, [&](ValueId full) {
                        return b(Op::TRANSPOSE_CONV, {full, w, x}, attrs);
                      }));
}

Attrs attrs_3d(Padding padding, const std::vector<std::int64_t>& strides, const std::vector<std::int64_t>& dilations) {
  Attrs attrs = attrs_2d(padding, {strides[1], strides[2]}, {dilations[1], dilations[2]});
  attrs.set(Attr::stride_d, strides[0]);
  attrs.set(Attr::dilation_d_factor, dilations[0]);
  return attrs;
}

Results conv_3d(TfNode& n, Builder& b) {
  require_float(n, 0);
  require_rank(n, 0, 5);
  require_rank(n, 1, 5);
  const DataFormat format(n, 5);
  const WindowPadding padding(n, format);
  const ValueId x = padded_input(n, b, format, padding);
  n.require(b.shape(x).last() == n.shape(1)[3], "grouped three-dimensional convolutions do not exist at run time");
  const Attrs attrs = attrs_3d(padding.padding, format.spatial(n, n.integers_attr("strides"), "strides"),
                               format.spatial(n, n.integers_attr("dilations"), "dilations"));
  return format.leave(b, b(Op::CONV_3D, {x, n.in(1), ValueId()}, attrs));
}

Results conv_3d_backprop_input(TfNode& n, Builder& b) {
  require_float(n, 1);
  require_rank(n, 1, 5);
  require_rank(n, 2, 5);
  const DataFormat format(n, 5);
  const WindowPadding padding(n, format);
  const ValueId x = format.enter(b, n.in(2));
  const std::vector<std::int64_t> dilations = format.spatial(n, n.integers_attr("dilations"), "dilations");
  ValueId w = n.in(1);
  for (std::size_t i = 0; i < 3; ++i) w = dilate_filter(n, b, w, i, dilations[i]);
  const ValueId shape = output_shape(n, b, format, x, n.shape(1)[3]);
  const Attrs attrs = attrs_3d(padding.padding, format.spatial(n, n.integers_attr("strides"), "strides"), {1, 1, 1});
  return format.leave(b, b(Op::CONV_3D_TRANSPOSE, {shape, w, x, ValueId()}, attrs));
}

}  // namespace

void add_convolution_translators(Translators& t) {
  t.add("Conv2D", conv_2d);
  t.add("DepthwiseConv2dNative", depthwise_conv_2d);
  t.add("Conv2DBackpropInput", conv_2d_backprop_input);
  t.add("Conv3D", conv_3d);
  t.add("Conv3DBackpropInputV2", conv_3d_backprop_input);
}

}  // namespace tolite::tensorflow
