// TensorFlow ops on windows that no builtin slides: ExtractImagePatches, ExtractVolumePatches, MaxPoolWithArgmax,
// Dilation2D. Their windows are laid out as channels.
#include <algorithm>
#include <cmath>
#include <limits>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"
#include "ops/window.h"

namespace tolite::tensorflow {
namespace {

// A window along each axis between the first, the batch, and the last, the channels.
using Windows = std::vector<Window>;

Windows windows_of(TfNode& n, std::size_t rank, const std::vector<std::int64_t>& sizes,
                   const std::vector<std::int64_t>& strides, const std::vector<std::int64_t>& rates) {
  n.require(n.shape(0).ranked() && n.shape(0).rank() == rank, "the operand does not have a known rank of 4 or 5");
  const std::string padding = n.text_attr("padding");
  n.require(padding == "SAME" || padding == "VALID", "its padding is neither SAME nor VALID");
  n.require(sizes.size() == rank && strides.size() == rank && rates.size() == rank, "a list has the wrong length");
  for (const auto* list : {&sizes, &strides, &rates})
    n.require(list->front() == 1 && list->back() == 1, "its windows slide along batch or channels");
  Windows windows;
  for (std::size_t i = 1; i + 1 < rank; ++i) {
    for (const auto* list : {&sizes, &strides, &rates})
      n.require((*list)[i] >= 1 && (*list)[i] <= 1 << 15, "a size, stride or rate is out of range");
    windows.push_back({sizes[i], strides[i], rates[i], padding == "SAME" ? Padding::SAME : Padding::VALID});
  }
  return windows;
}

// Writes the padding of SAME windows out; they are VALID from then on.
ValueId pad_for(const TfNode& n, Builder& b, ValueId x, Windows& windows, double value) {
  const std::vector<Dim> dims = b.shape(x).dims();
  std::vector<std::int64_t> paddings(2 * dims.size(), 0);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    Window& w = windows[i];
    if (w.padding == Padding::VALID) continue;
    const Dim size = dims[i + 1];
    n.require(size.known() || w.stride == 1, "SAME padding depends on a size that is not known");
    const std::int64_t steps = size.known() ? w.output(size.number) : 1;
    const std::int64_t covered = (steps - 1) * w.stride + w.extent();
    const std::int64_t all = std::max<std::int64_t>(covered - (size.known() ? size.number : 1), 0);
    paddings[2 * i + 2] = all / 2;
    paddings[2 * i + 3] = all - all / 2;
    w.padding = Padding::VALID;
  }
  if (std::all_of(paddings.begin(), paddings.end(), [](std::int64_t p) { return p == 0; })) return x;
  const Type type = b.type(x);
  const Type carrier = carrier_type(n, b, Op::PADV2, type);
  const auto rank = static_cast<std::int64_t>(dims.size());
  const ValueId pairs = b.constant(integer_tensor(Type::int32, {rank, 2}, paddings));
  const ValueId inside = carried(b, x, carrier);
  const ValueId padded = value == 0 ? b(Op::PAD, {inside, pairs})
                                    : b(Op::PADV2, {inside, pairs, carried(b, b.scalar(type, value), carrier)});
  return carried(b, padded, type);
}

// Elements first, first + stride, ... of an axis: one for each step of the window.
ValueId steps_from(Builder& b, ValueId x, std::size_t axis, const Window& w, std::int64_t first) {
  const Shape& shape = b.shape(x);
  const std::size_t rank = shape.rank();
  std::int64_t mask = (std::int64_t{1} << rank) - 1;
  std::vector<std::int64_t> begin(rank, 0);
  std::vector<std::int64_t> end(rank, 0);
  std::vector<std::int64_t> strides(rank, 1);
  begin[axis] = first;
  strides[axis] = w.stride;
  const std::int64_t begin_mask = mask & ~(std::int64_t{1} << axis);
  const std::int64_t behind = w.extent() - 1 - first;
  if (shape[axis].known()) {
    end[axis] = first + (w.output(shape[axis].number) - 1) * w.stride + 1;
    mask = begin_mask;
  } else if (behind > 0) {
    end[axis] = -behind;
    mask = begin_mask;
  }
  return b(Op::STRIDED_SLICE, {x, b.int32s(begin), b.int32s(end), b.int32s(strides)},
           {{Attr::begin_mask, begin_mask}, {Attr::end_mask, mask}});
}

// Square windows side by side: the kernel of SPACE_TO_DEPTH lays them out in the same order.
bool are_blocks(const Builder& b, const Shape& x, Type type, const Windows& windows) {
  if (windows.size() != 2 || !b.table()[Op::SPACE_TO_DEPTH].kernel.types.has(type)) return false;
  const std::int64_t size = windows[0].filter;
  if (size == 1) return false;
  for (std::size_t i = 0; i < 2; ++i) {
    const Window& w = windows[i];
    if (w.filter != size || w.stride != size || w.dilation != 1) return false;
    if (!x[i + 1].known() || x[i + 1].number < size) return false;
  }
  return true;
}

ValueId blocks(Builder& b, ValueId x, std::int64_t size) {
  const std::vector<Dim> dims = b.shape(x).dims();
  const std::int64_t height = dims[1].number / size * size;
  const std::int64_t width = dims[2].number / size * size;
  if (!dims[1].is(height) || !dims[2].is(width))
    x = b(Op::SLICE, {x, b.int32s({0, 0, 0, 0}), b.int32s({-1, height, width, -1})});
  return b(Op::SPACE_TO_DEPTH, {x}, {{Attr::block_size, size}});
}

// The elements of each window as the channels of one place, the channels of the operand innermost. Windows slide along
// one axis after the other, the last first: one slice for each row of a window and one for each column.
ValueId patches(const TfNode& n, Builder& b, ValueId x, Windows windows, double padding) {
  x = pad_for(n, b, x, windows, padding);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Dim size = b.shape(x)[i + 1];
    n.require(!size.known() || size.number >= windows[i].extent(), "a window is larger than the image");
  }
  if (are_blocks(b, b.shape(x), b.type(x), windows)) return blocks(b, x, windows[0].filter);
  const Type type = b.type(x);
  x = carried(b, x, carrier_type(n, b, Op::CONCATENATION, type));
  const auto channels = static_cast<std::int64_t>(windows.size()) + 1;
  for (std::size_t i = windows.size(); i-- > 0;) {
    const Window& w = windows[i];
    if (w.filter == 1 && w.stride == 1) continue;
    std::vector<ValueId> parts;
    for (std::int64_t k = 0; k < w.filter; ++k) parts.push_back(steps_from(b, x, i + 1, w, k * w.dilation));
    x = parts.size() == 1 ? parts.front() : b(Op::CONCATENATION, parts, {{Attr::axis, channels}});
  }
  return carried(b, x, type);
}

Results extract_image_patches(TfNode& n, Builder& b) {
  const Windows windows =
      windows_of(n, 4, n.integers_attr("ksizes"), n.integers_attr("strides"), n.integers_attr("rates"));
  return patches(n, b, n.in(0), windows, 0);
}

Results extract_volume_patches(TfNode& n, Builder& b) {
  const Windows windows = windows_of(n, 5, n.integers_attr("ksizes"), n.integers_attr("strides"), {1, 1, 1, 1, 1});
  return patches(n, b, n.in(0), windows, 0);
}

// What no element is below.
double least(Type type) {
  if (is_float(type)) return -std::numeric_limits<double>::infinity();
  return is_signed(type) ? -std::ldexp(1.0, static_cast<int>(bit_size(type)) - 1) : 0;
}

// [batch, height, width, windows * channels] with the elements of a window along an axis of their own.
ValueId with_window_axis(const TfNode& n, Builder& b, ValueId x, const Windows& windows, Dim channels) {
  const Shape shape = b.shape(x);
  return reshaped(n, b, x, Shape{shape[0], shape[1], shape[2], windows[0].filter * windows[1].filter, channels});
}

// The number of an element of an image is that of its window's first plus the distance within the window.
Results max_pool_with_argmax(TfNode& n, Builder& b) {
  const Windows windows = windows_of(n, 4, n.integers_attr("ksize"), n.integers_attr("strides"), {1, 1, 1, 1});
  const Shape image = n.shape(0);
  n.require(image[1].known() && image[2].known() && image[3].known(), "the size of the image is not known");
  const std::int64_t width = image[2].number;
  const std::int64_t channels = image[3].number;
  // Tables have a number for each element of the result and for each of a window.
  constexpr std::int64_t kMostElements = 1 << 24;
  n.require(image[1].number > 0 && width > 0 && channels > 0 && image[1].number <= kMostElements / width &&
                channels <= kMostElements / (image[1].number * width),
            "the size of the image is out of range");
  n.require(windows[0].filter <= kMostElements / windows[1].filter, "its windows are too large");
  const Type type = computing_type(b, Op::ARG_MAX, n.type(0), Exact::value);
  n.require(type != Type::none, "the runtime finds no largest element of this type");
  const ValueId x = cast_to(b, n.in(0), type);
  const ValueId window = with_window_axis(n, b, patches(n, b, x, windows, least(type)), windows, channels);
  const ValueId found = b(Op::ARG_MAX, {window, b.int32(3)}, {{Attr::output_type, Type::int32}});

  const Window& h = windows[0];
  const Window& w = windows[1];
  const std::int64_t rows = h.output(image[1].number);
  const std::int64_t columns = w.output(width);
  std::vector<std::int64_t> distances;
  for (std::int64_t i = 0; i < h.filter * w.filter; ++i)
    distances.push_back((i / w.filter * width + i % w.filter) * channels);
  std::vector<std::int64_t> firsts;
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const std::int64_t top = i / columns * h.stride - h.before(image[1].number);
    const std::int64_t left = i % columns * w.stride - w.before(width);
    for (std::int64_t c = 0; c < channels; ++c) firsts.push_back((top * width + left) * channels + c);
  }
  const Attrs along_first{{Attr::axis, 0}, {Attr::batch_dims, 0}};
  const ValueId distance = b(Op::GATHER, {b.int32s(distances), found}, along_first);
  const ValueId first = b.constant(integer_tensor(Type::int32, {rows, columns, channels}, firsts));
  ValueId index = b(Op::ADD, {distance, first});
  if (n.flag_attr("include_batch_in_index")) {
    const ValueId images = reshaped(n, b, numbers_below(b, axis_size(b, n.in(0), 0)), Shape{image[0], 1, 1, 1});
    const ValueId before = b(Op::MUL, {images, b.int32(image[1].number * width * channels)});
    index = b(Op::ADD, {index, before});
  }
  const bool has_pool = b.table()[Op::MAX_POOL_2D].kernel.types.has(type);
  const ValueId largest = has_pool ? b(Op::MAX_POOL_2D, {x},
                                       {{Attr::padding, h.padding},
                                        {Attr::stride_h, h.stride},
                                        {Attr::stride_w, w.stride},
                                        {Attr::filter_height, h.filter},
                                        {Attr::filter_width, w.filter}})
                                   : b(Op::REDUCE_MAX, {window, b.int32s({3})}, {{Attr::keep_dims, false}});
  return std::vector<ValueId>{cast_to(b, largest, n.type(0)), cast_to(b, index, n.type_attr("Targmax", Type::int64))};
}

// The largest sum of a window's elements and the filter's.
Results dilation_2d(TfNode& n, Builder& b) {
  const Windows windows = [&] {
    const Shape& filter = n.shape(1);
    n.require(filter.ranked() && filter.rank() == 3 && filter[0].known() && filter[1].known(),
              "the size of the filter is not known");
    return windows_of(n, 4, {1, filter[0].number, filter[1].number, 1}, n.integers_attr("strides"),
                      n.integers_attr("rates"));
  }();
  const Dim channels = n.shape(0)[3].known() ? n.shape(0)[3] : n.shape(1)[2];
  const Type type = computing_type(b, Op::ADD, n.type(0), Exact::value);
  n.require(type == Type::float32 || type == Type::int32, "the elements are neither float32 nor small integers");
  n.require(n.type(0) == Type::float32 || windows[0].padding == Padding::VALID,
            "integers around the image have no least value that can be added to");
  const ValueId window = patches(n, b, cast_to(b, n.in(0), type), windows, std::numeric_limits<float>::lowest());
  const ValueId filter = cast_to(b, n.in(1), type);
  const ValueId flat = reshaped(n, b, filter, Shape{product(b, b.shape(filter), 0, 3)});
  const ValueId sums = with_window_axis(n, b, b(Op::ADD, {window, flat}), windows, channels);
  return cast_to(b, b(Op::REDUCE_MAX, {sums, b.int32s({3})}, {{Attr::keep_dims, false}}), n.type(0));
}

}  // namespace

void add_patch_translators(Translators& t) {
  t.add("Dilation2D", dilation_2d);
  t.add("ExtractImagePatches", extract_image_patches);
  t.add("ExtractVolumePatches", extract_volume_patches);
  t.add("MaxPoolWithArgmax", max_pool_with_argmax);
}

}  // namespace tolite::tensorflow
