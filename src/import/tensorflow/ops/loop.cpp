// Makes the two graphs of a WHILE. What a loop reads is an operand that stays, unless it is a constant.
#include "import/tensorflow/ops/loop.h"

#include <string>

namespace tolite::tensorflow {
namespace {

struct Step {
  GraphId graph;
  Builder builder;
  LoopState state;
};

Step make_step(const TfNode& n, Builder& outer, const LoopState& start, const char* suffix) {
  Model& model = outer.model();
  const GraphId graph = model.add_graph(outer.graph().name + "/" + std::string(n.name()) + suffix);
  Step step{graph, Builder(model, graph, outer.table()), {}};
  step.builder.set_origin(outer.origin());
  const auto take = [&](ValueId v) { return step.builder.input(outer.type(v), Shape(outer.shape(v)), {}); };
  for (const ValueId v : start.variables) step.state.variables.push_back(take(v));
  for (const ValueId v : start.read) {
    const Tensor* constant = outer.constant_of(v);
    step.state.read.push_back(constant != nullptr ? step.builder.constant(*constant) : take(v));
  }
  return step;
}

}  // namespace

std::vector<ValueId> loop(const TfNode& n, Builder& b, const LoopState& start,
                          const std::function<ValueId(Builder&, const LoopState&)>& condition,
                          const std::function<std::vector<ValueId>(Builder&, const LoopState&)>& body) {
  Step test = make_step(n, b, start, "/cond");
  const ValueId holds = condition(test.builder, test.state);
  test.builder.graph().add_output(holds);

  Step step = make_step(n, b, start, "/body");
  const std::vector<ValueId> next = body(step.builder, step.state);
  for (const ValueId v : next) step.builder.graph().add_output(v);

  std::vector<ValueId> operands = start.variables;
  for (std::size_t i = 0; i < start.read.size(); ++i) {
    if (b.constant_of(start.read[i]) != nullptr) continue;
    operands.push_back(start.read[i]);
    step.builder.graph().add_output(step.state.read[i]);
  }
  std::vector<ValueId> last = b.many(
      Op::WHILE, operands,
      {{Attr::cond_subgraph_index, test.graph.index}, {Attr::body_subgraph_index, step.graph.index}}, operands.size());
  last.resize(start.variables.size());
  return last;
}

}  // namespace tolite::tensorflow
