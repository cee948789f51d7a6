// Copying between two strided views of memory: what transposing, slicing, joining, padding, tiling and reversing have
// in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tolite {

/// One axis of a copy: `size` steps, each of which moves by so many elements in the destination and in the source.
/// A source step of 0 repeats, a negative one goes backwards.
struct CopyAxis {
  std::int64_t size = 1;
  std::int64_t to = 0;
  std::int64_t from = 0;
};

/// Copies elements of `width` bytes; `to` and `from` point at the elements with all indices 0. The axes stand from the
/// outermost to the innermost of the destination. Runs on the pool; destination elements must not overlap.
/// The views must lie inside their memory: callers have checked indices that come from a file.
void strided_copy(std::byte* to, const std::byte* from, std::size_t width, std::span<const CopyAxis> axes);

/// Elements from one index to the next along each axis of a dense row-major tensor.
std::vector<std::int64_t> dense_strides(std::span<const std::int64_t> dims);

/// Copies `count` elements of `width` bytes from one element.
void fill_elements(std::byte* to, std::size_t count, const std::byte* value, std::size_t width);

}  // namespace tolite
