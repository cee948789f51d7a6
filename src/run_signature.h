// Runs a signature of a model in the evaluator, with arrays by name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lite/model.h"
#include "tolite/model.h"

namespace tolite {

/// Names of a graph's inputs and outputs as its signature has them, or the tensors' own.
struct NamedGraph {
  GraphId graph;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;  ///< in the order of the graph's outputs
};

/// Throws Error(no_such_signature) listing those there are. An empty key means the only one.
NamedGraph named_graph(const Model& model, const std::string& signature);

/// One tensor an output of the graph. Throws Error(bad_input_data) if an input is missing or does not fit.
std::vector<Tensor> run_graph(const Model& model, const NamedGraph& graph, const std::map<std::string, Tensor>& inputs);

Tensor to_tensor(const Array& array);
Array to_array(const Tensor& tensor);

}  // namespace tolite
