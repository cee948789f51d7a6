// What slices of tensors have in common, for inference, kernels and translators.
#pragma once

#include <span>

#include "lite/node_view.h"
#include "lite/tensor.h"

namespace tolite {

/// What a strided slice does with one axis of its result before axes are shrunk.
struct SlicedAxis {
  static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);
  std::size_t spec = kWhole;  ///< the element of begin, end and strides for it; kWhole: taken whole
  bool added = false;         ///< a new axis of size 1 that the operand does not have
  bool shrunk = false;        ///< one index is taken and the axis goes
};

struct SliceMasks {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t ellipsis = 0;
  std::int64_t new_axis = 0;
  std::int64_t shrink_axis = 0;
};
constexpr bool mask_bit(std::int64_t mask, std::size_t i) { return i < 32 && ((mask >> i) & 1) != 0; }

/// The axes of a slice of `specs` elements on a tensor of that rank: the ellipsis is written out, axes without an
/// element are whole. Nothing if the elements do not fit the rank.
std::optional<std::vector<SlicedAxis>> sliced_axes(const SliceMasks& masks, std::size_t specs, std::size_t rank);

/// The elements begin, begin + stride, ... of each axis: `dims` many of each. The indices must be inside the tensor.
/// A view of x where the elements are contiguous.
Tensor slice_of(const Tensor& x, std::size_t width, std::span<const std::int64_t> begin,
                std::span<const std::int64_t> stride, std::vector<std::int64_t> dims);

}  // namespace tolite
