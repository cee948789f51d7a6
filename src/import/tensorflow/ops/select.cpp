// TensorFlow's choice between two values.
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

/// TF1's Select takes a condition that is a vector along the first dimension of the values.
Results select(TfNode& n, Builder& b) {
  const Shape condition = n.shape(0);
  const Shape value = n.shape(1);
  ValueId c = n.in(0);
  if (condition.ranked() && value.ranked() && condition.rank() == 1 && value.rank() > 1) {
    std::vector<std::int64_t> dims(value.rank(), 1);
    dims[0] = -1;
    c = b(Op::RESHAPE, {c, b.int32s(dims)});
  }
  return b(Op::SELECT_V2, {c, n.in(1), n.in(2)});
}

}  // namespace

void add_select_translators(Translators& t) {
  t.add("Select", select);
  t.add("SelectV2", [](TfNode& n, Builder& b) -> Results { return b(Op::SELECT_V2, n.inputs()); });
  t.add("Where", [](TfNode& n, Builder& b) -> Results { return b(Op::WHERE, {n.in(0)}); });
}

}  // namespace tolite::tensorflow
