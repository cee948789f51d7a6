// TensorFlow's Transpose.
#include "import/tensorflow/ops/operands.h"
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
    return b(Op::TRANSPOSE, {n.in(0), int32_operand(b, n.in(1))});
  });
}

}  // namespace tolite::tensorflow
