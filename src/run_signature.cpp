// From arrays by name to tensors by position, and back.
#include "run_signature.h"

#include <fmt/format.h>

#include <cstring>

#include "evaluate/evaluator.h"
#include "ops/table.h"

namespace tolite {
namespace {

std::vector<std::string> signature_keys(const Model& model) {
  std::vector<std::string> keys;
  for (const Signature& signature : model.signatures) keys.push_back(signature.key);
  return keys;
}

void check_input(const Model& model, const Graph& graph, ValueId id, const std::string& name, const Tensor& tensor) {
  const Value& value = graph[id];
  bool fits = tensor.type == value.type && (!value.shape.ranked() || value.shape.rank() == tensor.dims.size());
  for (std::size_t i = 0; fits && value.shape.ranked() && i < tensor.dims.size(); ++i)
    fits = !value.shape[i].known() || value.shape[i].is(tensor.dims[i]);
  if (fits) return;
  std::vector<std::string> wanted;
  for (const Dim& d : value.shape.dims()) wanted.push_back(d.known() ? model.symbols.text(d) : "?");
  throw Error(Code::bad_input_data,
              fmt::format("input \"{}\" wants {} [{}], but is given {} [{}]", name, type_name(value.type),
                          fmt::join(wanted, ","), type_name(tensor.type), fmt::join(tensor.dims, ",")));
}

}  // namespace

NamedGraph named_graph(const Model& model, const std::string& key) {
  NamedGraph named;
  if (model.signatures.empty() && key.empty() && !model.graphs.empty()) {
    const Graph& graph = model.graphs.front();
    named.graph = GraphId(0U);
    for (const ValueId input : graph.inputs()) named.inputs.push_back(graph[input].name);
    for (const ValueId output : graph.outputs()) named.outputs.push_back(graph[output].name);
    return named;
  }
  for (const Signature& signature : model.signatures) {
    if (signature.key != key && !(key.empty() && model.signatures.size() == 1)) continue;
    const Graph& graph = model[signature.graph];
    named.graph = signature.graph;
    for (const ValueId input : graph.inputs()) {
      named.inputs.push_back(graph[input].name);
      for (const SignatureTensor& argument : signature.inputs) {
        if (argument.value == input) named.inputs.back() = argument.name;
      }
    }
    for (const ValueId output : graph.outputs()) named.outputs.push_back(graph[output].name);
    for (std::size_t i = 0; i < signature.outputs.size(); ++i)
      named.outputs.at(signature.outputs_slot[i]) = signature.outputs[i];
    return named;
  }
  throw Error(Code::no_such_signature,
              key.empty() ? "the model has several signatures: name one"
                          : fmt::format("the model has no signature \"{}\"", key),
              {}, {fmt::format("signatures: {}", fmt::join(signature_keys(model), ", "))});
}

std::vector<Tensor> run_graph(const Model& model, const NamedGraph& named,
                              const std::map<std::string, Tensor>& inputs) {
  const Graph& graph = model[named.graph];
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < named.inputs.size(); ++i) {
    const auto at = inputs.find(named.inputs[i]);
    if (at == inputs.end()) {
      throw Error(Code::bad_input_data, fmt::format("input \"{}\" is missing", named.inputs[i]), {},
                  {fmt::format("inputs: {}", fmt::join(named.inputs, ", "))});
    }
    check_input(model, graph, graph.inputs()[i], named.inputs[i], at->second);
    tensors.push_back(at->second);
  }
  return evaluate::Evaluator(model, op_table()).run(named.graph, tensors);
}

Tensor to_tensor(const Array& array) {
  if (array.type == "string") return string_tensor(array.shape, array.strings);
  const auto type = parse_type(array.type);
  if (!type || byte_size(*type) == 0)
    throw Error(Code::bad_input_data, fmt::format("arrays of type {} are not supported", array.type));
  NewTensor made = new_tensor(*type, array.shape);
  if (made.writable.size() != array.bytes.size())
    throw Error(Code::bad_input_data, "an array's bytes do not fit its shape");
  if (!array.bytes.empty()) std::memcpy(made.writable.data(), array.bytes.data(), array.bytes.size());
  return std::move(made.tensor);
}

Array to_array(const Tensor& tensor) {
  Array array{std::string(type_name(tensor.type)), tensor.dims, {}, {}};
  if (tensor.type == Type::string) {
    for (std::int64_t i = 0; i < tensor.element_count(); ++i) array.strings.emplace_back(string_element(tensor, i));
  } else {
    array.bytes.assign(tensor.bytes.begin(), tensor.bytes.end());
  }
  return array;
}

}  // namespace tolite
