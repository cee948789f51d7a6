// Resizing images: RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR.
#include <cmath>
#include <cstring>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/families.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"
#include "ops/window.h"

namespace tolite {
namespace {

void infer_resize(Infer& n) {
  const std::vector<Dim> x = dims_of_rank(n, 0, 4);
  n.require(!(n.flag(Attr::align_corners) && n.flag(Attr::half_pixel_centers)),
            "align_corners and half_pixel_centers exclude each other");
  std::vector<Dim> size;
  if (const auto known = n.known(1)) {
    size = *known;
    n.require(size.size() == 2, "the size is not a pair");
    for (const Dim& d : size) n.require(!d.known() || d.number > 0, "the size is not positive");
  } else {
    size = {n.dims().fresh(), n.dims().fresh()};
  }
  n.output(0, n.type(0), Shape{x[0], size[0], size[1], x[3]});
}

// How positions of the output map onto the input along one axis.
struct Axis {
  std::int64_t input;
  std::int64_t output;
  float scale;
  bool align_corners;
  bool half_pixel_centers;

  Axis(const NodeView& n, std::int64_t in, std::int64_t out)
      : input(in),
        output(out),
        align_corners(n.flag(Attr::align_corners)),
        half_pixel_centers(n.flag(Attr::half_pixel_centers)) {
    scale = align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                     : static_cast<float>(in) / static_cast<float>(out);
  }

  std::int64_t nearest(std::int64_t o) const {
    const float at = (static_cast<float>(o) + (half_pixel_centers ? 0.5F : 0.0F)) * scale;
    const auto i = static_cast<std::int64_t>(align_corners ? std::round(at) : std::floor(at));
    return std::clamp<std::int64_t>(i, 0, input - 1);
  }
  struct Between {
    std::int64_t lower;
    std::int64_t upper;
    float weight;  // of the upper one
  };
  Between between(std::int64_t o) const {
    const float at = half_pixel_centers ? (static_cast<float>(o) + 0.5F) * scale - 0.5F : static_cast<float>(o) * scale;
    const auto lower = std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(at)), 0);
    const auto upper = std::min<std::int64_t>(static_cast<std::int64_t>(std::ceil(at)), input - 1);
    return {std::min(lower, input - 1), std::max<std::int64_t>(upper, 0), at - static_cast<float>(lower)};
  }
};

struct Resize {
  Axis rows;
  Axis columns;
  std::int64_t batches;
  std::int64_t channels;
};

Resize resize_of(Eval& n) {
  const Tensor& x = n.in(0);
  const std::vector<std::int64_t> size = n.in_integers(1);
  if (x.dims.size() != 4 || size.size() != 2) n.fail("an operand has the wrong rank");
  if (size[0] < 1 || size[1] < 1 || x.dims[1] < 1 || x.dims[2] < 1) n.fail("an image is empty");
  return {Axis(n, x.dims[1], size[0]), Axis(n, x.dims[2], size[1]), x.dims[0], x.dims[3]};
}

void eval_bilinear(Eval& n) {
  if (n.in(0).type != Type::float32) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  const Resize r = resize_of(n);
  const Elements<float> x = elements<float>(n.in(0));
  float* y = n.out_as<float>(0, Type::float32, {r.batches, r.rows.output, r.columns.output, r.channels});
  const auto work = static_cast<std::size_t>(r.columns.output * r.channels * 8);
  parallel_for(static_cast<std::size_t>(r.batches * r.rows.output), work, [&](std::size_t row) {
    const auto b = static_cast<std::int64_t>(row) / r.rows.output;
    const Axis::Between v = r.rows.between(static_cast<std::int64_t>(row) % r.rows.output);
    float* out = y + static_cast<std::int64_t>(row) * r.columns.output * r.channels;
    const auto at = [&](std::int64_t iy, std::int64_t ix, std::int64_t c) {
      return x[static_cast<std::size_t>(((b * r.rows.input + iy) * r.columns.input + ix) * r.channels + c)];
    };
    for (std::int64_t ox = 0; ox < r.columns.output; ++ox) {
      const Axis::Between h = r.columns.between(ox);
      for (std::int64_t c = 0; c < r.channels; ++c) {
        *out++ = at(v.lower, h.lower, c) * (1 - v.weight) * (1 - h.weight) +
                 at(v.upper, h.lower, c) * v.weight * (1 - h.weight) +
                 at(v.lower, h.upper, c) * (1 - v.weight) * h.weight + at(v.upper, h.upper, c) * v.weight * h.weight;
      }
    }
  });
}

void eval_nearest(Eval& n) {
  const Type type = n.in(0).type;
  const std::size_t width = byte_size(type);
  if (width == 0) n.fail("there is no kernel for " + std::string(type_name(type)));
  const Resize r = resize_of(n);
  const std::size_t pixel = static_cast<std::size_t>(r.channels) * width;
  const std::byte* x = n.in(0).bytes.data();
  std::byte* y = n.out(0, type, {r.batches, r.rows.output, r.columns.output, r.channels}).data();
  if (pixel == 0) return;
  const auto work = static_cast<std::size_t>(r.columns.output) * (pixel + 4);
  parallel_for(static_cast<std::size_t>(r.batches * r.rows.output), work, [&](std::size_t row) {
    const auto b = static_cast<std::int64_t>(row) / r.rows.output;
    const std::int64_t iy = r.rows.nearest(static_cast<std::int64_t>(row) % r.rows.output);
    std::byte* out = y + row * static_cast<std::size_t>(r.columns.output) * pixel;
    for (std::int64_t ox = 0; ox < r.columns.output; ++ox, out += pixel) {
      const auto from = static_cast<std::size_t>((b * r.rows.input + iy) * r.columns.input + r.columns.nearest(ox));
      std::memcpy(out, x + from * pixel, pixel);
    }
  });
}

// The options still hold the size of the first version of the op; it is an operand now.
constexpr AttrList kBilinearAttrs{{Attr::new_height, AttrKind::int32},
                                  {Attr::new_width, AttrKind::int32},
                                  {Attr::align_corners, AttrKind::boolean},
                                  {Attr::half_pixel_centers, AttrKind::boolean}};
constexpr AttrList kNearestAttrs{{Attr::align_corners, AttrKind::boolean},
                                 {Attr::half_pixel_centers, AttrKind::boolean}};

constexpr OpRow kResizeBilinear{
    .op = Op::RESIZE_BILINEAR,
    .name = "RESIZE_BILINEAR",
    .options = {.builtin_options = 15},
    .attrs = kBilinearAttrs,
    .infer = infer_resize,
    .eval = eval_bilinear,
    .version = {{input_is<Type::int16>, 4},
                {[](const NodeView& n) { return n.flag(Attr::half_pixel_centers); }, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::uint8, Type::int16}},
    .quantization = shares_int8_and_16(quantized::resize_bilinear),
};

constexpr OpRow kResizeNearestNeighbor{
    .op = Op::RESIZE_NEAREST_NEIGHBOR,
    .name = "RESIZE_NEAREST_NEIGHBOR",
    .options = {.builtin_options = 74},
    .attrs = kNearestAttrs,
    .infer = infer_resize,
    .eval = eval_nearest,
    .version = {{input_is<Type::int16>, 4},
                {[](const NodeView& n) { return n.flag(Attr::half_pixel_centers) || n.flag(Attr::align_corners); }, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::int8, Type::int16, Type::int32, Type::uint8, Type::uint16,
                Type::uint32, Type::boolean}},
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_resize_ops(OpTable& table) {
  table.add(kResizeBilinear);
  table.add(kResizeNearestNeighbor);
}

}  // namespace tolite
