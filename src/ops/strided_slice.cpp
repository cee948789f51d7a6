// STRIDED_SLICE. Indices count from the end if negative and are then clamped to the tensor, as numpy does.
#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/known.h"
#include "ops/moving.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/slice.h"
#include "ops/versions.h"

namespace tolite {
namespace {

SliceMasks masks_of(const NodeView& n) {
  return {n.integer(Attr::begin_mask), n.integer(Attr::end_mask), n.integer(Attr::ellipsis_mask),
          n.integer(Attr::new_axis_mask), n.integer(Attr::shrink_axis_mask)};
}

// One axis in numbers.
struct Range {
  std::int64_t begin = 0;
  std::int64_t stride = 1;
  std::int64_t size = 0;
};

// begin and end count without value where the mask says so.
template <typename View>
Range resolve(const View& n, std::int64_t d, std::optional<std::int64_t> begin, std::optional<std::int64_t> end,
              std::int64_t stride, bool shrunk) {
  if (stride == 0) n.fail("a stride is 0");
  if (shrunk) {
    const std::int64_t at = begin.value_or(0);
    const std::int64_t index = at < 0 ? checked_add(at, d) : at;
    if (index < 0 || index >= d)
      n.fail("index " + std::to_string(at) + " is outside a dimension of " + std::to_string(d));
    return {index, 1, 1};
  }
  const std::int64_t low = stride > 0 ? 0 : -1;
  const std::int64_t high = stride > 0 ? d : d - 1;
  const auto clamped = [&](std::int64_t v) {
    return std::clamp(n.flag(Attr::offset) || v >= 0 ? v : checked_add(v, d), low, high);
  };
  const std::int64_t first =
      begin ? std::clamp(*begin < 0 ? checked_add(*begin, d) : *begin, low, high) : (stride > 0 ? 0 : d - 1);
  std::int64_t last = stride > 0 ? d : -1;
  if (end) last = clamped(n.flag(Attr::offset) ? checked_add(first, *end) : *end);
  const std::int64_t span = stride > 0 ? last - first : first - last;
  const std::int64_t step = stride > 0 ? stride : checked_mul(stride, -1);
  return {first, stride, span <= 0 ? 0 : (span - 1) / step + 1};
}

// An index as the runtime clamps it, where stride is positive and the dimension may be unknown.
std::optional<Dim> clamped(Symbols& symbols, Dim d, std::optional<Dim> index) {
  if (!index) return std::nullopt;
  if (index->known() && index->number < 0) return symbols.max(symbols.add(d, *index), 0);
  if (index->is(0) || *index == d) return *index;
  if (!never_negative(symbols, *index)) return std::nullopt;  // it might count from the end
  return symbols.min(d, *index);
}

Dim not_negative(Symbols& symbols, Dim d) { return never_negative(symbols, d) ? d : symbols.max(d, 0); }

// Elements between begin and end, each nothing where the mask says so; both exist as values.
std::optional<Dim> distance(Symbols& symbols, Dim d, std::optional<Dim> begin, std::optional<Dim> end) {
  const bool to_end = !end || *end == d;
  if (!begin && to_end) return d;
  if (begin && to_end) {
    // d - min(d, b) and d - max(d - k, 0), in the forms that meet those of other branches.
    if (begin->known() && begin->number < 0) return symbols.min(d, checked_mul(begin->number, -1));
    if (never_negative(symbols, *begin)) return not_negative(symbols, symbols.sub(d, *begin));
    return std::nullopt;
  }
  const auto last = clamped(symbols, d, end);
  const auto first = clamped(symbols, d, begin ? *begin : Dim(0));
  if (!first || !last) return std::nullopt;
  return not_negative(symbols, symbols.sub(*last, *first));
}

struct Operands {
  std::optional<std::vector<Dim>> begin;
  std::optional<std::vector<Dim>> end;
  std::optional<std::vector<std::int64_t>> strides;
};

// The size of an axis with an element of begin, end and strides.
Dim sliced_dim(Infer& n, Dim d, const SlicedAxis& axis, const SliceMasks& masks, const Operands& operands) {
  const std::size_t i = axis.spec;
  const bool has_begin = !mask_bit(masks.begin, i) || axis.shrunk;
  const bool has_end = !mask_bit(masks.end, i) && !axis.shrunk;
  if (!operands.strides) return n.dims().fresh();
  const std::int64_t stride = (*operands.strides)[i];
  n.require(stride != 0, "a stride is 0");
  if ((has_begin && !operands.begin) || (has_end && !operands.end)) return n.dims().fresh();
  const auto begin = has_begin ? std::optional((*operands.begin)[i]) : std::nullopt;
  const auto end = has_end ? std::optional((*operands.end)[i]) : std::nullopt;
  if (d.known() && (!begin || begin->known()) && (!end || end->known())) {
    const auto number = [](std::optional<Dim> v) { return v ? std::optional(v->number) : std::nullopt; };
    return resolve(n, d.number, number(begin), number(end), stride, axis.shrunk).size;
  }
  if (stride < 0) return begin || end ? n.dims().fresh() : n.dims().ceil_div(d, checked_mul(stride, -1));
  if (n.flag(Attr::offset)) return n.dims().fresh();
  const auto size = distance(n.dims(), d, begin, end);
  return size ? n.dims().ceil_div(*size, stride) : n.dims().fresh();
}

void infer_strided_slice(Infer& n) {
  for (std::size_t i = 1; i <= 3; ++i) n.require(n.type(i) == Type::int32, "begin, end and strides are not int32");
  const Shape& x = n.shape(0);
  auto specs = vector_length(n, 1);
  for (std::size_t i = 2; i <= 3; ++i) {
    const auto length = vector_length(n, i);
    n.require(!specs || !length || *specs == *length, "begin, end and strides have different lengths");
    if (!specs) specs = length;
  }
  if (!x.ranked() || !specs) return n.output(0, n.type(0), Shape::unranked());
  const SliceMasks masks = masks_of(n);
  const auto axes = sliced_axes(masks, *specs, x.rank());
  n.require(axes.has_value(), "begin, end and strides do not fit the rank");
  const Operands operands{n.known(1), n.known(2), n.integers(3)};
  std::vector<Dim> dims;
  std::size_t next = 0;
  for (const SlicedAxis& axis : *axes) {
    if (axis.added) {
      dims.emplace_back(1);
      continue;
    }
    const Dim d = x[next++];
    const Dim size = axis.spec == SlicedAxis::kWhole ? d : sliced_dim(n, d, axis, masks, operands);
    if (!axis.shrunk) dims.push_back(size);
  }
  n.output(0, n.type(0), Shape(std::move(dims)));
  move_known(n);
}

Tensor sliced(const Eval& n, const Tensor& x) {
  const std::vector<std::int64_t> begins = n.in_integers(1);
  const std::vector<std::int64_t> ends = n.in_integers(2);
  const std::vector<std::int64_t> strides = n.in_integers(3);
  const SliceMasks masks = masks_of(n);
  const auto axes = sliced_axes(masks, begins.size(), x.dims.size());
  if (!axes || ends.size() != begins.size() || strides.size() != begins.size())
    n.fail("begin, end and strides do not fit the rank");
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dims;    // of the axes of x
  std::vector<std::int64_t> result;  // with new axes, without those that shrink
  for (const SlicedAxis& axis : *axes) {
    if (axis.added) {
      result.push_back(1);
      continue;
    }
    const std::int64_t d = x.dims[dims.size()];
    Range range{0, 1, d};
    if (const std::size_t i = axis.spec; i != SlicedAxis::kWhole) {
      range = resolve(n, d, mask_bit(masks.begin, i) && !axis.shrunk ? std::nullopt : std::optional(begins[i]),
                      mask_bit(masks.end, i) ? std::nullopt : std::optional(ends[i]), strides[i], axis.shrunk);
    }
    begin.push_back(range.begin);
    stride.push_back(range.stride);
    dims.push_back(range.size);
    if (!axis.shrunk) result.push_back(range.size);
  }
  return reshaped(slice_of(x, element_width(n, x), begin, stride, std::move(dims)), std::move(result));
}

constexpr OpRow kStridedSlice{
    .op = Op::STRIDED_SLICE,
    .name = "STRIDED_SLICE",
    .options = {.builtin_options = 32},
    .attrs = {{Attr::begin_mask, AttrKind::int32},
              {Attr::end_mask, AttrKind::int32},
              {Attr::ellipsis_mask, AttrKind::int32},
              {Attr::new_axis_mask, AttrKind::int32},
              {Attr::shrink_axis_mask, AttrKind::int32},
              {Attr::offset, AttrKind::boolean}},
    .infer = infer_strided_slice,
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return sliced(n, x); })); },
    .permute =
        [](Permute& n) {
          // The other masks change the rank.
          for (const Attr mask : {Attr::ellipsis_mask, Attr::new_axis_mask, Attr::shrink_axis_mask}) {
            if (n.integer(mask) != 0) return false;
          }
          n.mask(Attr::begin_mask);
          n.mask(Attr::end_mask);
          return n.data(0) && n.integers(1) && n.integers(1)->size() == n.rank() && n.rows(1) && n.rows(2) && n.rows(3);
        },
    .version = {{[](const NodeView& n) { return n.flag(Attr::offset); }, 8},
                {input_is<Type::uint32>, 7},
                {[](const NodeView& n) {
                   return n.integer(Attr::ellipsis_mask) != 0 || n.integer(Attr::new_axis_mask) != 0;
                 },
                 6},
                {input_is<Type::string>, 5},
                {[](const NodeView& n) { return n.shape(0).ranked() && n.shape(0).rank() > 4; }, 4},
                {input_is<Type::boolean>, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {kMovedTypes},
    .quantization = kPassesInt8And16,
};

}  // namespace

std::optional<std::vector<SlicedAxis>> sliced_axes(const SliceMasks& masks, std::size_t specs, std::size_t rank) {
  std::size_t taken = 0;  // axes of the operand that have an element of their own
  std::size_t ellipses = 0;
  for (std::size_t i = 0; i < specs; ++i) {
    ellipses += mask_bit(masks.ellipsis, i) ? 1 : 0;
    taken += !mask_bit(masks.ellipsis, i) && !mask_bit(masks.new_axis, i) ? 1 : 0;
  }
  if (taken > rank || ellipses > 1) return std::nullopt;
  std::vector<SlicedAxis> axes;
  for (std::size_t i = 0; i < specs; ++i) {
    if (mask_bit(masks.ellipsis, i)) {
      axes.resize(axes.size() + (rank - taken));
    } else {
      const bool added = mask_bit(masks.new_axis, i);
      axes.push_back({i, added, !added && mask_bit(masks.shrink_axis, i)});
    }
  }
  if (ellipses == 0) axes.resize(axes.size() + (rank - taken));
  return axes;
}

void add_strided_slice_ops(OpTable& table) { table.add(kStridedSlice); }

}  // namespace tolite
