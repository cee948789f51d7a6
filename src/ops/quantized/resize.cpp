// RESIZE_BILINEAR of stored elements: positions and weights have ten bits after the point.
#include "base/thread_pool.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {
namespace {

constexpr int kBits = 10;
constexpr std::int64_t kOne = 1 << kBits;

/// Where a position of the result lies between two of the operand.
struct Between {
  std::int64_t lower;
  std::int64_t upper;
  std::int64_t weight;  ///< of the upper one
};

class Axis {
 public:
  Axis(const Eval& n, std::int64_t input, std::int64_t output)
      : input_(input), half_pixel_centers_(n.flag(Attr::half_pixel_centers)) {
    const std::int64_t less = n.flag(Attr::align_corners) && output > 1 ? 1 : 0;
    step_ = (kOne * (input - less) + (output - less) / 2) / (output - less);
  }
  Between operator()(std::int64_t o) const {
    const std::int64_t at = o * step_ + (half_pixel_centers_ ? step_ / 2 - kOne / 2 : 0);
    const std::int64_t lower = std::max<std::int64_t>(at / kOne, 0);
    const std::int64_t upper = std::min((at + kOne - 1) / kOne, input_ - 1);
    return {std::min(lower, input_ - 1), std::max<std::int64_t>(upper, 0), at - kOne * lower};
  }

 private:
  std::int64_t input_;
  bool half_pixel_centers_;
  std::int64_t step_;
};

template <typename T>
void resize(Eval& n) {
  const std::vector<std::int64_t> size = n.in_integers(1);
  const std::vector<std::int64_t>& dims = n.in(0).dims;
  if (dims.size() != 4 || size.size() != 2) n.fail("an operand has the wrong rank");
  if (size[0] < 1 || size[1] < 1 || dims[1] < 1 || dims[2] < 1) n.fail("an image is empty");
  const Axis rows(n, dims[1], size[0]);
  const Axis columns(n, dims[2], size[1]);
  const std::int64_t channels = dims[3];
  const Elements<T> x = elements<T>(n.in(0));
  T* y = n.out_as<T>(0, type_of<T>, {dims[0], size[0], size[1], channels});
  const auto work = static_cast<std::size_t>(size[1] * channels * 8);
  parallel_for(static_cast<std::size_t>(dims[0] * size[0]), work, [&](std::size_t row) {
    const auto r = static_cast<std::int64_t>(row);
    const Between v = rows(r % size[0]);
    T* out = y + r * size[1] * channels;
    for (std::int64_t column = 0; column < size[1]; ++column) {
      const Between h = columns(column);
      const auto pixel = [&](std::int64_t iy, std::int64_t ix) {
        return static_cast<std::size_t>(((r / size[0] * dims[1] + iy) * dims[2] + ix) * channels);
      };
      const std::size_t corners[] = {pixel(v.lower, h.lower), pixel(v.upper, h.lower), pixel(v.lower, h.upper),
                                     pixel(v.upper, h.upper)};
      const std::int64_t weights[] = {(kOne - v.weight) * (kOne - h.weight), v.weight * (kOne - h.weight),
                                      (kOne - v.weight) * h.weight, v.weight * h.weight};
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        std::int64_t sum = 0;
        for (std::size_t k = 0; k < 4; ++k) sum += x[corners[k] + c] * weights[k];
        constexpr std::int64_t kHalf = kOne * kOne / 2;
        *out++ = static_cast<T>((sum + (sum > 0 ? kHalf : -kHalf)) / (kOne * kOne));
      }
    }
  });
}

}  // namespace

void resize_bilinear(Eval& n) {
  require_one_type(n, 0, 0);
  with_stored(n, 0, [&](auto tag) { resize<decltype(tag)>(n); });
}

}  // namespace tolite::quantized
