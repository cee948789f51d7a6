// TensorFlow's bitwise operations.
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {
namespace {

template <Op op>
Results bitwise(TfNode& n, Builder& b) {
  return b(op, n.inputs());
}

}  // namespace

void add_bitwise_translators(Translators& t) {
  t.add("BitwiseXor", bitwise<Op::BITWISE_XOR>);
  t.add("RightShift", bitwise<Op::RIGHT_SHIFT>);
}

}  // namespace tolite::tensorflow
