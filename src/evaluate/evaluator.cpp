// Walks the nodes of a graph in order and frees what nobody needs any more.
#include "evaluate/evaluator.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "evaluate/xnnpack_kernels.h"
#include "lite/eval.h"
#include "tolite/error.h"

namespace tolite::evaluate {

/// What running a graph needs to know of it, whatever the shapes.
struct Evaluator::Plan {
  std::vector<NodeId> order;
  std::vector<std::uint32_t> uses;  ///< by value: how many live nodes and outputs read it
};

/// One run of a graph.
struct Evaluator::Run {
  struct Slot {
    Tensor tensor;
    std::uint32_t uses_left = 0;
    /// The memory comes from new_tensor: kernels may read some bytes past the end, and floats are aligned.
    bool own_memory = false;
  };

  GraphId graph;
  std::vector<Slot> slots;  ///< by value; constants stay in the model
};

/// What outlives a run.
class Evaluator::Kept {
 public:
  std::set<GraphId> called_once;
  std::map<std::string, std::optional<Tensor>> variables;
  std::map<std::string, std::map<std::string, std::string>> hash_tables;
  std::map<std::pair<GraphId, ValueId>, std::optional<Tensor>> states;
};

/// The session of the nodes of one run.
class Evaluator::RunSession : public Session {
 public:
  RunSession(Evaluator& evaluator, GraphId graph) : evaluator_(evaluator), graph_(graph) {}

  std::vector<Tensor> call(GraphId graph, std::span<const Tensor> inputs) override {
    return evaluator_.run_graph(graph, inputs);
  }
  void call_once(GraphId graph) override {
    if (evaluator_.kept_->called_once.insert(graph).second) evaluator_.run_graph(graph, {});
  }
  std::optional<Tensor>& variable(const std::string& name) override { return evaluator_.kept_->variables[name]; }
  std::map<std::string, std::string>& hash_table(const std::string& name) override {
    return evaluator_.kept_->hash_tables[name];
  }
  std::optional<Tensor>& state(ValueId value) override { return evaluator_.kept_->states[{graph_, value}]; }

 private:
  Evaluator& evaluator_;
  GraphId graph_;
};

namespace {

// As deep as graphs may run graphs: the runtime recurses as well, and no model of use comes near.
constexpr std::size_t kMostNestedGraphs = 256;

std::string describe(Type type, const Shape& shape, const Symbols& symbols) {
  std::string text(type_name(type));
  if (!shape.ranked()) return text;
  text += '[';
  for (std::size_t i = 0; i < shape.rank(); ++i) text += (i == 0 ? "" : ",") + symbols.text(shape[i]);
  return text + ']';
}

bool fits(const Value& declared, const Tensor& given) {
  if (declared.type != given.type) return false;
  if (!declared.shape.ranked()) return true;
  if (declared.shape.rank() != given.dims.size()) return false;
  for (std::size_t i = 0; i < given.dims.size(); ++i) {
    const Dim& d = declared.shape[i];
    if (d.known() && d.number != given.dims[i]) return false;
  }
  return true;
}

Tensor copy_of(const Tensor& tensor) {
  if (byte_size(tensor.type) == 0) return tensor;
  NewTensor made = new_tensor(tensor.type, tensor.dims);
  if (made.writable.size() != tensor.bytes.size()) {
    throw Error(Code::bad_input_data, "a tensor's bytes do not fit its shape");
  }
  std::copy(tensor.bytes.begin(), tensor.bytes.end(), made.writable.begin());
  return std::move(made.tensor);
}

}  // namespace

Evaluator::Evaluator(const Model& model, const OpTable& table, Kernels kernels)
    : model_(model), table_(table), plans_(model.graphs.size()), kept_(std::make_unique<Kept>()) {
  if (kernels == Kernels::fastest) xnnpack_ = XnnpackKernels::make();
}

Evaluator::~Evaluator() = default;

void Evaluator::reset() { kept_ = std::make_unique<Kept>(); }

const Evaluator::Plan& Evaluator::plan_of(GraphId id) {
  std::unique_ptr<Plan>& plan = plans_.at(id.index);
  if (plan) return *plan;
  const Graph& graph = model_[id];
  plan = std::make_unique<Plan>();
  plan->order = graph.order();
  plan->uses.resize(graph.value_count());
  for (const NodeId node : plan->order) {
    for (const ValueId v : graph.operands(node)) {
      if (v) ++plan->uses[v.index];
    }
  }
  for (const ValueId v : graph.outputs()) ++plan->uses[v.index];
  return *plan;
}

std::vector<Tensor> Evaluator::run(GraphId id, std::span<const Tensor> inputs) {
  depth_ = 0;
  return run_graph(id, inputs);
}

std::vector<Tensor> Evaluator::run_graph(GraphId id, std::span<const Tensor> inputs) {
  if (depth_ >= kMostNestedGraphs) throw Error(Code::cannot_evaluate, "graphs that run graphs nest too deep");
  const Graph& graph = model_[id];
  const Plan& plan = plan_of(id);
  if (inputs.size() != graph.inputs().size()) {
    throw Error(Code::bad_input_data, "the model takes " + std::to_string(graph.inputs().size()) + " inputs, not " +
                                          std::to_string(inputs.size()));
  }
  ++depth_;
  Run run{id, std::vector<Run::Slot>(graph.value_count())};
  for (std::size_t i = 0; i < plan.uses.size(); ++i) run.slots[i].uses_left = plan.uses[i];
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ValueId v = graph.inputs()[i];
    if (!fits(graph[v], inputs[i])) {
      throw Error(Code::bad_input_data,
                  "input " + graph[v].name + " is " + describe(inputs[i].type, inputs[i].shape(), model_.symbols) +
                      ", the model takes " + describe(graph[v].type, graph[v].shape, model_.symbols));
    }
    run.slots[v.index].tensor = copy_of(inputs[i]);
    run.slots[v.index].own_memory = true;
    if (observer_) observer_(id, v, run.slots[v.index].tensor);
  }
  for (const NodeId node : plan.order) run_node(run, node);

  std::vector<Tensor> outputs;
  for (const ValueId v : graph.outputs()) {
    const Tensor* constant = model_.constant_of(graph, v);
    outputs.push_back(constant != nullptr ? *constant : run.slots[v.index].tensor);
  }
  --depth_;
  return outputs;
}

void Evaluator::run_node(Run& run, NodeId node) {
  const Graph& graph = model_[run.graph];
  const NodeView view(model_, graph, node, table_[graph[node].op]);
  const std::vector<ValueId> operands = graph.operands(node);
  std::vector<const Tensor*> tensors;
  tensors.reserve(operands.size());
  std::vector<bool> own_memory;
  for (const ValueId v : operands) {
    const Tensor* constant = v ? model_.constant_of(graph, v) : nullptr;
    tensors.push_back(!v ? nullptr : constant != nullptr ? constant : &run.slots[v.index].tensor);
    own_memory.push_back(v && constant == nullptr && run.slots[v.index].own_memory);
  }

  std::vector<Tensor> results;
  if (!xnnpack_ || !xnnpack_->run(view, tensors, own_memory, results)) {
    RunSession session(*this, run.graph);
    results = evaluate_node(view, tensors, {}, &session);
  }

  for (std::size_t i = 0; i < results.size(); ++i) {
    const ValueId result = graph.result(node, i);
    Run::Slot& slot = run.slots[result.index];
    if (slot.uses_left == 0) continue;
    if (observer_) observer_(run.graph, result, results[i]);
    slot.own_memory = true;
    for (std::size_t k = 0; k < tensors.size(); ++k) {  // a view of an operand is as good as the operand
      if (tensors[k] != nullptr && results[i].owner == tensors[k]->owner) slot.own_memory = own_memory[k];
    }
    slot.tensor = std::move(results[i]);
  }
  for (const ValueId v : operands) {
    if (!v || graph[v].constant) continue;
    Run::Slot& slot = run.slots[v.index];
    if (--slot.uses_left == 0) slot.tensor = Tensor();
  }
}

NamedTensors Evaluator::run(const Signature& signature, const NamedTensors& inputs) {
  const Graph& graph = model_[signature.graph];
  std::vector<Tensor> ordered(graph.inputs().size());
  std::vector<bool> given(ordered.size());
  for (const auto& [name, tensor] : inputs) {
    const auto at = std::find_if(signature.inputs.begin(), signature.inputs.end(),
                                 [&](const SignatureTensor& t) { return t.name == name; });
    if (at == signature.inputs.end()) throw Error(Code::bad_input_data, "the model has no input " + name);
    const auto& all = graph.inputs();
    const auto slot = static_cast<std::size_t>(std::find(all.begin(), all.end(), at->value) - all.begin());
    if (slot == all.size()) throw Error(Code::bad_input_data, "the signature names a tensor that is no input");
    ordered[slot] = tensor;
    given[slot] = true;
  }
  for (const SignatureTensor& t : signature.inputs) {
    if (!inputs.contains(t.name)) throw Error(Code::bad_input_data, "there is no data for input " + t.name);
  }
  if (std::find(given.begin(), given.end(), false) != given.end()) {
    throw Error(Code::bad_input_data, "the signature leaves an input of its graph out");
  }
  const std::vector<Tensor> outputs = run(signature.graph, ordered);
  NamedTensors named;
  for (std::size_t i = 0; i < signature.outputs.size(); ++i) {
    named[signature.outputs[i]] = outputs.at(signature.outputs_slot.at(i));
  }
  return named;
}

}  // namespace tolite::evaluate
