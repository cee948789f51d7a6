// Symbol arithmetic: constants fold, the identities that shape code meets are applied, equal expressions share a
// symbol.
#include "lite/dim.h"

#include <algorithm>
#include <utility>

#include "base/checked.h"

namespace tolite {
namespace {

std::int64_t floor_div_number(std::int64_t a, std::int64_t b) {
  if (b == 0) throw Error(Code::invalid_node, "a dimension is divided by zero");
  if (b == -1) return checked_mul(a, -1);
  const std::int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

}  // namespace

Dim Symbols::fresh() { return define({DimOp::unknown, {}, {}}); }

Dim Symbols::define(Symbol symbol) {
  const auto id = static_cast<std::uint32_t>(symbols_.size());
  symbols_.push_back(symbol);
  if (symbol.op != DimOp::unknown) interned_.try_emplace({symbol.op, symbol.left, symbol.right}, id);
  return Dim::of_symbol(id);
}

Dim Symbols::intern(DimOp op, Dim a, Dim b) {
  const auto found = interned_.find({op, a, b});
  if (found != interned_.end()) return Dim::of_symbol(found->second);
  return define({op, a, b});
}

Dim Symbols::add(Dim a, Dim b) {
  if (a.known()) std::swap(a, b);  // numbers stand on the right
  if (a.known()) return checked_add(a.number, b.number);
  if (b.is(0)) return a;
  const Symbol s = symbols_[a.symbol];
  if (b.known() && s.op == DimOp::add && s.right.known()) return add(s.left, checked_add(s.right.number, b.number));
  if (s.op == DimOp::sub && s.right == b) return s.left;
  if (!b.known() && b < a) std::swap(a, b);
  return intern(DimOp::add, a, b);
}

Dim Symbols::sub(Dim a, Dim b) {
  if (a == b) return 0;
  if (b.known()) return add(a, checked_mul(b.number, -1));
  if (!a.known()) {
    const Symbol s = symbols_[a.symbol];
    if (s.op == DimOp::add && s.left == b) return s.right;
    if (s.op == DimOp::add && s.right == b) return s.left;
  }
  return intern(DimOp::sub, a, b);
}

Dim Symbols::mul(Dim a, Dim b) {
  if (a.known()) std::swap(a, b);
  if (a.known()) return checked_mul(a.number, b.number);
  if (b.is(0)) return 0;
  if (b.is(1)) return a;
  const Symbol s = symbols_[a.symbol];
  // (x * 2) * 3 = x * 6, and (x * 2) * y = (x * y) * 2: the number comes out last.
  if (s.op == DimOp::mul && s.right.known())
    return mul(mul(s.left, b.known() ? Dim(1) : b), b.known() ? Dim(checked_mul(s.right.number, b.number)) : s.right);
  if (!b.known()) {
    const Symbol t = symbols_[b.symbol];
    if (t.op == DimOp::mul && t.right.known()) return mul(mul(a, t.left), t.right);
    if (b < a) std::swap(a, b);
  }
  return intern(DimOp::mul, a, b);
}

Dim Symbols::floor_div(Dim a, Dim b) {
  if (a.known() && b.known()) return floor_div_number(a.number, b.number);
  if (b.is(1)) return a;
  if (a == b) return 1;
  if (!a.known()) {
    const Symbol s = symbols_[a.symbol];
    if (s.op == DimOp::mul && s.right == b) return s.left;
    if (s.op == DimOp::mul && s.left == b) return s.right;
    if (s.op == DimOp::mul && s.right.known() && b.known() && s.right.number % b.number == 0)
      return mul(s.left, s.right.number / b.number);
  }
  return intern(DimOp::floor_div, a, b);
}

Dim Symbols::ceil_div(Dim a, Dim b) { return floor_div(add(a, sub(b, 1)), b); }

Dim Symbols::min(Dim a, Dim b) {
  if (a.known() && b.known()) return std::min(a.number, b.number);
  if (a == b) return a;
  if (a.known() || (!b.known() && b < a)) std::swap(a, b);
  return intern(DimOp::min, a, b);
}

Dim Symbols::max(Dim a, Dim b) {
  if (a.known() && b.known()) return std::max(a.number, b.number);
  if (a == b) return a;
  if (a.known() || (!b.known() && b < a)) std::swap(a, b);
  return intern(DimOp::max, a, b);
}

std::string Symbols::text(Dim d) const { return d.known() ? std::to_string(d.number) : "?" + std::to_string(d.symbol); }

}  // namespace tolite
