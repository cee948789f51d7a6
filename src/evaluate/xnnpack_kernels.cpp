// Operand checks before every call: XNNPACK prints when it refuses, and a library must not. What it does not take, or
// takes with other semantics, runs on the reference kernels.
#include "evaluate/xnnpack_kernels.h"

#include <pthreadpool.h>
#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/fused_activation.h"
#include "ops/window.h"

namespace tolite::evaluate {

void XnnpackKernels::DeleteOperator::operator()(xnn_operator* op) const { xnn_delete_operator(op); }
void XnnpackKernels::DeletePool::operator()(pthreadpool* pool) const { pthreadpool_destroy(pool); }

std::unique_ptr<XnnpackKernels> XnnpackKernels::make() {
  static const bool works = xnn_initialize(nullptr) == xnn_status_success;
  if (!works) return nullptr;
  std::unique_ptr<XnnpackKernels> kernels(new XnnpackKernels());
  if (thread_count() > 1) kernels->pool_.reset(pthreadpool_create(thread_count()));
  return kernels;
}

XnnpackKernels::~XnnpackKernels() = default;

namespace {

// A float tensor of this rank without an empty dimension, every dimension small enough for XNNPACK's counters.
bool usable(const Tensor& t, std::size_t rank) {
  return t.type == Type::float32 && t.dims.size() == rank &&
         std::all_of(t.dims.begin(), t.dims.end(), [](std::int64_t d) { return d >= 1 && d <= INT32_MAX; });
}

std::uint32_t u32(std::int64_t v) { return static_cast<std::uint32_t>(v); }
std::size_t size(std::int64_t v) { return static_cast<std::size_t>(v); }

bool small_enough(const Window& w) {
  constexpr std::int64_t kMost = 1 << 24;  // it multiplies them in 32 bits
  return w.valid() && w.filter <= kMost && w.stride <= kMost && w.dilation <= kMost && w.extent() <= kMost;
}

}  // namespace

/// One call of one kernel.
class XnnpackKernels::Call : public Eval {
 public:
  Call(XnnpackKernels& kernels, const NodeView& node, std::span<const Tensor* const> inputs,
       const std::vector<bool>& own_memory)
      : Eval(node, inputs), kernels_(kernels), own_memory_(own_memory) {}

  bool run() {
    switch (op()) {
      case Op::CONV_2D:
      case Op::DEPTHWISE_CONV_2D:
        return convolution();
      case Op::TRANSPOSE_CONV:
        return transposed_convolution();
      case Op::AVERAGE_POOL_2D:
      case Op::MAX_POOL_2D:
        return pooling();
      case Op::FULLY_CONNECTED:
        return fully_connected();
      case Op::BATCH_MATMUL:
        return batch_matmul();
      default:
        return false;
    }
  }

 private:
  bool convolution() {
    const Tensor& x = in(0);
    const Tensor& w = in(1);
    if (!usable(x, 4) || !usable(w, 4)) return false;
    const bool depthwise = op() == Op::DEPTHWISE_CONV_2D;
    const std::int64_t inputs = x.dims[3];
    const std::int64_t outputs = w.dims[depthwise ? 3 : 0];
    const std::int64_t group_inputs = depthwise ? 1 : w.dims[3];
    if (inputs % group_inputs != 0 || outputs % (inputs / group_inputs) != 0) return false;
    if (depthwise && w.dims[0] != 1) return false;
    const std::int64_t groups = inputs / group_inputs;
    const Window h{w.dims[1], integer(Attr::stride_h), integer(Attr::dilation_h_factor), padding()};
    const Window v{w.dims[2], integer(Attr::stride_w), integer(Attr::dilation_w_factor), padding()};
    if (!small_enough(h) || !small_enough(v) || !usable_bias(2, outputs)) return false;
    const std::int64_t rows = h.output(x.dims[1]);
    const std::int64_t columns = v.output(x.dims[2]);
    if (rows < 1 || columns < 1) return false;

    xnn_operator* op = packed([&](xnn_operator** made) {
      const std::uint32_t flags = (padding() == Padding::SAME ? XNN_FLAG_TENSORFLOW_SAME_PADDING : 0) |
                                  (depthwise ? XNN_FLAG_DEPTHWISE_CONVOLUTION : 0);
      return xnn_create_convolution2d_nhwc_f32(0, 0, 0, 0, u32(h.filter), u32(v.filter), u32(h.stride), u32(v.stride),
                                               u32(h.dilation), u32(v.dilation), u32(groups), size(group_inputs),
                                               size(outputs / groups), size(inputs), size(outputs), weights(1),
                                               weights(2), range_.low, range_.high, flags, made);
    });
    if (op == nullptr) return false;
    const float* from = data(0);
    float* to = out_as<float>(0, Type::float32, {x.dims[0], rows, columns, outputs});
    return xnn_setup_convolution2d_nhwc_f32(op, size(x.dims[0]), size(x.dims[1]), size(x.dims[2]), from, to,
                                            kernels_.pool_.get()) == xnn_status_success &&
           finish(op);
  }

  bool transposed_convolution() {
    const Tensor& w = in(1);
    const Tensor& x = in(2);
    const std::vector<std::int64_t> y = in_integers(0);
    if (!usable(x, 4) || !usable(w, 4) || y.size() != 4) return false;
    if (y[0] != x.dims[0] || y[3] != w.dims[0] || x.dims[3] != w.dims[3] || !usable_bias(3, y[3])) return false;
    std::array<std::int64_t, 2> before{};
    std::array<std::int64_t, 2> after{};
    std::array<std::int64_t, 2> adjustment{};
    const std::array<std::int64_t, 2> strides{integer(Attr::stride_h), integer(Attr::stride_w)};
    for (std::size_t i = 0; i < 2; ++i) {
      const Window window{w.dims[i + 1], strides[i], 1, padding()};
      if (!small_enough(window) || y[i + 1] < 1 || y[i + 1] > INT32_MAX) return false;
      if (window.output(y[i + 1]) != x.dims[i + 1]) return false;
      const std::int64_t full = (x.dims[i + 1] - 1) * window.stride + window.filter;
      const std::int64_t cut = padding() == Padding::SAME ? std::max<std::int64_t>(full - y[i + 1], 0) : 0;
      before[i] = cut / 2;
      after[i] = cut - cut / 2;
      adjustment[i] = y[i + 1] - (full - cut);
      if (adjustment[i] < 0 || adjustment[i] >= window.stride) return false;
    }
    xnn_operator* made = nullptr;
    if (xnn_create_deconvolution2d_nhwc_f32(u32(before[0]), u32(after[1]), u32(after[0]), u32(before[1]),
                                            u32(w.dims[1]), u32(w.dims[2]), u32(strides[0]), u32(strides[1]), 1, 1, 1,
                                            size(x.dims[3]), size(y[3]), size(x.dims[3]), size(y[3]), weights(1),
                                            weights(3), range_.low, range_.high, 0, &made) != xnn_status_success) {
      return false;
    }
    const Operator op(made);
    const float* from = data(2);
    float* to = out_as<float>(0, Type::float32, y);
    return xnn_setup_deconvolution2d_nhwc_f32(op.get(), size(y[0]), size(x.dims[1]), size(x.dims[2]),
                                              u32(adjustment[0]), u32(adjustment[1]), from, to,
                                              kernels_.pool_.get()) == xnn_status_success &&
           finish(op.get());
  }

  bool pooling() {
    const Tensor& x = in(0);
    if (!usable(x, 4)) return false;
    const Window h{integer(Attr::filter_height), integer(Attr::stride_h), 1, padding()};
    const Window v{integer(Attr::filter_width), integer(Attr::stride_w), 1, padding()};
    if (!small_enough(h) || !small_enough(v)) return false;
    // Neither windows of one element nor gaps between windows; nor windows beyond the image, whose buffers it would
    // size by the window.
    if (h.filter * v.filter == 1 || h.stride > h.filter || v.stride > v.filter) return false;
    if (h.filter > x.dims[1] || v.filter > x.dims[2]) return false;
    const std::int64_t rows = h.output(x.dims[1]);
    const std::int64_t columns = v.output(x.dims[2]);
    const std::size_t channels = size(x.dims[3]);
    const std::uint32_t flags = padding() == Padding::SAME ? XNN_FLAG_TENSORFLOW_SAME_PADDING : 0;
    const bool average = op() == Op::AVERAGE_POOL_2D;
    xnn_operator* made = nullptr;
    const xnn_status status = average ? xnn_create_average_pooling2d_nhwc_f32(
                                            0, 0, 0, 0, u32(h.filter), u32(v.filter), u32(h.stride), u32(v.stride),
                                            channels, channels, channels, range_.low, range_.high, flags, &made)
                                      : xnn_create_max_pooling2d_nhwc_f32(
                                            0, 0, 0, 0, u32(h.filter), u32(v.filter), u32(h.stride), u32(v.stride), 1,
                                            1, channels, channels, channels, range_.low, range_.high, flags, &made);
    if (status != xnn_status_success) return false;
    const Operator op(made);
    const auto setup = average ? xnn_setup_average_pooling2d_nhwc_f32 : xnn_setup_max_pooling2d_nhwc_f32;
    const float* from = data(0);
    float* to = out_as<float>(0, Type::float32, {x.dims[0], rows, columns, x.dims[3]});
    return setup(op.get(), size(x.dims[0]), size(x.dims[1]), size(x.dims[2]), from, to, kernels_.pool_.get()) ==
               xnn_status_success &&
           finish(op.get());
  }

  bool fully_connected() {
    const Tensor& x = in(0);
    const Tensor& w = in(1);
    if (!usable(x, x.dims.size()) || !usable(w, 2) || x.dims.empty() || !usable_bias(2, w.dims[0])) return false;
    const std::int64_t depth = w.dims[1];
    const bool keep = flag(Attr::keep_num_dims);
    if (x.element_count() % depth != 0 || (keep && x.dims.back() != depth)) return false;
    xnn_operator* op = packed([&](xnn_operator** made) {
      return xnn_create_fully_connected_nc_f32(size(depth), size(w.dims[0]), size(depth), size(w.dims[0]), weights(1),
                                               weights(2), range_.low, range_.high, 0, made);
    });
    if (op == nullptr) return false;
    const std::int64_t rows = x.element_count() / depth;
    std::vector<std::int64_t> dims{rows, w.dims[0]};
    if (keep) {
      dims = x.dims;
      dims.back() = w.dims[0];
    }
    const float* from = data(0);
    float* to = out_as<float>(0, Type::float32, std::move(dims));
    return xnn_setup_fully_connected_nc_f32(op, size(rows), from, to, kernels_.pool_.get()) == xnn_status_success &&
           finish(op);
  }

  // A fully connected operator for each matrix of the right operand: packing it pays from a few rows on.
  bool batch_matmul() {
    const Tensor& x = in(0);
    const Tensor& y = in(1);
    if (!usable(x, x.dims.size()) || !usable(y, y.dims.size()) || x.dims.size() < 2) return false;
    const std::size_t rank = x.dims.size();
    if (flag(Attr::adj_x) || y.dims.size() != rank || x.dims[rank - 2] < 4) return false;
    if (!std::equal(x.dims.begin(), x.dims.end() - 2, y.dims.begin())) return false;  // broadcasting
    const bool adj_y = flag(Attr::adj_y);
    const std::int64_t rows = x.dims[rank - 2];
    const std::int64_t depth = x.dims[rank - 1];
    const std::int64_t columns = y.dims[adj_y ? rank - 2 : rank - 1];
    if (y.dims[adj_y ? rank - 1 : rank - 2] != depth) return false;
    std::vector<std::int64_t> dims = x.dims;
    dims.back() = columns;
    const float* from = data(0);
    const float* right = weights(1);
    float* to = out_as<float>(0, Type::float32, std::move(dims));
    for (std::int64_t i = 0; i < x.element_count() / (rows * depth); ++i) {
      xnn_operator* made = nullptr;
      if (xnn_create_fully_connected_nc_f32(size(depth), size(columns), size(depth), size(columns),
                                            right + i * depth * columns, nullptr, range_.low, range_.high,
                                            adj_y ? 0 : XNN_FLAG_TRANSPOSE_WEIGHTS, &made) != xnn_status_success) {
        return false;
      }
      const Operator op(made);
      if (xnn_setup_fully_connected_nc_f32(op.get(), size(rows), from + i * rows * depth, to + i * rows * columns,
                                           kernels_.pool_.get()) != xnn_status_success ||
          !finish(op.get())) {
        return false;
      }
    }
    return true;
  }

  bool finish(xnn_operator* op) { return xnn_run_operator(op, kernels_.pool_.get()) == xnn_status_success; }

  bool usable_bias(std::size_t i, std::int64_t channels) const {
    return !has(i) || (in(i).type == Type::float32 && in(i).element_count() == channels);
  }

  // The node's operator: from an earlier run if its weights are constants of the model, otherwise made for this call.
  template <typename Create>
  xnn_operator* packed(Create create) {
    const bool constants = constant(1) != nullptr && (!has(2) || constant(2) != nullptr);
    Operator& op = constants ? kernels_.packed_[{&graph(), id().index}] : for_this_call_;
    if (!op) {
      xnn_operator* made = nullptr;
      if (create(&made) == xnn_status_success) op.reset(made);
    }
    return op.get();
  }

  // XNNPACK reads operand rows in whole vectors, up to XNN_EXTRA_BYTES past the end: such memory must be ours.
  const float* data(std::size_t i) { return own_memory_[i] ? pointer(in(i)) : copy(in(i)); }
  // Weights are packed at creation, element by element.
  const float* weights(std::size_t i) {
    if (!has(i)) return nullptr;
    const bool aligned = reinterpret_cast<std::uintptr_t>(in(i).bytes.data()) % alignof(float) == 0;
    return aligned ? pointer(in(i)) : copy(in(i));
  }
  static const float* pointer(const Tensor& t) { return reinterpret_cast<const float*>(t.bytes.data()); }
  const float* copy(const Tensor& t) {
    NewTensor made = new_tensor(t.type, t.dims);
    std::memcpy(made.writable.data(), t.bytes.data(), made.writable.size());
    copies_.push_back(std::move(made.tensor));
    return pointer(copies_.back());
  }

  XnnpackKernels& kernels_;
  const std::vector<bool>& own_memory_;
  const ActivationRange range_{*this};
  Operator for_this_call_;
  std::vector<Tensor> copies_;
};

bool XnnpackKernels::run(const NodeView& node, std::span<const Tensor* const> inputs,
                         const std::vector<bool>& own_memory, std::vector<Tensor>& results) {
  switch (node.op()) {
    case Op::CONV_2D:
    case Op::DEPTHWISE_CONV_2D:
    case Op::TRANSPOSE_CONV:
    case Op::AVERAGE_POOL_2D:
    case Op::MAX_POOL_2D:
    case Op::FULLY_CONNECTED:
    case Op::BATCH_MATMUL:
      break;
    default:
      return false;
  }
  if (node.activation() > Activation::RELU6) return false;
  Call call(*this, node, inputs, own_memory);
  if (!call.run()) return false;
  results = std::move(call.outputs());
  return true;
}

}  // namespace tolite::evaluate
