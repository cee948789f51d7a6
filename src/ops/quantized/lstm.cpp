// UNIDIRECTIONAL_SEQUENCE_LSTM of int8 data and weights: the gates, and the cell state with a power-of-two scale, have
// 16 bits.
#include <array>
#include <cstring>

#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/products.h"

namespace tolite::quantized {
namespace {

// Operands; gates come in the order input, forget, cell, output.
constexpr std::size_t kInputWeights = 1;
constexpr std::size_t kRecurrentWeights = 5;
constexpr std::size_t kPeepholes = 9;  // there is none of the cell gate
constexpr std::size_t kBias = 12;
constexpr std::size_t kProjection = 16;
constexpr std::size_t kOutputState = 18;
constexpr std::size_t kCellState = 19;
constexpr std::size_t kLayerNorms = 20;
// Intermediate results: the fifth has the scale of what is projected, or of the output.
constexpr std::size_t kHidden = 5;

std::int16_t saturate_16(std::int32_t x) { return static_cast<std::int16_t>(std::clamp(x, -32768, 32767)); }
std::int8_t saturate_8(std::int32_t x) { return static_cast<std::int8_t>(std::clamp(x, -128, 127)); }

/// Integers of 32 bits, as many as there are rows of weights; 0 where the operand is absent.
std::vector<std::int64_t> integers(Eval& n, std::size_t operand, std::size_t count) {
  if (!n.has(operand)) return std::vector<std::int64_t>(count);
  std::vector<std::int64_t> list = n.in_integers(operand);
  if (list.size() != count || n.in(operand).type != Type::int32) n.fail("a bias does not fit its gate");
  return list;
}

/// sums of the products of stored weights with a vector of int8, rescaled.
class Matrix {
 public:
  Matrix() = default;
  Matrix(Eval& n, std::size_t weights, std::size_t bias, std::size_t rows, std::size_t columns, float scale)
      : depth_(columns), bias_(integers(n, bias, rows)), factor_(multiplier_of(scale)) {
    weights_ = centered(n, weights, 0);
    if (n.in(weights).type != Type::int8 || weights_.size() != rows * columns) n.fail("weights have the wrong size");
  }
  bool exists() const { return !weights_.empty(); }

  /// f(row, scaled sum) for every row.
  template <typename F>
  void multiply(const std::vector<std::int16_t>& x, F f) const {
    for (std::size_t row = 0; row < bias_.size(); row += kRows) {
      const std::size_t count = std::min(kRows, bias_.size() - row);
      std::int64_t sums[kRows];
      multiply_rows(x.data(), weights_.data() + row * depth_, depth_, count, sums);
      for (std::size_t k = 0; k < count; ++k)
        f(row + k, quantized::multiply(static_cast<std::int32_t>(sums[k] + bias_[row + k]), factor_));
    }
  }

 private:
  std::size_t depth_ = 0;
  std::vector<std::int16_t> weights_;
  std::vector<std::int64_t> bias_;
  Multiplier factor_;
};

/// The elements of a state, which stand for 0 before the first call.
template <typename T>
std::span<T> state(Eval& n, std::size_t operand, std::size_t count, std::int32_t zero_point) {
  std::optional<Tensor>& kept = n.session().state(n.input(operand));
  if (!kept) {
    NewTensor made = new_tensor(type_of<T>, {static_cast<std::int64_t>(count)});
    std::fill_n(reinterpret_cast<T*>(made.writable.data()), count, static_cast<T>(zero_point));
    kept = std::move(made.tensor);
  }
  if (kept->type != type_of<T> || kept->bytes.size() != count * sizeof(T)) n.fail("a state has the wrong size or type");
  return {reinterpret_cast<T*>(const_cast<std::byte*>(kept->bytes.data())), count};
}

Storage storage_of(const Eval& n, ValueId value) {
  const QuantizationId id = n.graph()[value].quantization;
  const Quantization* q = id ? &n.model().quantizations[id.index] : nullptr;
  if (q == nullptr || q->scales.size() != 1 || !(q->scales[0] > 0)) n.fail("a state or intermediate has no scale");
  return {n.graph()[value].type, q->scales[0],
          q->zero_points.empty() ? 0 : static_cast<std::int32_t>(q->zero_points[0])};
}

float scale_of(const Eval& n, std::size_t operand) { return storage_of(n, n.input(operand)).scale; }

class Cell {
 public:
  Cell(Eval& n, std::size_t features) : in_(storage_of_operand(n, 0)) {
    if (n.output_count() <= kHidden) n.fail("there are no scales of intermediate results");
    if (n.has(kLayerNorms + 1)) n.fail("there is no kernel with layer normalisation");
    cells_ = rows(n, kInputWeights + 3);
    outputs_ = columns(n, kRecurrentWeights + 3);
    out_ = storage_of(n, n.input(kOutputState));
    hidden_ = storage_of(n, n.graph().result(n.id(), kHidden));
    cell_scale_ = power_of_two(n, scale_of(n, kCellState));
    constexpr float kGateScale = 1.0F / 4096;  // Q3.12
    for (std::size_t g = 0; g < 4; ++g) {
      if (g == 0 && !n.has(kInputWeights)) continue;
      const auto reals = [&](std::size_t weights, float of) { return scale_of(n, weights) * of / kGateScale; };
      input_[g] = Matrix(n, kInputWeights + g, kBias + g, cells_, features, reals(kInputWeights + g, in_.scale));
      recurrent_[g] =
          Matrix(n, kRecurrentWeights + g, kNone, cells_, outputs_, reals(kRecurrentWeights + g, out_.scale));
      const std::size_t peephole = kPeepholes + (g == 3 ? 2 : g);
      if (g == 2 || !n.has(peephole)) continue;
      peepholes_[g] = centered(n, peephole, 0);
      if (peepholes_[g].size() != cells_) n.fail("weights have the wrong size");
      if (outputs_ != cells_) n.fail("with peepholes there are as many outputs as cells");
      peephole_factors_[g] =
          multiplier_of(static_cast<float>(std::ldexp(1.0, cell_scale_) * scale_of(n, peephole) / kGateScale));
    }
    hidden_factor_ = multiplier_of(static_cast<float>(std::ldexp(1.0, -15) / hidden_.scale * std::ldexp(1.0, -15)));
    if (n.has(kProjection)) {
      const float scale = scale_of(n, kProjection) * hidden_.scale / out_.scale;
      projection_ = Matrix(n, kProjection, kProjection + 1, outputs_, cells_, scale);
    } else if (outputs_ != cells_) {
      n.fail("without a projection there are as many outputs as cells");
    }
    const auto clip = [&](Attr attr, float scale, float most) {
      const float limit = n.real(attr);
      return limit > 0 ? static_cast<std::int32_t>(std::min(limit / scale, most)) : 0;
    };
    cell_clip_ = clip(Attr::cell_clip, scale_of(n, kCellState), 32767);
    projection_clip_ = clip(Attr::proj_clip, storage_of_result(n).scale, 127);
    for (std::vector<std::int16_t>& gate : gates_) gate.resize(cells_);
  }

  std::size_t outputs() const { return outputs_; }
  std::size_t cells() const { return cells_; }
  const Storage& output_storage() const { return out_; }

  /// One step of a sequence: `h` and `c` are its states.
  void step(const std::int8_t* x, std::size_t features, std::span<std::int8_t> h, std::span<std::int16_t> c) {
    const std::vector<std::int16_t> from_input = less_zero(std::span(x, features), in_.zero_point);
    const std::vector<std::int16_t> from_state = less_zero(h, out_.zero_point);
    const bool coupled = !input_[0].exists();  // the input gate is what the forget gate leaves
    for (const std::size_t g : {0U, 1U, 2U}) {
      if (g != 0 || !coupled) gate(g, from_input, from_state, c);
    }
    for (std::size_t k = 0; k < cells_; ++k) {
      const std::int32_t in = coupled ? 32767 - gates_[1][k] : gates_[0][k];
      const auto kept = static_cast<std::int16_t>(rounding_shift_right(gates_[1][k] * c[k], 15));
      const auto added = static_cast<std::int16_t>(rounding_shift_right(in * gates_[2][k], 30 + cell_scale_));
      c[k] = saturate_16(kept + added);
      if (cell_clip_ > 0) c[k] = static_cast<std::int16_t>(std::clamp<std::int32_t>(c[k], -cell_clip_, cell_clip_));
    }
    gate(3, from_input, from_state, c);
    // What is projected has its zero point the other way round.
    const std::int32_t zero_point = projection_.exists() ? -hidden_.zero_point : hidden_.zero_point;
    std::vector<std::int16_t> hidden(cells_);
    for (std::size_t k = 0; k < cells_; ++k) {
      const std::int32_t product = gates_[3][k] * hyperbolic_tangent(c[k], 15 + cell_scale_);
      hidden[k] = saturate_8(quantized::multiply(product, hidden_factor_) + zero_point);
    }
    if (!projection_.exists()) {
      std::copy(hidden.begin(), hidden.end(), h.begin());
      return;
    }
    for (std::int16_t& v : hidden) v = static_cast<std::int16_t>(v + hidden_.zero_point);
    projection_.multiply(hidden, [&](std::size_t row, std::int32_t y) {
      h[row] = saturate_8(y + out_.zero_point);
      if (projection_clip_ > 0)
        h[row] = static_cast<std::int8_t>(std::clamp<std::int32_t>(h[row], -projection_clip_, projection_clip_));
    });
  }

 private:
  static constexpr std::size_t kNone = 1000;  // no such operand

  static std::size_t rows(const Eval& n, std::size_t weights) { return extent(n, weights, 0); }
  static std::size_t columns(const Eval& n, std::size_t weights) { return extent(n, weights, 1); }
  static std::size_t extent(const Eval& n, std::size_t weights, std::size_t axis) {
    const std::vector<std::int64_t>& dims = n.in(weights).dims;
    if (dims.size() != 2) n.fail("weights have the wrong rank");
    return static_cast<std::size_t>(dims[axis]);
  }
  static int power_of_two(const Eval& n, float scale) {
    const float log2 = std::log(scale) * (1.0F / std::log(2.0F));
    const int power = static_cast<int>(std::round(log2));
    if (std::abs(log2 - std::round(log2)) >= 1e-3F || power < -15 || power > -9)
      n.fail("the scale of the cell state is no power of two that the kernel takes");
    return power;
  }
  static std::vector<std::int16_t> less_zero(std::span<const std::int8_t> x, std::int32_t zero_point) {
    std::vector<std::int16_t> y(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) y[k] = static_cast<std::int16_t>(x[k] - zero_point);
    return y;
  }

  void gate(std::size_t g, const std::vector<std::int16_t>& x, const std::vector<std::int16_t>& h,
            std::span<const std::int16_t> c) {
    std::vector<std::int16_t>& sum = gates_[g];
    input_[g].multiply(x, [&](std::size_t row, std::int32_t y) { sum[row] = saturate_16(y); });
    recurrent_[g].multiply(h,
                           [&](std::size_t row, std::int32_t y) { sum[row] = saturate_16(wrapping_sum(sum[row], y)); });
    for (std::size_t k = 0; k < peepholes_[g].size(); ++k)
      sum[k] = saturate_16(wrapping_sum(sum[k], quantized::multiply(peepholes_[g][k] * c[k], peephole_factors_[g])));
    for (std::int16_t& v : sum) v = g == 2 ? hyperbolic_tangent(v, 3) : logistic(v, 3);
  }

  Storage in_;
  Storage out_;
  Storage hidden_;
  std::size_t cells_ = 0;
  std::size_t outputs_ = 0;
  int cell_scale_ = 0;  ///< as a power of two
  std::array<Matrix, 4> input_;
  std::array<Matrix, 4> recurrent_;
  std::array<std::vector<std::int16_t>, 4> peepholes_;
  std::array<Multiplier, 4> peephole_factors_;
  Matrix projection_;
  Multiplier hidden_factor_;
  std::int32_t cell_clip_ = 0;
  std::int32_t projection_clip_ = 0;
  std::array<std::vector<std::int16_t>, 4> gates_;
};

}  // namespace

void unidirectional_sequence_lstm(Eval& n) {
  const std::vector<std::int64_t>& dims = n.in(0).dims;
  if (dims.size() != 3) n.fail("the input has the wrong rank");
  if (n.in(0).type != Type::int8) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  const bool time_major = n.flag(Attr::time_major);
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(dims[axis]); };
  const std::size_t time = size(time_major ? 0 : 1);
  const std::size_t batch = size(time_major ? 1 : 0);
  const std::size_t features = size(2);
  Cell cell(n, features);
  const std::span<std::int8_t> h =
      state<std::int8_t>(n, kOutputState, batch * cell.outputs(), cell.output_storage().zero_point);
  const std::span<std::int16_t> c = state<std::int16_t>(n, kCellState, batch * cell.cells(), 0);
  const auto* x = reinterpret_cast<const std::int8_t*>(n.in(0).bytes.data());
  std::int8_t* y = n.out_as<std::int8_t>(0, Type::int8, {dims[0], dims[1], static_cast<std::int64_t>(cell.outputs())});
  for (std::size_t b = 0; b < batch; ++b) {
    const std::span<std::int8_t> own = h.subspan(b * cell.outputs(), cell.outputs());
    for (std::size_t t = 0; t < time; ++t) {
      const std::size_t row = time_major ? t * batch + b : b * time + t;
      cell.step(x + row * features, features, own, c.subspan(b * cell.cells(), cell.cells()));
      std::copy(own.begin(), own.end(), y + row * cell.outputs());
    }
  }
}

}  // namespace tolite::quantized
