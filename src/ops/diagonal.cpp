// Ops on diagonals of the innermost matrices: MATRIX_DIAG, MATRIX_SET_DIAG.
#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"

namespace tolite {
namespace {

// The runtime's kernels have no case for other types and copy them as if they were these.
constexpr KernelTypes kDiagonalKernel{{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8}};

// Copies the vectors of `diagonal` onto the diagonals of the matrices of y.
void copy_diagonals(std::span<std::byte> y, std::int64_t rows, std::int64_t columns, const Tensor& diagonal,
                    std::size_t width) {
  const std::int64_t length = diagonal.dims.back();
  if (length == 0 || diagonal.element_count() == 0) return;
  const CopyAxis axes[] = {{diagonal.element_count() / length, rows * columns, length}, {length, columns + 1, 1}};
  strided_copy(y.data(), diagonal.bytes.data(), width, axes);
}

constexpr OpRow kMatrixDiag{
    .op = Op::MATRIX_DIAG,
    .name = "MATRIX_DIAG",
    .options = {.builtin_options = 88},
    .infer =
        [](Infer& n) {
          const Shape& x = n.shape(0);
          if (!x.ranked()) return n.output(0, n.type(0), Shape::unranked());
          n.require(x.rank() >= 1, "the diagonal is a scalar");
          std::vector<Dim> dims = x.dims();
          dims.push_back(x.last());
          n.output(0, n.type(0), Shape(std::move(dims)));
          move_known(n);
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          if (x.dims.empty()) n.fail("the diagonal is a scalar");
          const std::size_t width = element_width(n, x);
          std::vector<std::int64_t> dims = x.dims;
          dims.push_back(x.dims.back());
          copy_diagonals(n.out(0, x.type, dims), x.dims.back(), x.dims.back(), x, width);
        },
    .kernel = kDiagonalKernel,
    // The rest of the result is 0 as it is stored.
    .quantization = {.stored = {Type::int16}, .result = ResultScale::chosen},
};

constexpr OpRow kMatrixSetDiag{
    .op = Op::MATRIX_SET_DIAG,
    .name = "MATRIX_SET_DIAG",
    .options = {.builtin_options = 90},
    .infer =
        [](Infer& n) {
          n.require(n.type(0) == n.type(1), "matrix and diagonal have different types");
          const Shape& x = n.shape(0);
          const Shape& diagonal = n.shape(1);
          n.require(!x.ranked() || x.rank() >= 2, "the operand is not a matrix");
          n.require(!x.ranked() || !diagonal.ranked() || diagonal.rank() + 1 == x.rank(),
                    "the diagonal does not fit the matrix");
          n.output(0, n.type(0), x);
          move_known(n, {0, 1});
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const Tensor& diagonal = n.in(1);
          if (x.dims.size() < 2) n.fail("the operand is not a matrix");
          const std::int64_t rows = x.dims[x.dims.size() - 2];
          const std::int64_t columns = x.dims.back();
          std::vector<std::int64_t> expected(x.dims.begin(), x.dims.end() - 1);
          expected.back() = std::min(rows, columns);
          if (diagonal.dims != expected) n.fail("the diagonal does not fit the matrix");
          const std::size_t width = element_width(n, x);
          const std::span<std::byte> y = n.out(0, x.type, x.dims);
          strided_copy(y.data(), x.bytes.data(), x.bytes.size(), {});
          copy_diagonals(y, rows, columns, diagonal, width);
        },
    .kernel = kDiagonalKernel,
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_diagonal_ops(OpTable& table) {
  table.add(kMatrixDiag);
  table.add(kMatrixSetDiag);
}

}  // namespace tolite
