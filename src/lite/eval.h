// What a row's `eval` hook works with: operand tensors in, result tensors out. Used by the Builder's eager folding, the
// folding pass and the evaluator.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lite/node_view.h"

namespace tolite {

class Eval : public NodeView {
 public:
  Eval(const NodeView& node, std::span<const Tensor* const> inputs)
      : NodeView(node), inputs_(inputs), outputs_(node.output_count()) {}

  bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  const Tensor& in(std::size_t i) const;
  /// Elements of an integer operand.
  std::vector<std::int64_t> in_integers(std::size_t i) const;
  std::int64_t in_integer(std::size_t i) const;

  /// Makes result i and returns its zeroed bytes.
  std::span<std::byte> out(std::size_t i, Type type, std::vector<std::int64_t> dims);
  /// Result i is an existing tensor: a view, or what another kernel made.
  void set(std::size_t i, Tensor tensor) { outputs_[i] = std::move(tensor); }
  template <typename T>
  T* out_as(std::size_t i, Type type, std::vector<std::int64_t> dims) {
    return reinterpret_cast<T*>(out(i, type, std::move(dims)).data());
  }
  std::vector<Tensor>& outputs() { return outputs_; }

  /// The operands cannot be computed with: the message says why, in the op's terms.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::span<const Tensor* const> inputs_;
  std::vector<Tensor> outputs_;
};

/// Runs the row's kernel on tensors. Throws Error(cannot_evaluate) for an op or type without a kernel.
std::vector<Tensor> evaluate_node(const NodeView& node, std::span<const Tensor* const> inputs);

}  // namespace tolite
