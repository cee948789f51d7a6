// TensorFlow image resizing and sampling that no builtin does: ResizeArea, ResizeBicubic, ScaleAndTranslate,
// CropAndResize.
#include <cmath>
#include <utility>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/resampling.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

// The matrix times each column of each image: one axis resized. `axis` is that of the rows or that of the columns; the
// columns change places with the rows, so that the products are large.
ValueId resampled(const TfNode& n, Builder& b, ValueId x, const ResamplingMatrix& m, std::size_t axis) {
  if (m.is_identity()) return x;
  const auto turned = [&](ValueId v) { return axis == 2 ? b(Op::TRANSPOSE, {v, b.int32s({0, 2, 1, 3})}) : v; };
  const ValueId front = turned(x);
  const Shape s = b.shape(front);
  const ValueId matrix = b.constant(tensor_of(Type::float32, {m.output, m.input}, m.weights));
  const ValueId columns = reshaped(n, b, front, Shape{s[0], s[1], b.dims().mul(s[2], s[3])});
  const ValueId product = b(Op::BATCH_MATMUL, {matrix, columns}, {{Attr::adj_x, false}, {Attr::adj_y, false}});
  return turned(reshaped(n, b, product, Shape{s[0], m.output, s[2], s[3]}, {front}));
}

struct Sizes {
  std::int64_t height, width, new_height, new_width;
};

Sizes resize_sizes(const TfNode& n) {
  const Shape& image = n.shape(0);
  n.require(image.ranked() && image.rank() == 4, "the image does not have a known rank of 4");
  if (!image[1].known() || !image[2].known())
    n.refuse("the size of the image is not known", "give the model a fixed input shape");
  const std::vector<std::int64_t> size = n.integers(1, "size");
  n.require(size.size() == 2, "its size is not a height and a width");
  const Sizes s{image[1].number, image[2].number, size[0], size[1]};
  constexpr std::int64_t kMostWeights = 1 << 24;
  for (const auto& [from, to] : {std::pair(s.height, s.new_height), std::pair(s.width, s.new_width)})
    n.require(from >= 1 && to >= 1 && from <= kMostWeights && to <= kMostWeights / from, "a size is out of range");
  return s;
}

// The result is float32 whatever the image's type. Rows first if there will be fewer of them.
Results resized(TfNode& n, Builder& b, const ResamplingMatrix& rows, const ResamplingMatrix& columns) {
  ValueId x = cast_to(b, n.in(0), Type::float32);
  const bool rows_first = rows.output * columns.input <= columns.output * rows.input;
  if (rows_first) x = resampled(n, b, x, rows, 1);
  x = resampled(n, b, x, columns, 2);
  return rows_first ? x : resampled(n, b, x, rows, 1);
}

// A whole number of elements in each mean, without padding: that is what pooling does.
Results resize_area(TfNode& n, Builder& b) {
  const Sizes s = resize_sizes(n);
  const bool align_corners = n.flag_attr("align_corners");
  if (!align_corners && s.height % s.new_height == 0 && s.width % s.new_width == 0) {
    const std::int64_t height = s.height / s.new_height;
    const std::int64_t width = s.width / s.new_width;
    return b(Op::AVERAGE_POOL_2D, {cast_to(b, n.in(0), Type::float32)},
             {{Attr::padding, Padding::VALID},
              {Attr::stride_h, height},
              {Attr::stride_w, width},
              {Attr::filter_height, height},
              {Attr::filter_width, width}});
  }
  return resized(n, b, area_matrix(s.height, s.new_height, align_corners),
                 area_matrix(s.width, s.new_width, align_corners));
}

Results resize_bicubic(TfNode& n, Builder& b) {
  const Sizes s = resize_sizes(n);
  const bool align_corners = n.flag_attr("align_corners");
  const bool half_pixel_centers = n.flag_attr("half_pixel_centers");
  return resized(n, b, bicubic_matrix(s.height, s.new_height, align_corners, half_pixel_centers),
                 bicubic_matrix(s.width, s.new_width, align_corners, half_pixel_centers));
}

Results scale_and_translate(TfNode& n, Builder& b) {
  const Sizes s = resize_sizes(n);
  const Tensor& scale = n.constant(2, "scale");
  const Tensor& translation = n.constant(3, "translation");
  n.require(scale.element_count() == 2 && translation.element_count() == 2, "it does not have two scales");
  const std::string name = n.text_attr("kernel_type", "lanczos3");
  const auto kernel = filter_kernel(name);
  if (!kernel) n.refuse("its kernel " + name + " is not known");
  const bool antialias = n.flag_attr("antialias", true);
  const auto matrix = [&](std::int64_t input, std::int64_t output, std::int64_t axis) {
    const auto by = static_cast<float>(element_as_double(scale, axis));
    const auto along = static_cast<float>(element_as_double(translation, axis));
    n.require(by > 0 && std::isfinite(by) && std::isfinite(along), "a scale is not positive");
    return filter_matrix(input, output, by, along, *kernel, antialias);
  };
  return resized(n, b, matrix(s.height, s.new_height, 0), matrix(s.width, s.new_width, 1));
}

/// Where along one axis the elements of a crop lie: `steps` positions a box.
struct Positions {
  ValueId inside;     ///< whether the position lies in the image
  ValueId low, high;  ///< its neighbours, int32
  ValueId fraction;   ///< how far it is from the lower one
};

Positions crop_positions(Builder& b, ValueId begin, ValueId end, ValueId size, std::int64_t steps) {
  const ValueId last = cast_to(b, b(Op::SUB, {size, b.int32(1)}), Type::float32);
  ValueId at;
  if (steps > 1) {
    const ValueId span = b(Op::MUL, {b(Op::SUB, {end, begin}), last});
    const ValueId scale = b(Op::DIV, {span, b.scalar(Type::float32, static_cast<double>(steps - 1))});
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < steps; ++i) numbers.push_back(static_cast<double>(i));
    const ValueId moved = b(Op::MUL, {scale, b.constant(tensor_of(Type::float32, {steps}, numbers))});
    const ValueId first = b(Op::MUL, {begin, last});
    at = b(Op::ADD, {first, moved});
  } else {
    const ValueId middle = b(Op::MUL, {b(Op::ADD, {begin, end}), b.scalar(Type::float32, 0.5)});
    at = b(Op::MUL, {middle, last});
  }
  const ValueId zero = b.scalar(Type::float32, 0);
  const ValueId after = b(Op::GREATER_EQUAL, {at, zero});
  const ValueId before = b(Op::LESS_EQUAL, {at, last});
  const ValueId clamped = b(Op::MINIMUM, {b(Op::MAXIMUM, {at, zero}), last});
  const ValueId low = b(Op::FLOOR, {clamped});
  return {b(Op::LOGICAL_AND, {after, before}), cast_to(b, low, Type::int32),
          cast_to(b, b(Op::CEIL, {clamped}), Type::int32), b(Op::SUB, {clamped, low})};
}

// TensorFlow rounds halves up.
ValueId nearest(Builder& b, const Positions& p) {
  const ValueId half = b.scalar(Type::float32, 0.5);
  return b(Op::SELECT_V2, {b(Op::GREATER_EQUAL, {p.fraction, half}), p.high, p.low});
}

// Boxes that run over the image's border are filled up with one value.
Results crop_and_resize(TfNode& n, Builder& b) {
  const Shape image = n.shape(0);
  const Shape boxes = n.shape(1);
  n.require(image.ranked() && image.rank() == 4 && boxes.ranked() && boxes.rank() == 2,
            "the image does not have a known rank of 4, or the boxes of 2");
  const std::vector<std::int64_t> crop = n.integers(3, "crop_size");
  n.require(crop.size() == 2 && crop[0] >= 1 && crop[1] >= 1 && crop[0] <= 1 << 14 && crop[1] <= 1 << 14,
            "its crop size is out of range");
  const std::string method = n.text_attr("method", "bilinear");
  n.require(method == "bilinear" || method == "nearest", "its method is neither bilinear nor nearest");

  const ValueId height = axis_size(b, n.in(0), 1);
  const ValueId width = axis_size(b, n.in(0), 2);
  const std::vector<ValueId> corners = b.many(Op::SPLIT, {b.int32(1), n.in(1)}, {{Attr::num_splits, 4}}, 4);
  const Positions rows = crop_positions(b, corners[0], corners[2], height, crop[0]);
  const Positions columns = crop_positions(b, corners[1], corners[3], width, crop[1]);
  const Dim count = boxes[0];
  const auto down = [&](ValueId v) { return reshaped(n, b, v, Shape{count, crop[0], 1}); };
  const auto across = [&](ValueId v) { return reshaped(n, b, v, Shape{count, 1, crop[1]}); };

  // All pixels of all images in one list.
  const ValueId pixels = reshaped(n, b, cast_to(b, n.in(0), Type::float32), Shape{product(b, image, 0, 3), image[3]});
  const ValueId first_row = b(Op::MUL, {reshaped(n, b, n.in(2), Shape{count, 1}), height});
  const auto line = [&](ValueId row) { return down(b(Op::MUL, {b(Op::ADD, {row, first_row}), width})); };
  const auto taken = [&](ValueId from, ValueId column) {
    const ValueId index = b(Op::ADD, {from, across(column)});
    return b(Op::GATHER, {pixels, index}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
  };
  const auto with_channels = [&](ValueId v) {
    std::vector<Dim> dims = b.shape(v).dims();
    dims.emplace_back(1);
    return reshaped(n, b, v, Shape(std::move(dims)));
  };
  ValueId y;
  if (method == "nearest") {
    const ValueId from = line(nearest(b, rows));
    y = taken(from, nearest(b, columns));
  } else {
    const auto between = [&](ValueId low, ValueId high, ValueId fraction) {
      const ValueId part = b(Op::MUL, {b(Op::SUB, {high, low}), fraction});
      return b(Op::ADD, {low, part});
    };
    const ValueId to_right = with_channels(across(columns.fraction));
    const auto mixed = [&](ValueId row) {
      const ValueId from = line(row);
      const ValueId left = taken(from, columns.low);
      return between(left, taken(from, columns.high), to_right);
    };
    const ValueId top = mixed(rows.low);
    const ValueId bottom = mixed(rows.high);
    y = between(top, bottom, with_channels(down(rows.fraction)));
  }
  const ValueId inside = b(Op::LOGICAL_AND, {down(rows.inside), across(columns.inside)});
  const ValueId outside = b.scalar(Type::float32, n.real_attr("extrapolation_value"));
  return b(Op::SELECT_V2, {with_channels(inside), y, outside});
}

}  // namespace

void add_sampling_translators(Translators& t) {
  t.add("CropAndResize", crop_and_resize);
  t.add("ResizeArea", resize_area);
  t.add("ResizeBicubic", resize_bicubic);
  t.add("ScaleAndTranslate", scale_and_translate);
}

}  // namespace tolite::tensorflow
