// The public Runner: a .tflite model in the evaluator, arrays by name.
#include <utility>

#include "open_model.h"
#include "ops/table.h"
#include "read/npy.h"
#include "read/tflite.h"
#include "run_signature.h"
#include "tolite/model.h"
#include "write/npy.h"

namespace tolite {

struct Runner::State {
  Model model;
  NamedGraph graph;
};

Runner::Runner(const std::string& path, const std::string& signature) : state_(std::make_unique<State>()) {
  state_->model = read::tflite(MappedFile::open(path), op_table());
  state_->graph = named_graph(state_->model, signature);
}

Runner::Runner(std::span<const std::byte> model, const std::string& signature) : state_(std::make_unique<State>()) {
  auto copy = std::make_shared<std::vector<std::byte>>(model.begin(), model.end());
  const Bytes bytes(*copy);
  state_->model = read::tflite(bytes, std::move(copy), op_table());
  state_->graph = named_graph(state_->model, signature);
}

Runner::~Runner() = default;
Runner::Runner(Runner&&) noexcept = default;
Runner& Runner::operator=(Runner&&) noexcept = default;

std::vector<std::string> Runner::input_names() const { return state_->graph.inputs; }
std::vector<std::string> Runner::output_names() const { return state_->graph.outputs; }

std::map<std::string, Array> Runner::run(const std::map<std::string, Array>& inputs) {
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, array] : inputs) tensors[name] = to_tensor(array);
  const std::vector<Tensor> results = run_graph(state_->model, state_->graph, tensors);
  std::map<std::string, Array> named;
  for (std::size_t i = 0; i < results.size(); ++i) named[state_->graph.outputs[i]] = to_array(results[i]);
  return named;
}

std::map<std::string, Array> read_arrays(const std::string& path) {
  std::map<std::string, Array> arrays;
  for (const auto& [name, tensor] : read::arrays(path)) arrays[name] = to_array(tensor);
  return arrays;
}

void write_arrays(const std::string& path, const std::map<std::string, Array>& arrays) {
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, array] : arrays) tensors[name] = to_tensor(array);
  write::npz(path, tensors);
}

}  // namespace tolite
