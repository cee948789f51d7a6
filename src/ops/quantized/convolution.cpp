// CONV_2D (with groups), DEPTHWISE_CONV_2D and TRANSPOSE_CONV of stored elements: a row of results at a time, the
// patches that its pixels see laid out one after another, so that every result is a product of two dense rows.
#include <cstring>
#include <functional>

#include "base/thread_pool.h"
#include "ops/quantized/hybrid.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/products.h"
#include "ops/window.h"

namespace tolite::quantized {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// One image, the windows over it and the result's height and width.
struct Geometry {
  std::int64_t batches;
  std::int64_t height;
  std::int64_t width;
  std::int64_t channels;
  Window v;
  Window h;
  std::int64_t rows;  ///< of the result
  std::int64_t columns;

  Geometry(const Eval& n, std::span<const std::int64_t> image, std::int64_t filter_height, std::int64_t filter_width,
           bool dilates)
      : batches(image[0]),
        height(image[1]),
        width(image[2]),
        channels(image[3]),
        v{filter_height, n.integer(Attr::stride_h), dilates ? n.integer(Attr::dilation_h_factor) : 1, n.padding()},
        h{filter_width, n.integer(Attr::stride_w), dilates ? n.integer(Attr::dilation_w_factor) : 1, n.padding()} {
    if (!v.valid() || !h.valid()) n.fail("a filter, stride or dilation is not positive");
    rows = v.output(height);
    columns = h.output(width);
  }
};

void require_rank_4(Eval& n, std::size_t i) {
  if (n.in(i).dims.size() != 4) n.fail("operand " + std::to_string(i) + " does not have rank 4");
}

/// Calls body(batch, row of the result) for all of them; each does about `work` multiplications.
void for_each_row(std::int64_t batches, std::int64_t rows, std::int64_t work,
                  const std::function<void(std::int64_t, std::int64_t)>& body) {
  parallel_for(size(checked_mul(batches, rows)), size(work), [&](std::size_t i) {
    const auto at = static_cast<std::int64_t>(i);
    body(at / rows, at % rows);
  });
}

/// The patches that one row of results sees, each filter_height * filter_width * depth elements; 0 is outside.
void copy_patches(const Geometry& g, const std::int16_t* image, std::int64_t first_channel, std::int64_t depth,
                  std::int64_t row, std::int16_t* patches) {
  const std::int64_t before_v = g.v.before(g.height);
  const std::int64_t before_h = g.h.before(g.width);
  const std::int64_t patch = g.v.filter * g.h.filter * depth;
  std::fill(patches, patches + g.columns * patch, std::int16_t{0});
  for (std::int64_t ky = 0; ky < g.v.filter; ++ky) {
    const std::int64_t y = row * g.v.stride - before_v + ky * g.v.dilation;
    if (y < 0 || y >= g.height) continue;
    for (std::int64_t column = 0; column < g.columns; ++column) {
      std::int16_t* to = patches + column * patch + ky * g.h.filter * depth;
      for (std::int64_t kx = 0; kx < g.h.filter; ++kx, to += depth) {
        const std::int64_t x = column * g.h.stride - before_h + kx * g.h.dilation;
        if (x < 0 || x >= g.width) continue;
        const std::int16_t* from = image + (y * g.width + x) * g.channels + first_channel;
        std::memcpy(to, from, size(depth) * sizeof(std::int16_t));
      }
    }
  }
}

// `finish` makes a result of the number of the image, a sum and the output channel.
template <typename T, typename Finish>
void convolve(Eval& n, const Geometry& g, std::int64_t groups, std::int64_t outputs,
              const std::vector<std::int16_t>& image, Finish finish) {
  const std::vector<std::int16_t> weights = centered(n, 1, 0);
  T* y = n.out_as<T>(0, type_of<T>, {g.batches, g.rows, g.columns, outputs});
  const std::int64_t depth = g.channels / groups;
  const std::int64_t patch = g.v.filter * g.h.filter * depth;
  const std::int64_t group = outputs / groups;
  const bool are_pixels = patch == g.channels && g.v.stride == 1 && g.h.stride == 1;  // the image is the patches
  for_each_row(g.batches, g.rows, g.columns * outputs * patch, [&](std::int64_t batch, std::int64_t row) {
    const std::int16_t* from = image.data() + batch * g.height * g.width * g.channels;
    T* to = y + (batch * g.rows + row) * g.columns * outputs;
    std::vector<std::int16_t> patches(are_pixels ? 0 : size(g.columns * patch));
    for (std::int64_t first = 0; first < outputs; first += group) {
      const std::int16_t* rows = from + row * g.width * g.channels;
      if (!are_pixels) {
        copy_patches(g, from, first / group * depth, depth, row, patches.data());
        rows = patches.data();
      }
      for (std::int64_t o = first; o < first + group; o += kRows) {
        const std::size_t count = std::min(kRows, size(first + group - o));
        for (std::int64_t column = 0; column < g.columns; ++column) {
          std::int64_t sums[kRows];
          multiply_rows(rows + column * patch, weights.data() + o * patch, size(patch), count, sums);
          for (std::size_t k = 0; k < count; ++k)
            to[size(column * outputs + o) + k] = static_cast<T>(finish(size(batch), sums[k], size(o) + k));
        }
      }
    }
  });
}

// Channels side by side: a tap of the filter is multiplied with all of them at once. Sum is what is wide enough.
template <typename T, typename Sum, typename Finish>
void convolve_depthwise(Eval& n, const Geometry& g, std::int64_t outputs, const std::vector<std::int16_t>& image,
                        Finish finish) {
  const std::vector<std::int16_t> weights = centered(n, 1, 0);
  T* result = n.out_as<T>(0, type_of<T>, {g.batches, g.rows, g.columns, outputs});
  const std::int64_t before_v = g.v.before(g.height);
  const std::int64_t before_h = g.h.before(g.width);
  for_each_row(g.batches, g.rows, g.columns * outputs * g.v.filter * g.h.filter,
               [&](std::int64_t batch, std::int64_t row) {
                 T* to = result + (batch * g.rows + row) * g.columns * outputs;
                 std::vector<Sum> sums(size(outputs));
                 for (std::int64_t column = 0; column < g.columns; ++column, to += outputs) {
                   std::fill(sums.begin(), sums.end(), Sum{0});
                   for (std::int64_t ky = 0; ky < g.v.filter; ++ky) {
                     const std::int64_t y = row * g.v.stride - before_v + ky * g.v.dilation;
                     if (y < 0 || y >= g.height) continue;
                     for (std::int64_t kx = 0; kx < g.h.filter; ++kx) {
                       const std::int64_t x = column * g.h.stride - before_h + kx * g.h.dilation;
                       if (x < 0 || x >= g.width) continue;
                       const std::int16_t* pixel = image.data() + ((batch * g.height + y) * g.width + x) * outputs;
                       const std::int16_t* tap = weights.data() + (ky * g.h.filter + kx) * outputs;
                       Sum* into = sums.data();
                       for (std::int64_t c = 0; c < outputs; ++c) into[c] += std::int32_t{pixel[c]} * tap[c];
                     }
                   }
                   for (std::size_t c = 0; c < sums.size(); ++c)
                     to[c] = static_cast<T>(finish(size(batch), sums[c], c));
                 }
               });
}

/// Every channel `times` times.
std::vector<std::int16_t> repeated(const std::vector<std::int16_t>& image, std::size_t times) {
  if (times == 1) return image;
  std::vector<std::int16_t> result(image.size() * times);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = image[i / times];
  return result;
}

/// The filter with its output channels behind height and width.
std::vector<std::int16_t> taps_first(const std::vector<std::int16_t>& weights, std::span<const std::int64_t> dims) {
  std::vector<std::int16_t> result(weights.size());
  const std::size_t outputs = size(dims[0]);
  const std::size_t taps = size(dims[1] * dims[2]);
  const std::size_t depth = size(dims[3]);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      std::copy_n(weights.data() + (o * taps + tap) * depth, depth, result.data() + (tap * outputs + o) * depth);
    }
  }
  return result;
}

// `g` is the geometry of the convolution that this one is the transpose of: its image is our result.
template <typename T>
void convolve_transposed(Eval& n, const Geometry& g, const std::vector<std::int16_t>& image,
                         const OutputStage& finish) {
  const std::vector<std::int16_t> weights = taps_first(centered(n, 1, 0), n.in(1).dims);
  T* y = n.out_as<T>(0, type_of<T>, n.in_integers(0));
  const std::vector<std::int64_t>& in = n.in(2).dims;
  const std::int64_t depth = in[3];
  const std::int64_t before_v = g.v.before(g.height, in[1]);
  const std::int64_t before_h = g.h.before(g.width, in[2]);
  const std::int64_t work = in[2] * g.v.filter * g.h.filter * g.channels * depth / g.v.stride;
  for_each_row(g.batches, g.height, work, [&](std::int64_t batch, std::int64_t row) {
    std::vector<std::int64_t> sums(size(g.width * g.channels));
    for (std::int64_t ky = 0; ky < g.v.filter; ++ky) {
      const std::int64_t at = row + before_v - ky;  // of the image's row, times the stride
      if (at < 0 || at % g.v.stride != 0 || at / g.v.stride >= in[1]) continue;
      for (std::int64_t x = 0; x < in[2]; ++x) {
        const std::int16_t* pixel = image.data() + ((batch * in[1] + at / g.v.stride) * in[2] + x) * depth;
        for (std::int64_t kx = 0; kx < g.h.filter; ++kx) {
          const std::int64_t column = x * g.h.stride - before_h + kx;
          if (column < 0 || column >= g.width) continue;
          for (std::int64_t o = 0; o < g.channels; o += kRows) {
            const std::size_t count = std::min(kRows, size(g.channels - o));
            std::int64_t products[kRows];
            multiply_rows(pixel, weights.data() + ((ky * g.h.filter + kx) * g.channels + o) * depth, size(depth), count,
                          products);
            for (std::size_t k = 0; k < count; ++k) sums[size(column * g.channels + o) + k] += products[k];
          }
        }
      }
    }
    T* to = y + (batch * g.height + row) * g.width * g.channels;
    for (std::size_t i = 0; i < sums.size(); ++i) to[i] = static_cast<T>(finish(sums[i], i % size(g.channels)));
  });
}

/// Calls convolve(T(), data less its zero point, finish) for the data in operand i, as it is stored or as float32.
template <typename Convolve>
void with_data(Eval& n, std::size_t i, const std::vector<float>& scales, std::size_t bias, Convolve convolve) {
  if (is_hybrid(n, i)) {
    const StoredRows images = store_rows(floats(n, i), size(n.in(i).dims[0]), true);
    const FloatStage stage(n, scales, bias);
    return convolve(float(), images.elements, [&](std::size_t batch, std::int64_t sum, std::size_t channel) {
      return stage(sum, images.scales[batch], channel);
    });
  }
  const Storage data = storage_of_operand(n, i);
  const OutputStage stage(n, data, scales, bias);
  with_stored(n, i, [&](auto tag) {
    convolve(tag, centered(n, i, data.zero_point),
             [&](std::size_t, std::int64_t sum, std::size_t channel) { return stage(sum, channel); });
  });
}

}  // namespace

// Of float32 data, images are stored about 0 where the weights have one scale.
void conv_2d(Eval& n) {
  require_rank_4(n, 0);
  require_rank_4(n, 1);
  const std::vector<std::int64_t>& w = n.in(1).dims;
  const Geometry g(n, n.in(0).dims, w[1], w[2], true);
  if (w[3] < 1 || g.channels % w[3] != 0) n.fail("the filter does not fit the input channels");
  const std::int64_t groups = g.channels / w[3];
  if (groups < 1 || w[0] % groups != 0) n.fail("the output channels do not fit the groups");
  const std::vector<float> scales = weight_scales(n, 1, 0, w[0]);
  if (!is_hybrid(n, 0)) {
    return with_data(n, 0, scales, 2, [&](auto tag, const std::vector<std::int16_t>& image, auto finish) {
      convolve<decltype(tag)>(n, g, groups, w[0], image, finish);
    });
  }
  const bool by_channel =
      groups != 1 || std::adjacent_find(scales.begin(), scales.end(), std::not_equal_to<>()) != scales.end();
  const StoredRows images = store_rows(floats(n, 0), size(g.batches), by_channel);
  const FloatStage stage(n, scales, 2);
  convolve<float>(n, g, groups, w[0], images.elements, [&](std::size_t batch, std::int64_t sum, std::size_t channel) {
    const float scale = images.scales[batch];
    return by_channel ? stage.in_two_steps(sum, scale, channel) : stage(sum, scale, channel);
  });
}

void depthwise_conv_2d(Eval& n) {
  require_rank_4(n, 0);
  require_rank_4(n, 1);
  const std::vector<std::int64_t>& w = n.in(1).dims;
  const Geometry g(n, n.in(0).dims, w[1], w[2], true);
  if (w[0] != 1) n.fail("the filter's first dimension is not 1");
  if (g.channels < 1 || w[3] % g.channels != 0) n.fail("the filter does not fit the input channels");
  if (checked_mul(w[1], w[2]) >= 1 << 15) n.fail("the filter is larger than sums of 32 bits allow");
  with_data(n, 0, weight_scales(n, 1, 3, w[3]), 2, [&](auto tag, const std::vector<std::int16_t>& image, auto finish) {
    using T = decltype(tag);
    using Sum = std::conditional_t<std::is_same_v<T, std::int16_t>, std::int64_t, std::int32_t>;
    convolve_depthwise<T, Sum>(n, g, w[3], repeated(image, size(w[3] / g.channels)), finish);
  });
}

void transpose_conv(Eval& n) {
  require_rank_4(n, 1);
  require_rank_4(n, 2);
  const std::vector<std::int64_t> shape = n.in_integers(0);
  const std::vector<std::int64_t>& w = n.in(1).dims;
  const std::vector<std::int64_t>& x = n.in(2).dims;
  if (shape.size() != 4) n.fail("the output shape has the wrong length");
  element_count(shape);  // not negative, no overflow
  const Geometry g(n, shape, w[1], w[2], false);
  if (g.channels != w[0] || x[3] != w[3]) n.fail("the filter does not fit the channels");
  if (x[0] != g.batches) n.fail("the output shape does not fit the batch");
  const Storage data = storage_of_operand(n, 2);
  const OutputStage finish(n, data, weight_scales(n, 1, 0, g.channels), 3);
  with_stored(n, 2,
              [&](auto tag) { convolve_transposed<decltype(tag)>(n, g, centered(n, 2, data.zero_point), finish); });
}

}  // namespace tolite::quantized
