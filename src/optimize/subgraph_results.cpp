// What the runtime's IF and WHILE ask of the results of the graphs they run (measured with the LiteRT interpreter;
// files that do not comply give wrong numbers, without an error).
//
// IF lets the results of a branch write straight into its own: a tensor that a branch returns twice reaches only one of
// them. WHILE copies the results of its body into the inputs one after the other: a result that is the input of another
// place is read after it has been overwritten.
#include <algorithm>
#include <set>

#include "lite/builder.h"
#include "lite/subgraphs.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

/// The same elements in a tensor of their own, by an op that the runtime does not run in place.
ValueId copy_of(Builder& b, ValueId x) {
  switch (b.type(x)) {
    case Type::boolean:
      return b(Op::LOGICAL_OR, {x, x});
    case Type::float32:
    case Type::int8:
    case Type::uint8:
    case Type::int16:
    case Type::int32:
    case Type::int64:
      return b(Op::MAXIMUM, {x, x});
    default:
      return b(Op::RESHAPE, {x, b(Op::SHAPE, {x}, {{Attr::out_type, Type::int32}})});
  }
}

}  // namespace

void separate_results(Model& model, const OpTable& table) {
  std::set<GraphId> branches;
  std::set<GraphId> bodies;
  for (const Graph& graph : model.graphs) {
    for (const NodeId node : graph.order()) {
      const std::vector<GraphId> graphs = graphs_run_by(table[graph[node].op], graph[node]);
      if (graph[node].op == Op::IF) branches.insert(graphs.begin(), graphs.end());
      if (graph[node].op == Op::WHILE) bodies.insert(graphs.back());
    }
  }
  std::set<GraphId> all = branches;
  all.insert(bodies.begin(), bodies.end());
  for (const GraphId id : all) {
    Builder b(model, id, table);
    Graph& graph = model[id];
    const std::vector<ValueId> inputs = graph.inputs();
    std::set<ValueId> returned;
    std::size_t place = 0;
    for (const ValueId result : graph.outputs()) {
      const bool is_moved_input = bodies.contains(id) && inputs[place] != result &&
                                  std::find(inputs.begin(), inputs.end(), result) != inputs.end();
      if ((!returned.insert(result).second || is_moved_input) && b.type(result) != Type::none)
        graph.set_output(place, copy_of(b, result));
      ++place;
    }
  }
}

}  // namespace tolite::optimize
