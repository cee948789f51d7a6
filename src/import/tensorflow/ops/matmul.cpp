// TensorFlow matrix products: MatMul, BatchMatMul in its three versions.
#include "import/tensorflow/ops/matmul.h"

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

ValueId swap_last_two(Builder& b, ValueId v) {
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < b.shape(v).rank(); ++i) order.push_back(static_cast<std::int64_t>(i));
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return b(Op::TRANSPOSE, {v, b.int32s(order)});
}

// The runtime multiplies no integer matrices: the products are written out and summed, which is exact.
ValueId integer_product(Builder& b, ValueId x, ValueId y, bool adj_x, bool adj_y) {
  if (adj_x && adj_y) return swap_last_two(b, integer_product(b, y, x, false, false));
  // Where the summed axis stands among the last three, and which axis each operand lacks there.
  const std::int64_t summed = adj_x ? -3 : adj_y ? -1 : -2;
  const std::int64_t x_lacks = adj_y ? -2 : -1;
  const std::int64_t y_lacks = adj_x ? -2 : -3;
  const ValueId products =
      b(Op::MUL, {b(Op::EXPAND_DIMS, {x, b.int32(x_lacks)}), b(Op::EXPAND_DIMS, {y, b.int32(y_lacks)})});
  return b(Op::SUM, {products, b.int32s({summed})}, {{Attr::keep_dims, false}});
}

bool is_weight(Builder& b, ValueId v) { return is_constant_expression(b.model(), b.graph(), b.table(), v); }

}  // namespace

ValueId matrix_product(Builder& b, ValueId x, ValueId y, bool adj_x, bool adj_y) {
  const Shape xs = b.shape(x);
  const Shape ys = b.shape(y);
  if (is_integer(b.type(x)) && b.type(x) != Type::int8) return integer_product(b, x, y, adj_x, adj_y);
  if (!adj_x && ys.ranked() && ys.rank() == 2 && xs.ranked() && is_weight(b, y) && !is_weight(b, x)) {
    const bool keep_num_dims = xs.rank() > 2;
    const ValueId weights = adj_y ? y : swap_last_two(b, y);  // units by depth
    return b(Op::FULLY_CONNECTED, {x, weights, ValueId()}, {{Attr::keep_num_dims, keep_num_dims}});
  }
  // A constant matrix times a column is the column as a row times the transposed matrix.
  const bool matrices = xs.ranked() && xs.rank() == 2 && ys.ranked() && ys.rank() == 2;
  if (matrices && is_weight(b, x) && !is_weight(b, y) && ys[adj_y ? 0 : 1].is(1) && ys[adj_y ? 1 : 0].known()) {
    const ValueId row = reshape(b, y, Shape{1, ys[adj_y ? 1 : 0]});
    const ValueId product = b(Op::FULLY_CONNECTED, {row, adj_x ? swap_last_two(b, x) : x, ValueId()});
    return reshape(b, product, Shape{b.shape(product)[1], 1});
  }
  return b(Op::BATCH_MATMUL, {x, y}, {{Attr::adj_x, adj_x}, {Attr::adj_y, adj_y}});
}

namespace {

void require_type(const TfNode& n) {
  for (std::size_t i = 0; i < 2; ++i) {
    const Type type = n.type(i);
    n.require(is_float(type) || type == Type::int32 || type == Type::int64 || type == Type::int8,
              "matrix products of this type do not exist at run time");
  }
}

Results matmul(TfNode& n, Builder& b) {
  require_type(n);
  for (std::size_t i = 0; i < 2; ++i) {
    n.require(n.shape(i).ranked() && n.shape(i).rank() == 2, "an operand does not have a known rank of 2");
  }
  return matrix_product(b, n.in(0), n.in(1), n.flag_attr("transpose_a"), n.flag_attr("transpose_b"));
}

Results batch_matmul(TfNode& n, Builder& b) {
  require_type(n);
  ValueId x = n.in(0);
  ValueId y = n.in(1);
  for (std::size_t i = 0; i < 2; ++i) {
    n.require(n.shape(i).ranked() && n.shape(i).rank() >= 2,
              "an operand has an unknown rank or fewer than 2 dimensions");
    n.require(n.shape(i).rank() <= 5, "matrix products of more than 5 dimensions do not exist at run time");
  }
  if (n.op() == "BatchMatMulV3") {
    // Tout may be wider than the operands; int8 times int8 into int32 is a kernel of its own.
    const Type out = n.type_attr("Tout");
    const bool kernel = b.type(x) == Type::int8 && b.type(y) == Type::int8 && out == Type::int32;
    if (!kernel && out != Type::none) {
      x = cast_to(b, x, out);
      y = cast_to(b, y, out);
    }
  }
  return matrix_product(b, x, y, n.flag_attr("adj_x"), n.flag_attr("adj_y"));
}

}  // namespace

void add_matmul_translators(Translators& t) {
  t.add("MatMul", matmul);
  t.add("SparseMatMul", matmul);  // its operands are dense: "sparse" is a hint to the kernel
  t.add("BatchMatMul", batch_matmul);
  t.add("BatchMatMulV2", batch_matmul);
  t.add("BatchMatMulV3", batch_matmul);
}

}  // namespace tolite::tensorflow
