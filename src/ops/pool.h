// The walk of a pooling over its operand.
#pragma once

#include <algorithm>
#include <vector>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/element_types.h"
#include "ops/window.h"

namespace tolite {

/// Part of an axis that a window covers: padding is cut off, it counts neither as a value nor as an element.
struct PoolRange {
  std::int64_t begin;
  std::int64_t end;
  PoolRange(const Window& window, std::int64_t before, std::int64_t input, std::int64_t o)
      : begin(std::max<std::int64_t>(o * window.stride - before, 0)),
        end(std::min(input, o * window.stride - before + window.filter)) {}
  std::int64_t size() const { return std::max<std::int64_t>(end - begin, 0); }
};

/// T: the elements, A: what they are accumulated in. `add` takes an element into it, `finish` makes the result of it
/// and the number of elements.
template <typename T, typename A, typename Add, typename Finish>
void pool(Eval& n, A start, Add add, Finish finish) {
  const Tensor& input = n.in(0);
  if (input.dims.size() != 4) n.fail("the operand does not have rank 4");
  const Window h{n.integer(Attr::filter_height), n.integer(Attr::stride_h), 1, n.padding()};
  const Window w{n.integer(Attr::filter_width), n.integer(Attr::stride_w), 1, n.padding()};
  if (!h.valid() || !w.valid()) n.fail("a filter or stride is not positive");
  const std::int64_t height = input.dims[1];
  const std::int64_t width = input.dims[2];
  const std::int64_t channels = input.dims[3];
  const std::int64_t rows = h.output(height);
  const std::int64_t columns = w.output(width);
  const Elements<T> x = elements<T>(input);
  T* y = n.out_as<T>(0, input.type, {input.dims[0], rows, columns, channels});

  const auto work = static_cast<std::size_t>(width * channels) *
                    static_cast<std::size_t>(std::min(h.filter, height) * std::min(w.filter, width));
  parallel_for(static_cast<std::size_t>(checked_mul(input.dims[0], rows)), work, [&](std::size_t row) {
    const auto r = static_cast<std::int64_t>(row);
    const PoolRange ys(h, h.before(height), height, r % rows);
    std::vector<A> pixel(static_cast<std::size_t>(channels));
    for (std::int64_t ox = 0; ox < columns; ++ox) {
      std::fill(pixel.begin(), pixel.end(), start);
      const PoolRange xs(w, w.before(width), width, ox);
      for (std::int64_t iy = ys.begin; iy < ys.end; ++iy) {
        for (std::int64_t ix = xs.begin; ix < xs.end; ++ix) {
          const auto from = static_cast<std::size_t>(((r / rows * height + iy) * width + ix) * channels);
          for (std::size_t c = 0; c < pixel.size(); ++c) pixel[c] = add(pixel[c], x[from + c]);
        }
      }
      T* out = y + (r * columns + ox) * channels;
      for (std::size_t c = 0; c < pixel.size(); ++c) out[c] = finish(pixel[c], ys.size() * xs.size());
    }
  });
}

}  // namespace tolite
