// TensorFlow's Transpose.
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/rearranged.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

void add_transpose_translators(Translators& t) {
  t.add("Transpose", [](TfNode& n, Builder& b) -> Results {
    if (const auto permutation = b.integers(n.in(1))) {
      bool moves = false;
      for (std::size_t i = 0; i < permutation->size(); ++i)
        moves = moves || (*permutation)[i] != static_cast<std::int64_t>(i);
      if (!moves) return n.in(0);
    }
    const ValueId order = int32_operand(b, n.in(1));
    return rearranged(n, b, n.in(0), [&](ValueId x) { return b(Op::TRANSPOSE, {x, order}); });
  });
}

}  // namespace tolite::tensorflow
