// TensorFlow's Select, SelectV2 and Where.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

/// The condition has the shape of the choices, is a scalar, or a vector that chooses rows: as the builtin has it.
Results select(TfNode& n, Builder& b) {
  n.require(b.table()[Op::SELECT].kernel.types.has(n.type(1)),
            "the runtime cannot choose between elements of this type");
  return b(Op::SELECT, {n.in(0), n.in(1), n.in(2)});
}

Results select_v2(TfNode& n, Builder& b) { return choose(n, b, n.in(0), n.in(1), n.in(2)); }

/// Places that are not zero, as int64 coordinates.
Results where(TfNode& n, Builder& b) {
  const Type type = computing_type(b, Op::WHERE, n.type(0), Exact::value);
  if (type == Type::none) n.refuse("the runtime has no WHERE kernel for this type", "compare with zero in front of it");
  return b(Op::WHERE, {cast_to(b, n.in(0), type)});
}

}  // namespace

void add_select_translators(Translators& t) {
  t.add("Select", select);
  t.add("SelectV2", select_v2);
  t.add("Where", where);
}

}  // namespace tolite::tensorflow
