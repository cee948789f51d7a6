// TensorFlow ops that give the same elements another shape: Reshape, Squeeze, ExpandDims, EnsureShape.
#include "ops/reshape.h"

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {
namespace {

Results reshape_node(TfNode& n, Builder& b) {
  // The shape cast becomes dead where the target settles to a constant.
  const ValueId y = b(Op::RESHAPE, {n.in(0), int32_operand(b, n.in(1))});
  if (b.shape(y) == n.shape(0)) return n.in(0);
  settle_reshape(b, y);
  return y;
}

// RESHAPE where at most one dimension is unknown, for the delegates take it and not the op of its own.
Results as_reshape(ValueId y, TfNode& n, Builder& b) {
  return reshape_target(b.shape(y)) ? reshape(b, n.in(0), Shape(b.shape(y))) : y;
}

}  // namespace

void add_reshape_translators(Translators& t) {
  t.add("Reshape", reshape_node);
  t.add("Squeeze", [](TfNode& n, Builder& b) -> Results {
    const ValueId y = b(Op::SQUEEZE, {n.in(0)}, {{Attr::squeeze_dims, n.integers_attr("squeeze_dims")}});
    return as_reshape(y, n, b);
  });
  t.add("ExpandDims", [](TfNode& n, Builder& b) -> Results {
    return as_reshape(b(Op::EXPAND_DIMS, {n.in(0), n.in(1)}), n, b);
  });
  // A promise of the author's: what it says and inference does not know is kept as a reshape to that shape.
  t.add("EnsureShape", [](TfNode& n, Builder& b) -> Results {
    const Shape promised = n.shape_attr("shape");
    if (!promised.ranked()) return n.in(0);
    std::vector<Dim> dims = promised.dims();
    if (const Shape& x = n.shape(0); x.ranked()) {
      n.require(x.rank() == dims.size(), "the tensor has another rank than the shape it must have");
      for (std::size_t i = 0; i < dims.size(); ++i) {
        n.require(!x[i].known() || !dims[i].known() || x[i] == dims[i],
                  "the tensor has another shape than the one it must have");
        if (!dims[i].known()) dims[i] = x[i];
      }
    }
    return reshape_target(Shape(dims)) ? reshape(b, n.in(0), Shape(dims)) : n.in(0);
  });
}

}  // namespace tolite::tensorflow
