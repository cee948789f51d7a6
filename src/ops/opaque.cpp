// TF_NODE: a TensorFlow node without translation. Nothing is known of its results; it keeps its NodeDef.
#include "ops/families.h"
#include "lite/infer.h"

namespace tolite {
namespace {

constexpr OpRow kTfNode{
    .op = Op::TF_NODE,
    .name = "TF_NODE",
    .attrs = {{Attr::tensorflow_op, AttrKind::string}, {Attr::node_def, AttrKind::bytes}},
    .results = 0,
    .infer =
        [](Infer& n) {
          for (std::size_t i = 0; i < n.output_count(); ++i) n.output(i, Type::none, Shape::unranked());
        },
    .pure = false,
};

}  // namespace

void add_opaque_ops(OpTable& table) { table.add(kTfNode); }

}  // namespace tolite
