// IF, WHILE and CALL_ONCE: nodes that run other graphs of the model.
#include "lite/eval.h"
#include "lite/infer.h"
#include "lite/subgraphs.h"
#include "ops/families.h"

namespace tolite {
namespace {

const Value& input_of(const Infer& n, GraphId graph, std::size_t i) {
  const Graph& g = n.model()[graph];
  return g[g.inputs().at(i)];
}

/// What two values have in common: equal dimensions stay, others are unknown.
Shape common_shape(Symbols& symbols, const Shape& a, const Shape& b) {
  if (!a.ranked() || !b.ranked() || a.rank() != b.rank()) return Shape::unranked();
  std::vector<Dim> dims;
  for (std::size_t i = 0; i < a.rank(); ++i) dims.push_back(a[i] == b[i] ? a[i] : symbols.fresh());
  return Shape(std::move(dims));
}

void infer_if(Infer& n) {
  const std::vector<GraphId> graphs = graphs_run_by(n.row(), n.graph()[n.id()]);
  n.require(n.input_count() != 0 && n.type(0) == Type::boolean, "the condition is not bool");
  const std::optional<std::int64_t> elements = n.shape(0).element_count();
  n.require(!elements || *elements == 1, "the condition is not a single element");
  std::vector<std::vector<ValueId>> results;
  for (const GraphId graph : graphs) {
    const Graph& branch = n.model()[graph];
    n.require(branch.inputs().size() + 1 == n.input_count(), "a branch takes another number of operands");
    for (std::size_t i = 0; i < branch.inputs().size(); ++i)
      n.require(branch[branch.inputs()[i]].type == n.type(i + 1), "a branch takes operands of other types");
    results.push_back(branch.outputs());
    n.require(results.back().size() == n.output_count(), "a branch gives another number of results");
  }
  const Graph& then_branch = n.model()[graphs[0]];
  const Graph& else_branch = n.model()[graphs[1]];
  for (std::size_t i = 0; i < n.output_count(); ++i) {
    const Value& a = then_branch[results[0][i]];
    const Value& b = else_branch[results[1][i]];
    n.require(a.type == b.type || a.type == Type::none || b.type == Type::none,
              "the branches give results of different types");
    n.output(i, a.type == Type::none ? b.type : a.type, common_shape(n.dims(), a.shape, b.shape));
  }
}

constexpr OpRow kIf{
    .op = Op::IF,
    .name = "IF",
    .options = {.builtin_options = 92},
    .attrs = {{Attr::then_subgraph_index, AttrKind::graph}, {Attr::else_subgraph_index, AttrKind::graph}},
    .results = 0,
    .infer = infer_if,
    .eval =
        [](Eval& n) {
          const std::vector<GraphId> graphs = graphs_run_by(n.row(), n.graph()[n.id()]);
          const bool condition = n.in_integer(0) != 0;
          std::vector<Tensor> operands;
          for (std::size_t i = 1; i < n.input_count(); ++i) operands.push_back(n.in(i));
          n.outputs() = n.session().call(graphs[condition ? 0 : 1], operands);
        },
    .pure = false,
};

/// Whatever number of times the body runs, a result fits what the body takes.
void infer_while(Infer& n) {
  const std::vector<GraphId> graphs = graphs_run_by(n.row(), n.graph()[n.id()]);
  const Graph& cond = n.model()[graphs[0]];
  const Graph& body = n.model()[graphs[1]];
  n.require(cond.inputs().size() == n.input_count() && body.inputs().size() == n.input_count(),
            "cond or body takes another number of operands");
  n.require(n.output_count() == n.input_count(), "the loop gives another number of results");
  const std::vector<ValueId> conditions = cond.outputs();
  n.require(conditions.size() == 1, "cond does not give one result");
  n.require(cond[conditions[0]].type == Type::boolean || cond[conditions[0]].type == Type::none,
            "cond does not give a bool");
  n.require(body.outputs().size() == n.input_count(), "body gives another number of results");
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    const Value& in = input_of(n, graphs[1], i);
    n.require(in.type == n.type(i), "body takes operands of other types");
    n.require(input_of(n, graphs[0], i).type == n.type(i), "cond takes operands of other types");
    const Type out = body[body.outputs()[i]].type;
    n.require(out == in.type || out == Type::none, "body gives results of other types than it takes");
    n.output(i, in.type, in.shape);
  }
}

constexpr OpRow kWhile{
    .op = Op::WHILE,
    .name = "WHILE",
    .options = {.builtin_options = 93},
    .attrs = {{Attr::cond_subgraph_index, AttrKind::graph}, {Attr::body_subgraph_index, AttrKind::graph}},
    .results = 0,
    .infer = infer_while,
    .eval =
        [](Eval& n) {
          const std::vector<GraphId> graphs = graphs_run_by(n.row(), n.graph()[n.id()]);
          std::vector<Tensor> state;
          for (std::size_t i = 0; i < n.input_count(); ++i) state.push_back(n.in(i));
          while (element_as_int64(n.session().call(graphs[0], state).at(0), 0) != 0)
            state = n.session().call(graphs[1], state);
          n.outputs() = std::move(state);
        },
    .pure = false,
};

constexpr OpRow kCallOnce{
    .op = Op::CALL_ONCE,
    .name = "CALL_ONCE",
    .options = {.builtin_options = 103},
    .attrs = {{Attr::init_subgraph_index, AttrKind::graph}},
    .results = 0,
    .infer = [](Infer& n) { n.require(n.input_count() == 0 && n.output_count() == 0, "it takes and gives nothing"); },
    .eval = [](Eval& n) { n.session().call_once(graphs_run_by(n.row(), n.graph()[n.id()])[0]); },
    .pure = false,
    .state = StateUse::changes,
};

}  // namespace

void add_control_flow_ops(OpTable& table) {
  table.add(kIf);
  table.add(kWhile);
  table.add(kCallOnce);
}

}  // namespace tolite
