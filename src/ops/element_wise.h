// Kernels of element-wise ops, from a function of one or two elements.
#pragma once

#include <algorithm>

#include "base/thread_pool.h"
#include "lite/eval.h"

namespace tolite {

// Enough elements a range that starting threads pays.
constexpr std::size_t kElementGrain = 1U << 15U;

/// Result 0 = f(x, node) for every element of operand 0, all of type T.
template <typename T, typename F>
void map_elements(Eval& n, F f) {
  const Elements<T> x = elements<T>(n.in(0));
  T* y = n.out_as<T>(0, n.in(0).type, n.in(0).dims);
  parallel_ranges(x.size(), kElementGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) y[i] = f(x[i]);
  });
}

}  // namespace tolite
