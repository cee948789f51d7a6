// Operand access and failure texts for kernels.
#include "lite/eval.h"

#include "lite/op_row.h"
#include "tolite/error.h"

namespace tolite {

const Tensor& Eval::in(std::size_t i) const {
  if (!has(i)) fail("operand " + std::to_string(i) + " is missing");
  return *inputs_[i];
}

std::vector<std::int64_t> Eval::in_integers(std::size_t i) const {
  const Tensor& t = in(i);
  std::vector<std::int64_t> list(static_cast<std::size_t>(t.element_count()));
  for (std::size_t k = 0; k < list.size(); ++k) list[k] = element_as_int64(t, static_cast<std::int64_t>(k));
  return list;
}

std::int64_t Eval::in_integer(std::size_t i) const {
  if (in(i).element_count() != 1) fail("operand " + std::to_string(i) + " is not a single number");
  return element_as_int64(in(i), 0);
}

std::span<std::byte> Eval::out(std::size_t i, Type type, std::vector<std::int64_t> dims) {
  NewTensor made = new_tensor(type, std::move(dims));
  outputs_.at(i) = std::move(made.tensor);
  return made.writable;
}

std::span<std::byte> Eval::out_over(std::size_t k, Type type, std::vector<std::int64_t> dims) {
  const Tensor& operand = in(k);
  // A view of another tensor shares its owner.
  const bool is_free = k < disposable_.size() && disposable_[k] && operand.owner.use_count() == 1 &&
                       reinterpret_cast<std::uintptr_t>(operand.bytes.data()) % 64 == 0;
  if (!is_free || byte_size(operand.type) != byte_size(type) || operand.dims != dims)
    return out(0, type, std::move(dims));
  outputs_[0] = Tensor{type, std::move(dims), operand.bytes, operand.owner};
  return {const_cast<std::byte*>(operand.bytes.data()), operand.bytes.size()};
}

Session& Eval::session() {
  if (session_ == nullptr) fail("it depends on what happens at run time");
  return *session_;
}

void Eval::fail(const std::string& message) const {
  throw Error(Code::cannot_evaluate, std::string(row().name) + ": " + message,
              model().origin_text(graph()[id()].origin));
}

namespace {

/// Whether an operand is stored as integers of a scale.
bool is_stored(const NodeView& node, std::size_t operand) {
  if (!node.has(operand) || (!is_integer(node.type(operand)) && node.type(operand) != Type::int4)) return false;
  const Quantization* q = node.quantization(operand);
  return q != nullptr && !q->scales.empty();
}

}  // namespace

std::vector<Tensor> evaluate_node(const NodeView& node, std::span<const Tensor* const> inputs,
                                  std::span<const bool> disposable, Session* session) {
  Eval eval(node, inputs, disposable, session);
  const OpRow& row = node.row();
  // The operand that decides, or the weights of a node that computes with float32 data.
  const bool computes_stored = is_stored(node, row.kernel.operand) || (row.quantization.hybrid && is_stored(node, 1));
  const auto kernel = row.quantization.eval != nullptr && computes_stored ? row.quantization.eval : row.eval;
  if (kernel == nullptr) eval.fail("the evaluator has no kernel for this op");
  kernel(eval);
  return std::move(eval.outputs());
}

}  // namespace tolite
