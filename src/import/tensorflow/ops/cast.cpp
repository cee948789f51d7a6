// TensorFlow casts.
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {

void add_cast_translators(Translators& t) {
  t.add("Cast", [](TfNode& n, Builder& b) -> Results { return cast_to(b, n.in(0), n.type_attr("DstT")); });
}

}  // namespace tolite::tensorflow
