// Failure texts and broadcasting for inference.
#include "lite/infer.h"

#include <algorithm>

#include "lite/op_row.h"
#include "tolite/error.h"

namespace tolite {

void Infer::fail(const std::string& message) const {
  throw Error(Code::invalid_node, std::string(row().name) + ": " + message, model_.origin_text(graph_[id()].origin));
}

namespace {

Dim broadcast_dim(Symbols& symbols, Dim a, Dim b) {
  if (a == b || b.is(1)) return a;
  if (a.is(1)) return b;
  if (a.known() && b.known()) {
    throw Error(Code::invalid_node, "shapes cannot be broadcast: " + symbols.text(a) + " against " + symbols.text(b));
  }
  // An unknown against a number other than 1: at run time it is that number or 1.
  if (a.known()) return a;
  if (b.known()) return b;
  return symbols.max(a, b);
}

}  // namespace

Shape broadcast(Symbols& symbols, const Shape& a, const Shape& b) {
  if (!a.ranked() || !b.ranked()) return Shape::unranked();
  const std::size_t rank = std::max(a.rank(), b.rank());
  std::vector<Dim> dims(rank);
  for (std::size_t i = 0; i < rank; ++i) {  // i counts from the last dimension
    const Dim x = i < a.rank() ? a[a.rank() - 1 - i] : Dim(1);
    const Dim y = i < b.rank() ? b[b.rank() - 1 - i] : Dim(1);
    dims[rank - 1 - i] = broadcast_dim(symbols, x, y);
  }
  return Shape(std::move(dims));
}

}  // namespace tolite
