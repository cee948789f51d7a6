// Runs a whole graph: `tolite run`, verification, calibration. Kernels are those of the op rows, and XNNPACK's where it
// has faster ones for the same mathematics.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lite/model.h"
#include "lite/op_row.h"
#include "lite/tensor.h"

namespace tolite::evaluate {

using NamedTensors = std::map<std::string, Tensor>;

/// Variables, hash tables and state tensors are kept from run to run. Shapes may differ from run to run. Weights that
/// XNNPACK has packed are kept for the next run; intermediate tensors are released at their last use. The model must
/// outlive the evaluator and not change. One run at a time.
class Evaluator {
 public:
  enum class Kernels { fastest, reference };

  Evaluator(const Model& model, const OpTable& table, Kernels kernels = Kernels::fastest);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// Called with every input and every result that is used, of every graph that is run.
  using Observer = std::function<void(GraphId graph, ValueId value, const Tensor& tensor)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  /// Forgets variables, hash tables and states: the next run is like the first.
  void reset();

  /// The graph's outputs for these inputs, both in the graph's order.
  /// Throws Error(bad_input_data) if they do not fit, Error(cannot_evaluate) if an op has no kernel.
  std::vector<Tensor> run(GraphId graph, std::span<const Tensor> inputs);

  /// The same by the names of a signature.
  NamedTensors run(const Signature& signature, const NamedTensors& inputs);

 private:
  struct Plan;
  struct Run;
  class Kept;
  class RunSession;
  const Plan& plan_of(GraphId graph);
  std::vector<Tensor> run_graph(GraphId graph, std::span<const Tensor> inputs);
  void run_node(Run& run, NodeId node);

  const Model& model_;
  const OpTable& table_;
  std::vector<std::unique_ptr<Plan>> plans_;  // by graph, made when first needed
  std::unique_ptr<class XnnpackKernels> xnnpack_;
  std::unique_ptr<Kept> kept_;
  Observer observer_;
  std::size_t depth_ = 0;  ///< of graphs that run graphs
};

}  // namespace tolite::evaluate
