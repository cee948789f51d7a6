// Recurrent layers: LSTM, RNN and their sequences. They keep their state in operands that are variables, from step to
// step and from invocation to invocation.
#include <algorithm>
#include <array>
#include <cmath>

#include "lite/eval.h"
#include "lite/infer.h"
#include "ops/families.h"
#include "ops/quantized/hybrid.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/products.h"

namespace tolite {
namespace {

// ---- What all of them share.

float activate(const Eval& n, float x) {
  switch (n.activation()) {
    case Activation::NONE:
      return x;
    case Activation::RELU:
      return x < 0 ? 0 : x;
    case Activation::RELU6:
      return x < 0 ? 0 : x > 6 ? 6 : x;
    case Activation::RELU_N1_TO_1:
      return x < -1 ? -1 : x > 1 ? 1 : x;
    case Activation::TANH:
      return std::tanh(x);
    default:
      n.fail("no kernel for this activation");
  }
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

/// The scale of int8 weights, which have no zero point.
float weight_scale(const Eval& n, std::size_t i) { return quantized::weight_scales(n, i, 0, 1)[0]; }

/// The elements of an operand with this many of them as float32, null for an absent one.
const float* floats(const Eval& n, std::size_t i, std::size_t count, std::vector<std::vector<float>>& copies) {
  if (!n.has(i)) return nullptr;
  const Tensor& t = n.in(i);
  const bool is_stored = t.type == Type::int8;
  if (t.type != Type::float32 && !is_stored) n.fail("there is no kernel for " + std::string(type_name(t.type)));
  if (static_cast<std::size_t>(t.element_count()) != count) n.fail("an operand has the wrong size");
  std::vector<float>& copy = copies.emplace_back(count);
  const Elements<float> from = elements<float>(t);  // not aligned
  const Elements<std::int8_t> stored = elements<std::int8_t>(t);
  const float scale = is_stored ? weight_scale(n, i) : 1;
  for (std::size_t k = 0; k < count; ++k) copy[k] = is_stored ? scale * static_cast<float>(stored[k]) : from[k];
  return copy.data();
}

/// A matrix of weights: float32, or int8 with a scale.
struct Weights {
  const float* floats = nullptr;
  std::vector<std::int16_t> stored;
  float scale = 0;
  explicit operator bool() const { return floats != nullptr || !stored.empty(); }
};

/// None for an absent operand.
Weights weights(Eval& n, std::size_t i, std::size_t count, std::vector<std::vector<float>>& copies) {
  if (!n.has(i) || n.in(i).type != Type::int8) return {.floats = floats(n, i, count, copies)};
  if (static_cast<std::size_t>(n.in(i).element_count()) != count) n.fail("an operand has the wrong size");
  return {.stored = quantized::centered(n, i, 0), .scale = weight_scale(n, i)};
}

/// What weights are multiplied with: a vector of float32, and the same as int8 where the weights are.
class Vector {
 public:
  Vector() = default;
  Vector(const Eval& n, const Weights& of, const float* x, std::size_t size) : floats(x) {
    if (x != nullptr && !of.stored.empty())
      stored = quantized::store_rows(std::span(x, size), 1, n.flag(Attr::asymmetric_quantize_inputs));
  }
  const float* floats = nullptr;
  quantized::StoredRows stored;
};

/// Rows and columns of a matrix operand; a vector is a matrix of one column.
std::array<std::size_t, 2> matrix(const Eval& n, std::size_t i) {
  const std::vector<std::int64_t>& dims = n.in(i).dims;
  if (dims.empty() || dims.size() > 2) n.fail("weights have the wrong rank");
  return {static_cast<std::size_t>(dims[0]), dims.size() == 2 ? static_cast<std::size_t>(dims[1]) : 1};
}

/// The elements of a state, which the kernel changes: zeros before the first call.
float* state(Eval& n, std::size_t i, std::size_t count) {
  std::optional<Tensor>& kept = n.session().state(n.input(i));
  if (!kept) kept = new_tensor(Type::float32, {static_cast<std::int64_t>(count)}).tensor;
  const auto declared = n.shape(i).element_count();
  if (kept->bytes.size() != count * sizeof(float) || declared != static_cast<std::int64_t>(count))
    n.fail("a state has the wrong size");
  return reinterpret_cast<float*>(const_cast<std::byte*>(kept->bytes.data()));
}

/// sum[r] += matrix[r] * x
void accumulate(const Weights& matrix, std::size_t rows, std::size_t columns, const Vector& x, float* sum) {
  if (!matrix || x.floats == nullptr) return;
  if (!matrix.stored.empty()) {
    const float scale = x.stored.scales[0] * matrix.scale;
    for (std::size_t r = 0; r < rows; r += quantized::kRows) {
      const std::size_t count = std::min(quantized::kRows, rows - r);
      std::int64_t sums[quantized::kRows];
      quantized::multiply_rows(x.stored.elements.data(), matrix.stored.data() + r * columns, columns, count, sums);
      for (std::size_t k = 0; k < count; ++k) sum[r + k] += static_cast<float>(sums[k]) * scale;
    }
    return;
  }
  for (std::size_t r = 0; r < rows; ++r) {
    float s = 0;
    for (std::size_t k = 0; k < columns; ++k) s += matrix.floats[r * columns + k] * x.floats[k];
    sum[r] += s;
  }
}

/// The sizes of a sequence and where a step of it stands in the tensor.
struct Sequence {
  std::size_t time = 1;
  std::size_t batch = 0;
  std::size_t features = 0;
  bool time_major = true;

  Sequence(const Eval& n, bool single_step) {
    const std::vector<std::int64_t>& dims = n.in(0).dims;
    if (dims.size() != (single_step ? 2 : 3)) n.fail("the input has the wrong rank");
    features = static_cast<std::size_t>(dims.back());
    if (single_step) {
      batch = static_cast<std::size_t>(dims[0]);
      return;
    }
    time_major = n.flag(Attr::time_major);
    time = static_cast<std::size_t>(dims[time_major ? 0 : 1]);
    batch = static_cast<std::size_t>(dims[time_major ? 1 : 0]);
  }
  std::size_t row(std::size_t t, std::size_t b) const { return time_major ? t * batch + b : b * time + t; }
};

/// Shape of a result: that of the input, with this many features.
Shape with_features(Infer& n, Dim features) {
  const Shape& x = n.shape(0);
  if (!x.ranked()) return x;
  n.require(x.rank() >= 2, "the input has fewer than 2 dimensions");
  std::vector<Dim> dims = x.dims();
  dims.back() = features;
  return Shape(std::move(dims));
}

Dim rows_of(Infer& n, std::size_t operand) {
  const Shape& w = n.shape(operand);
  if (!w.ranked()) return n.dims().fresh();
  n.require(w.rank() == 1 || w.rank() == 2, "weights have the wrong rank");
  return w[0];
}

Dim last_of(Infer& n, std::size_t operand) {
  const Shape& w = n.shape(operand);
  if (!w.ranked()) return n.dims().fresh();
  n.require(w.rank() == 1 || w.rank() == 2, "weights have the wrong rank");
  return w.last();
}

void require_state(Infer& n, std::size_t operand) {
  n.require(n.has(operand) && n.graph()[n.input(operand)].is_variable, "a state is no variable");
}

/// One result of both directions joined, or two.
void infer_directions(Infer& n, Dim forward, Dim backward) {
  if (n.flag(Attr::merge_outputs)) return n.output(0, n.type(0), with_features(n, n.dims().add(forward, backward)));
  n.output(0, n.type(0), with_features(n, forward));
  n.output(1, n.type(0), with_features(n, backward));
}

// ---- LSTM.

/// Where the operands of one direction stand. Gates come in the order input, forget, cell, output.
struct LstmOperands {
  std::size_t weights;     ///< 4 x input, 4 x recurrent, 3 x peephole, 4 x bias, projection and its bias
  std::size_t state;       ///< output state, cell state
  std::size_t norms = 0;   ///< 4 x layer norm, if any
  std::size_t others = 0;  ///< 4 x weights of the auxiliary input, if any
};

constexpr std::size_t kRecurrent = 4;
constexpr std::size_t kPeephole = 8;
constexpr std::size_t kBias = 11;
constexpr std::size_t kProjection = 15;

class LstmCell {
 public:
  LstmCell(Eval& n, const LstmOperands& at, std::size_t features, std::size_t other_features, std::size_t batch)
      : n_(n), features_(features), other_features_(other_features) {
    const auto [cells, depth] = matrix(n, at.weights + 3);
    const auto recurrent = matrix(n, at.weights + kRecurrent + 3);
    cells_ = cells;
    diagonal_ = n.flag(Attr::diagonal_recurrent_tensors);
    outputs_ = diagonal_ ? cells : recurrent[1];
    if (depth != features) n.fail("the weights do not fit the input");
    for (std::size_t g = 0; g < 4; ++g) {
      input_[g] = weights(n, at.weights + g, cells * features, copies_);
      if (diagonal_) {
        diagonal_weights_[g] = floats(n, at.weights + kRecurrent + g, cells, copies_);
      } else {
        recurrent_[g] = weights(n, at.weights + kRecurrent + g, cells * outputs_, copies_);
      }
      bias_[g] = floats(n, at.weights + kBias + g, cells, copies_);
      if (at.norms != 0) norm_[g] = floats(n, at.norms + g, cells, copies_);
      if (at.others != 0) other_[g] = weights(n, at.others + g, cells * other_features, copies_);
    }
    peephole_[0] = floats(n, at.weights + kPeephole, cells, copies_);
    peephole_[1] = floats(n, at.weights + kPeephole + 1, cells, copies_);
    peephole_[3] = floats(n, at.weights + kPeephole + 2, cells, copies_);
    projection_ = weights(n, at.weights + kProjection, outputs_ * cells, copies_);
    projection_bias_ = floats(n, at.weights + kProjection + 1, outputs_, copies_);
    if (!projection_ && outputs_ != cells) n.fail("without a projection there are as many outputs as cells");
    for (std::size_t g = 1; g < 4; ++g) {
      const bool has_recurrent = diagonal_ ? diagonal_weights_[g] != nullptr : static_cast<bool>(recurrent_[g]);
      if (!input_[g] || !has_recurrent || bias_[g] == nullptr) n.fail("a gate lacks its weights");
    }
    h_ = state(n, at.state, batch * outputs_);
    c_ = state(n, at.state + 1, batch * cells);
    for (std::vector<float>& gate : gates_) gate.resize(cells);
  }

  std::size_t outputs() const { return outputs_; }

  /// One step of sequence b.
  void step(const float* x, const float* other, std::size_t b, float* y) {
    float* h = h_ + b * outputs_;
    float* c = c_ + b * cells_;
    const Vector from_input(n_, input_[3], x, features_);
    const Vector from_other(n_, other_[3], other, other_features_);
    const Vector from_state(n_, recurrent_[3], h, outputs_);
    const bool coupled = !input_[0];  // the input gate is what the forget gate leaves
    for (const std::size_t g : {1U, 2U, 0U}) {
      if (g != 0 || !coupled) gate(g, from_input, from_other, from_state, c);
    }
    for (std::size_t k = 0; k < cells_; ++k) {
      const float in = coupled ? 1 - gates_[1][k] : gates_[0][k];
      c[k] = gates_[1][k] * c[k] + in * gates_[2][k];
    }
    clip(c, cells_, n_.real(Attr::cell_clip));
    gate(3, from_input, from_other, from_state, c);
    std::vector<float>& out = gates_[3];
    for (std::size_t k = 0; k < cells_; ++k) out[k] *= activate(n_, c[k]);
    if (!projection_) {
      std::copy(out.begin(), out.end(), y);
    } else {
      for (std::size_t k = 0; k < outputs_; ++k) y[k] = projection_bias_ != nullptr ? projection_bias_[k] : 0;
      accumulate(projection_, outputs_, cells_, Vector(n_, projection_, out.data(), cells_), y);
      clip(y, outputs_, n_.real(Attr::proj_clip));
    }
    std::copy(y, y + outputs_, h);
  }

 private:
  void gate(std::size_t g, const Vector& x, const Vector& other, const Vector& h, const float* c) {
    std::vector<float>& sum = gates_[g];
    const float* norm = norm_[g];
    for (std::size_t k = 0; k < cells_; ++k) sum[k] = norm != nullptr ? 0 : bias_[g][k];
    accumulate(input_[g], cells_, features_, x, sum.data());
    accumulate(other_[g], cells_, other_features_, other, sum.data());
    if (diagonal_) {
      for (std::size_t k = 0; k < cells_; ++k) sum[k] += diagonal_weights_[g][k] * h.floats[k];
    } else {
      accumulate(recurrent_[g], cells_, outputs_, h, sum.data());
    }
    if (peephole_[g] != nullptr) {
      for (std::size_t k = 0; k < cells_; ++k) sum[k] += peephole_[g][k] * c[k];
    }
    if (norm != nullptr) normalize(sum, norm, bias_[g]);
    for (float& v : sum) v = g == 2 ? activate(n_, v) : sigmoid(v);
  }

  void normalize(std::vector<float>& sum, const float* norm, const float* bias) const {
    const auto count = static_cast<float>(cells_);
    float mean = 0;
    for (const float v : sum) mean += v / count;
    float variance = 0;
    for (const float v : sum) variance += (v - mean) * (v - mean) / count;
    const float scale = 1 / std::sqrt(variance + 1e-8F);  // the kernel's constant
    for (std::size_t k = 0; k < cells_; ++k) sum[k] = (sum[k] - mean) * scale * norm[k] + bias[k];
  }

  static void clip(float* values, std::size_t count, float limit) {
    for (std::size_t k = 0; limit > 0 && k < count; ++k) values[k] = std::clamp(values[k], -limit, limit);
  }

  const Eval& n_;
  std::size_t features_;
  std::size_t other_features_;
  std::size_t cells_ = 0;
  std::size_t outputs_ = 0;
  bool diagonal_ = false;
  std::vector<std::vector<float>> copies_;
  std::array<Weights, 4> input_, recurrent_, other_;
  std::array<const float*, 4> diagonal_weights_{}, peephole_{}, bias_{}, norm_{};
  Weights projection_;
  const float* projection_bias_ = nullptr;
  float* h_ = nullptr;
  float* c_ = nullptr;
  std::array<std::vector<float>, 4> gates_;
};

// ---- RNN.

/// Where the operands of one direction stand: input weights, recurrent weights, bias, state.
class RnnCell {
 public:
  RnnCell(Eval& n, std::size_t at, std::size_t others, std::size_t features, std::size_t other_features,
          std::size_t batch)
      : n_(n), features_(features), other_features_(other_features) {
    const auto [units, depth] = matrix(n, at);
    if (depth != features) n.fail("the weights do not fit the input");
    units_ = units;
    input_ = weights(n, at, units * features, copies_);
    recurrent_ = weights(n, at + 1, units * units, copies_);
    bias_ = floats(n, at + 2, units, copies_);
    if (!input_ || !recurrent_ || bias_ == nullptr) n.fail("weights are missing");
    if (others != 0) other_ = weights(n, others, units * other_features, copies_);
    h_ = state(n, at + 3, batch * units);
  }

  std::size_t outputs() const { return units_; }

  void step(const float* x, const float* other, std::size_t b, float* y) {
    float* h = h_ + b * units_;
    std::copy(bias_, bias_ + units_, y);
    accumulate(input_, units_, features_, Vector(n_, input_, x, features_), y);
    accumulate(other_, units_, other_features_, Vector(n_, other_, other, other_features_), y);
    accumulate(recurrent_, units_, units_, Vector(n_, recurrent_, h, units_), y);
    for (std::size_t k = 0; k < units_; ++k) h[k] = y[k] = activate(n_, y[k]);
  }

 private:
  const Eval& n_;
  std::size_t features_;
  std::size_t other_features_;
  std::size_t units_ = 0;
  std::vector<std::vector<float>> copies_;
  Weights input_;
  Weights recurrent_;
  Weights other_;
  const float* bias_ = nullptr;
  float* h_ = nullptr;
};

// ---- Sequences of either.

/// Runs a cell over the sequence; result rows have `stride` elements, of which the cell fills its own from `y` on.
template <typename Cell>
void run(Cell& cell, const Sequence& s, const float* x, const float* other, std::size_t other_features, bool backward,
         float* y, std::size_t stride) {
  for (std::size_t b = 0; b < s.batch; ++b) {
    for (std::size_t i = 0; i < s.time; ++i) {
      const std::size_t row = s.row(backward ? s.time - 1 - i : i, b);
      cell.step(x + row * s.features, other != nullptr ? other + row * other_features : nullptr, b, y + row * stride);
    }
  }
}

std::vector<std::int64_t> result_dims(const Eval& n, std::size_t features) {
  std::vector<std::int64_t> dims = n.in(0).dims;
  dims.back() = static_cast<std::int64_t>(features);
  return dims;
}

template <typename Cell>
void eval_one_direction(Eval& n, Cell& cell, const Sequence& s) {
  std::vector<std::vector<float>> copies;
  const float* x = floats(n, 0, s.time * s.batch * s.features, copies);
  float* y = n.out_as<float>(0, Type::float32, result_dims(n, cell.outputs()));
  run(cell, s, x, nullptr, 0, false, y, cell.outputs());
}

template <bool SingleStep>
void eval_lstm(Eval& n) {
  const Sequence s(n, SingleStep);
  LstmCell cell(n, {.weights = 1, .state = 18, .norms = n.has(21) ? std::size_t{20} : 0}, s.features, 0, s.batch);
  eval_one_direction(n, cell, s);
}

template <bool SingleStep>
void eval_rnn(Eval& n) {
  const Sequence s(n, SingleStep);
  RnnCell cell(n, 1, 0, s.features, 0, s.batch);
  eval_one_direction(n, cell, s);
}

/// Both directions. The auxiliary input goes to both cells if it has weights; without them it is what the backward cell
/// reads instead of the input.
template <typename MakeCell>
void eval_two_directions(Eval& n, std::size_t auxiliary, bool weighted, const MakeCell& make_cell) {
  const Sequence s(n, false);
  std::vector<std::vector<float>> copies;
  const float* x = floats(n, 0, s.time * s.batch * s.features, copies);
  const std::size_t features = n.has(auxiliary) ? static_cast<std::size_t>(n.in(auxiliary).dims.back()) : 0;
  const float* other = floats(n, auxiliary, s.time * s.batch * features, copies);
  const float* backward_x = other != nullptr && !weighted ? other : x;
  const float* shared = weighted ? other : nullptr;
  if (backward_x == other && features != s.features) n.fail("the auxiliary input has other features than the input");

  auto forward = make_cell(true, s, features);
  auto backward = make_cell(false, s, features);
  if (n.flag(Attr::merge_outputs)) {
    const std::size_t stride = forward.outputs() + backward.outputs();
    float* y = n.out_as<float>(0, Type::float32, result_dims(n, stride));
    run(forward, s, x, shared, features, false, y, stride);
    run(backward, s, backward_x, shared, features, true, y + forward.outputs(), stride);
  } else {
    float* y = n.out_as<float>(0, Type::float32, result_dims(n, forward.outputs()));
    run(forward, s, x, shared, features, false, y, forward.outputs());
    float* z = n.out_as<float>(1, Type::float32, result_dims(n, backward.outputs()));
    run(backward, s, backward_x, shared, features, true, z, backward.outputs());
  }
}

constexpr std::size_t kLstmAuxiliary = 39;
constexpr std::size_t kRnnAuxiliary = 9;

void eval_bidirectional_lstm(Eval& n) {
  const bool weighted = n.has(kLstmAuxiliary + 2);
  eval_two_directions(n, kLstmAuxiliary, weighted, [&](bool forward, const Sequence& s, std::size_t features) {
    const LstmOperands at{.weights = forward ? std::size_t{1} : 18,
                          .state = forward ? std::size_t{35} : 37,
                          .others = !weighted ? 0 : kLstmAuxiliary + (forward ? 1 : 5)};
    return LstmCell(n, at, s.features, features, s.batch);
  });
}

void eval_bidirectional_rnn(Eval& n) {
  const bool weighted = n.has(kRnnAuxiliary + 1);
  eval_two_directions(n, kRnnAuxiliary, weighted, [&](bool forward, const Sequence& s, std::size_t features) {
    return RnnCell(n, forward ? 1 : 5, !weighted ? 0 : kRnnAuxiliary + (forward ? 1 : 2), s.features, features,
                   s.batch);
  });
}

// ---- Inference and rows.

void infer_lstm(Infer& n) {
  require_state(n, 18);
  require_state(n, 19);
  n.require(n.has(8), "the output gate has no recurrent weights");
  n.output(0, n.type(0), with_features(n, last_of(n, 8)));
}

void infer_rnn(Infer& n) {
  require_state(n, 4);
  n.output(0, n.type(0), with_features(n, rows_of(n, 1)));
}

void infer_bidirectional_lstm(Infer& n) {
  for (const std::size_t state : {35U, 36U, 37U, 38U}) require_state(n, state);
  n.require(n.has(8) && n.has(25), "an output gate has no recurrent weights");
  const Dim forward = last_of(n, 8);
  infer_directions(n, forward, last_of(n, 25));
}

void infer_bidirectional_rnn(Infer& n) {
  for (const std::size_t state : {4U, 8U}) require_state(n, state);
  const Dim forward = rows_of(n, 1);
  infer_directions(n, forward, rows_of(n, 5));
}

/// Float input, weights of 8 bits.
template <std::size_t Weights>
bool hybrid(const NodeView& n) {
  return n.type(0) == Type::float32 && n.has(Weights) &&
         (n.type(Weights) == Type::int8 || n.type(Weights) == Type::uint8);
}
template <std::size_t Weights>
bool asymmetric(const NodeView& n) {
  return hybrid<Weights>(n) && n.flag(Attr::asymmetric_quantize_inputs);
}

constexpr KernelTypes kFloat32{{Type::float32}};

constexpr OpRow kUnidirectionalSequenceLstm{
    .op = Op::UNIDIRECTIONAL_SEQUENCE_LSTM,
    .name = "UNIDIRECTIONAL_SEQUENCE_LSTM",
    .options = {.builtin_options = 71},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation},
              {Attr::cell_clip, AttrKind::float32},
              {Attr::proj_clip, AttrKind::float32},
              {Attr::time_major, AttrKind::boolean},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean},
              {Attr::diagonal_recurrent_tensors, AttrKind::boolean}},
    .infer = infer_lstm,
    .eval = eval_lstm<false>,
    .version = {{[](const NodeView& n) { return n.flag(Attr::diagonal_recurrent_tensors); }, 4},
                {asymmetric<4>, 3},
                {hybrid<4>, 2}},
    .kernel = kFloat32,
    .quantization = {.eval = quantized::unidirectional_sequence_lstm},
    .pure = false,
};

constexpr OpRow kBidirectionalSequenceLstm{
    .op = Op::BIDIRECTIONAL_SEQUENCE_LSTM,
    .name = "BIDIRECTIONAL_SEQUENCE_LSTM",
    .options = {.builtin_options = 69},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation},
              {Attr::cell_clip, AttrKind::float32},
              {Attr::proj_clip, AttrKind::float32},
              {Attr::merge_outputs, AttrKind::boolean},
              {Attr::time_major, AttrKind::boolean, 1},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean}},
    .results = 0,
    .infer = infer_bidirectional_lstm,
    .eval = eval_bidirectional_lstm,
    .version = {{asymmetric<4>, 3}, {hybrid<4>, 2}},
    .kernel = kFloat32,
    .pure = false,
};

constexpr OpRow kLstm{
    .op = Op::LSTM,
    .name = "LSTM",
    .options = {.builtin_options = 14},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation},
              {Attr::cell_clip, AttrKind::float32},
              {Attr::proj_clip, AttrKind::float32},
              {Attr::kernel_type, AttrKind::int8_enum},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean}},
    .infer = infer_lstm,
    .eval = eval_lstm<true>,
    .version = {{asymmetric<4>, 4}, {hybrid<4>, 3}},
    .kernel = kFloat32,
    .pure = false,
};

constexpr OpRow kUnidirectionalSequenceRnn{
    .op = Op::UNIDIRECTIONAL_SEQUENCE_RNN,
    .name = "UNIDIRECTIONAL_SEQUENCE_RNN",
    .options = {.builtin_options = 31},
    .attrs = {{Attr::time_major, AttrKind::boolean},
              {Attr::fused_activation_function, AttrKind::activation},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean}},
    .infer = infer_rnn,
    .eval = eval_rnn<false>,
    .version = {{asymmetric<1>, 3}, {hybrid<1>, 2}},
    .kernel = kFloat32,
    .pure = false,
};

constexpr OpRow kBidirectionalSequenceRnn{
    .op = Op::BIDIRECTIONAL_SEQUENCE_RNN,
    .name = "BIDIRECTIONAL_SEQUENCE_RNN",
    .options = {.builtin_options = 70},
    .attrs = {{Attr::time_major, AttrKind::boolean},
              {Attr::fused_activation_function, AttrKind::activation},
              {Attr::merge_outputs, AttrKind::boolean},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean}},
    .results = 0,
    .infer = infer_bidirectional_rnn,
    .eval = eval_bidirectional_rnn,
    .version = {{asymmetric<1>, 3}, {hybrid<1>, 2}},
    .kernel = kFloat32,
    .pure = false,
};

constexpr OpRow kRnn{
    .op = Op::RNN,
    .name = "RNN",
    .options = {.builtin_options = 7},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean}},
    .infer = infer_rnn,
    .eval = eval_rnn<true>,
    .version = {{asymmetric<1>, 3}, {hybrid<1>, 2}},
    .kernel = kFloat32,
    .pure = false,
};

}  // namespace

void add_recurrent_ops(OpTable& table) {
  table.add(kUnidirectionalSequenceLstm);
  table.add(kBidirectionalSequenceLstm);
  table.add(kLstm);
  table.add(kUnidirectionalSequenceRnn);
  table.add(kBidirectionalSequenceRnn);
  table.add(kRnn);
}

}  // namespace tolite
