// Kernels of XNNPACK, the library that the lite runtime itself uses, for the float32 ops that take the time.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "lite/node_view.h"

struct xnn_operator;
struct pthreadpool;

namespace tolite::evaluate {

class XnnpackKernels {
 public:
  /// Null if XNNPACK does not run on this machine. Uses thread_count() threads.
  static std::unique_ptr<XnnpackKernels> make();
  ~XnnpackKernels();
  XnnpackKernels(const XnnpackKernels&) = delete;
  XnnpackKernels& operator=(const XnnpackKernels&) = delete;

  /// Runs the node and sets its results; false if XNNPACK has no kernel for it or refuses these operands.
  /// own_memory: by operand, whether its memory comes from new_tensor.
  bool run(const NodeView& node, std::span<const Tensor* const> inputs, const std::vector<bool>& own_memory,
           std::vector<Tensor>& results);

 private:
  struct DeleteOperator {
    void operator()(xnn_operator* op) const;
  };
  struct DeletePool {
    void operator()(pthreadpool* pool) const;
  };
  using Operator = std::unique_ptr<xnn_operator, DeleteOperator>;
  class Call;

  XnnpackKernels() = default;

  std::unique_ptr<pthreadpool, DeletePool> pool_;
  /// Operators with packed weights, for nodes whose weights are constants of the model.
  std::map<std::pair<const Graph*, std::uint32_t>, Operator> packed_;
};

}  // namespace tolite::evaluate
