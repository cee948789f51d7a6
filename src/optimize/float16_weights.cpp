// Weights of models that compute in 16 bits keep the size they have there.
#include <algorithm>
#include <optional>

#include "lite/builder.h"
#include "lite/float16.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

constexpr std::size_t kFewBytes = 4096;  // not worth a node of some hundred bytes

bool is_weights_only(const Graph& graph, const OpTable& table, ValueId value) {
  const std::vector<NodeId> users = graph.users(value);
  return !users.empty() && std::all_of(users.begin(), users.end(), [&](NodeId user) {
    const WeightLayout& layout = table[graph[user].op].weights;
    const std::vector<ValueId> operands = graph.operands(user);
    return layout.rank != 0 && operands[layout.weights] == value &&
           std::count(operands.begin(), operands.end(), value) == 1;
  });
}

}  // namespace

void store_as_float16(Model& model, GraphId graph_id, const OpTable& table, ValueId constant) {
  Graph& graph = model[graph_id];
  if (!graph[constant].alive || graph[constant].type != Type::float32 || !is_weights_only(graph, table, constant))
    return;
  const Tensor& wide = *model.constant_of(graph, constant);
  if (wide.bytes.size() < kFewBytes) return;
  std::optional<Tensor> narrow = as_float16(wide);
  if (!narrow) return;

  const ConstantId stored = model.add_constant(*std::move(narrow));
  const ValueId operand = graph.add_constant(stored, Type::float16, graph[constant].shape);
  graph[operand].name = graph[constant].name;
  const OriginId origin = graph[graph.users(constant).front()].origin;
  // Not through the builder, which would compute a small one at once.
  const NodeId node = graph.add_node(Op::DEQUANTIZE, std::span(&operand, 1), {}, 1, origin);
  Builder(model, graph_id, table).infer(node);
  graph.replace_all_uses(constant, graph.result(node));
  graph.erase_constant(constant);
}

}  // namespace tolite::optimize
