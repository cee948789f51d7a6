// Ops whose meaning tolite does not know: custom ops of a .tflite file, and TensorFlow nodes without a translation.
// Whoever makes such a node gives its results their types; they are kept as they are.
#include "lite/infer.h"
#include "ops/families.h"

namespace tolite {
namespace {

void keep_results(Infer&) {}

constexpr OpRow kCustom{
    .op = Op::CUSTOM,
    .name = "CUSTOM",
    .attrs = {{Attr::custom_code, AttrKind::string}, {Attr::custom_options, AttrKind::bytes}},
    .results = 0,
    .infer = keep_results,
    .pure = false,
    .state = StateUse::changes,
};

constexpr OpRow kTfNode{
    .op = Op::TF_NODE,
    .name = "TF_NODE",
    .attrs = {{Attr::tensorflow_op, AttrKind::string}, {Attr::node_def, AttrKind::bytes}},
    .results = 0,
    .infer = keep_results,
    .pure = false,
    .state = StateUse::changes,
};

}  // namespace

void add_opaque_ops(OpTable& table) {
  table.add(kCustom);
  table.add(kTfNode);
}

}  // namespace tolite
