// Questions about shapes and reshapes that several rules ask.
#pragma once

#include <optional>
#include <vector>

#include "optimize/match.h"

namespace tolite::optimize {

/// The shape operand of a RESHAPE to these dimensions: -1 stands for the one that may be unknown.
/// None if more are unknown, or if a 0 makes -1 ambiguous.
std::optional<std::vector<std::int64_t>> reshape_operand(const std::vector<Dim>& dims);

/// RESHAPE with a constant operand; none if reshape_operand has none.
ValueId reshape_to(Builder& b, ValueId value, const std::vector<Dim>& dims);

/// Number of elements, as an expression over the symbols.
Dim element_count(Symbols& symbols, const std::vector<Dim>& dims);

/// The axes of a reduction or squeeze, none negative, sorted; none if unknown or out of range.
std::optional<std::vector<std::size_t>> normalized_axes(const std::vector<std::int64_t>& axes, std::size_t rank);

/// dims with those at `axes` set to 1.
std::vector<Dim> with_ones(std::vector<Dim> dims, const std::vector<std::size_t>& axes);

/// Whether both are ranked and equal, symbols included.
bool same_shape(const Shape& a, const Shape& b);

/// Whether `a` is `b` with leading ones added.
bool adds_leading_ones(const Shape& a, const Shape& b);

/// Whether the result of broadcasting the two is surely `result`.
bool broadcasts_to(Symbols& symbols, const Shape& a, const Shape& b, const Shape& result);

}  // namespace tolite::optimize
