// TensorFlow ops on diagonals: MatrixDiag, MatrixSetDiag and MatrixDiagPart in their versions, MatrixBandPart, Diag,
// DiagPart.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// Operand i is the number of the one diagonal that is meant.
std::int64_t diagonal_number(const TfNode& n, std::size_t i) {
  const std::vector<std::int64_t> k = n.integers(i, "k");
  n.require(k.size() == 1 || (k.size() == 2 && k[0] == k[1]), "it takes a band of several diagonals");
  return k.front();
}

ValueId with_diagonal(const TfNode& n, Builder& b, ValueId diagonal) {
  const Type type = b.type(diagonal);
  const Type carrier = carrier_type(n, b, Op::MATRIX_DIAG, type);
  return carried(b, b(Op::MATRIX_DIAG, {carried(b, diagonal, carrier)}), type);
}

Results matrix_diag(TfNode& n, Builder& b) {
  if (n.input_count() > 1) {
    n.require(diagonal_number(n, 1) == 0, "the diagonal is not the main one");
    n.require(n.integer(2, "num_rows") == -1 && n.integer(3, "num_cols") == -1, "the matrix is not square");
    const Bytes padding = n.constant(4, "padding_value").bytes;
    n.require(std::all_of(padding.begin(), padding.end(), [](std::byte v) { return v == std::byte{0}; }),
              "the padding value is not 0");
  }
  return with_diagonal(n, b, n.in(0));
}

Results matrix_set_diag(TfNode& n, Builder& b) {
  if (n.input_count() > 2) n.require(diagonal_number(n, 2) == 0, "the diagonal is not the main one");
  const Type type = n.type(0);
  const Type carrier = carrier_type(n, b, Op::MATRIX_SET_DIAG, type);
  return carried(b, b(Op::MATRIX_SET_DIAG, {carried(b, n.in(0), carrier), carried(b, n.in(1), carrier)}), type);
}

// Every (columns + 1)th element of the rows of a matrix laid out as one.
ValueId taken_diagonal(const TfNode& n, Builder& b, ValueId x, std::int64_t k) {
  const Shape shape = b.shape(x);
  n.require(shape.ranked() && shape.rank() >= 2, "the operand is not known to be a matrix");
  const std::size_t rank = shape.rank();
  n.require(shape[rank - 2].known() && shape[rank - 1].known(), "the size of the matrix is not known");
  const std::int64_t rows = shape[rank - 2].number;
  const std::int64_t columns = shape[rank - 1].number;
  n.require(k > -rows && k < columns, "the diagonal is outside the matrix");
  const std::int64_t length = std::min(rows + std::min<std::int64_t>(k, 0), columns - std::max<std::int64_t>(k, 0));
  std::vector<Dim> flat(shape.dims().begin(), shape.dims().end() - 1);
  flat.back() = rows * columns;
  n.require(reshape_target(Shape(flat)).has_value(), "several dimensions are unknown");
  const ValueId laid_out = reshape(b, x, Shape(flat));
  const std::int64_t first = k >= 0 ? k : -k * columns;
  std::vector<std::int64_t> begin(rank - 1, 0);
  std::vector<std::int64_t> end(rank - 1, 0);
  std::vector<std::int64_t> strides(rank - 1, 1);
  begin.back() = first;
  end.back() = first + (length - 1) * (columns + 1) + 1;
  strides.back() = columns + 1;
  const std::int64_t whole = (std::int64_t{1} << (rank - 2)) - 1;
  return b(Op::STRIDED_SLICE, {laid_out, b.int32s(begin), b.int32s(end), b.int32s(strides)},
           {{Attr::begin_mask, whole}, {Attr::end_mask, whole}});
}

// The mask of a band: true where lower < 0 or row - column <= lower, and upper < 0 or column - row <= upper.
ValueId band_mask(const TfNode& n, Builder& b, std::int64_t lower, std::int64_t upper) {
  const Shape x = n.shape(0);
  const Dim rows = x[x.rank() - 2];
  const Dim columns = x[x.rank() - 1];
  constexpr std::int64_t kMostElements = 1 << 22;
  if (rows.known() && columns.known() && b.dims().mul(rows, columns).number <= kMostElements) {
    NewTensor mask = new_tensor(Type::boolean, {rows.number, columns.number});
    std::byte* to = mask.writable.data();
    for (std::int64_t i = 0; i < rows.number; ++i) {
      for (std::int64_t j = 0; j < columns.number; ++j)
        *to++ = std::byte{(lower < 0 || i - j <= lower) && (upper < 0 || j - i <= upper)};
    }
    return b.constant(std::move(mask.tensor));
  }
  const ValueId shape = b(Op::SHAPE, {n.in(0)}, {{Attr::out_type, Type::int32}});
  const auto positions = [&](std::size_t axis, std::int64_t new_axis) {
    const auto at = static_cast<std::int64_t>(axis);
    const ValueId size =
        b(Op::STRIDED_SLICE, {shape, b.int32s({at}), b.int32s({at + 1}), b.int32s({1})}, {{Attr::shrink_axis_mask, 1}});
    return b(Op::EXPAND_DIMS, {b(Op::RANGE, {b.int32(0), size, b.int32(1)}), b.int32(new_axis)});
  };
  const ValueId below = b(Op::SUB, {positions(x.rank() - 2, 1), positions(x.rank() - 1, 0)});
  ValueId mask;
  if (lower >= 0) mask = b(Op::LESS_EQUAL, {below, b.int32(lower)});
  if (upper >= 0) {
    const ValueId under = b(Op::GREATER_EQUAL, {below, b.int32(-upper)});
    mask = mask ? b(Op::LOGICAL_AND, {mask, under}) : under;
  }
  return mask;
}

Results matrix_band_part(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.ranked() && x.rank() >= 2, "the operand is not known to be a matrix");
  const std::int64_t lower = std::min<std::int64_t>(n.integer(1, "num_lower"), INT32_MAX);
  const std::int64_t upper = std::min<std::int64_t>(n.integer(2, "num_upper"), INT32_MAX);
  if (lower < 0 && upper < 0) return n.in(0);
  return b(Op::SELECT_V2, {band_mask(n, b, lower, upper), n.in(0), b.scalar(n.type(0), 0)});
}

Dim product(Builder& b, const Shape& shape, std::size_t count) {
  Dim p = 1;
  for (std::size_t i = 0; i < count; ++i) p = b.dims().mul(p, shape[i]);
  return p;
}

// The diagonal of a matrix whose rows and columns are the elements of a tensor of any rank.
Results diag(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.is_static(), "the shape of the tensor is not known");
  std::vector<Dim> dims = x.dims();
  dims.insert(dims.end(), x.dims().begin(), x.dims().end());
  const ValueId flat = reshape(b, n.in(0), Shape{product(b, x, x.rank())});
  return reshape(b, with_diagonal(n, b, flat), Shape(std::move(dims)));
}

Results diag_part(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.is_static() && x.rank() % 2 == 0 && x.rank() > 0, "the shape of the tensor is not known");
  const std::size_t half = x.rank() / 2;
  const Dim size = product(b, x, half);
  const ValueId y = taken_diagonal(n, b, reshape(b, n.in(0), Shape{size, size}), 0);
  return reshape(b, y, Shape(std::vector<Dim>(x.dims().begin(), x.dims().begin() + static_cast<std::ptrdiff_t>(half))));
}

}  // namespace

void add_diagonal_translators(Translators& t) {
  for (const char* op : {"MatrixDiag", "MatrixDiagV2", "MatrixDiagV3", "BatchMatrixDiag"}) t.add(op, matrix_diag);
  for (const char* op : {"MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3", "BatchMatrixSetDiag"})
    t.add(op, matrix_set_diag);
  for (const char* op : {"MatrixDiagPart", "MatrixDiagPartV2", "MatrixDiagPartV3", "BatchMatrixDiagPart"}) {
    t.add(op, [](TfNode& n, Builder& b) -> Results {
      return taken_diagonal(n, b, n.in(0), n.input_count() > 1 ? diagonal_number(n, 1) : 0);
    });
  }
  t.add("MatrixBandPart", matrix_band_part);
  t.add("BatchMatrixBandPart", matrix_band_part);
  t.add("Diag", diag);
  t.add("DiagPart", diag_part);
}

}  // namespace tolite::tensorflow
