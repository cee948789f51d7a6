// Ops that only move elements: what they do to positions, they do to known elements and to strings.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "lite/eval.h"
#include "lite/infer.h"

namespace tolite {

/// Every element type of a fixed width that files have: what kernels that copy bytes take.
inline constexpr TypeSet kFixedWidthTypes{Type::float32, Type::float16, Type::float64, Type::bfloat16, Type::int8,
                                          Type::int16,   Type::int32,   Type::int64,   Type::uint8,    Type::uint16,
                                          Type::uint32,  Type::uint64,  Type::boolean, Type::complex64};

/// The same and strings.
inline constexpr TypeSet kMovedTypes{Type::float32, Type::float16, Type::float64,   Type::int8,   Type::int16,
                                     Type::int32,   Type::int64,   Type::uint8,     Type::uint16, Type::uint32,
                                     Type::uint64,  Type::boolean, Type::complex64, Type::string};

/// Where the elements of the `data` operands are known as dimensions, so are those of the results: the kernel runs on
/// positions in their place, and shows which went where. The other operands must be constants. Call it after the
/// results' shapes are set.
void move_known(Infer& n, std::span<const std::size_t> data);
inline void move_known(Infer& n, std::initializer_list<std::size_t> data = {0}) {
  move_known(n, std::span(data.begin(), data.size()));
}
/// The same for a node all of whose operands are data.
void move_all_known(Infer& n);

/// Positions 0, 1, ... in the shape of a string tensor, and the strings that stand at `positions`.
Tensor string_positions(const Tensor& strings);
Tensor strings_at(const Tensor& strings, const Tensor& positions);

/// f(x), where f moves elements whatever they are; strings move as their positions.
template <typename F>
Tensor moved(const Tensor& x, F f) {
  if (x.type != Type::string) return f(x);
  return strings_at(x, f(string_positions(x)));
}

/// Bytes of an element; fails the node if elements have no fixed whole number of bytes.
std::size_t element_width(const Eval& n, const Tensor& x);

/// A zeroed tensor for result 0 or a part of it; elements that are stored with a zero point are that.
NewTensor new_zeros(const Eval& n, std::vector<std::int64_t> dims);

/// The same bytes under another shape of as many elements.
Tensor reshaped(const Tensor& x, std::vector<std::int64_t> dims);

/// The axis counted from the front; a negative one counts from the end. Fails the node if there is no such axis.
template <typename View>
std::size_t axis_of(const View& n, std::int64_t axis, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size)
    n.fail("axis " + std::to_string(axis) + " is outside a tensor of rank " + std::to_string(rank));
  return static_cast<std::size_t>(axis < 0 ? axis + size : axis);
}

/// `rank` dimensions of which nothing is known.
Shape unknown_shape(Symbols& symbols, std::size_t rank);

/// Number of elements of operand i where it is a vector (or a scalar, of 1) of a known length: a rank, a number of
/// axes.
std::optional<std::size_t> vector_length(const NodeView& n, std::size_t i);

}  // namespace tolite
