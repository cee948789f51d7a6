// Dead code: what has no effect and no reader.
#include "optimize/driver.h"
#include "optimize/passes.h"

namespace tolite::optimize {

void remove_dead_code(Model& model, GraphId graph_id, const OpTable& table) {
  Graph& graph = model[graph_id];
  for (std::size_t i = graph.node_count(); i-- > 0;) erase_if_unused(model, graph_id, table, NodeId(i));
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    const Value& value = graph[ValueId(i)];
    if (value.alive && value.constant && value.use_count == 0) graph.erase_constant(ValueId(i));
  }
}

}  // namespace tolite::optimize
