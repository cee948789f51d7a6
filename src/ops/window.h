// Arithmetic of sliding windows, as the runtime does it: output sizes and padding.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/checked.h"
#include "lite/infer.h"

namespace tolite {

/// One spatial axis of a convolution or pooling.
struct Window {
  std::int64_t filter = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::VALID;

  bool valid() const { return filter >= 1 && stride >= 1 && dilation >= 1; }
  /// Input elements that the window spans.
  std::int64_t extent() const { return checked_add(checked_mul(filter - 1, dilation), 1); }

  std::int64_t output(std::int64_t input) const {
    const std::int64_t span = padding == Padding::SAME ? 1 : extent();
    return input < span ? 0 : (input - span) / stride + 1;
  }
  /// Elements of padding before the first input element. SAME puts the odd one behind.
  std::int64_t before(std::int64_t input) const { return before(input, output(input)); }
  std::int64_t before(std::int64_t input, std::int64_t output) const {
    if (padding == Padding::VALID) return 0;
    const std::int64_t covered = checked_add(checked_mul(std::max<std::int64_t>(output - 1, 0), stride), extent());
    return std::max<std::int64_t>(covered - input, 0) / 2;
  }
};

/// Size of the output along one axis; `filter` may be unknown.
inline Dim window_output(Infer& n, Dim input, Dim filter, std::int64_t stride, std::int64_t dilation) {
  n.require(stride >= 1 && dilation >= 1, "a stride or dilation is not positive");
  n.require(!filter.known() || filter.number >= 1, "the filter is empty");
  if (n.padding() == Padding::SAME) return n.dims().ceil_div(input, stride);
  if (!filter.known()) return n.dims().fresh();
  const Window window{filter.number, stride, dilation, Padding::VALID};
  if (input.known()) {
    n.require(input.number == 0 || input.number >= window.extent(), "the filter is larger than the input");
    return window.output(input.number);
  }
  return n.dims().floor_div(n.dims().add(input, checked_add(stride, -window.extent())), stride);
}

/// The dimensions of a value that must have this rank; unknown ones where it has none.
inline std::vector<Dim> dims_of_rank(Infer& n, std::size_t operand, std::size_t rank) {
  const Shape& shape = n.shape(operand);
  if (shape.ranked()) {
    n.require(shape.rank() == rank, "an operand has the wrong rank");
    return shape.dims();
  }
  std::vector<Dim> dims(rank);
  for (Dim& d : dims) d = n.dims().fresh();
  return dims;
}

}  // namespace tolite
