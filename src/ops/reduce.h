// The walk of a reduction over its operand, by axes.
#pragma once

#include <algorithm>
#include <vector>

#include "ops/axes.h"
#include "ops/element_wise.h"

namespace tolite {

/// The operand as alternating groups of kept and reduced dimensions, and the walk over it.
struct Reduction {
  struct Axis {
    std::size_t size = 1;
    std::size_t stride = 1;
    bool reduced = false;
  };
  std::vector<Axis> kept;     // outer kept axes, outermost first
  std::vector<Axis> reduced;  // outer reduced axes
  std::size_t inner = 1;      // elements of the innermost group
  bool inner_reduced = false;
  std::size_t outer_count = 1;    // combinations of `kept`
  std::size_t reduced_count = 1;  // combinations of `reduced`
  std::vector<std::int64_t> out_dims;

  explicit Reduction(const Eval& n) {
    const std::vector<std::int64_t>& dims = n.in(0).dims;
    std::vector<bool> is_reduced(dims.size(), false);
    for (const std::int64_t axis : n.in_integers(1)) {
      const auto at = resolve_axis(axis, dims.size());
      if (!at) n.fail("axis " + std::to_string(axis) + " does not exist");
      is_reduced[*at] = true;
    }
    std::vector<Axis> groups;  // innermost first
    std::size_t stride = 1;
    for (std::size_t i = dims.size(); i-- > 0;) {
      const auto size = static_cast<std::size_t>(dims[i]);
      if (!groups.empty() && groups.back().reduced == is_reduced[i]) {
        groups.back().size *= size;
      } else {
        groups.push_back({size, stride, is_reduced[i]});
      }
      stride *= size;
    }
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (!is_reduced[i]) {
        out_dims.push_back(dims[i]);
      } else if (n.flag(Attr::keep_dims)) {
        out_dims.push_back(1);
      }
    }
    if (!groups.empty()) {
      inner = groups.front().size;
      inner_reduced = groups.front().reduced;
    }
    for (std::size_t g = groups.size(); g-- > 1;) (groups[g].reduced ? reduced : kept).push_back(groups[g]);
    for (const Axis& a : kept) outer_count *= a.size;
    for (const Axis& a : reduced) reduced_count *= a.size;
  }

  static std::size_t offset(const std::vector<Axis>& axes, std::size_t index) {
    std::size_t at = 0;
    for (std::size_t i = axes.size(); i-- > 0;) {
      at += index % axes[i].size * axes[i].stride;
      index /= axes[i].size;
    }
    return at;
  }
  /// How many elements make one result.
  std::size_t elements_per_result() const { return reduced_count * (inner_reduced ? inner : 1); }
  std::size_t results() const { return outer_count * (inner_reduced ? 1 : inner); }
};

/// T: the elements, A: what they are accumulated in; result = finish(accumulated, elements per result).
template <typename T, typename A, typename F, typename G>
void reduce(Eval& n, A start, F f, G finish) {
  const Reduction plan(n);
  const Elements<T> x = elements<T>(n.in(0));
  T* y = n.out_as<T>(0, type_of<T>, plan.out_dims);
  const std::size_t per_result = plan.elements_per_result();
  if (x.size() == 0) {
    std::fill_n(y, plan.results(), finish(start, std::size_t{0}));
    return;
  }
  const std::size_t width = plan.inner_reduced ? 1 : plan.inner;
  const std::size_t grain = std::max<std::size_t>(1, kElementGrain / std::max<std::size_t>(1, per_result * width));
  parallel_ranges(plan.outer_count, grain, [&](std::size_t begin, std::size_t end) {
    std::vector<A> row(width);
    for (std::size_t o = begin; o < end; ++o) {
      std::fill(row.begin(), row.end(), start);
      const std::size_t base = Reduction::offset(plan.kept, o);
      for (std::size_t r = 0; r < plan.reduced_count; ++r) {
        const std::size_t from = base + Reduction::offset(plan.reduced, r);
        if (plan.inner_reduced) {
          A a = row[0];
          for (std::size_t i = 0; i < plan.inner; ++i) a = f(a, static_cast<A>(x[from + i]));
          row[0] = a;
        } else {
          for (std::size_t i = 0; i < width; ++i) row[i] = f(row[i], static_cast<A>(x[from + i]));
        }
      }
      for (std::size_t i = 0; i < width; ++i) y[o * width + i] = finish(row[i], per_result);
    }
  });
}

}  // namespace tolite
