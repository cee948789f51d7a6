// Merging of axes and the walk over them.
#include "ops/broadcast.h"

#include <string>

#include "base/checked.h"
#include "base/thread_pool.h"
#include "ops/element_wise.h"

namespace tolite {

Broadcast::Broadcast(const Eval& n, std::initializer_list<std::span<const std::int64_t>> operands) {
  std::size_t rank = 0;
  for (const auto& dims : operands) rank = std::max(rank, dims.size());
  const auto dim_of = [rank](std::span<const std::int64_t> dims, std::size_t axis) {
    const std::size_t missing = rank - dims.size();
    return axis < missing ? std::int64_t{1} : dims[axis - missing];
  };
  dims_.assign(rank, 1);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    for (const auto& dims : operands) {
      const std::int64_t d = dim_of(dims, axis);
      if (d == 1 || d == dims_[axis]) continue;
      if (dims_[axis] != 1)
        n.fail("shapes cannot be broadcast: " + std::to_string(dims_[axis]) + " against " + std::to_string(d));
      dims_[axis] = d;
    }
  }
  count_ = static_cast<std::size_t>(element_count(dims_));

  // From the innermost axis outwards: an axis joins the one inside it if every operand simply goes on.
  std::array<std::size_t, kMostOperands> pitch{1, 1, 1};
  for (std::size_t axis = rank; axis-- > 0;) {
    if (dims_[axis] == 1) continue;
    Axis a;
    a.size = static_cast<std::size_t>(dims_[axis]);
    std::size_t i = 0;
    for (const auto& dims : operands) {
      const auto d = static_cast<std::size_t>(dim_of(dims, axis));
      a.stride[i] = d == 1 ? 0 : pitch[i];
      pitch[i++] *= d;
    }
    bool joins = !axes_.empty();
    for (std::size_t k = 0; joins && k < operands.size(); ++k)
      joins = a.stride[k] == axes_.back().stride[k] * axes_.back().size;
    if (joins) {
      axes_.back().size *= a.size;
    } else {
      axes_.push_back(a);
    }
  }
  if (axes_.empty()) axes_.emplace_back();
  std::reverse(axes_.begin(), axes_.end());
}

void Broadcast::runs_between(std::size_t begin, std::size_t end, const std::function<void(const Run&)>& body) const {
  const Axis& inner = axes_.back();
  Run run;
  run.step = inner.stride;
  while (begin < end) {
    std::size_t row = begin / inner.size;
    const std::size_t column = begin % inner.size;
    run.begin = begin;
    run.count = std::min(inner.size - column, end - begin);
    for (std::size_t k = 0; k < kMostOperands; ++k) run.from[k] = column * inner.stride[k];
    for (std::size_t axis = axes_.size() - 1; axis-- > 0;) {
      const std::size_t index = row % axes_[axis].size;
      row /= axes_[axis].size;
      for (std::size_t k = 0; k < kMostOperands; ++k) run.from[k] += index * axes_[axis].stride[k];
    }
    body(run);
    begin += run.count;
  }
}

void Broadcast::for_each_run(const std::function<void(const Run&)>& body) const {
  if (count_ == 0) return;
  parallel_ranges(count_, kElementGrain, [&](std::size_t begin, std::size_t end) { runs_between(begin, end, body); });
}

}  // namespace tolite
