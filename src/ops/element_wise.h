// Kernels of element-wise ops, from a function of one, two or three elements.
#pragma once

#include <algorithm>
#include <utility>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/broadcast.h"
#include "ops/element_types.h"

namespace tolite {

// Enough elements a range that starting threads pays.
constexpr std::size_t kElementGrain = 1U << 15U;

// In the loops below a result may lie where an operand does, element on element: nothing stands against computing
// several at once. (Clang has no pragma for this that does not also complain of loops it cannot vectorise.)
#if defined(__clang__)
#define TOLITE_EACH_ALONE
#else
#define TOLITE_EACH_ALONE _Pragma("GCC ivdep")
#endif

/// Result 0 = f(x) for every element x of operand 0, from type T to type R.
template <typename T, typename R = T, typename F>
void map_elements(Eval& n, F f) {
  const Elements<T> x = elements<T>(n.in(0));
  R* y = n.out_over_as<R>(0, type_of<R>, n.in(0).dims);
  parallel_ranges(x.size(), kElementGrain, [&](std::size_t begin, std::size_t end) {
    TOLITE_EACH_ALONE
    for (std::size_t i = begin; i < end; ++i) y[i] = static_cast<R>(f(x[i]));
  });
}

/// Result 0 = f(a, b) over the broadcast of operands 0 and 1, from type T to type R.
template <typename T, typename R = T, typename F>
void zip_elements(Eval& n, F f) {
  const Broadcast plan(n, {n.in(0).dims, n.in(1).dims});
  const Elements<T> a = elements<T>(n.in(0));
  const Elements<T> b = elements<T>(n.in(1));
  const std::size_t over = n.in(0).dims == plan.dims() ? 0 : 1;
  R* y = n.out_over_as<R>(over, type_of<R>, plan.dims());
  plan.for_each_run([&](const Broadcast::Run& run) {
    const std::size_t from_a = run.from[0];
    const std::size_t from_b = run.from[1];
    R* to = y + run.begin;
    // The three loops that vectorise; in a run at least one operand advances, unless it is one element long.
    if (run.step[0] != 0 && run.step[1] != 0) {
      TOLITE_EACH_ALONE
      for (std::size_t i = 0; i < run.count; ++i) to[i] = static_cast<R>(f(a[from_a + i], b[from_b + i]));
    } else if (run.step[0] != 0) {
      const T y0 = b[from_b];
      TOLITE_EACH_ALONE
      for (std::size_t i = 0; i < run.count; ++i) to[i] = static_cast<R>(f(a[from_a + i], y0));
    } else {
      const T x0 = a[from_a];
      TOLITE_EACH_ALONE
      for (std::size_t i = 0; i < run.count; ++i) to[i] = static_cast<R>(f(x0, b[from_b + i * run.step[1]]));
    }
  });
}

/// What elements of type T are computed as.
template <typename T>
using Computed = std::conditional_t<std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>, float, T>;

/// Element-wise f for operands of any floating type; f sees float or double.
template <typename F>
void map_floats(Eval& n, F f) {
  with_type(n, n.in(0).type, FloatTypes{}, [&](auto tag) {
    using T = decltype(tag);
    map_elements<T>(n, [f](T x) { return f(static_cast<Computed<T>>(x)); });
  });
}

}  // namespace tolite
