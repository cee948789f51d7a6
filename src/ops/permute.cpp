// Reductions under a permutation.
#include "ops/permute.h"

#include <algorithm>

namespace tolite {

bool permute_reduction(Permute& n) {
  const auto axes = n.integers(1);
  if (!axes || !n.data(0) || !n.axes(1)) return false;
  if (n.flag(Attr::keep_dims)) return true;
  std::vector<bool> reduced(n.rank(), false);  // dimensions before the transpose
  for (const std::int64_t axis : *axes) reduced[static_cast<std::size_t>(*n.axis_before(axis))] = true;
  Permute::Order order;
  for (std::size_t i = 0; i < n.rank(); ++i) {
    const std::size_t before = n.order()[i];
    if (reduced[before]) continue;
    order.push_back(static_cast<std::size_t>(
        std::count(reduced.begin(), reduced.begin() + static_cast<std::ptrdiff_t>(before), false)));
  }
  n.result_order(0, std::move(order));
  return true;
}

}  // namespace tolite
