// TensorFlow ops on sparse tensors that come as indices, values and a shape, and on ragged ones that come as values and
// splits: SparseTensorDenseMatMul, SparseFillEmptyRows, SparseReorder, SparseReshape, SparseSlice,
// RaggedTensorToTensor. Indices are in the order of rows, as in every sparse tensor that SparseReorder has seen.
#include <algorithm>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/segment.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

ValueId rows_at(const TfNode& n, Builder& b, ValueId x, ValueId at) {
  const Type type = b.type(x);
  const ValueId from = carried(b, x, carrier_type(n, b, Op::GATHER, type));
  return carried(b, b(Op::GATHER, {from, at}, {{Attr::axis, 0}, {Attr::batch_dims, 0}}), type);
}

ValueId joined(const TfNode& n, Builder& b, ValueId first, ValueId second) {
  const Type type = b.type(first);
  const Type carrier = carrier_type(n, b, Op::CONCATENATION, type);
  const ValueId head = carried(b, first, carrier);
  return carried(b, b(Op::CONCATENATION, {head, carried(b, second, carrier)}, {{Attr::axis, 0}}), type);
}

ValueId element(Builder& b, ValueId list, std::int64_t i) {
  return b(Op::GATHER, {list, b.int32(i)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
}

ValueId index_column(const TfNode& n, Builder& b, ValueId indices, std::int64_t column) {
  const ValueId y = b(Op::GATHER, {indices, b.int32(column)}, {{Attr::axis, 1}, {Attr::batch_dims, 0}});
  return reshaped(n, b, y, Shape{b.shape(indices)[0]});
}

ValueId packed(Builder& b, const std::vector<ValueId>& parts, std::int64_t axis) {
  return b(Op::PACK, parts, {{Attr::values_count, static_cast<std::int64_t>(parts.size())}, {Attr::axis, axis}});
}

// The rank of the tensor whose indices operand i has.
std::int64_t sparse_rank(const TfNode& n, std::size_t i) {
  const Shape& indices = n.shape(i);
  n.require(indices.ranked() && indices.rank() == 2 && indices[1].known() && indices[1].number >= 1,
            "the rank of the sparse tensor is not known");
  return indices[1].number;
}

// Each value of the sparse matrix times a row of the dense one, added up by the value's row.
Results sparse_matmul(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 2 && n.shape(3).ranked() && n.shape(3).rank() == 2,
            "an operand is not known to be a matrix");
  n.require(n.type(1) == Type::float32 || n.type(1) == Type::int32, "its elements are neither float32 nor int32");
  const bool turned = n.flag_attr("adjoint_a");
  const ValueId indices = int32_operand(b, n.in(0));
  const ValueId rows = index_column(n, b, indices, turned ? 1 : 0);
  const ValueId columns = index_column(n, b, indices, turned ? 0 : 1);
  ValueId dense = n.in(3);
  if (n.flag_attr("adjoint_b")) dense = b(Op::TRANSPOSE, {dense, b.int32s({1, 0})});
  const ValueId factors = rows_at(n, b, dense, columns);
  const ValueId products = b(Op::MUL, {factors, for_each_row(n, b, n.in(1), factors)});
  return segment_sums(n, b, products, rows, element(b, int32_operand(b, n.in(2)), turned ? 1 : 0));
}

// Running sums that leave the element itself out.
ValueId sums_before(Builder& b, ValueId x) {
  return b(Op::CUMSUM, {x, b.int32(0)}, {{Attr::exclusive, true}, {Attr::reverse, false}});
}

// A row without values gets one at its first column. Values move back by the number of empty rows before theirs.
Results fill_empty_rows(TfNode& n, Builder& b) {
  const std::int64_t rank = sparse_rank(n, 0);
  const ValueId indices = int32_operand(b, n.in(0));
  const ValueId rows = index_column(n, b, indices, 0);
  const ValueId count = element(b, int32_operand(b, n.in(2)), 0);
  const ValueId sizes = segment_sizes(n, b, rows, count);
  const ValueId is_empty = b(Op::EQUAL, {sizes, b.int32(0)});
  const ValueId numbers = numbers_below(b, axis_size(b, rows, 0));
  const ValueId moved = rows_at(n, b, sums_before(b, cast_to(b, is_empty, Type::int32)), rows);
  const ValueId new_places = b(Op::ADD, {numbers, moved});

  const ValueId found = cast_to(b, b(Op::WHERE, {is_empty}), Type::int32);
  const ValueId empty_rows = reshaped(n, b, found, Shape{b.shape(found)[0]});
  const ValueId starts = sums_before(b, b(Op::MAXIMUM, {sizes, b.int32(1)}));
  const ValueId paddings =
      b.constant(integer_tensor(Type::int32, {2, 2}, std::vector<std::int64_t>{0, 0, 0, rank - 1}));
  const ValueId new_indices = rank == 1 ? found : b(Op::PAD, {found, paddings});
  const ValueId fill = b(Op::FILL, {shape_of(b, empty_rows), n.in(3)});

  // Where each row of the result comes from: the old ones and the new ones in one list, in the order of their places.
  const ValueId places = joined(n, b, new_places, rows_at(n, b, starts, empty_rows));
  const ValueId size = shape_of(b, places);
  const ValueId all = numbers_below(b, axis_size(b, places, 0));
  const ValueId order = b(Op::SCATTER_ND, {b(Op::EXPAND_DIMS, {places, b.int32(-1)}), all, size});
  return std::vector<ValueId>{cast_to(b, rows_at(n, b, joined(n, b, indices, new_indices), order), n.type(0)),
                              rows_at(n, b, joined(n, b, n.in(1), fill), order), is_empty,
                              cast_to(b, new_places, Type::int64)};
}

// The number of each element in a dense tensor of that shape; the shape is one scalar a dimension.
ValueId element_numbers(const TfNode& n, Builder& b, ValueId indices, const std::vector<ValueId>& shape) {
  ValueId numbers = index_column(n, b, indices, 0);
  for (std::size_t i = 1; i < shape.size(); ++i) {
    const ValueId whole = b(Op::MUL, {numbers, shape[i]});
    numbers = b(Op::ADD, {whole, index_column(n, b, indices, static_cast<std::int64_t>(i))});
  }
  return numbers;
}

std::vector<ValueId> elements_of(Builder& b, ValueId list, std::int64_t count) {
  std::vector<ValueId> elements;
  for (std::int64_t i = 0; i < count; ++i) elements.push_back(element(b, list, i));
  return elements;
}

// The largest of negated numbers come first: that sorts upwards, and equals stay in their order.
Results reorder(TfNode& n, Builder& b) {
  const std::int64_t rank = sparse_rank(n, 0);
  const ValueId indices = int32_operand(b, n.in(0));
  const ValueId numbers = element_numbers(n, b, indices, elements_of(b, int32_operand(b, n.in(2)), rank));
  const ValueId negated = b(Op::NEG, {numbers});
  const ValueId order = b.many(Op::TOPK_V2, {negated, axis_size(b, numbers, 0)}, {})[1];
  return std::vector<ValueId>{rows_at(n, b, n.in(0), order), rows_at(n, b, n.in(1), order)};
}

// One dimension of the new shape may be left open as -1.
Results sparse_reshape(TfNode& n, Builder& b) {
  const std::int64_t rank = sparse_rank(n, 0);
  const Shape& target = n.shape(2);
  n.require(target.ranked() && target.rank() == 1 && target[0].known() && target[0].number >= 1,
            "the rank of the new shape is not known");
  const std::int64_t new_rank = target[0].number;
  const ValueId indices = int32_operand(b, n.in(0));
  const ValueId shape = int32_operand(b, n.in(1));
  const ValueId wanted = int32_operand(b, n.in(2));
  // The product of a shape with one -1 is that of the others, negated.
  const auto all = [&](ValueId list) { return b(Op::REDUCE_PROD, {list, b.int32s({0})}, {{Attr::keep_dims, false}}); };
  const ValueId others = b(Op::MAXIMUM, {b(Op::ABS, {all(wanted)}), b.int32(1)});
  const ValueId open = b(Op::FLOOR_DIV, {all(shape), others});
  const ValueId is_open = b(Op::LESS, {wanted, b.int32(0)});
  const ValueId new_shape = b(Op::SELECT_V2, {is_open, open, wanted});
  const std::vector<ValueId> sizes = elements_of(b, new_shape, new_rank);
  ValueId numbers = element_numbers(n, b, indices, elements_of(b, shape, rank));
  std::vector<ValueId> columns;
  for (std::size_t i = sizes.size(); i-- > 1;) {
    columns.push_back(b(Op::FLOOR_MOD, {numbers, sizes[i]}));
    numbers = b(Op::FLOOR_DIV, {numbers, sizes[i]});
  }
  columns.push_back(numbers);
  std::reverse(columns.begin(), columns.end());
  return std::vector<ValueId>{cast_to(b, packed(b, columns, 1), Type::int64), cast_to(b, new_shape, Type::int64)};
}

Results sparse_slice(TfNode& n, Builder& b) {
  sparse_rank(n, 0);
  const ValueId indices = int32_operand(b, n.in(0));
  const ValueId start = int32_operand(b, n.in(3));
  const ValueId inside = b(Op::MINIMUM, {int32_operand(b, n.in(4)), b(Op::SUB, {int32_operand(b, n.in(2)), start})});
  const ValueId size = b(Op::MAXIMUM, {inside, b.int32(0)});
  const ValueId moved = b(Op::SUB, {indices, start});
  const ValueId low = b(Op::GREATER_EQUAL, {moved, b.int32(0)});
  const ValueId in_range = b(Op::LOGICAL_AND, {low, b(Op::LESS, {moved, size})});
  const ValueId is_taken = b(Op::REDUCE_ALL, {in_range, b.int32s({1})}, {{Attr::keep_dims, false}});
  const ValueId found = b(Op::WHERE, {is_taken});
  const ValueId at = reshaped(n, b, found, Shape{b.shape(found)[0]});
  return std::vector<ValueId>{cast_to(b, rows_at(n, b, moved, at), Type::int64), rows_at(n, b, n.in(1), at),
                              cast_to(b, size, Type::int64)};
}

// Rows of a ragged tensor side by side, filled up with the default value, which stands behind all values.
Results ragged_to_dense(TfNode& n, Builder& b) {
  n.require(n.input_count() == 4, "it has more than one ragged dimension");
  n.require(n.texts_attr("row_partition_types") == std::vector<std::string>{"ROW_SPLITS"},
            "its rows are not given by splits");
  const Shape values = n.shape(1);
  const Shape splits = n.shape(3);
  n.require(values.ranked() && values.rank() == 1 && n.shape(2).ranked() && n.shape(2).rank() == 0 && splits.ranked() &&
                splits.rank() == 1,
            "its values or its default value have several dimensions");
  const ValueId ends = int32_operand(b, n.in(3));
  const auto part = [&](std::int64_t begin, std::int64_t end, std::int64_t mask) {
    return b(Op::STRIDED_SLICE, {ends, b.int32s({begin}), b.int32s({end}), b.int32s({1})}, {{Attr::end_mask, mask}});
  };
  const ValueId first = part(0, -1, 0);
  const ValueId last = part(1, 0, 1);
  ValueId width =
      b(Op::MAXIMUM,
        {b(Op::REDUCE_MAX, {b(Op::SUB, {last, first}), b.int32s({0})}, {{Attr::keep_dims, false}}), b.int32(0)});
  // A scalar of -1 leaves both sizes open.
  const auto shape = b.integers(n.in(0));
  n.require(shape && (shape->size() == 2 || *shape == std::vector<std::int64_t>{-1}), "its shape is not a constant");
  if (shape->size() == 2 && (*shape)[1] >= 0) width = b.int32((*shape)[1]);
  n.require((*shape)[0] < 0 || splits[0].is((*shape)[0] + 1), "its number of rows is changed");
  const auto column = [&](ValueId v) { return b(Op::EXPAND_DIMS, {v, b.int32(1)}); };
  const ValueId at = b(Op::ADD, {column(first), numbers_below(b, width)});
  const ValueId is_value = b(Op::LESS, {at, column(last)});
  const ValueId index = b(Op::SELECT_V2, {is_value, at, axis_size(b, n.in(1), 0)});
  return rows_at(n, b, joined(n, b, n.in(1), reshaped(n, b, n.in(2), Shape{1})), index);
}

}  // namespace

void add_sparse_translators(Translators& t) {
  t.add("RaggedTensorToTensor", ragged_to_dense);
  t.add("SparseFillEmptyRows", fill_empty_rows);
  t.add("SparseReorder", reorder);
  t.add("SparseReshape", sparse_reshape);
  t.add("SparseSlice", sparse_slice);
  t.add("SparseTensorDenseMatMul", sparse_matmul);
}

}  // namespace tolite::tensorflow
