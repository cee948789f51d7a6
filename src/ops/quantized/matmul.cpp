// FULLY_CONNECTED and BATCH_MATMUL of stored elements.
#include "base/checked.h"
#include "base/thread_pool.h"
#include "ops/matrices.h"
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

template <typename T>
void connect_fully(Eval& n, std::int64_t rows, std::int64_t units, std::int64_t depth, std::vector<std::int64_t> dims) {
  const Storage data = storage_of_operand(n, 0);
  const std::vector<float> scales = unit_scales(n, units);
  const OutputStage finish(n, data, scales, 2);
  const std::vector<std::int16_t> x = centered(n, 0, data.zero_point);
  const std::vector<std::int16_t> weights = centered(n, 1, weight_zero_point(n));
  T* y = n.out_as<T>(0, data.type, std::move(dims));
  const auto k = static_cast<std::size_t>(depth);
  const auto outputs = static_cast<std::size_t>(units);
  const std::size_t blocks = (outputs + kRows - 1) / kRows;
  parallel_for(blocks, static_cast<std::size_t>(rows) * k * kRows, [&](std::size_t block) {
    const std::size_t first = block * kRows;
    const std::size_t count = std::min(kRows, outputs - first);
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
      std::int64_t sums[kRows];
      multiply_rows(x.data() + row * k, weights.data() + first * k, k, count, sums);
      for (std::size_t r = 0; r < count; ++r)
        y[row * outputs + first + r] = static_cast<T>(finish.in_double(sums[r], first + r));
    }
  });
}

/// Matrices with rows and columns exchanged.
std::vector<std::int16_t> transposed(const std::vector<std::int16_t>& x, std::size_t rows, std::size_t columns) {
  std::vector<std::int16_t> y(x.size());
  for (std::size_t begin = 0; begin < x.size(); begin += rows * columns) {
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) y[begin + j * rows + i] = x[begin + i * columns + j];
    }
  }
  return y;
}

template <typename T>
void multiply_matrices(Eval& n, const MatrixProduct& product) {
  const Storage a = storage_of_operand(n, 0);
  const Storage b = storage_of_operand(n, 1);
  const Storage out = storage_of_result(n);
  const StoredRange range(out.type);
  const Multiplier factor = multiplier_of(static_cast<double>(a.scale * b.scale) / out.scale);
  const std::size_t depth = product.depth;
  std::vector<std::int16_t> x = centered(n, 0, a.zero_point);
  std::vector<std::int16_t> w = centered(n, 1, b.zero_point);
  if (n.flag(Attr::adj_x)) x = transposed(x, depth, product.rows);
  if (!n.flag(Attr::adj_y)) w = transposed(w, depth, product.columns);
  T* y = n.out_as<T>(0, out.type, product.dims);
  const bool is_wide = a.type == Type::int16;
  parallel_for(product.count * product.rows, depth * product.columns, [&](std::size_t i) {
    const std::size_t matrix = i / product.rows;
    const std::int16_t* row =
        x.data() + (product.matrix_of(matrix, n.in(0).dims) * product.rows + i % product.rows) * depth;
    const std::int16_t* columns = w.data() + product.matrix_of(matrix, n.in(1).dims) * product.columns * depth;
    for (std::size_t j = 0; j < product.columns; ++j) {
      std::int64_t sum = 0;
      if (b.type == Type::int16) {
        sum = wide_product(row, columns + j * depth, depth);
      } else {
        multiply_rows(row, columns + j * depth, depth, 1, &sum);
      }
      const std::int32_t scaled =
          is_wide ? quantized::multiply(sum, factor) : quantized::multiply(static_cast<std::int32_t>(sum), factor);
      y[i * product.columns + j] = static_cast<T>(range(wrapping_sum(scaled, out.zero_point)));
    }
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
  with_stored(n, 0, [&](auto tag) { connect_fully<decltype(tag)>(n, rows, units, depth, std::move(dims)); });
}

void batch_matmul(Eval& n) {
  const Type type = n.in(0).type;
  const Type weights = n.in(1).type;
  if (n.output_type() != type || (weights != Type::int8 && weights != type))
    n.fail("there is no kernel for operands and a result of these types");
  const MatrixProduct product(n);
  with_stored(n, 0, [&](auto tag) { multiply_matrices<decltype(tag)>(n, product); });
}

}  // namespace tolite::quantized
