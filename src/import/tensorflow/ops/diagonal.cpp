// TensorFlow ops on diagonals: MatrixDiag, MatrixSetDiag and MatrixDiagPart in their versions, MatrixBandPart, Diag,
// DiagPart.
#include <algorithm>

#include "import/tensorflow/ops/band.h"
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// The diagonals that operand i names, one or a range of them, of a matrix whose size is not known yet. The second
// version of the ops aligns left, the third as it says.
Band named_band(const TfNode& n, std::size_t i) {
  Band band{};
  if (i < n.input_count()) {
    const std::vector<std::int64_t> k = n.integers(i, "k");
    n.require(k.size() == 1 || k.size() == 2, "it does not have one or two numbers of diagonals");
    for (const std::int64_t v : k) n.require(v > -(1 << 24) && v < 1 << 24, "a number of a diagonal is out of range");
    band.lower = k.front();
    band.upper = k.back();
  }
  n.require(band.lower <= band.upper, "its diagonals are out of order");
  const std::string align = n.text_attr("align", n.op().ends_with("V3") ? "RIGHT_LEFT" : "LEFT_LEFT");
  band.upper_left = align.starts_with("LEFT");
  band.lower_left = align.ends_with("LEFT");
  return band;
}

// Tables of places have an element for each of the result.
constexpr std::int64_t kMostPlaces = 1 << 22;

Band sized_band(const TfNode& n, std::size_t i, const Shape& matrix) {
  Band band = named_band(n, i);
  n.require(matrix.ranked() && matrix.rank() >= 2, "the operand is not known to be a matrix");
  const Dim rows = matrix[matrix.rank() - 2];
  const Dim columns = matrix.last();
  n.require(rows.known() && columns.known(), "the size of the matrix is not known");
  n.require(rows.number > 0 && columns.number > 0 && rows.number <= kMostPlaces / columns.number,
            "the size of the matrix is out of range");
  band.rows = rows.number;
  band.columns = columns.number;
  n.require(band.inside(), "a diagonal is outside the matrix");
  n.require(band.count() <= kMostPlaces / band.width(), "its diagonals are too many");
  return band;
}

// x, whose last dimensions are one, with elements from these places in the dimensions `tail`; elsewhere `fill`.
ValueId taken_from(const TfNode& n, Builder& b, ValueId x, const std::vector<std::int64_t>& places,
                   const std::vector<std::int64_t>& tail, ValueId fill) {
  const auto axis = static_cast<std::int64_t>(b.shape(x).rank()) - 1;
  std::vector<std::int64_t> from = places;
  NewTensor mask = new_tensor(Type::boolean, tail);
  bool all = true;
  for (std::size_t i = 0; i < places.size(); ++i) {
    mask.writable[i] = std::byte{places[i] >= 0};
    all = all && places[i] >= 0;
    from[i] = std::max<std::int64_t>(places[i], 0);
  }
  const Type type = b.type(x);
  const ValueId at = b.constant(integer_tensor(Type::int32, tail, from));
  const ValueId source = carried(b, x, carrier_type(n, b, Op::GATHER, type));
  const ValueId y = carried(b, b(Op::GATHER, {source, at}, {{Attr::axis, axis}, {Attr::batch_dims, 0}}), type);
  return all ? y : choose(n, b, b.constant(std::move(mask.tensor)), y, fill);
}

// The last `count` dimensions as one.
ValueId with_flat_tail(const TfNode& n, Builder& b, ValueId x, std::size_t count) {
  const Shape shape = b.shape(x);
  std::vector<Dim> dims(shape.dims().begin(), shape.dims().end() - static_cast<std::ptrdiff_t>(count));
  dims.push_back(product(b, shape, shape.rank() - count, shape.rank()));
  return reshaped(n, b, x, Shape(std::move(dims)));
}

ValueId with_diagonal(const TfNode& n, Builder& b, ValueId diagonal) {
  const Type type = b.type(diagonal);
  const Type carrier = carrier_type(n, b, Op::MATRIX_DIAG, type);
  return carried(b, b(Op::MATRIX_DIAG, {carried(b, diagonal, carrier)}), type);
}

// As small as the diagonals allow where the size is left open; square if both sizes are.
void choose_size(const TfNode& n, Band& band, std::int64_t width) {
  const std::int64_t least_rows = width - std::min<std::int64_t>(band.upper, 0);
  const std::int64_t least_columns = width + std::max<std::int64_t>(band.lower, 0);
  const std::int64_t rows = n.input_count() > 2 ? n.integer(2, "num_rows") : -1;
  const std::int64_t columns = n.input_count() > 3 ? n.integer(3, "num_cols") : -1;
  const std::int64_t square = std::max(least_rows, least_columns);
  band.rows = rows != -1 ? rows : columns == -1 ? square : least_rows;
  band.columns = columns != -1 ? columns : rows == -1 ? square : least_columns;
  n.require(band.rows > 0 && band.columns > 0 && band.rows <= kMostPlaces / band.columns,
            "the size of the matrix is out of range");
  n.require(band.inside() && band.width() == width, "its diagonals do not fit the matrix");
}

bool is_zero(Builder& b, ValueId v) {
  const Tensor* constant = b.constant_of(v);
  return constant != nullptr &&
         std::all_of(constant->bytes.begin(), constant->bytes.end(), [](std::byte x) { return x == std::byte{0}; });
}

Results matrix_diag(TfNode& n, Builder& b) {
  Band band = named_band(n, 1);
  const Shape shape = n.shape(0);
  const ValueId padding = n.input_count() > 4 ? n.in(4) : b.scalar(n.type(0), 0);
  const bool open = n.input_count() <= 3 || (n.integer(2, "num_rows") == -1 && n.integer(3, "num_cols") == -1);
  if (band.lower == 0 && band.upper == 0 && open && is_zero(b, padding)) return with_diagonal(n, b, n.in(0));
  const std::size_t given = band.lower == band.upper ? 1 : 2;  // a single diagonal has no dimension of its own
  n.require(shape.ranked() && shape.rank() >= given && shape.last().known() && shape.last().number > 0,
            "the size of the diagonals is not known");
  choose_size(n, band, shape.last().number);
  n.require(given == 1 || shape[shape.rank() - 2].is(band.count()), "it has not as many diagonals as it names");
  return taken_from(n, b, with_flat_tail(n, b, n.in(0), given), band.diagonal_places(), {band.rows, band.columns},
                    padding);
}

Results matrix_set_diag(TfNode& n, Builder& b) {
  const Band named = named_band(n, 2);
  const Type type = n.type(0);
  if (named.lower == 0 && named.upper == 0) {
    const Type carrier = carrier_type(n, b, Op::MATRIX_SET_DIAG, type);
    return carried(b, b(Op::MATRIX_SET_DIAG, {carried(b, n.in(0), carrier), carried(b, n.in(1), carrier)}), type);
  }
  const Band band = sized_band(n, 2, n.shape(0));
  const ValueId flat = with_flat_tail(n, b, n.in(1), band.lower == band.upper ? 1 : 2);
  return taken_from(n, b, flat, band.diagonal_places(), {band.rows, band.columns}, n.in(0));
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
  const ValueId laid_out = reshaped(n, b, x, Shape(flat));
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

Results matrix_diag_part(TfNode& n, Builder& b) {
  const Band named = named_band(n, 1);
  if (named.lower == named.upper) return taken_diagonal(n, b, n.in(0), named.lower);
  const Band band = sized_band(n, 1, n.shape(0));
  return taken_from(n, b, with_flat_tail(n, b, n.in(0), 2), band.matrix_places(), {band.count(), band.width()},
                    n.in(2));
}

// The mask of a band of a matrix whose size and band are constants.
ValueId constant_mask(Builder& b, std::int64_t rows, std::int64_t columns, std::int64_t lower, std::int64_t upper) {
  NewTensor mask = new_tensor(Type::boolean, {rows, columns});
  std::byte* to = mask.writable.data();
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j)
      *to++ = std::byte{(lower < 0 || i - j <= lower) && (upper < 0 || j - i <= upper)};
  }
  return b.constant(std::move(mask.tensor));
}

// Where the distance is not above the limit; a negative limit is none.
ValueId within(Builder& b, ValueId distance, ValueId limit) {
  const ValueId near = b(Op::LESS_EQUAL, {distance, limit});
  if (const auto constant = b.integers(limit); constant && constant->front() >= 0) return near;
  return b(Op::LOGICAL_OR, {near, b(Op::LESS, {limit, b.int32(0)})});
}

// True where lower < 0 or row - column <= lower, and upper < 0 or column - row <= upper.
ValueId band_mask(const TfNode& n, Builder& b, ValueId lower, ValueId upper) {
  const Shape x = n.shape(0);
  const Dim rows = x[x.rank() - 2];
  const Dim columns = x[x.rank() - 1];
  const auto low = b.integers(lower);
  const auto high = b.integers(upper);
  const bool small = rows.known() && columns.known() && b.dims().mul(rows, columns).number <= kMostPlaces;
  if (small && low && high) return constant_mask(b, rows.number, columns.number, low->front(), high->front());
  const ValueId down = b(Op::EXPAND_DIMS, {numbers_below(b, axis_size(b, n.in(0), x.rank() - 2)), b.int32(1)});
  const ValueId below = b(Op::SUB, {down, numbers_below(b, axis_size(b, n.in(0), x.rank() - 1))});
  ValueId mask;
  if (!low || low->front() >= 0) mask = within(b, below, lower);
  if (high && high->front() < 0) return mask;
  const ValueId near = within(b, b(Op::NEG, {below}), upper);
  return mask ? b(Op::LOGICAL_AND, {mask, near}) : near;
}

Results matrix_band_part(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.ranked() && x.rank() >= 2, "the operand is not known to be a matrix");
  const ValueId lower = int32_operand(b, n.in(1));
  const ValueId upper = int32_operand(b, n.in(2));
  const auto low = b.integers(lower);
  const auto high = b.integers(upper);
  n.require((!low || low->size() == 1) && (!high || high->size() == 1), "the size of the band is not a number");
  if (low && high && low->front() < 0 && high->front() < 0) return n.in(0);
  const ValueId mask = band_mask(n, b, lower, upper);
  return choose(n, b, mask, n.in(0), b.scalar(n.type(0), 0));
}

// The diagonal of a matrix whose rows and columns are the elements of a tensor of any rank.
Results diag(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.is_static(), "the shape of the tensor is not known");
  std::vector<Dim> dims = x.dims();
  dims.insert(dims.end(), x.dims().begin(), x.dims().end());
  const ValueId flat = reshape(b, n.in(0), Shape{product(b, x, 0, x.rank())});
  return reshape(b, with_diagonal(n, b, flat), Shape(std::move(dims)));
}

Results diag_part(TfNode& n, Builder& b) {
  const Shape x = n.shape(0);
  n.require(x.is_static() && x.rank() % 2 == 0 && x.rank() > 0, "the shape of the tensor is not known");
  const std::size_t half = x.rank() / 2;
  const Dim size = product(b, x, 0, half);
  const ValueId y = taken_diagonal(n, b, reshape(b, n.in(0), Shape{size, size}), 0);
  return reshape(b, y, Shape(std::vector<Dim>(x.dims().begin(), x.dims().begin() + static_cast<std::ptrdiff_t>(half))));
}

}  // namespace

void add_diagonal_translators(Translators& t) {
  for (const char* op : {"MatrixDiag", "MatrixDiagV2", "MatrixDiagV3", "BatchMatrixDiag"}) t.add(op, matrix_diag);
  for (const char* op : {"MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3", "BatchMatrixSetDiag"})
    t.add(op, matrix_set_diag);
  for (const char* op : {"MatrixDiagPart", "MatrixDiagPartV2", "MatrixDiagPartV3", "BatchMatrixDiagPart"})
    t.add(op, matrix_diag_part);
  t.add("MatrixBandPart", matrix_band_part);
  t.add("BatchMatrixBandPart", matrix_band_part);
  t.add("Diag", diag);
  t.add("DiagPart", diag_part);
}

}  // namespace tolite::tensorflow
