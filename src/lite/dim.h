// Dimensions: a number, or a symbol that equals only itself. Symbols made by arithmetic remember it, so that the same
// arithmetic on the same unknown gives the same symbol and two branches of a network are seen to agree.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace tolite {

struct Dim {
  static constexpr std::uint32_t kNumber = 0xFFFFFFFFU;

  std::int64_t number = 0;         ///< the value, if this is a number
  std::uint32_t symbol = kNumber;  ///< index into Symbols, otherwise

  constexpr Dim() = default;
  constexpr Dim(std::int64_t n) : number(n) {}  // NOLINT: a number is a dimension
  static constexpr Dim of_symbol(std::uint32_t id) {
    Dim d;
    d.symbol = id;
    return d;
  }

  constexpr bool known() const { return symbol == kNumber; }
  constexpr bool is(std::int64_t n) const { return known() && number == n; }
  friend constexpr bool operator==(const Dim&, const Dim&) = default;
  friend constexpr auto operator<=>(const Dim&, const Dim&) = default;
};

enum class DimOp : std::uint8_t { unknown, add, sub, mul, floor_div, min, max };

/// What a symbol stands for: an unknown of its own, or an expression over other dimensions.
struct Symbol {
  DimOp op = DimOp::unknown;
  Dim left;
  Dim right;
};

/// The symbols of a model and their arithmetic. Values of unknowns are sizes: never negative.
class Symbols {
 public:
  Dim fresh();
  Dim add(Dim a, Dim b);
  Dim sub(Dim a, Dim b);
  Dim mul(Dim a, Dim b);
  /// Rounds towards minus infinity; b is not 0.
  Dim floor_div(Dim a, Dim b);
  Dim ceil_div(Dim a, Dim b);
  Dim min(Dim a, Dim b);
  Dim max(Dim a, Dim b);

  std::size_t size() const { return symbols_.size(); }
  const Symbol& operator[](std::uint32_t id) const { return symbols_[id]; }
  /// "?3" for a symbol, "-7" for a number.
  std::string text(Dim d) const;
  /// Re-creates a symbol read from the text form; ids must come in order.
  Dim define(Symbol symbol);

 private:
  struct Product {
    std::int64_t number = 1;
    std::vector<Dim> symbols;
  };
  Product factors(Dim d) const;
  Dim multiply(const Product& product);
  Dim intern(DimOp op, Dim a, Dim b);
  std::vector<Symbol> symbols_;
  std::map<std::tuple<DimOp, Dim, Dim>, std::uint32_t> interned_;
};

}  // namespace tolite
