// The Select TF and custom ops of a model: which layers made them, and where the file will not load because of them.
#include <algorithm>
#include <array>
#include <map>

#include "lite/node_view.h"
#include "report/describe.h"

namespace tolite::report {
namespace {

constexpr std::string_view kFlex = "Flex";

// Custom ops whose kernels stand in the builtin op resolver.
constexpr std::array<std::string_view, 4> kShipped{"AudioSpectrogram", "Mfcc", "NumericVerify",
                                                   "TFLite_Detection_PostProcess"};

ForeignOp foreign_op(const std::string& code) {
  ForeignOp op;
  op.is_select = code.starts_with(kFlex);
  op.op = op.is_select ? code.substr(kFlex.size()) : code;
  if (op.is_select) {
    op.loads_in = {"apps that link the Flex delegate (tensorflow-lite-select-tf-ops, TensorFlowLiteSelectTfOps)",
                   "tf.lite.Interpreter of TensorFlow's Python wheel 2.18 and older"};
    op.fails_in = {"ai-edge-litert", "tflite-runtime", "tf.lite.Interpreter of TensorFlow's Python wheel 2.21",
                   "TensorFlow Lite in Google Play services", "LiteRT for Microcontrollers"};
  } else {
    op.loads_in = {"runtimes in which the app registers a kernel named " + op.op};
    op.fails_in = {"every runtime without that kernel", "TensorFlow Lite in Google Play services"};
  }
  return op;
}

}  // namespace

void describe_foreign_ops(const Model& model, const OpTable& table, Report& report) {
  std::map<std::string, ForeignOp> by_code;
  for (const Graph& graph : model.graphs) {
    for (const NodeId node : graph.order()) {
      if (graph[node].op != Op::CUSTOM) continue;
      const std::string code = NodeView(model, graph, node, table[Op::CUSTOM]).text(Attr::custom_code);
      if (std::find(kShipped.begin(), kShipped.end(), code) != kShipped.end()) continue;
      const auto [at, is_new] = by_code.try_emplace(code);
      if (is_new) at->second = foreign_op(code);
      at->second.nodes.push_back(model.node_name(graph, node));
    }
  }
  report.foreign_ops.clear();
  for (auto& [code, op] : by_code) report.foreign_ops.push_back(std::move(op));
}

}  // namespace tolite::report
