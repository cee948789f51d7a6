// Collects the facts about a model that a report shows.
#include "report/describe.h"

namespace tolite::report {
namespace {

Report::Tensor describe_tensor(const Graph& graph, ValueId id, const std::string& name) {
  const Value& value = graph[id];
  Report::Tensor tensor;
  tensor.name = name.empty() ? value.name : name;
  tensor.tensor_name = value.name;
  tensor.type = type_name(value.type);
  for (const Dim& d : value.shape.dims()) tensor.shape.push_back(d.known() ? d.number : -1);
  return tensor;
}

const Signature* signature_of(const Model& model, GraphId graph) {
  for (const Signature& signature : model.signatures) {
    if (signature.graph == graph) return &signature;
  }
  return nullptr;
}

}  // namespace

void describe(const Model& model, const OpTable& table, Report& report) {
  report.graphs.clear();
  for (std::size_t g = 0; g < model.graphs.size(); ++g) {
    const Graph& graph = model.graphs[g];
    const Signature* signature = signature_of(model, GraphId(g));
    Report::Graph& described = report.graphs.emplace_back();
    described.name = graph.name;
    if (signature != nullptr) described.signature = signature->key;
    const std::vector<ValueId> outputs = graph.outputs();
    if (signature != nullptr) {
      for (const SignatureTensor& input : signature->inputs)
        described.inputs.push_back(describe_tensor(graph, input.value, input.name));
      for (std::size_t i = 0; i < signature->outputs.size(); ++i)
        described.outputs.push_back(describe_tensor(graph, outputs[signature->outputs_slot[i]], signature->outputs[i]));
    } else {
      for (const ValueId input : graph.inputs()) described.inputs.push_back(describe_tensor(graph, input, {}));
      for (const ValueId output : outputs) described.outputs.push_back(describe_tensor(graph, output, {}));
    }
    for (const NodeId node : graph.order()) ++described.ops[std::string(table[graph[node].op].name)];
  }
  for (const MetadataEntry& entry : model.metadata) {
    // Padded with zeros to sixteen bytes.
    if (entry.name == "min_runtime_version") report.min_runtime_version = entry.bytes.substr(0, entry.bytes.find('\0'));
  }
}

}  // namespace tolite::report
