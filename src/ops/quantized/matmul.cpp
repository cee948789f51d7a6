// FULLY_CONNECTED and BATCH_MATMUL of stored elements.
#include "base/checked.h"
#include "base/thread_pool.h"
#include "ops/matrices.h"
#include "ops/quantized/hybrid.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/products.h"

namespace tolite::quantized {
namespace {

/// Weights that are computed at run time may have a zero point, if they have one scale.
std::int32_t weight_zero_point(const Eval& n) {
  const Quantization* q = n.quantization(1);
  if (q == nullptr || q->scales.size() != 1 || n.in(1).type != Type::int8) return 0;
  return storage_of_operand(n, 1).zero_point;
}

std::vector<float> unit_scales(const Eval& n, std::int64_t units) {
  if (weight_zero_point(n) == 0) return weight_scales(n, 1, 0, units);
  return std::vector<float>(static_cast<std::size_t>(units), storage_of_operand(n, 1).scale);
}

/// x: rows of `depth` elements. `finish` makes a result of the number of the row, a sum and the unit.
template <typename T, typename Finish>
void connect_fully(Eval& n, const std::vector<std::int16_t>& x, std::size_t depth, std::size_t units,
                   std::vector<std::int64_t> dims, Finish finish) {
  const std::vector<std::int16_t> weights = centered(n, 1, weight_zero_point(n));
  T* y = n.out_as<T>(0, type_of<T>, std::move(dims));
  const std::size_t rows = x.size() / depth;
  parallel_for((units + kRows - 1) / kRows, rows * depth * kRows, [&](std::size_t block) {
    const std::size_t first = block * kRows;
    const std::size_t count = std::min(kRows, units - first);
    for (std::size_t row = 0; row < rows; ++row) {
      std::int64_t sums[kRows];
      multiply_rows(x.data() + row * depth, weights.data() + first * depth, depth, count, sums);
      for (std::size_t r = 0; r < count; ++r)
        y[row * units + first + r] = static_cast<T>(finish(row, sums[r], first + r));
    }
  });
}

/// x: rows of product.depth elements. `finish` makes a result of the number of the row, a sum and the column.
template <typename T, typename Finish>
void multiply_matrices(Eval& n, const MatrixProduct& product, const std::vector<std::int16_t>& x, Finish finish) {
  std::vector<std::int16_t> w = centered(n, 1, weight_zero_point(n));
  if (!n.flag(Attr::adj_y)) w = transposed(w, product.depth, product.columns);
  const auto multiply = n.in(1).type == Type::int16 ? multiply_wide_rows : multiply_rows;
  const std::size_t depth = product.depth;
  T* y = n.out_as<T>(0, type_of<T>, product.dims);
  parallel_for(product.count * product.rows, depth * product.columns, [&](std::size_t i) {
    const std::size_t matrix = i / product.rows;
    const std::size_t row = product.matrix_of(matrix, n.in(0).dims) * product.rows + i % product.rows;
    const std::int16_t* columns = w.data() + product.matrix_of(matrix, n.in(1).dims) * product.columns * depth;
    for (std::size_t j = 0; j < product.columns; j += kRows) {
      const std::size_t count = std::min(kRows, product.columns - j);
      std::int64_t sums[kRows];
      multiply(x.data() + row * depth, columns + j * depth, depth, count, sums);
      for (std::size_t k = 0; k < count; ++k)
        y[i * product.columns + j + k] = static_cast<T>(finish(row, sums[k], j + k));
    }
  });
}

void multiply_float_matrices(Eval& n, const MatrixProduct& product) {
  const std::size_t rank = n.in(1).dims.size();
  const std::size_t column_axis = rank - (n.flag(Attr::adj_y) ? 2 : 1);
  const std::vector<float> scales = weight_scales(n, 1, column_axis, static_cast<std::int64_t>(product.columns));
  std::vector<float> x = floats(n, 0);
  if (n.flag(Attr::adj_x)) x = transposed(x, product.depth, product.rows);
  const std::vector<std::int64_t>& dims = n.in(0).dims;
  const std::int64_t matrices = element_count(std::span(dims).first(dims.size() - 2));
  const std::size_t rows = static_cast<std::size_t>(matrices) * product.rows;
  const StoredRows stored = store_rows(x, rows, n.flag(Attr::asymmetric_quantize_inputs));
  multiply_matrices<float>(n, product, stored.elements, [&](std::size_t row, std::int64_t sum, std::size_t column) {
    return static_cast<float>(sum) * (scales[column] * stored.scales[row]);
  });
}

template <typename T>
void multiply_stored_matrices(Eval& n, const MatrixProduct& product) {
  const Storage a = storage_of_operand(n, 0);
  const Storage b = storage_of_operand(n, 1);
  const Storage out = storage_of_result(n);
  const StoredRange range(out.type);
  const Multiplier factor = multiplier_of(static_cast<double>(a.scale * b.scale) / out.scale);
  std::vector<std::int16_t> x = centered(n, 0, a.zero_point);
  if (n.flag(Attr::adj_x)) x = transposed(x, product.depth, product.rows);
  multiply_matrices<T>(n, product, x, [&](std::size_t, std::int64_t sum, std::size_t) {
    constexpr bool kIsWide = std::is_same_v<T, std::int16_t>;
    const std::int32_t scaled =
        kIsWide ? quantized::multiply(sum, factor) : quantized::multiply(static_cast<std::int32_t>(sum), factor);
    return range(wrapping_sum(scaled, out.zero_point));
  });
}

}  // namespace

void fully_connected(Eval& n) {
  const Tensor& x = n.in(0);
  const Tensor& w = n.in(1);
  if (w.dims.size() != 2 || x.dims.empty()) n.fail("an operand has the wrong rank");
  const std::int64_t units = w.dims[0];
  const std::int64_t depth = w.dims[1];
  if (depth < 1 || x.element_count() % depth != 0) n.fail("the weights do not fit the input");
  if (w.type == Type::int16) n.fail("there is no kernel for int16 weights");
  const std::int64_t rows = x.element_count() / depth;
  std::vector<std::int64_t> dims{rows, units};
  if (n.flag(Attr::keep_num_dims)) {
    if (x.dims.back() != depth) n.fail("the weights do not fit the input");
    dims = x.dims;
    dims.back() = units;
  }
  const auto k = static_cast<std::size_t>(depth);
  const auto outputs = static_cast<std::size_t>(units);
  if (is_hybrid(n, 0)) {
    const StoredRows stored =
        store_rows(floats(n, 0), static_cast<std::size_t>(rows), n.flag(Attr::asymmetric_quantize_inputs));
    const FloatStage stage(n, unit_scales(n, units), 2);
    return connect_fully<float>(
        n, stored.elements, k, outputs, std::move(dims),
        [&](std::size_t row, std::int64_t sum, std::size_t unit) { return stage(sum, stored.scales[row], unit); });
  }
  const Storage data = storage_of_operand(n, 0);
  const OutputStage stage(n, data, unit_scales(n, units), 2);
  with_stored(n, 0, [&](auto tag) {
    connect_fully<decltype(tag)>(
        n, centered(n, 0, data.zero_point), k, outputs, std::move(dims),
        [&](std::size_t, std::int64_t sum, std::size_t unit) { return stage.in_double(sum, unit); });
  });
}

void batch_matmul(Eval& n) {
  const Type type = n.in(0).type;
  const Type weights = n.in(1).type;
  if (n.output_type() != type || (weights != Type::int8 && (weights != type || weights != Type::int16)))
    n.fail("there is no kernel for operands and a result of these types");
  const MatrixProduct product(n);
  if (is_hybrid(n, 0)) return multiply_float_matrices(n, product);
  with_stored(n, 0, [&](auto tag) { multiply_stored_matrices<decltype(tag)>(n, product); });
}

}  // namespace tolite::quantized
