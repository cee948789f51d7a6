// TensorFlow ops that say something about a value and leave it as it is.
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

void add_pass_through_translators(Translators& t) {
  constexpr Translator first_operand = [](TfNode& n, Builder&) -> Results { return n.in(0); };
  for (const char* op : {"Identity", "StopGradient", "PreventGradient", "Snapshot", "CheckNumerics", "CheckNumericsV2",
                         "PlaceholderWithDefault", "XlaSharding", "DebugGradientIdentity"}) {
    t.add(op, first_operand);
  }
  t.add("IdentityN", [](TfNode& n, Builder&) -> Results { return n.inputs(); });
  t.add("XlaOptimizationBarrier", [](TfNode& n, Builder&) -> Results { return n.inputs(); });
}

}  // namespace tolite::tensorflow
