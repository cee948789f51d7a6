// What a row's `eval` hook works with: operand tensors in, result tensors out. Used by the Builder's eager folding, the
// folding pass and the evaluator.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lite/node_view.h"
#include "lite/session.h"

namespace tolite {

class Eval : public NodeView {
 public:
  Eval(const NodeView& node, std::span<const Tensor* const> inputs, std::span<const bool> disposable = {},
       Session* session = nullptr)
      : NodeView(node), inputs_(inputs), disposable_(disposable), session_(session), outputs_(node.output_count()) {}

  bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  const Tensor& in(std::size_t i) const;
  /// Elements of an integer operand.
  std::vector<std::int64_t> in_integers(std::size_t i) const;
  std::int64_t in_integer(std::size_t i) const;

  /// Makes result i and returns its zeroed bytes.
  std::span<std::byte> out(std::size_t i, Type type, std::vector<std::int64_t> dims);
  /// The same for result 0 of a kernel that reads an element of operand k before it writes the result in its place, and
  /// no other: the memory of the operand, where it has the size and nobody needs it any more.
  std::span<std::byte> out_over(std::size_t k, Type type, std::vector<std::int64_t> dims);
  /// Result i is an existing tensor: a view, or what another kernel made.
  void set(std::size_t i, Tensor tensor) { outputs_[i] = std::move(tensor); }
  template <typename T>
  T* out_as(std::size_t i, Type type, std::vector<std::int64_t> dims) {
    return reinterpret_cast<T*>(out(i, type, std::move(dims)).data());
  }
  template <typename T>
  T* out_over_as(std::size_t k, Type type, std::vector<std::int64_t> dims) {
    return reinterpret_cast<T*>(out_over(k, type, std::move(dims)).data());
  }
  std::vector<Tensor>& outputs() { return outputs_; }

  /// Other graphs and what is kept between calls. Fails where nothing is run, only folded.
  Session& session();

  /// The operands cannot be computed with: the message says why, in the op's terms.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::span<const Tensor* const> inputs_;
  std::span<const bool> disposable_;
  Session* session_;
  std::vector<Tensor> outputs_;
};

/// Runs the row's kernel on tensors. Throws Error(cannot_evaluate) for an op or type without a kernel. `disposable`
/// says of which operands the memory may be written over: results of kernels that the caller alone holds.
std::vector<Tensor> evaluate_node(const NodeView& node, std::span<const Tensor* const> inputs,
                                  std::span<const bool> disposable = {}, Session* session = nullptr);

}  // namespace tolite
