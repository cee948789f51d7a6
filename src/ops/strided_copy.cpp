// Axes that both sides walk alike are merged first. What is left is one of three loops: runs that are contiguous on
// both sides are memcpy'd; where the source is contiguous along another axis than the destination (a matrix transpose)
// tiles go through a small buffer, so that every cache line of either side is touched once; the rest goes element by
// element.
#include "ops/strided_copy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

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

template <typename T>
void copy_element(std::byte* to, const std::byte* from) {
  std::memcpy(to, from, sizeof(T));
}

struct Pair {  // 16 bytes: complex128
  std::uint64_t halves[2];
};

template <typename T>
void copy_elements(std::byte* to, const std::byte* from, std::span<const CopyAxis> axes) {
  const CopyAxis inner = axes.back();
  const std::span<const CopyAxis> outer = axes.first(axes.size() - 1);
  const auto steps = static_cast<std::size_t>(step_count(outer));
  const std::size_t row_bytes = static_cast<std::size_t>(inner.size) * sizeof(T);
  parallel_ranges(steps, kBytesPerTask / row_bytes + 1, [&](std::size_t begin, std::size_t end) {
    for_steps(outer, begin, end, [&](std::int64_t t, std::int64_t f) {
      for (std::int64_t i = 0; i < inner.size; ++i) copy_element<T>(to + t + i * inner.to, from + f + i * inner.from);
    });
  });
}

// Sixteen bytes of elements, and a square of them.
template <typename T>
struct Square {
  static constexpr std::size_t kSide = 16 / sizeof(T);
  using Row [[gnu::vector_size(16)]] = T;
  Row rows[kSide];  // std::array would drop the vector attribute

  void load(const T* from, std::size_t stride) {
    for (std::size_t i = 0; i < kSide; ++i) std::memcpy(&rows[i], from + i * stride, sizeof(Row));
  }
  void store(T* to, std::size_t stride) const {
    for (std::size_t i = 0; i < kSide; ++i) std::memcpy(to + i * stride, &rows[i], sizeof(Row));
  }
  // Row i interleaved with row i + kSide / 2, log2(kSide) times over, is the transpose.
  void transpose() { rounds(std::make_integer_sequence<int, static_cast<int>(kSide)>()); }

 private:
  template <int... I>
  void rounds(std::integer_sequence<int, I...> /*positions*/) {
    constexpr int kHalf = static_cast<int>(kSide) / 2;
    constexpr int kOther = static_cast<int>(kSide);
    for (std::size_t round = 1; round < kSide; round *= 2) {
      Row next[kSide];
      for (std::size_t i = 0; i < kSide / 2; ++i) {
        const Row a = rows[i];
        const Row b = rows[i + kSide / 2];
        next[2 * i] = __builtin_shufflevector(a, b, (I / 2 + I % 2 * kOther)...);
        next[2 * i + 1] = __builtin_shufflevector(a, b, (kHalf + I / 2 + I % 2 * kOther)...);
      }
      std::copy(next, next + kSide, rows);
    }
  }
};

template <typename T>
constexpr std::int64_t kTile = sizeof(T) == 8 ? 32 : (sizeof(T) == 1 ? 128 : 64);  // two stay in the first-level cache

// A whole tile goes through two buffers: strides are often powers of two, so that lines of many rows would evict each
// other. Either side is touched in runs of whole lines.
template <typename T>
void transpose_tile(std::byte* to, std::int64_t to_stride, const std::byte* from, std::int64_t from_stride) {
  constexpr auto kSize = static_cast<std::size_t>(kTile<T>);
  constexpr std::size_t kSide = Square<T>::kSide;
  alignas(64) std::array<T, kSize * kSize> tile;
  alignas(64) std::array<T, kSize * kSize> turned;
  for (std::size_t r = 0; r < kSize; ++r)
    std::memcpy(&tile[r * kSize], from + static_cast<std::int64_t>(r) * from_stride, kSize * sizeof(T));
  for (std::size_t r = 0; r < kSize; r += kSide) {
    for (std::size_t c = 0; c < kSize; c += kSide) {
      Square<T> square;
      square.load(&tile[r * kSize + c], kSize);
      square.transpose();
      square.store(&turned[c * kSize + r], kSize);
    }
  }
  for (std::size_t c = 0; c < kSize; ++c)
    std::memcpy(to + static_cast<std::int64_t>(c) * to_stride, &turned[c * kSize], kSize * sizeof(T));
}

// The destination is contiguous along the innermost axis, the rows of the source; the source along `column_axis`.
template <typename T>
void copy_tiles(std::byte* to, const std::byte* from, std::span<const CopyAxis> axes, std::size_t column_axis) {
  constexpr std::int64_t kSize = kTile<T>;
  constexpr auto kWidth = static_cast<std::int64_t>(sizeof(T));
  const CopyAxis row = axes.back();
  const CopyAxis column = axes[column_axis];
  // The other axes, then blocks of columns, then blocks of rows.
  std::vector<CopyAxis> outer(axes.begin(), axes.end() - 1);
  outer.erase(outer.begin() + static_cast<std::ptrdiff_t>(column_axis));
  const std::int64_t column_blocks = (column.size + kSize - 1) / kSize;
  const std::int64_t row_blocks = (row.size + kSize - 1) / kSize;
  outer.push_back({column_blocks, column.to * kSize, kSize * kWidth});
  outer.push_back({row_blocks, kSize * kWidth, row.from * kSize});
  const auto steps = static_cast<std::size_t>(step_count(outer));
  constexpr std::size_t kGrain = kBytesPerTask / static_cast<std::size_t>(kSize * kSize * kWidth);
  parallel_ranges(steps, kGrain, [&](std::size_t begin, std::size_t end) {
    auto step = static_cast<std::int64_t>(begin);
    for_steps(outer, begin, end, [&](std::int64_t t, std::int64_t f) {
      const std::int64_t columns = std::min(kSize, column.size - step / row_blocks % column_blocks * kSize);
      const std::int64_t rows = std::min(kSize, row.size - step % row_blocks * kSize);
      ++step;
      if (columns == kSize && rows == kSize) return transpose_tile<T>(to + t, column.to, from + f, row.from);
      for (std::int64_t c = 0; c < columns; ++c) {
        std::byte* line = to + t + c * column.to;
        const std::byte* source = from + f + c * kWidth;
        for (std::int64_t r = 0; r < rows; ++r) copy_element<T>(line + r * kWidth, source + r * row.from);
      }
    });
  });
}

template <typename T>
void copy_steps(std::byte* to, const std::byte* from, std::span<const CopyAxis> axes) {
  constexpr std::int64_t kFewElements = 8;  // two short sides are not worth a tile
  const auto width = static_cast<std::int64_t>(sizeof(T));
  if (axes.back().to == width) {
    for (std::size_t k = 0; k + 1 < axes.size(); ++k) {
      if (axes[k].from == width && std::max(axes[k].size, axes.back().size) >= kFewElements)
        return copy_tiles<T>(to, from, axes, k);
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
      return copy_steps<std::uint8_t>(to, from, merged);
    case 2:
      return copy_steps<std::uint16_t>(to, from, merged);
    case 4:
      return copy_steps<std::uint32_t>(to, from, merged);
    case 8:
      return copy_steps<std::uint64_t>(to, from, merged);
    case 16:
      return copy_elements<Pair>(to, from, merged);
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
