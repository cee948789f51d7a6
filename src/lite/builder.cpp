// Wiring, inference and eager folding.
#include "lite/builder.h"

#include <algorithm>
#include <utility>

#include "lite/eval.h"
#include "lite/infer.h"
#include "lite/node_view.h"
#include "lite/subgraphs.h"
#include "tolite/error.h"

namespace tolite {
namespace {

// Larger operands and results wait for the folding pass, which runs on the pool and releases its inputs.
constexpr std::size_t kEagerBytes = 16 * 1024;

bool fits_eager(const Shape& shape, Type type) {
  if (!shape.is_static() || byte_size(type) == 0) return false;
  std::int64_t bytes = static_cast<std::int64_t>(byte_size(type));
  for (const Dim& d : shape.dims()) {
    if (__builtin_mul_overflow(bytes, d.number, &bytes)) return false;
    if (bytes > static_cast<std::int64_t>(kEagerBytes)) return false;
  }
  return true;
}

}  // namespace

ValueId Builder::constant(Tensor tensor) {
  const Type type = tensor.type;
  Shape shape = tensor.shape();
  return graph().add_constant(model_.add_constant(std::move(tensor)), type, std::move(shape));
}

ValueId Builder::scalar(Type type, double value) { return constant(tensor_of(type, {}, std::span(&value, 1))); }

ValueId Builder::int32(std::int64_t value) { return constant(integer_tensor(Type::int32, {}, std::span(&value, 1))); }

ValueId Builder::int32s(std::span<const std::int64_t> values) {
  return constant(integer_tensor(Type::int32, {static_cast<std::int64_t>(values.size())}, values));
}

ValueId Builder::operator()(Op op, std::span<const ValueId> operands, Attrs attrs) {
  return many(op, operands, std::move(attrs), 1).front();
}

std::vector<ValueId> Builder::many(Op op, std::span<const ValueId> operands, Attrs attrs, std::size_t results) {
  const OpRow& row = table_[op];
  const std::size_t count = row.results != 0 ? row.results : results;
  const NodeId node = graph().add_node(op, operands, std::move(attrs), count, origin_);
  try {
    infer(node);
  } catch (...) {
    graph().erase(node);
    throw;
  }
  if (keeps_order(row)) graph().keep_in_order(node);
  std::vector<ValueId> values;
  if (fold(node, values)) return values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) values.push_back(graph().result(node, i));
  return values;
}

void Builder::infer(NodeId node) {
  const OpRow& row = table_[graph()[node].op];
  for (std::size_t i = 0; i < graph()[node].result_count; ++i) graph()[graph().result(node, i)].known.reset();
  Infer infer(model_, graph(), node, row);
  row.infer(infer);
  for (std::size_t i = 0; i < graph()[node].result_count; ++i) {
    for (const Dim& d : graph()[graph().result(node, i)].shape.dims()) {
      if (d.known() && d.number < 0) infer.fail("a dimension of the result is negative");
    }
  }
}

bool Builder::fold(NodeId node, std::vector<ValueId>& results) {
  const OpRow& row = table_[graph()[node].op];
  const std::size_t count = graph()[node].result_count;
  if (!row.pure) return false;
  std::vector<Tensor> tensors;

  // Known elements that are all numbers make a constant whatever the operands are.
  const Value& first = graph()[graph().result(node)];
  if (count == 1 && first.known && first.shape.is_static() &&
      std::all_of(first.known->begin(), first.known->end(), [](const Dim& d) { return d.known(); })) {
    std::vector<std::int64_t> elements;
    for (const Dim& d : *first.known) elements.push_back(d.number);
    tensors.push_back(integer_tensor(first.type, first.shape.numbers(), elements));
  } else {
    if (row.eval == nullptr) return false;
    std::vector<const Tensor*> inputs;
    for (const ValueId v : graph().operands(node)) {
      const Tensor* tensor = v ? constant_of(v) : nullptr;
      if (v && (tensor == nullptr || tensor->bytes.size() > kEagerBytes)) return false;
      inputs.push_back(tensor);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Value& result = graph()[graph().result(node, i)];
      if (result.shape.is_static() && byte_size(result.type) != 0 && !fits_eager(result.shape, result.type))
        return false;
    }
    try {
      tensors = evaluate_node(view(node), inputs);
    } catch (const Error& e) {
      if (e.code() != Code::cannot_evaluate) throw;
      return false;  // the runtime will compute it
    }
  }
  for (Tensor& tensor : tensors) results.push_back(constant(std::move(tensor)));
  graph().erase(node);
  return true;
}

std::optional<std::vector<Dim>> Builder::known_elements_of(ValueId v) { return known_elements(model_, graph(), v); }

std::optional<std::vector<std::int64_t>> Builder::integers(ValueId v) {
  const auto dims = known(v);
  if (!dims || !std::all_of(dims->begin(), dims->end(), [](const Dim& d) { return d.known(); })) return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (const Dim& d : *dims) numbers.push_back(d.number);
  return numbers;
}

bool is_constant_expression(const Model& model, const Graph& graph, const OpTable& table, ValueId value) {
  // Bounded: constant expressions are short chains of transposes, casts and scalings.
  constexpr int kMostNodes = 64;
  std::vector<ValueId> pending{value};
  int visited = 0;
  while (!pending.empty()) {
    const ValueId v = pending.back();
    pending.pop_back();
    if (!v || model.constant_of(graph, v) != nullptr) continue;
    const NodeId producer = graph[v].producer;
    if (!producer || ++visited > kMostNodes) return false;
    const OpRow* row = table.find(graph[producer].op);
    if (row == nullptr || !row->pure || row->eval == nullptr || graph.operand_count(producer) == 0) return false;
    for (const ValueId operand : graph.operands(producer)) pending.push_back(operand);
  }
  return true;
}

}  // namespace tolite
