// Symbol arithmetic: constants fold, the identities that shape code meets are applied, equal expressions share a
// symbol.
#include "lite/dim.h"

#include <algorithm>
#include <numeric>
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

// A product as the number and the sorted symbols that are not products themselves.
Symbols::Product Symbols::factors(Dim d) const {
  constexpr std::size_t kMostFactors = 16;  // a chain of squarings has exponentially many
  Product product;
  std::vector<Dim> pending{d};
  while (!pending.empty()) {
    const Dim f = pending.back();
    pending.pop_back();
    if (f.known()) {
      product.number = checked_mul(product.number, f.number);
    } else if (const Symbol s = symbols_[f.symbol];
               s.op == DimOp::mul && pending.size() + product.symbols.size() < kMostFactors) {
      pending.push_back(s.left);
      pending.push_back(s.right);
    } else {
      product.symbols.push_back(f);
    }
  }
  std::sort(product.symbols.begin(), product.symbols.end());
  return product;
}

// Symbols in order, the number last: equal products are equal symbols.
Dim Symbols::multiply(const Product& product) {
  if (product.number == 0 || product.symbols.empty()) return product.number;
  Dim d = product.symbols.front();
  for (std::size_t i = 1; i < product.symbols.size(); ++i) d = intern(DimOp::mul, d, product.symbols[i]);
  return product.number == 1 ? d : intern(DimOp::mul, d, product.number);
}

Dim Symbols::mul(Dim a, Dim b) {
  if (a.known() && b.known()) return checked_mul(a.number, b.number);
  Product product = factors(a);
  const Product other = factors(b);
  product.number = checked_mul(product.number, other.number);
  product.symbols.insert(product.symbols.end(), other.symbols.begin(), other.symbols.end());
  std::sort(product.symbols.begin(), product.symbols.end());
  return multiply(product);
}

Dim Symbols::floor_div(Dim a, Dim b) {
  if (a.known() && b.known()) return floor_div_number(a.number, b.number);
  if (b.is(1)) return a;
  Product above = factors(a);
  Product below = factors(b);
  Product rest;  // what the divisor does not share
  for (const Dim f : below.symbols) {
    const auto found = std::lower_bound(above.symbols.begin(), above.symbols.end(), f);
    if (found != above.symbols.end() && *found == f) {
      above.symbols.erase(found);
    } else {
      rest.symbols.push_back(f);
    }
  }
  rest.number = below.number;
  if (rest.number > 1) {
    const std::int64_t common = std::gcd(above.number, rest.number);
    above.number /= common;
    rest.number /= common;
  }
  const Dim numerator = multiply(above);
  const Dim denominator = multiply(rest);
  if (denominator.is(1)) return numerator;
  if (numerator.known() && denominator.known()) return floor_div_number(numerator.number, denominator.number);
  return intern(DimOp::floor_div, numerator, denominator);
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
