// Numpy broadcasting of up to three operands over flat memory: neighbouring dimensions that all operands walk alike are
// merged, so that the usual cases (same shape, a scalar, a vector along the last axis) become one or two long runs.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lite/eval.h"

namespace tolite {

class Broadcast {
 public:
  static constexpr std::size_t kMostOperands = 3;

  /// Fails the node if the operands' shapes cannot be broadcast.
  Broadcast(const Eval& n, std::initializer_list<std::span<const std::int64_t>> operands);

  /// The common shape.
  const std::vector<std::int64_t>& dims() const { return dims_; }

  /// `count` results from `begin` on; operand i starts at `from[i]` and advances by `step[i]`, which is 0 or 1.
  struct Run {
    std::size_t begin = 0;
    std::size_t count = 0;
    std::array<std::size_t, kMostOperands> from{};
    std::array<std::size_t, kMostOperands> step{};
  };
  /// Calls body for runs that together make all results, on several threads.
  void for_each_run(const std::function<void(const Run&)>& body) const;

 private:
  struct Axis {
    std::size_t size = 1;
    std::array<std::size_t, kMostOperands> stride{};
  };
  void runs_between(std::size_t begin, std::size_t end, const std::function<void(const Run&)>& body) const;

  std::vector<std::int64_t> dims_;
  std::vector<Axis> axes_;  // merged, outermost first, at least one
  std::size_t count_ = 1;
};

}  // namespace tolite
