// Convolutions: CONV_2D (with groups), DEPTHWISE_CONV_2D, TRANSPOSE_CONV, CONV_3D, CONV_3D_TRANSPOSE.
// The two-dimensional kernels are the three-dimensional ones with a depth of one: one loop nest each for the direct and
// the transposed direction.
#include <array>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"
#include "ops/window.h"

namespace tolite {
namespace {

constexpr std::array kStrides{Attr::stride_d, Attr::stride_h, Attr::stride_w};
constexpr std::array kDilations{Attr::dilation_d_factor, Attr::dilation_h_factor, Attr::dilation_w_factor};

// Strides and dilations along depth, height and width. TransposeConvOptions has no dilations: there they are 1.
std::int64_t factor(const NodeView& n, Attr attr) { return n.row().attrs.find(attr) != nullptr ? n.integer(attr) : 1; }
std::int64_t stride(const NodeView& n, std::size_t axis) { return factor(n, kStrides[axis]); }
std::int64_t dilation(const NodeView& n, std::size_t axis) { return factor(n, kDilations[axis]); }

// Inference -----------------------------------------------------------------------------------------------------------

void require_same(Infer& n, Dim a, Dim b, const char* message) {
  n.require(!a.known() || !b.known() || a.number == b.number, message);
}

void check_bias(Infer& n, std::size_t operand, Dim channels) {
  if (!n.has(operand) || !n.shape(operand).ranked()) return;
  n.require(n.shape(operand).rank() == 1, "the bias is not a vector");
  require_same(n, n.shape(operand)[0], channels, "the bias does not fit the output channels");
}

void infer_conv_2d(Infer& n) {
  const std::vector<Dim> x = dims_of_rank(n, 0, 4);
  const std::vector<Dim> w = dims_of_rank(n, 1, 4);  // output channels, height, width, input channels of a group
  if (x[3].known() && w[3].known()) {
    n.require(w[3].number >= 1 && x[3].number % w[3].number == 0, "the filter does not fit the input channels");
    const std::int64_t groups = x[3].number / w[3].number;
    n.require(!w[0].known() || (groups >= 1 && w[0].number % groups == 0), "the output channels do not fit the groups");
  }
  check_bias(n, 2, w[0]);
  n.output(0, n.type(0),
           Shape{x[0], window_output(n, x[1], w[1], stride(n, 1), dilation(n, 1)),
                 window_output(n, x[2], w[2], stride(n, 2), dilation(n, 2)), w[0]});
}

void infer_depthwise(Infer& n) {
  const std::vector<Dim> x = dims_of_rank(n, 0, 4);
  const std::vector<Dim> w = dims_of_rank(n, 1, 4);  // 1, height, width, output channels
  n.require(!w[0].known() || w[0].number == 1, "the filter's first dimension is not 1");
  if (x[3].known() && w[3].known()) {
    n.require(x[3].number >= 1 && w[3].number % x[3].number == 0, "the filter does not fit the input channels");
  }
  check_bias(n, 2, w[3]);
  n.output(0, n.type(0),
           Shape{x[0], window_output(n, x[1], w[1], stride(n, 1), dilation(n, 1)),
                 window_output(n, x[2], w[2], stride(n, 2), dilation(n, 2)), w[3]});
}

void infer_conv_3d(Infer& n) {
  const std::vector<Dim> x = dims_of_rank(n, 0, 5);
  const std::vector<Dim> w = dims_of_rank(n, 1, 5);  // depth, height, width, input channels, output channels
  require_same(n, x[4], w[3], "the filter does not fit the input channels");
  check_bias(n, 2, w[4]);
  std::vector<Dim> y{x[0]};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    y.push_back(window_output(n, x[axis + 1], w[axis], stride(n, axis), dilation(n, axis)));
  }
  y.push_back(w[4]);
  n.output(0, n.type(0), Shape(std::move(y)));
}

// The result has the shape that operand 0 holds.
void infer_transposed(Infer& n, std::size_t rank, std::size_t output_channels, std::size_t input_channels) {
  const std::vector<Dim> w = dims_of_rank(n, 1, rank);
  const std::vector<Dim> x = dims_of_rank(n, 2, rank);
  require_same(n, x.back(), w[input_channels], "the filter does not fit the input channels");
  check_bias(n, 3, w[output_channels]);
  for (std::size_t axis = 0; axis < 3; ++axis) n.require(stride(n, axis) >= 1, "a stride is not positive");
  std::vector<Dim> y;
  if (const auto known = n.known(0)) {
    y = *known;
    n.require(y.size() == rank, "the output shape has the wrong length");
    for (const Dim& d : y) n.require(!d.known() || d.number >= 0, "the output shape is negative");
    require_same(n, y.back(), w[output_channels], "the output shape does not fit the filter's output channels");
  } else {
    y.push_back(x[0]);
    for (std::size_t i = 1; i + 1 < rank; ++i) y.push_back(n.dims().fresh());
    y.push_back(w[output_channels]);
  }
  n.output(0, n.type(2), Shape(std::move(y)));
}

// Kernels -------------------------------------------------------------------------------------------------------------

// Sizes of one convolution; the arrays hold depth, height, width.
struct Geometry {
  std::int64_t batches = 0;
  std::array<std::int64_t, 3> input{};
  std::array<std::int64_t, 3> output{};
  std::array<Window, 3> window{};
  std::array<std::int64_t, 3> before{};
  std::int64_t input_channels = 0;
  std::int64_t output_channels = 0;

  /// The input position that tap `k` of the window at `o` reads, or a negative or too large one.
  std::int64_t position(std::size_t axis, std::int64_t o, std::int64_t k) const {
    return o * window[axis].stride - before[axis] + k * window[axis].dilation;
  }
  bool inside(std::size_t axis, std::int64_t i) const { return i >= 0 && i < input[axis]; }
};

// Where the filter's elements lie: distance between neighbours along each of its dimensions.
struct FilterStrides {
  std::array<std::int64_t, 3> tap{};
  std::int64_t input_channel = 0;
  std::int64_t output_channel = 0;
};

const Tensor& float_operand(Eval& n, std::size_t i, std::size_t rank) {
  const Tensor& t = n.in(i);
  if (t.type != Type::float32) n.fail("there is no kernel for " + std::string(type_name(t.type)));
  if (t.dims.size() != rank) n.fail("operand " + std::to_string(i) + " has the wrong rank");
  return t;
}

Elements<float> bias_operand(Eval& n, std::size_t i, std::int64_t channels) {
  if (!n.has(i)) return Elements<float>(Bytes());
  const Tensor& t = float_operand(n, i, 1);
  if (t.dims[0] != channels) n.fail("the bias does not fit the output channels");
  return elements<float>(t);
}

// `taps` are the filter's dimensions along the spatial axes; two-dimensional ops leave the depth at 1.
Geometry geometry(Eval& n, const Tensor& input, std::array<std::int64_t, 3> taps) {
  Geometry g;
  const std::size_t missing = 5 - input.dims.size();
  g.batches = input.dims[0];
  g.input_channels = input.dims.back();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    g.input[axis] = axis < missing ? 1 : input.dims[axis + 1 - missing];
    g.window[axis] = {taps[axis], stride(n, axis), dilation(n, axis), n.padding()};
    if (!g.window[axis].valid()) n.fail("a filter, stride or dilation is not positive");
    if (axis < missing) g.window[axis] = Window{};
    g.output[axis] = g.window[axis].output(g.input[axis]);
    g.before[axis] = g.window[axis].before(g.input[axis]);
  }
  return g;
}

std::vector<std::int64_t> output_dims(const Geometry& g, std::size_t rank) {
  std::vector<std::int64_t> dims{g.batches};
  for (std::size_t axis = 5 - rank; axis < 3; ++axis) dims.push_back(g.output[axis]);
  dims.push_back(g.output_channels);
  return dims;
}

// Every output channel belongs to a group of input channels; channel_step input channels stand between groups.
void convolve(Eval& n, const Geometry& g, std::int64_t groups, const FilterStrides& fs, std::size_t rank) {
  const Elements<float> x = elements<float>(n.in(0));
  const Elements<float> w = elements<float>(n.in(1));
  const Elements<float> bias = bias_operand(n, 2, g.output_channels);
  const ActivationRange clamp(n);
  float* y = n.out_as<float>(0, Type::float32, output_dims(g, rank));
  const std::int64_t group_inputs = g.input_channels / groups;
  const std::int64_t group_outputs = g.output_channels / groups;
  const std::int64_t rows = checked_mul(checked_mul(g.batches, g.output[0]), g.output[1]);

  const auto pixel = [&](std::int64_t b, std::array<std::int64_t, 3> o, std::int64_t channel) {
    float sum = 0;
    for (std::int64_t kz = 0; kz < g.window[0].filter; ++kz) {
      const std::int64_t iz = g.position(0, o[0], kz);
      if (!g.inside(0, iz)) continue;
      for (std::int64_t ky = 0; ky < g.window[1].filter; ++ky) {
        const std::int64_t iy = g.position(1, o[1], ky);
        if (!g.inside(1, iy)) continue;
        for (std::int64_t kx = 0; kx < g.window[2].filter; ++kx) {
          const std::int64_t ix = g.position(2, o[2], kx);
          if (!g.inside(2, ix)) continue;
          const std::int64_t from = (((b * g.input[0] + iz) * g.input[1] + iy) * g.input[2] + ix) * g.input_channels +
                                    channel / group_outputs * group_inputs;
          const std::int64_t tap = kz * fs.tap[0] + ky * fs.tap[1] + kx * fs.tap[2] + channel * fs.output_channel;
          for (std::int64_t c = 0; c < group_inputs; ++c) {
            sum += x[static_cast<std::size_t>(from + c)] * w[static_cast<std::size_t>(tap + c * fs.input_channel)];
          }
        }
      }
    }
    return clamp(sum + (bias.size() != 0 ? bias[static_cast<std::size_t>(channel)] : 0));
  };

  const auto work = static_cast<std::size_t>(g.output[2]) * n.in(1).bytes.size() / sizeof(float);
  parallel_for(static_cast<std::size_t>(rows), work, [&](std::size_t row) {
    const auto r = static_cast<std::int64_t>(row);
    const std::int64_t oy = r % g.output[1];
    const std::int64_t oz = r / g.output[1] % g.output[0];
    const std::int64_t b = r / g.output[1] / g.output[0];
    float* out = y + r * g.output[2] * g.output_channels;
    for (std::int64_t ox = 0; ox < g.output[2]; ++ox) {
      for (std::int64_t channel = 0; channel < g.output_channels; ++channel) *out++ = pixel(b, {oz, oy, ox}, channel);
    }
  });
}

void eval_conv_2d(Eval& n) {
  const Tensor& x = float_operand(n, 0, 4);
  const std::vector<std::int64_t>& w = float_operand(n, 1, 4).dims;
  Geometry g = geometry(n, x, {1, w[1], w[2]});
  g.output_channels = w[0];
  if (w[3] < 1 || g.input_channels % w[3] != 0) n.fail("the filter does not fit the input channels");
  const std::int64_t groups = g.input_channels / w[3];
  if (groups < 1 || w[0] % groups != 0) n.fail("the output channels do not fit the groups");
  convolve(n, g, groups, {{0, w[2] * w[3], w[3]}, 1, w[1] * w[2] * w[3]}, 4);
}

void eval_depthwise(Eval& n) {
  const Tensor& x = float_operand(n, 0, 4);
  const std::vector<std::int64_t>& w = float_operand(n, 1, 4).dims;
  Geometry g = geometry(n, x, {1, w[1], w[2]});
  g.output_channels = w[3];
  if (w[0] != 1) n.fail("the filter's first dimension is not 1");
  if (g.input_channels < 1 || w[3] % g.input_channels != 0) n.fail("the filter does not fit the input channels");
  convolve(n, g, g.input_channels, {{0, w[2] * w[3], w[3]}, 0, 1}, 4);
}

void eval_conv_3d(Eval& n) {
  const Tensor& x = float_operand(n, 0, 5);
  const std::vector<std::int64_t>& w = float_operand(n, 1, 5).dims;
  Geometry g = geometry(n, x, {w[0], w[1], w[2]});
  g.output_channels = w[4];
  if (g.input_channels != w[3]) n.fail("the filter does not fit the input channels");
  convolve(n, g, 1, {{w[1] * w[2] * w[3] * w[4], w[2] * w[3] * w[4], w[3] * w[4]}, w[4], 1}, 5);
}

// Each input pixel is scattered over the window of output pixels that a convolution would have read for it: `g` is the
// geometry of that convolution, so its input is our result and its output is operand 2.
void scatter(Eval& n, const Geometry& g, const FilterStrides& fs) {
  const Elements<float> x = elements<float>(n.in(2));
  const Elements<float> w = elements<float>(n.in(1));
  const Elements<float> bias = bias_operand(n, 3, g.input_channels);
  const ActivationRange clamp(n);
  float* y = n.out_as<float>(0, Type::float32, n.in_integers(0));
  const std::int64_t image = g.input[0] * g.input[1] * g.input[2] * g.input_channels;

  const auto add_window = [&](float* out, std::size_t from, std::array<std::int64_t, 3> o) {
    for (std::int64_t kz = 0; kz < g.window[0].filter; ++kz) {
      const std::int64_t z = g.position(0, o[0], kz);
      if (!g.inside(0, z)) continue;
      for (std::int64_t ky = 0; ky < g.window[1].filter; ++ky) {
        const std::int64_t yy = g.position(1, o[1], ky);
        if (!g.inside(1, yy)) continue;
        for (std::int64_t kx = 0; kx < g.window[2].filter; ++kx) {
          const std::int64_t xx = g.position(2, o[2], kx);
          if (!g.inside(2, xx)) continue;
          float* to = out + ((z * g.input[1] + yy) * g.input[2] + xx) * g.input_channels;
          const std::int64_t tap = kz * fs.tap[0] + ky * fs.tap[1] + kx * fs.tap[2];
          for (std::int64_t channel = 0; channel < g.input_channels; ++channel) {
            float sum = 0;
            for (std::int64_t c = 0; c < g.output_channels; ++c) {
              sum += x[from + static_cast<std::size_t>(c)] *
                     w[static_cast<std::size_t>(tap + channel * fs.output_channel + c * fs.input_channel)];
            }
            to[channel] += sum;
          }
        }
      }
    }
  };

  const auto work = static_cast<std::size_t>(image) * w.size();
  parallel_for(static_cast<std::size_t>(g.batches), work, [&](std::size_t batch) {
    float* out = y + static_cast<std::int64_t>(batch) * image;
    auto from = static_cast<std::size_t>(static_cast<std::int64_t>(batch) * g.output[0] * g.output[1] * g.output[2] *
                                         g.output_channels);
    for (std::int64_t z = 0; z < g.output[0]; ++z) {
      for (std::int64_t yy = 0; yy < g.output[1]; ++yy) {
        for (std::int64_t xx = 0; xx < g.output[2]; ++xx) {
          add_window(out, from, {z, yy, xx});
          from += static_cast<std::size_t>(g.output_channels);
        }
      }
    }
    for (std::int64_t i = 0; i < image; ++i) {
      out[i] = clamp(out[i] + (bias.size() != 0 ? bias[static_cast<std::size_t>(i % g.input_channels)] : 0));
    }
  });
}

Geometry transposed_geometry(Eval& n, const Tensor& x, std::array<std::int64_t, 3> taps) {
  const std::vector<std::int64_t> shape = n.in_integers(0);
  if (shape.size() != x.dims.size()) n.fail("the output shape has the wrong length");
  element_count(shape);  // not negative, no overflow
  Geometry g;
  const std::size_t missing = 5 - shape.size();
  g.batches = shape[0];
  g.input_channels = shape.back();
  g.output_channels = x.dims.back();
  if (x.dims[0] != g.batches) n.fail("the output shape does not fit the batch");
  for (std::size_t axis = missing; axis < 3; ++axis) {
    g.input[axis] = shape[axis + 1 - missing];
    g.output[axis] = x.dims[axis + 1 - missing];
    g.window[axis] = {taps[axis], stride(n, axis), dilation(n, axis), n.padding()};
    if (!g.window[axis].valid()) n.fail("a filter, stride or dilation is not positive");
    g.before[axis] = g.window[axis].before(g.input[axis]);
    checked_mul(g.output[axis], g.window[axis].stride);
  }
  for (std::size_t axis = 0; axis < missing; ++axis) g.input[axis] = g.output[axis] = 1;
  return g;
}

void eval_transpose_conv(Eval& n) {
  const std::vector<std::int64_t>& w = float_operand(n, 1, 4).dims;  // output channels, height, width, input channels
  const Tensor& x = float_operand(n, 2, 4);
  const Geometry g = transposed_geometry(n, x, {1, w[1], w[2]});
  if (w[0] != g.input_channels || w[3] != g.output_channels) n.fail("the filter does not fit the channels");
  scatter(n, g, {{0, w[2] * w[3], w[3]}, 1, w[1] * w[2] * w[3]});
}

void eval_conv_3d_transpose(Eval& n) {
  const std::vector<std::int64_t>& w = float_operand(n, 1, 5).dims;  // depth, height, width, output, input channels
  const Tensor& x = float_operand(n, 2, 5);
  const Geometry g = transposed_geometry(n, x, {w[0], w[1], w[2]});
  if (w[3] != g.input_channels || w[4] != g.output_channels) n.fail("the filter does not fit the channels");
  scatter(n, g, {{w[1] * w[2] * w[3] * w[4], w[2] * w[3] * w[4], w[3] * w[4]}, 1, w[4]});
}

// Versions ------------------------------------------------------------------------------------------------------------

bool same_type(const NodeView& n, Type activations, Type filter) {
  return n.type(0) == activations && n.type(1) == filter;
}
bool with_bias_type(const NodeView& n) {
  return same_type(n, Type::int16, Type::int8) && n.integer(Attr::quantized_bias_type) != 0;
}
bool grouped(const NodeView& n) {
  const Shape& x = n.shape(0);
  const Shape& w = n.shape(1);
  return x.rank() == 4 && w.rank() == 4 && x[3].known() && w[3].known() && x[3] != w[3];
}
bool int4_filter(const NodeView& n) { return same_type(n, Type::int8, Type::int4); }
bool quantized(const NodeView& n) { return n.type(0) == Type::int8 || n.type(0) == Type::int16; }
bool hybrid(const NodeView& n) { return same_type(n, Type::float32, Type::int8); }
bool hybrid_by_channel(const NodeView& n) { return hybrid(n) && input_is_per_channel<1>(n); }
bool dilated(const NodeView& n) { return dilation(n, 1) != 1 || dilation(n, 2) != 1; }

// Rows ----------------------------------------------------------------------------------------------------------------

constexpr OpRow kConv2D{
    .op = Op::CONV_2D,
    .name = "CONV_2D",
    .options = {.builtin_options = 1},
    .attrs = {{Attr::padding, AttrKind::padding},
              {Attr::stride_w, AttrKind::int32},
              {Attr::stride_h, AttrKind::int32},
              {Attr::fused_activation_function, AttrKind::activation},
              {Attr::dilation_w_factor, AttrKind::int32, 1},
              {Attr::dilation_h_factor, AttrKind::int32, 1},
              {Attr::quantized_bias_type, AttrKind::type}},
    .infer = infer_conv_2d,
    .eval = eval_conv_2d,
    .version =
        {{with_bias_type, 8}, {grouped, 6}, {int4_filter, 7}, {quantized, 3}, {hybrid_by_channel, 5}, {hybrid, 2}},
    .weights = {.data = 0, .weights = 1, .bias = 2, .rank = 4, .output_axis = 0, .input_axis = 3},
    .quantization = {.stored = kInt8And16, .hybrid = true, .eval = quantized::conv_2d},
};

constexpr OpRow kDepthwiseConv2D{
    .op = Op::DEPTHWISE_CONV_2D,
    .name = "DEPTHWISE_CONV_2D",
    .options = {.builtin_options = 2},
    .attrs = {{Attr::padding, AttrKind::padding},
              {Attr::stride_w, AttrKind::int32},
              {Attr::stride_h, AttrKind::int32},
              {Attr::depth_multiplier, AttrKind::int32},
              {Attr::fused_activation_function, AttrKind::activation},
              {Attr::dilation_w_factor, AttrKind::int32, 1},
              {Attr::dilation_h_factor, AttrKind::int32, 1}},
    .infer = infer_depthwise,
    .eval = eval_depthwise,
    .version = {{hybrid_by_channel, 6}, {hybrid, 4}, {int4_filter, 7}, {quantized, 3}, {dilated, 2}},
    .kernel = {{Type::float32}},
    .weights = {.data = 0, .weights = 1, .bias = 2, .rank = 4, .output_axis = 3, .input_axis = 3},
    .quantization = {.stored = kInt8And16, .hybrid = true, .eval = quantized::depthwise_conv_2d},
};

constexpr OpRow kTransposeConv{
    .op = Op::TRANSPOSE_CONV,
    .name = "TRANSPOSE_CONV",
    .options = {.builtin_options = 49},
    .attrs = {{Attr::padding, AttrKind::padding},
              {Attr::stride_w, AttrKind::int32},
              {Attr::stride_h, AttrKind::int32},
              {Attr::fused_activation_function, AttrKind::activation},
              {Attr::quantized_bias_type, AttrKind::type}},
    .infer = [](Infer& n) { infer_transposed(n, 4, 0, 3); },
    .eval = eval_transpose_conv,
    .version = {{[](const NodeView& n) { return n.activation() != Activation::NONE; }, 4},
                {[](const NodeView& n) { return n.has(3); }, 3},
                {[](const NodeView& n) { return n.type(1) == Type::int8; }, 2}},
    .kernel = {{Type::float32}, 2},
    .weights = {.data = 2, .weights = 1, .bias = 3, .rank = 4, .output_axis = 0, .input_axis = 3},
    .quantization = {.stored = kInt8And16, .hybrid = true, .eval = quantized::transpose_conv},
};

constexpr AttrList kConv3DAttrs{{Attr::padding, AttrKind::padding},
                                {Attr::stride_d, AttrKind::int32},
                                {Attr::stride_w, AttrKind::int32},
                                {Attr::stride_h, AttrKind::int32},
                                {Attr::fused_activation_function, AttrKind::activation},
                                {Attr::dilation_d_factor, AttrKind::int32, 1},
                                {Attr::dilation_w_factor, AttrKind::int32, 1},
                                {Attr::dilation_h_factor, AttrKind::int32, 1}};

constexpr OpRow kConv3D{
    .op = Op::CONV_3D,
    .name = "CONV_3D",
    .options = {.builtin_options = 106},
    .attrs = kConv3DAttrs,
    .infer = infer_conv_3d,
    .eval = eval_conv_3d,
    .kernel = {{Type::float32}},
    .weights = {.data = 0, .weights = 1, .bias = 2, .rank = 5, .output_axis = 4, .input_axis = 3},
};

constexpr OpRow kConv3DTranspose{
    .op = Op::CONV_3D_TRANSPOSE,
    .name = "CONV_3D_TRANSPOSE",
    .options = {.builtin_options = 106},
    .attrs = kConv3DAttrs,
    .infer = [](Infer& n) { infer_transposed(n, 5, 3, 4); },
    .eval = eval_conv_3d_transpose,
    .kernel = {{Type::float32}, 2},
};

}  // namespace

void add_convolution_ops(OpTable& table) {
  for (const OpRow* row : {&kConv2D, &kDepthwiseConv2D, &kTransposeConv, &kConv3D, &kConv3DTranspose}) table.add(*row);
}

}  // namespace tolite
