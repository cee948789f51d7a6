// Matrix products: FULLY_CONNECTED, BATCH_MATMUL.
#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/matrices.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"
#include "ops/window.h"

namespace tolite {
namespace {

void infer_fully_connected(Infer& n) {
  const std::vector<Dim> w = dims_of_rank(n, 1, 2);  // units, depth
  const Shape& x = n.shape(0);
  if (n.flag(Attr::keep_num_dims)) {
    if (!x.ranked()) return n.output(0, n.type(0), Shape::unranked());
    n.require(x.rank() >= 1, "the input is a scalar");
    n.require(!x.last().known() || !w[1].known() || x.last() == w[1], "the weights do not fit the input");
    std::vector<Dim> y = x.dims();
    y.back() = w[0];
    return n.output(0, n.type(0), Shape(std::move(y)));
  }
  Dim rows = n.dims().fresh();
  if (x.ranked()) {
    rows = 1;
    n.require(x.rank() >= 1, "the input is a scalar");
    const bool row_by_row = x.last() == w[1] || !w[1].known();
    for (std::size_t i = 0; i + (row_by_row ? 1 : 0) < x.rank(); ++i) rows = n.dims().mul(rows, x[i]);
    if (!row_by_row) {
      n.require(w[1].number >= 1 && (!rows.known() || rows.number % w[1].number == 0),
                "the weights do not fit the input");
      rows = n.dims().floor_div(rows, w[1]);
    }
  }
  n.output(0, n.type(0), Shape{rows, w[0]});
}

void infer_batch_matmul(Infer& n) {
  // The runtime multiplies int8 numbers without scale into int32.
  const bool plain_int8 = n.type(0) == Type::int8 && n.quantization(0) == nullptr;
  const Type type = plain_int8 ? Type::int32 : n.type(0);
  const Shape& x = n.shape(0);
  const Shape& y = n.shape(1);
  if (!x.ranked() || !y.ranked()) return n.output(0, type, Shape::unranked());
  n.require(x.rank() >= 2 && y.rank() >= 2, "an operand has fewer than 2 dimensions");
  const std::size_t adj_x = n.flag(Attr::adj_x) ? 1 : 0;
  const std::size_t adj_y = n.flag(Attr::adj_y) ? 1 : 0;
  const Dim depth_x = x[x.rank() - 1 - adj_x];
  const Dim depth_y = y[y.rank() - 2 + adj_y];
  n.require(!depth_x.known() || !depth_y.known() || depth_x == depth_y, "the operands do not fit each other");
  const auto batch = [](const Shape& s) { return Shape(std::vector<Dim>(s.dims().begin(), s.dims().end() - 2)); };
  std::vector<Dim> out = broadcast(n.dims(), batch(x), batch(y)).dims();
  out.push_back(x[x.rank() - 2 + adj_x]);
  out.push_back(y[y.rank() - 1 - adj_y]);
  n.output(0, type, Shape(std::move(out)));
}

// A matrix inside a tensor: where it begins and the distance between its rows and columns.
struct Matrix {
  std::size_t begin = 0;
  std::size_t row = 0;
  std::size_t column = 0;
};

// One row of a product: out[j] = sum over k of x[k] * w[k][j]. The sum runs in the order of k whichever loop is outer.
template <typename T, typename Sum>
void multiply_row(const Elements<T>& x, Matrix xm, const Elements<T>& w, Matrix wm, std::size_t depth,
                  std::size_t columns, Sum* out) {
  if (wm.column == 1) {
    for (std::size_t k = 0; k < depth; ++k) {
      const auto scale = static_cast<Sum>(x[xm.begin + k * xm.column]);
      const std::size_t from = wm.begin + k * wm.row;
      for (std::size_t j = 0; j < columns; ++j) out[j] += scale * static_cast<Sum>(w[from + j]);
    }
    return;
  }
  for (std::size_t j = 0; j < columns; ++j) {
    Sum sum = 0;
    const std::size_t from = wm.begin + j * wm.column;
    for (std::size_t k = 0; k < depth; ++k) {
      sum += static_cast<Sum>(x[xm.begin + k * xm.column]) * static_cast<Sum>(w[from + k * wm.row]);
    }
    out[j] += sum;
  }
}

void eval_fully_connected(Eval& n) {
  const Tensor& x = n.in(0);
  const Tensor& w = n.in(1);
  if (x.type != Type::float32 || w.type != Type::float32) n.fail("there is no kernel for these types");
  if (w.dims.size() != 2 || x.dims.empty()) n.fail("an operand has the wrong rank");
  const std::int64_t units = w.dims[0];
  const std::int64_t depth = w.dims[1];
  if (depth < 1 || x.element_count() % depth != 0) n.fail("the weights do not fit the input");
  const std::int64_t rows = x.element_count() / depth;
  const Elements<float> bias(n.has(2) ? n.in(2).bytes : Bytes());
  if (n.has(2) && (n.in(2).type != Type::float32 || n.in(2).element_count() != units)) {
    n.fail("the bias does not fit the units");
  }
  std::vector<std::int64_t> dims{rows, units};
  if (n.flag(Attr::keep_num_dims)) {
    if (x.dims.back() != depth) n.fail("the weights do not fit the input");
    dims = x.dims;
    dims.back() = units;
  }
  float* y = n.out_as<float>(0, Type::float32, std::move(dims));
  const ActivationRange clamp(n);
  const auto columns = static_cast<std::size_t>(units);
  const auto k = static_cast<std::size_t>(depth);
  parallel_for(static_cast<std::size_t>(rows), w.bytes.size() / sizeof(float), [&](std::size_t row) {
    float* out = y + row * columns;
    multiply_row(elements<float>(x), {row * k, 0, 1}, elements<float>(w), {0, 1, k}, k, columns, out);
    for (std::size_t j = 0; j < columns; ++j) out[j] = clamp(out[j] + (bias.size() != 0 ? bias[j] : 0));
  });
}

template <typename T, typename Sum>
void batch_matmul(Eval& n, Type type) {
  const MatrixProduct product(n);
  Sum* out = n.out_as<Sum>(0, type, product.dims);
  const Tensor& x = n.in(0);
  const Tensor& y = n.in(1);
  const Matrix xm = n.flag(Attr::adj_x) ? Matrix{0, 1, product.rows} : Matrix{0, product.depth, 1};
  const Matrix ym = n.flag(Attr::adj_y) ? Matrix{0, 1, product.depth} : Matrix{0, product.columns, 1};
  parallel_for(product.count * product.rows, product.depth * product.columns, [&](std::size_t i) {
    Matrix a = xm;
    Matrix b = ym;
    a.begin = product.matrix_of(i / product.rows, x.dims) * product.rows * product.depth + i % product.rows * xm.row;
    b.begin = product.matrix_of(i / product.rows, y.dims) * product.depth * product.columns;
    multiply_row(elements<T>(x), a, elements<T>(y), b, product.depth, product.columns, out + i * product.columns);
  });
}

void eval_batch_matmul(Eval& n) {
  const Type type = n.in(0).type;
  if (type != n.in(1).type) n.fail("there is no kernel for operands of different types");
  if (type == Type::float32) return batch_matmul<float, float>(n, type);
  if (type == Type::int8 && n.quantization(0) == nullptr)
    return batch_matmul<std::int8_t, std::int32_t>(n, Type::int32);
  n.fail("there is no kernel for " + std::string(type_name(type)));
}

bool types(const NodeView& n, Type x, Type w) { return n.type(0) == x && n.type(1) == w; }
bool hybrid(const NodeView& n) {
  return n.type(0) == Type::float32 && (n.type(1) == Type::int8 || n.type(1) == Type::int4);
}

// The runtime's rules in their order: the first that holds decides.
constexpr OpRow kFullyConnected{
    .op = Op::FULLY_CONNECTED,
    .name = "FULLY_CONNECTED",
    .options = {.builtin_options = 8},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation},
              {Attr::weights_format, AttrKind::int8_enum},
              {Attr::keep_num_dims, AttrKind::boolean},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean},
              {Attr::quantized_bias_type, AttrKind::type}},
    .infer = infer_fully_connected,
    .eval = eval_fully_connected,
    .version = {{[](const NodeView& n) { return n.type(1) == Type::int2; }, 14},
                {[](const NodeView& n) { return types(n, Type::int16, Type::int4); }, 13},
                {[](const NodeView& n) { return types(n, Type::float32, Type::int8) && input_is_per_channel<1>(n); },
                 12},
                {[](const NodeView& n) {
                   return types(n, Type::int16, Type::int8) && n.integer(Attr::quantized_bias_type) != 0;
                 },
                 11},
                {[](const NodeView& n) { return types(n, Type::int16, Type::int16); }, 7},
                {[](const NodeView& n) { return n.input_count() == 2; }, 6},
                {[](const NodeView& n) { return n.flag(Attr::keep_num_dims); }, 5},
                {[](const NodeView& n) { return n.type(0) == Type::int8 && n.type(1) == Type::int8; }, 4},
                {[](const NodeView& n) { return types(n, Type::int8, Type::int4); }, 10},
                {[](const NodeView& n) { return hybrid(n) && n.flag(Attr::asymmetric_quantize_inputs); }, 9},
                {[](const NodeView& n) { return types(n, Type::float32, Type::int8); }, 3},
                {[](const NodeView& n) { return n.integer(Attr::weights_format) != 0; }, 2}},
    .kernel = {{Type::float32}},
    .weights = {.data = 0, .weights = 1, .bias = 2, .rank = 2, .output_axis = 0, .input_axis = 1},
    .quantization = {.stored = kInt8And16, .hybrid = true, .eval = quantized::fully_connected},
};

constexpr OpRow kBatchMatmul{
    .op = Op::BATCH_MATMUL,
    .name = "BATCH_MATMUL",
    .options = {.builtin_options = 101},
    .attrs = {{Attr::adj_x, AttrKind::boolean},
              {Attr::adj_y, AttrKind::boolean},
              {Attr::asymmetric_quantize_inputs, AttrKind::boolean}},
    .infer = infer_batch_matmul,
    .eval = eval_batch_matmul,
    .version = {{input_is<Type::int16>, 3},
                {input_is<Type::int8>, 2},
                {[](const NodeView& n) { return hybrid(n) && n.flag(Attr::asymmetric_quantize_inputs); }, 4}},
    .kernel = {{Type::float32, Type::int8}},
    .quantization = {.stored = kInt8And16, .hybrid = true, .constant = 1, .eval = quantized::batch_matmul},
};

}  // namespace

void add_matmul_ops(OpTable& table) {
  table.add(kFullyConnected);
  table.add(kBatchMatmul);
}

}  // namespace tolite
