// Axes that both sides walk alike are merged first. What is left is one of three loops: runs that are contiguous on
// both sides are memcpy'd; where the source is contiguous along another axis than the destination (a matrix transpose)
// tiles go through a small buffer, so that every cache line of either side is touched once; the rest goes element by
// element.
#include "ops/strided_copy.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/thread_pool.h"

namespace tolite {
namespace {

constexpr std::size_t kBytesPerTask = 256 * 1024;

// Drops axes of one step, joins neighbours that advance as one, and turns steps into bytes.
std::vector<CopyAxis> merged_axes(std::span<const CopyAxis> axes, std::int64_t width) {
  std::vector<CopyAxis> merged;
  for (const CopyAxis& axis : axes) {
    if (axis.size == 1) continue;
    const CopyAxis a{axis.size, axis.to * width, axis.from * width};
    if (!merged.empty() && merged.back().to == a.to * a.size && merged.back().from == a.from * a.size) {
      merged.back() = {merged.back().size * a.size, a.to, a.from};
    } else {
      merged.push_back(a);
    }
  }
  return merged;
}

std::int64_t step_count(std::span<const CopyAxis> axes) {
  std::int64_t n = 1;
  for (const CopyAxis& axis : axes) n *= axis.size;
  return n;
}

// Calls f(destination offset, source offset) for the steps [begin, end) of the axes, counted row by row.
template <typename F>
void for_steps(std::span<const CopyAxis> axes, std::size_t begin, std::size_t end, F f) {
  std::vector<std::int64_t> index(axes.size());
  std::int64_t to = 0;
  std::int64_t from = 0;
  std::size_t rest = begin;
  for (std::size_t k = axes.size(); k-- > 0;) {
    const auto size = static_cast<std::size_t>(axes[k].size);
    index[k] = static_cast<std::int64_t>(rest % size);
    rest /= size;
    to += index[k] * axes[k].to;
    from += index[k] * axes[k].from;
  }
  for (std::size_t i = begin; i < end; ++i) {
    f(to, from);
    for (std::size_t k = axes.size(); k-- > 0;) {
      to += axes[k].to;
      from += axes[k].from;
      if (++index[k] < axes[k].size) break;
      to -= axes[k].to * axes[k].size;
      from -= axes[k].from * axes[k].size;
      index[k] = 0;
    }
  }
}

void copy_runs(std::byte* to, const std::byte* from, std::size_t run, std::span<const CopyAxis> axes) {
  if (axes.empty()) {
    parallel_ranges(run, kBytesPerTask,
                    [&](std::size_t begin, std::size_t end) { std::memcpy(to + begin, from + begin, end - begin); });
    return;
  }
  const auto steps = static_cast<std::size_t>(step_count(axes));
  parallel_ranges(steps, kBytesPerTask / run + 1, [&](std::size_t begin, std::size_t end) {
    for_steps(axes, begin, end, [&](std::int64_t t, std::int64_t f) { std::memcpy(to + t, from + f, run); });
  });
}

// An element that may lie unaligned; memcpy of a constant size is one instruction.
template <std::size_t Width>
struct Element {
  std::array<std::byte, Width> bytes;
};

template <typename T>
void copy_elements(std::byte* to, const std::byte* from, std::span<const CopyAxis> axes) {
  const CopyAxis inner = axes.back();
  const std::span<const CopyAxis> outer = axes.first(axes.size() - 1);
  const auto steps = static_cast<std::size_t>(step_count(outer));
  const std::size_t row_bytes = static_cast<std::size_t>(inner.size) * sizeof(T);
  parallel_ranges(steps, kBytesPerTask / row_bytes + 1, [&](std::size_t begin, std::size_t end) {
    for_steps(outer, begin, end, [&](std::int64_t t, std::int64_t f) {
      for (std::int64_t i = 0; i < inner.size; ++i)
        std::memcpy(to + t + i * inner.to, from + f + i * inner.from, sizeof(T));
    });
  });
}

// The destination is contiguous along axis `row`, the innermost, the source along `column`.
template <typename T>
void copy_tiles(std::byte* to, const std::byte* from, std::span<const CopyAxis> axes, std::size_t column_axis) {
  constexpr std::int64_t kColumns = 64 / sizeof(T) * 4;  // four cache lines of the source
  constexpr std::int64_t kRows = 64 / sizeof(T);         // one cache line of the destination
  const CopyAxis row = axes.back();
  const CopyAxis column = axes[column_axis];
  std::vector<CopyAxis> outer(axes.begin(), axes.end() - 1);
  // A step of the column axis is now a block of columns.
  const std::int64_t blocks = (column.size + kColumns - 1) / kColumns;
  outer[column_axis] = {blocks, column.to * kColumns, column.from * kColumns};
  // Steps of the column axis come last, so that a task knows which block it is at.
  std::rotate(outer.begin() + static_cast<std::ptrdiff_t>(column_axis),
              outer.begin() + static_cast<std::ptrdiff_t>(column_axis) + 1, outer.end());
  const auto steps = static_cast<std::size_t>(step_count(outer));
  const std::size_t step_bytes = static_cast<std::size_t>(row.size * kColumns) * sizeof(T);
  parallel_ranges(steps, kBytesPerTask / step_bytes + 1, [&](std::size_t begin, std::size_t end) {
    std::array<T, kRows * kColumns> tile;
    std::size_t step = begin;
    for_steps(outer, begin, end, [&](std::int64_t t, std::int64_t f) {
      const auto block = static_cast<std::int64_t>(step++ % static_cast<std::size_t>(blocks));
      const std::int64_t columns = std::min(kColumns, column.size - block * kColumns);
      for (std::int64_t r = 0; r < row.size; r += kRows) {
        const std::int64_t rows = std::min(kRows, row.size - r);
        for (std::int64_t i = 0; i < rows; ++i)
          std::memcpy(&tile[static_cast<std::size_t>(i * kColumns)], from + f + (r + i) * row.from,
                      static_cast<std::size_t>(columns) * sizeof(T));
        for (std::int64_t c = 0; c < columns; ++c) {
          std::byte* line = to + t + c * column.to + r * row.to;
          for (std::int64_t i = 0; i < rows; ++i)
            std::memcpy(line + i * static_cast<std::int64_t>(sizeof(T)),
                        &tile[static_cast<std::size_t>(i * kColumns + c)], sizeof(T));
        }
      }
    });
  });
}

template <typename T>
void copy_steps(std::byte* to, const std::byte* from, std::span<const CopyAxis> axes) {
  constexpr std::int64_t kFewElements = 8;  // shorter sides are not worth a tile
  const auto width = static_cast<std::int64_t>(sizeof(T));
  if (axes.back().to == width && axes.back().size >= kFewElements) {
    for (std::size_t k = 0; k + 1 < axes.size(); ++k) {
      if (axes[k].from == width && axes[k].size >= kFewElements) return copy_tiles<T>(to, from, axes, k);
    }
  }
  copy_elements<T>(to, from, axes);
}

}  // namespace

void strided_copy(std::byte* to, const std::byte* from, std::size_t width, std::span<const CopyAxis> axes) {
  if (std::any_of(axes.begin(), axes.end(), [](const CopyAxis& a) { return a.size <= 0; })) return;
  std::vector<CopyAxis> merged = merged_axes(axes, static_cast<std::int64_t>(width));
  const auto unit = static_cast<std::int64_t>(width);
  std::size_t run = width;
  if (!merged.empty() && merged.back().to == unit && merged.back().from == unit) {
    run *= static_cast<std::size_t>(merged.back().size);
    merged.pop_back();
  }
  if (merged.empty()) return copy_runs(to, from, run, merged);
  switch (run) {
    case 1:
      return copy_steps<Element<1>>(to, from, merged);
    case 2:
      return copy_steps<Element<2>>(to, from, merged);
    case 4:
      return copy_steps<Element<4>>(to, from, merged);
    case 8:
      return copy_steps<Element<8>>(to, from, merged);
    case 16:
      return copy_steps<Element<16>>(to, from, merged);
    default:
      return copy_runs(to, from, run, merged);
  }
}

std::vector<std::int64_t> dense_strides(std::span<const std::int64_t> dims) {
  std::vector<std::int64_t> strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

void fill_elements(std::byte* to, std::size_t count, const std::byte* value, std::size_t width) {
  const CopyAxis axis{static_cast<std::int64_t>(count), 1, 0};
  strided_copy(to, value, width, std::span(&axis, 1));
}

}  // namespace tolite
