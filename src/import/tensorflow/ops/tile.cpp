// TensorFlow ops that repeat elements: Tile, BroadcastTo, BroadcastArgs.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {
namespace {

// Index operands as int32 where they are constants; at run time the kernels take int64 as well.
ValueId small_constant(Builder& b, ValueId value) { return b.integers(value) ? int32_operand(b, value) : value; }

}  // namespace

void add_tile_translators(Translators& t) {
  t.add("Tile", [](TfNode& n, Builder& b) -> Results {
    const auto multiples = b.integers(n.in(1));
    if (multiples && std::all_of(multiples->begin(), multiples->end(), [](std::int64_t v) { return v == 1; }))
      return n.in(0);
    return b(Op::TILE, {n.in(0), small_constant(b, n.in(1))});
  });
  t.add("BroadcastTo", [](TfNode& n, Builder& b) -> Results {
    const ValueId shape = small_constant(b, n.in(1));
    const Type type = n.type(0);
    if (const auto known = b.known(shape); known && n.shape(0) == Shape(*known)) return n.in(0);
    const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::BROADCAST_TO, type));
    return carried(b, b(Op::BROADCAST_TO, {x, shape}), type);
  });
  t.add("BroadcastArgs", [](TfNode& n, Builder& b) -> Results { return b(Op::BROADCAST_ARGS, {n.in(0), n.in(1)}); });
}

}  // namespace tolite::tensorflow
