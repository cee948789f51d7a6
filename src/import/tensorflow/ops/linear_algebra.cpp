// Small systems of linear equations, unrolled: TensorFlow's MatrixInverse, MatrixSolve, MatrixTriangularSolve,
// Cholesky, MatrixDeterminant and LogMatrixDeterminant of square matrices of a known size, or of stacks of them. The
// stack is one dimension inside; each step of the elimination takes a whole column, so that the ops grow with the size,
// not with its cube.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "ops/formula.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

constexpr std::int64_t kMostSize = 16;

/// A stack of matrices [stack, rows, columns], and the way back to the shape of the operand.
class Matrices {
 public:
  Matrices(const TfNode& n, Builder& b, std::size_t operand) : n_(n), f_{b} {
    const Shape shape = n.shape(operand);
    n.require(n.type(operand) == Type::float32, "it is computed in float32 only");
    n.require(shape.ranked() && shape.rank() >= 2, "the operand is not a matrix of a known rank");
    rank_ = shape.rank();
    rows_ = shape[rank_ - 2];
    columns_ = shape[rank_ - 1];
    if (!rows_.known() || !columns_.known())
      n.refuse("the size of the matrices is not known", "give the input fixed last dimensions (--input-shape)");
    stack_ = shape;
    operand_ = n.in(operand);
    value = rank_ == 3 ? n.in(operand) : b(Op::RESHAPE, {n.in(operand), b.int32s({-1, rows_.number, columns_.number})});
  }

  std::int64_t rows() const { return rows_.number; }
  std::int64_t columns() const { return columns_.number; }

  /// The size of square matrices that are small enough.
  std::int64_t square_size() const {
    n_.require(rows_ == columns_, "the matrices are not square");
    if (rows() > kMostSize)
      n_.refuse("matrices larger than 16 by 16 would take too many ops", "compute it outside of the model");
    n_.require(rows() > 0, "the matrices have no elements");
    return rows();
  }

  /// `result`, a matrix or a number for each of the stack, in the operand's dimensions.
  ValueId unstacked(ValueId result, std::initializer_list<std::int64_t> last) const {
    Builder& b = f_.b;
    if (rank_ == 3 && last.size() == 2) return result;
    std::vector<Dim> dims(stack_.dims().begin(), stack_.dims().end() - 2);
    for (const std::int64_t d : last) dims.emplace_back(d);
    if (reshape_target(Shape(dims))) return reshape(b, result, Shape(dims));
    const ValueId sizes = shape_of(b, operand_);
    const ValueId leading =
        b(Op::STRIDED_SLICE, {sizes, b.int32s({0}), b.int32s({static_cast<std::int64_t>(rank_) - 2}), b.int32s({1})});
    const std::vector<std::int64_t> trailing(last);
    const ValueId target =
        last.size() == 0 ? leading : b(Op::CONCATENATION, {leading, b.int32s(trailing)}, {{Attr::axis, 0}});
    return b(Op::RESHAPE, {result, target});
  }

  ValueId value;

 private:
  const TfNode& n_;
  Formula f_;
  std::size_t rank_ = 0;
  Dim rows_;
  Dim columns_;
  Shape stack_;
  ValueId operand_;
};

/// Rows [top, bottom) and columns [left, right) of each matrix.
ValueId block(Builder& b, ValueId x, std::int64_t top, std::int64_t bottom, std::int64_t left, std::int64_t right) {
  const ValueId begin = b.int32s({0, top, left});
  const ValueId end = b.int32s({0, bottom, right});
  return b(Op::STRIDED_SLICE, {x, begin, end, b.int32s({1, 1, 1})}, {{Attr::begin_mask, 1}, {Attr::end_mask, 1}});
}

ValueId join(Builder& b, const std::vector<ValueId>& list, std::int64_t axis) {
  return list.size() == 1 ? list[0] : b(Op::CONCATENATION, list, {{Attr::axis, axis}});
}

/// The unit matrix of the size, once for each matrix of the stack of x.
ValueId unit_matrices(Builder& b, ValueId x, std::int64_t size) {
  std::vector<double> elements(static_cast<std::size_t>(size * size), 0);
  for (std::int64_t i = 0; i < size; ++i) elements[static_cast<std::size_t>(i * (size + 1))] = 1;
  const ValueId unit = b.constant(tensor_of(Type::float32, {1, size, size}, elements));
  const ValueId corner = block(b, x, 0, 1, 0, 1);
  return b(Op::ADD, {b(Op::ZEROS_LIKE, {corner}), unit});
}

// ---- Elimination by Gauss and Jordan, with the largest pivot of each column. Rows stay where they are: a mask says
// which were pivots, and the order of the pivots comes in at the end.

struct Elimination {
  ValueId rest;    ///< the columns right of the matrix, rows in the order of the pivots: the inverse times them
  ValueId pivots;  ///< [stack, size, 1]
  ValueId order;   ///< int32 [stack, size]: the row of each pivot
};

Elimination eliminate(Builder& b, ValueId matrices, std::int64_t size, ValueId right_side) {
  const Formula f{b};
  const ValueId zero = b.scalar(Type::float32, 0);
  const ValueId one = b.scalar(Type::float32, 1);
  ValueId x = matrices;
  std::int64_t width = size;
  if (right_side) {
    width += b.shape(right_side).last().number;
    x = join(b, {x, right_side}, 2);
  }
  ValueId used;  // 1 in the rows of earlier pivots
  std::vector<ValueId> pivots;
  std::vector<ValueId> places;
  std::vector<ValueId> orders;
  for (std::int64_t k = 0; k < size; ++k) {
    const ValueId column = block(b, x, 0, size, 0, 1);
    const ValueId size_of = f.abs(column);
    const ValueId candidates = used ? f.sub(size_of, f.mul(used, 3e38)) : size_of;
    const ValueId flat = b(Op::RESHAPE, {candidates, b.int32s({-1, size})});
    const ValueId place = b(Op::ARG_MAX, {flat, b.int32(1)}, {{Attr::output_type, Type::int32}});
    const ValueId chosen = b(Op::ONE_HOT, {place, b.int32(size), one, zero}, {{Attr::axis, -1}});
    const ValueId mask = b(Op::RESHAPE, {chosen, b.int32s({-1, size, 1})});
    const ValueId is_pivot = f.greater(mask, 0.5);
    // The pivot's row is the sum of the masked rows.
    const ValueId row = b(Op::SUM, {f.mul(x, mask), b.int32s({1})}, {{Attr::keep_dims, true}});
    const ValueId pivot = block(b, row, 0, 1, 0, 1);
    pivots.push_back(pivot);
    places.push_back(b(Op::RESHAPE, {chosen, b.int32s({-1, 1, size})}));
    orders.push_back(b(Op::RESHAPE, {place, b.int32s({-1, 1})}));
    --width;
    if (width == 0) break;
    // What is left of the column is done with.
    const ValueId others = block(b, x, 0, size, 1, width + 1);
    const ValueId scaled = f.div(block(b, row, 0, 1, 1, width + 1), pivot);
    const ValueId reduced = f.sub(others, f.mul(column, scaled));
    x = b(Op::SELECT_V2, {is_pivot, scaled, reduced});
    used = used ? f.add(used, mask) : mask;
  }
  Elimination result;
  if (right_side) {
    const ValueId by_pivot = join(b, places, 1);
    result.rest = b(Op::BATCH_MATMUL, {by_pivot, x}, {{Attr::adj_x, false}, {Attr::adj_y, false}});
  }
  result.pivots = join(b, pivots, 1);
  result.order = join(b, orders, 1);
  return result;
}

Results matrix_inverse(TfNode& n, Builder& b) {
  const Matrices matrices(n, b, 0);
  const std::int64_t size = matrices.square_size();
  ValueId x = matrices.value;
  if (n.flag_attr("adjoint")) x = b(Op::TRANSPOSE, {x, b.int32s({0, 2, 1})});
  return matrices.unstacked(eliminate(b, x, size, unit_matrices(b, x, size)).rest, {size, size});
}

Results matrix_solve(TfNode& n, Builder& b) {
  const Matrices matrices(n, b, 0);
  const Matrices right(n, b, 1);
  const std::int64_t size = matrices.square_size();
  n.require(right.rows() == size, "the right side has another number of rows");
  n.require(n.shape(0).rank() == n.shape(1).rank(), "matrix and right side have different ranks");
  ValueId x = matrices.value;
  if (n.flag_attr("adjoint")) x = b(Op::TRANSPOSE, {x, b.int32s({0, 2, 1})});
  return right.unstacked(eliminate(b, x, size, right.value).rest, {size, right.columns()});
}

/// -1 for an odd order of the pivots: each pair out of order changes the sign.
ValueId sign_of_order(Builder& b, ValueId order, std::int64_t size) {
  const Formula f{b};
  std::vector<double> pairs;
  for (std::int64_t i = 0; i < size; ++i) {
    for (std::int64_t j = 0; j < size; ++j) pairs.push_back(i < j ? 1 : 0);
  }
  const ValueId later = b(Op::RESHAPE, {order, b.int32s({-1, 1, size})});
  const ValueId sooner = b(Op::RESHAPE, {order, b.int32s({-1, size, 1})});
  const ValueId swapped = cast_to(b, b(Op::GREATER, {sooner, later}), Type::float32);
  const ValueId counted = f.mul(swapped, b.constant(tensor_of(Type::float32, {1, size, size}, pairs)));
  const ValueId count = b(Op::SUM, {counted, b.int32s({1, 2})}, {{Attr::keep_dims, false}});
  const ValueId odd = b(Op::FLOOR_MOD, {count, f.number(2)});
  return f.sub(1, f.mul(odd, 2));
}

ValueId product_of(Builder& b, ValueId pivots) {
  return b(Op::REDUCE_PROD, {pivots, b.int32s({1, 2})}, {{Attr::keep_dims, false}});
}

Results determinant(TfNode& n, Builder& b) {
  const Matrices matrices(n, b, 0);
  const std::int64_t size = matrices.square_size();
  const Elimination done = eliminate(b, matrices.value, size, {});
  const ValueId product = product_of(b, done.pivots);
  return matrices.unstacked(b(Op::MUL, {product, sign_of_order(b, done.order, size)}), {});
}

/// The sign of the determinant, and the logarithm of its magnitude.
Results log_determinant(TfNode& n, Builder& b) {
  const Formula f{b};
  const Matrices matrices(n, b, 0);
  const std::int64_t size = matrices.square_size();
  const Elimination done = eliminate(b, matrices.value, size, {});
  const ValueId signs = product_of(b, f.sign(done.pivots));
  const ValueId sign = b(Op::MUL, {signs, sign_of_order(b, done.order, size)});
  const ValueId logs = f.log(f.abs(done.pivots));
  const ValueId sum = b(Op::SUM, {logs, b.int32s({1, 2})}, {{Attr::keep_dims, false}});
  const ValueId first = matrices.unstacked(sign, {});
  return std::vector<ValueId>{first, matrices.unstacked(sum, {})};
}

/// Column by column: each is scaled by the root of its first element, and its square is taken off the rest.
Results cholesky(TfNode& n, Builder& b) {
  const Formula f{b};
  const Matrices matrices(n, b, 0);
  const std::int64_t size = matrices.square_size();
  ValueId rest = matrices.value;
  std::vector<ValueId> columns;
  for (std::int64_t k = 0; k < size; ++k) {
    const std::int64_t left = size - k;
    const ValueId below = block(b, rest, 0, left, 0, 1);
    const ValueId root = f.sqrt(block(b, rest, 0, 1, 0, 1));
    const ValueId column = f.div(below, root);
    const ValueId above = b.constant(integer_tensor(Type::int32, {3, 2}, std::vector<std::int64_t>{0, 0, k, 0, 0, 0}));
    columns.push_back(k == 0 ? column : b(Op::PAD, {column, above}));
    if (left == 1) break;
    const ValueId next = block(b, column, 1, left, 0, 1);
    const ValueId row = b(Op::RESHAPE, {next, b.int32s({-1, 1, left - 1})});
    rest = f.sub(block(b, rest, 1, left, 1, left), f.mul(next, row));
  }
  return matrices.unstacked(join(b, columns, 2), {size, size});
}

/// Substitution: each solved row is taken off the rest, its column times.
Results triangular_solve(TfNode& n, Builder& b) {
  const Formula f{b};
  const Matrices matrices(n, b, 0);
  const Matrices right(n, b, 1);
  const std::int64_t size = matrices.square_size();
  n.require(right.rows() == size, "the right side has another number of rows");
  n.require(n.shape(0).rank() == n.shape(1).rank(), "matrix and right side have different ranks");
  const bool adjoint = n.flag_attr("adjoint");
  const bool downwards = n.flag_attr("lower", true) != adjoint;
  const ValueId x = adjoint ? b(Op::TRANSPOSE, {matrices.value, b.int32s({0, 2, 1})}) : matrices.value;
  ValueId rest = right.value;  // the rows that are not solved yet
  std::vector<ValueId> rows;
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t k = downwards ? i : size - 1 - i;
    const std::int64_t left = size - i;  // rows of `rest`, row k the first or the last of them
    const std::int64_t at = downwards ? 0 : left - 1;
    const ValueId pivot = block(b, x, k, k + 1, k, k + 1);
    const ValueId row = f.div(block(b, rest, at, at + 1, 0, right.columns()), pivot);
    rows.insert(downwards ? rows.end() : rows.begin(), row);
    if (left == 1) break;
    const std::int64_t top = downwards ? 1 : 0;
    const ValueId others = block(b, rest, top, top + left - 1, 0, right.columns());
    const ValueId column = downwards ? block(b, x, k + 1, size, k, k + 1) : block(b, x, 0, k, k, k + 1);
    rest = f.sub(others, f.mul(column, row));
  }
  return right.unstacked(join(b, rows, 1), {size, right.columns()});
}

}  // namespace

void add_linear_algebra_translators(Translators& t) {
  t.add("BatchCholesky", cholesky);
  t.add("BatchMatrixDeterminant", determinant);
  t.add("BatchMatrixInverse", matrix_inverse);
  t.add("BatchMatrixSolve", matrix_solve);
  t.add("BatchMatrixTriangularSolve", triangular_solve);
  t.add("Cholesky", cholesky);
  t.add("LogMatrixDeterminant", log_determinant);
  t.add("MatrixDeterminant", determinant);
  t.add("MatrixInverse", matrix_inverse);
  t.add("MatrixSolve", matrix_solve);
  t.add("MatrixTriangularSolve", triangular_solve);
}

}  // namespace tolite::tensorflow
