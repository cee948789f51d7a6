// CONV_2D (with groups), DEPTHWISE_CONV_2D and TRANSPOSE_CONV of stored elements: a row of results at a time, the
// patches that its pixels see laid out one after another, so that every result is a product of two dense rows.
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

/// Results of one row.
struct Columns {
  std::int64_t row;
  std::int64_t begin;
  std::int64_t end;
};

/// The patches that they see, each filter_height * filter_width * depth elements; outside of the image is 0.
void copy_patches(const Geometry& g, const std::int16_t* image, std::int64_t first_channel, std::int64_t depth,
                  Columns results, std::int16_t* patches) {
  const std::int64_t before_v = g.v.before(g.height);
  const std::int64_t before_h = g.h.before(g.width);
  std::int16_t* to = patches;
  for (std::int64_t column = results.begin; column < results.end; ++column) {
    for (std::int64_t ky = 0; ky < g.v.filter; ++ky) {
      const std::int64_t y = results.row * g.v.stride - before_v + ky * g.v.dilation;
      for (std::int64_t kx = 0; kx < g.h.filter; ++kx, to += depth) {
        const std::int64_t x = column * g.h.stride - before_h + kx * g.h.dilation;
        if (y < 0 || y >= g.height || x < 0 || x >= g.width) {
          std::fill_n(to, depth, std::int16_t{0});
        } else {
          std::copy_n(image + (y * g.width + x) * g.channels + first_channel, depth, to);
        }
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
  constexpr std::int64_t kPatchElements = 1 << 17;                                    // what stays in a cache
  const std::int64_t step = are_pixels ? g.columns : std::clamp<std::int64_t>(kPatchElements / patch, 1, g.columns);

  const auto multiply_patches = [&](const std::int16_t* patches, std::int64_t batch, Columns results, std::int64_t o,
                                    std::size_t count) {
    T* to = y + ((batch * g.rows + results.row) * g.columns + results.begin) * outputs + o;
    for (std::int64_t i = 0; i < results.end - results.begin; ++i, to += outputs) {
      std::int64_t sums[kRows];
      multiply_rows(patches + i * patch, weights.data() + o * patch, size(patch), count, sums);
      for (std::size_t k = 0; k < count; ++k) to[k] = static_cast<T>(finish(size(batch), sums[k], size(o) + k));
    }
  };
  for_each_row(g.batches, g.rows, g.columns * outputs * patch, [&](std::int64_t batch, std::int64_t row) {
    const std::int16_t* from = image.data() + batch * g.height * g.width * g.channels;
    std::vector<std::int16_t> copied(are_pixels ? 0 : size(step * patch));
    for (std::int64_t begin = 0; begin < g.columns; begin += step) {
      const Columns results{row, begin, std::min(begin + step, g.columns)};
      for (std::int64_t first = 0; first < outputs; first += group) {
        if (!are_pixels) copy_patches(g, from, first / group * depth, depth, results, copied.data());
        const std::int16_t* patches = are_pixels ? from + row * g.width * g.channels : copied.data();
        for (std::int64_t o = first; o < first + group; o += kRows)
          multiply_patches(patches, batch, results, o, std::min(kRows, size(first + group - o)));
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

/// Calls f(row and column of the image, tap of the filter, column of the result) for what a row of a transposed
/// convolution sums up, the image's rows and columns in their order. `g` is the geometry of the convolution that this
/// one is the transpose of: its image is our result.
template <typename F>
void for_each_tap(const Geometry& g, std::int64_t height, std::int64_t width, std::int64_t row, F f) {
  const std::int64_t before_v = g.v.before(g.height, height);
  const std::int64_t before_h = g.h.before(g.width, width);
  for (std::int64_t ky = g.v.filter; ky-- > 0;) {
    const std::int64_t y = row + before_v - ky;  // times the stride
    if (y < 0 || y % g.v.stride != 0 || y / g.v.stride >= height) continue;
    for (std::int64_t x = 0; x < width; ++x) {
      for (std::int64_t kx = 0; kx < g.h.filter; ++kx) {
        const std::int64_t column = x * g.h.stride - before_h + kx;
        if (column >= 0 && column < g.width) f(y / g.v.stride, x, ky * g.h.filter + kx, column);
      }
    }
  }
}

/// Calls body(batch, row) for all rows of a transposed convolution.
void for_each_transposed_row(const Geometry& g, const std::vector<std::int64_t>& in,
                             const std::function<void(std::int64_t, std::int64_t)>& body) {
  for_each_row(g.batches, g.height, in[2] * g.v.filter * g.h.filter * g.channels * in[3] / g.v.stride, body);
}

template <typename T>
void convolve_transposed(Eval& n, const Geometry& g) {
  const Storage data = storage_of_operand(n, 2);
  const OutputStage finish(n, data, weight_scales(n, 1, 0, g.channels), 3);
  const std::vector<std::int16_t> image = centered(n, 2, data.zero_point);
  const std::vector<std::int64_t>& in = n.in(2).dims;
  const std::int64_t depth = in[3];
  // Output channels behind height and width.
  const std::vector<std::int64_t>& w = n.in(1).dims;
  const std::vector<std::int16_t> weights = transposed(centered(n, 1, 0), size(w[0]), size(w[1] * w[2]), size(depth));
  T* y = n.out_as<T>(0, data.type, n.in_integers(0));
  for_each_transposed_row(g, in, [&](std::int64_t batch, std::int64_t row) {
    std::vector<std::int64_t> sums(size(g.width * g.channels));
    for_each_tap(g, in[1], in[2], row, [&](std::int64_t iy, std::int64_t ix, std::int64_t tap, std::int64_t column) {
      const std::int16_t* pixel = image.data() + ((batch * in[1] + iy) * in[2] + ix) * depth;
      for (std::int64_t o = 0; o < g.channels; o += kRows) {
        const std::size_t count = std::min(kRows, size(g.channels - o));
        std::int64_t products[kRows];
        multiply_rows(pixel, weights.data() + (tap * g.channels + o) * depth, size(depth), count, products);
        for (std::size_t k = 0; k < count; ++k) sums[size(column * g.channels + o) + k] += products[k];
      }
    });
    T* to = y + (batch * g.height + row) * g.width * g.channels;
    for (std::size_t i = 0; i < sums.size(); ++i) to[i] = static_cast<T>(finish(sums[i], i % size(g.channels)));
  });
}

// The runtime adds up the single products as float32.
void convolve_floats_transposed(Eval& n, const Geometry& g) {
  const std::vector<float> scales = weight_scales(n, 1, 0, g.channels);
  const FloatStage finish(n, scales, 3);
  const StoredRows images = store_rows(floats(n, 2), size(g.batches), true);
  const std::vector<std::int64_t>& in = n.in(2).dims;
  const std::vector<std::int64_t>& w = n.in(1).dims;
  // Output channels behind everything.
  const std::vector<std::int16_t> weights = transposed(centered(n, 1, 0), size(w[0]), size(w[1] * w[2] * w[3]), 1);
  float* y = n.out_as<float>(0, Type::float32, n.in_integers(0));
  const std::size_t channels = size(g.channels);
  for_each_transposed_row(g, in, [&](std::int64_t batch, std::int64_t row) {
    float* to = y + size((batch * g.height + row) * g.width) * channels;
    const float image_scale = images.scales[size(batch)];
    for_each_tap(g, in[1], in[2], row, [&](std::int64_t iy, std::int64_t ix, std::int64_t tap, std::int64_t column) {
      const std::int16_t* pixel = images.elements.data() + ((batch * in[1] + iy) * in[2] + ix) * in[3];
      float* sums = to + size(column) * channels;
      for (std::int64_t c = 0; c < in[3]; ++c) {
        const std::int16_t* factors = weights.data() + size(tap * in[3] + c) * channels;
        for (std::size_t o = 0; o < channels; ++o)
          sums[o] += static_cast<float>(std::int32_t{pixel[c]} * factors[o]) * scales[o] * image_scale;
      }
    });
    for (std::size_t i = 0; i < size(g.width) * channels; ++i) to[i] = finish.finished(to[i], i % channels);
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
  if (is_hybrid(n, 2)) return convolve_floats_transposed(n, g);
  with_stored(n, 2, [&](auto tag) { convolve_transposed<decltype(tag)>(n, g); });
}

}  // namespace tolite::quantized
