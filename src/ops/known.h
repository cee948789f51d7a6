// Integer arithmetic on known elements: shapes computed from unknown sizes stay exact through it.
#pragma once

#include "lite/infer.h"

namespace tolite {

/// Sets the known elements of result 0, f(a, b) over the broadcast of operands 0 and 1 (scalars and vectors), where
/// at least one operand has elements that are symbols. f is a member of Symbols.
void infer_known(Infer& n, Dim (*f)(Symbols&, Dim, Dim));

/// The same for f(a) of operand 0, whatever its shape.
void infer_known_map(Infer& n, Dim (*f)(Symbols&, Dim));

/// Sets the known elements of result 0 to the reduction of the known elements of operand 0 by f.
void infer_known_reduction(Infer& n, Dim start, Dim (*f)(Symbols&, Dim, Dim));

/// Whether operand i is a small integer tensor some of whose elements are symbols. Plain constants fold instead.
bool has_symbols(const NodeView& n, std::size_t i);

/// Sizes are never negative, nor is what adding, multiplying and dividing them gives.
bool never_negative(const Symbols& symbols, Dim d);

}  // namespace tolite
