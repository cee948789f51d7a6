// TensorFlow ops on sparse tensors that come as indices, values and a shape: SparseTensorDenseMatMul.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/segment.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

const Attrs& along_first() {
  static const Attrs attrs{{Attr::axis, 0}, {Attr::batch_dims, 0}};
  return attrs;
}

ValueId index_column(const TfNode& n, Builder& b, ValueId indices, std::int64_t column) {
  const ValueId y = b(Op::GATHER, {indices, b.int32(column)}, {{Attr::axis, 1}, {Attr::batch_dims, 0}});
  return reshaped(n, b, y, Shape{b.shape(indices)[0]});
}

// Each value of the sparse matrix times a row of the dense one, added up by the value's row.
Results sparse_matmul(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 2 && n.shape(3).ranked() && n.shape(3).rank() == 2,
            "an operand is not known to be a matrix");
  n.require(is_float(n.type(1)) || n.type(1) == Type::int32, "its elements are neither float32 nor int32");
  const bool turned = n.flag_attr("adjoint_a");
  const ValueId indices = int32_operand(b, n.in(0));
  const ValueId rows = index_column(n, b, indices, turned ? 1 : 0);
  const ValueId columns = index_column(n, b, indices, turned ? 0 : 1);
  ValueId dense = n.in(3);
  if (n.flag_attr("adjoint_b")) dense = b(Op::TRANSPOSE, {dense, b.int32s({1, 0})});
  const ValueId factors = b(Op::GATHER, {dense, columns}, along_first());
  const ValueId products = b(Op::MUL, {factors, for_each_row(n, b, n.in(1), factors)});
  const ValueId count = b(Op::GATHER, {int32_operand(b, n.in(2)), b.int32(turned ? 1 : 0)}, along_first());
  return segment_sums(n, b, products, rows, count);
}

}  // namespace

void add_sparse_translators(Translators& t) { t.add("SparseTensorDenseMatMul", sparse_matmul); }

}  // namespace tolite::tensorflow
