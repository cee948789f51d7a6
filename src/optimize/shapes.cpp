// Shape arithmetic of rules.
#include "optimize/shapes.h"

#include <algorithm>

#include "lite/infer.h"
#include "tolite/error.h"

namespace tolite::optimize {

std::optional<std::vector<std::int64_t>> reshape_operand(const std::vector<Dim>& dims) {
  std::vector<std::int64_t> operand;
  std::size_t unknown = 0;
  bool empty = false;
  for (const Dim& d : dims) {
    unknown += d.known() ? 0 : 1;
    empty |= d.is(0);
    operand.push_back(d.known() ? d.number : -1);
  }
  if (unknown > 1 || (unknown == 1 && empty)) return std::nullopt;
  return operand;
}

ValueId reshape_to(Builder& b, ValueId value, const std::vector<Dim>& dims) {
  const auto operand = reshape_operand(dims);
  return operand ? b(Op::RESHAPE, {value, b.int32s(*operand)}) : ValueId();
}

Dim element_count(Symbols& symbols, const std::vector<Dim>& dims) {
  Dim count = 1;
  for (const Dim& d : dims) count = symbols.mul(count, d);
  return count;
}

std::optional<std::vector<std::size_t>> normalized_axes(const std::vector<std::int64_t>& axes, std::size_t rank) {
  std::vector<std::size_t> list;
  const auto r = static_cast<std::int64_t>(rank);
  for (const std::int64_t a : axes) {
    if (a < -r || a >= r) return std::nullopt;
    list.push_back(static_cast<std::size_t>(a < 0 ? a + r : a));
  }
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

std::vector<Dim> with_ones(std::vector<Dim> dims, const std::vector<std::size_t>& axes) {
  for (const std::size_t a : axes) dims[a] = 1;
  return dims;
}

bool same_shape(const Shape& a, const Shape& b) { return a.ranked() && a == b; }

bool adds_leading_ones(const Shape& a, const Shape& b) {
  if (!a.ranked() || !b.ranked() || a.rank() < b.rank()) return false;
  const std::size_t added = a.rank() - b.rank();
  return std::all_of(a.dims().begin(), a.dims().begin() + static_cast<std::ptrdiff_t>(added),
                     [](const Dim& d) { return d.is(1); }) &&
         std::equal(b.dims().begin(), b.dims().end(), a.dims().begin() + static_cast<std::ptrdiff_t>(added));
}

bool broadcasts_to(Symbols& symbols, const Shape& a, const Shape& b, const Shape& result) {
  try {
    return same_shape(broadcast(symbols, a, b), result);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace tolite::optimize
