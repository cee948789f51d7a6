// Known elements of results. Numbers that leave the element type wrap at run time; such results are not known.
#include "ops/known.h"

#include <limits>
#include <utility>

#include "tolite/error.h"

namespace tolite {
namespace {

// Shapes are this long at most; a longer vector is data.
constexpr std::size_t kMostElements = 64;

bool fits(Type type, Dim d) {
  if (!d.known()) return true;
  switch (type) {
    case Type::int64:
      return true;
    case Type::int32:
      return std::in_range<std::int32_t>(d.number);
    default:
      return false;
  }
}

/// f(a, b), or nothing where it is undefined or too large for a number.
std::optional<Dim> apply(Symbols& symbols, Type type, KnownFunction f, Dim a, Dim b) {
  try {
    const std::optional<Dim> d = f(symbols, a, b);
    if (d && fits(type, *d)) return d;
  } catch (const Error&) {
    // Overflow, or division by zero: the runtime will say what it is.
  }
  return std::nullopt;
}

}  // namespace

bool has_symbols(const NodeView& n, std::size_t i) { return n.has(i) && n.graph()[n.input(i)].known.has_value(); }

bool never_negative(const Symbols& symbols, Dim d) {
  std::vector<Dim> pending{d};
  for (int steps = 0; !pending.empty(); ++steps) {
    const Dim next = pending.back();
    pending.pop_back();
    if (next.known()) {
      if (next.number < 0) return false;
      continue;
    }
    const Symbol& s = symbols[next.symbol];
    if (s.op == DimOp::unknown) continue;
    if (s.op == DimOp::max && s.right.known() && s.right.number >= 0) continue;
    if (s.op == DimOp::sub || steps > 64) return false;
    pending.push_back(s.left);
    pending.push_back(s.right);
  }
  return true;
}

void infer_known(Infer& n, KnownFunction f) {
  if (!has_symbols(n, 0) && !has_symbols(n, 1)) return;
  if (!n.output_shape().is_static() || n.output_shape().rank() > 1) return;
  const auto a = n.known(0);
  const auto b = n.known(1);
  const auto count = static_cast<std::size_t>(*n.output_shape().element_count());
  if (!a || !b || count > kMostElements) return;
  std::vector<Dim> elements;
  for (std::size_t i = 0; i < count; ++i) {
    const auto d = apply(n.dims(), n.output_type(), f, a->size() == 1 ? a->front() : a->at(i),
                         b->size() == 1 ? b->front() : b->at(i));
    if (!d) return;
    elements.push_back(*d);
  }
  n.output_known(0, std::move(elements));
}

void infer_known_map(Infer& n, Dim (*f)(Symbols&, Dim)) {
  if (!has_symbols(n, 0)) return;
  auto elements = n.known(0);
  if (!elements || elements->size() > kMostElements) return;
  for (Dim& d : *elements) {
    try {
      d = f(n.dims(), d);
    } catch (const Error&) {
      return;
    }
    if (!fits(n.output_type(), d)) return;
  }
  n.output_known(0, std::move(*elements));
}

void infer_known_reduction(Infer& n, Dim start, KnownFunction f) {
  if (!has_symbols(n, 0) || n.output_shape().element_count() != 1) return;
  const auto elements = n.known(0);
  if (!elements || elements->size() > kMostElements) return;
  Dim result = elements->empty() ? start : elements->front();
  for (std::size_t i = 1; i < elements->size(); ++i) {
    const auto d = apply(n.dims(), n.output_type(), f, result, (*elements)[i]);
    if (!d) return;
    result = *d;
  }
  n.output_known(0, {result});
}

}  // namespace tolite
