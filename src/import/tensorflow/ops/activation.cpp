// TensorFlow activations: LeakyRelu, ...
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

void add_activation_translators(Translators& t) {
  t.add("LeakyRelu", [](TfNode& n, Builder& b) -> Results {
    return b(Op::LEAKY_RELU, {n.in(0)}, {{Attr::alpha, n.real_attr("alpha", 0.2F)}});
  });
}

}  // namespace tolite::tensorflow
