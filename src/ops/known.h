// Integer arithmetic on known elements: shapes computed from unknown sizes stay exact through it.
#pragma once

#include "lite/infer.h"

namespace tolite {

/// The arithmetic; nothing where the result is not known.
using KnownFunction = std::optional<Dim> (*)(Symbols&, Dim, Dim);

/// Sets the known elements of result 0, f(a, b) over the broadcast of operands 0 and 1 (scalars and vectors), where
/// at least one operand has elements that are symbols.
void infer_known(Infer& n, KnownFunction f);

/// The same for f(a) of operand 0, whatever its shape.
void infer_known_map(Infer& n, Dim (*f)(Symbols&, Dim));

/// Sets the known elements of result 0 to the reduction of the known elements of operand 0 by f.
void infer_known_reduction(Infer& n, Dim start, KnownFunction f);

/// Whether operand i is a small integer tensor some of whose elements are symbols. Plain constants fold instead.
bool has_symbols(const NodeView& n, std::size_t i);

/// Sizes are never negative, nor is what adding, multiplying and dividing them gives.
bool never_negative(const Symbols& symbols, Dim d);

inline std::optional<Dim> known_add(Symbols& s, Dim a, Dim b) { return s.add(a, b); }
inline std::optional<Dim> known_sub(Symbols& s, Dim a, Dim b) { return s.sub(a, b); }
inline std::optional<Dim> known_mul(Symbols& s, Dim a, Dim b) { return s.mul(a, b); }
inline std::optional<Dim> known_min(Symbols& s, Dim a, Dim b) { return s.min(a, b); }
inline std::optional<Dim> known_max(Symbols& s, Dim a, Dim b) { return s.max(a, b); }

}  // namespace tolite
