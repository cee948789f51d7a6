// TensorFlow ops that take a part of a tensor: Slice, StridedSlice.
#include "ops/slice.h"

#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/moving.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// Sizes of a SLICE from constant indices to a result of that shape; -1, to the end, only where it must be: delegates
// want numbers. Nothing if a size has to be computed.
std::optional<std::vector<std::int64_t>> slice_sizes(Builder& b, const Shape& x, const Shape& y,
                                                     const std::vector<std::int64_t>& begin) {
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < y.rank(); ++i) {
    if (!y[i].known() && y[i] != b.dims().sub(x[i], begin[i])) return std::nullopt;
    sizes.push_back(y[i].known() ? y[i].number : -1);
  }
  return sizes;
}

Results slice(TfNode& n, Builder& b) {
  const ValueId y = b(Op::SLICE, {n.in(0), n.in(1), n.in(2)});
  const Shape x = n.shape(0);
  const auto begin = b.integers(n.in(1));
  if (b.constant_of(y) != nullptr || !begin || !x.ranked()) return y;
  const auto sizes = slice_sizes(b, x, b.shape(y), *begin);
  if (!sizes) return y;
  if (b.shape(y) == x) return n.in(0);
  return b(Op::SLICE, {n.in(0), b.int32s(*begin), b.int32s(*sizes)});
}

SliceMasks masks_of(const TfNode& n) {
  return {n.integer_attr("begin_mask"), n.integer_attr("end_mask"), n.integer_attr("ellipsis_mask"),
          n.integer_attr("new_axis_mask"), n.integer_attr("shrink_axis_mask")};
}

ValueId strided_slice(Builder& b, ValueId x, ValueId begin, ValueId end, ValueId strides, const SliceMasks& masks) {
  return b(Op::STRIDED_SLICE, {x, begin, end, strides},
           {{Attr::begin_mask, masks.begin},
            {Attr::end_mask, masks.end},
            {Attr::ellipsis_mask, masks.ellipsis},
            {Attr::new_axis_mask, masks.new_axis},
            {Attr::shrink_axis_mask, masks.shrink_axis}});
}

// A strided slice whose indices are constants, one for each axis of the operand.
struct DenseSlice {
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> end;
  std::vector<std::int64_t> strides;
  SliceMasks masks;
  bool shrinks = false;

  void add(std::int64_t first, std::int64_t last, std::int64_t stride, bool from_start, bool to_end, bool shrunk) {
    const std::int64_t bit = std::int64_t{1} << begin.size();
    begin.push_back(first);
    end.push_back(last);
    strides.push_back(stride);
    masks.begin |= from_start ? bit : 0;
    masks.end |= to_end ? bit : 0;
    masks.shrink_axis |= shrunk ? bit : 0;
    shrinks = shrinks || shrunk;
  }
};

// Nothing if an index is computed at run time.
std::optional<DenseSlice> dense_slice(TfNode& n, Builder& b, const SliceMasks& masks,
                                      const std::vector<SlicedAxis>& axes) {
  const auto begin = b.known(n.in(1));
  const auto end = b.known(n.in(2));
  const auto strides = b.integers(n.in(3));
  if (!strides) return std::nullopt;
  DenseSlice dense;
  for (const SlicedAxis& axis : axes) {
    if (axis.added) continue;
    const std::size_t i = axis.spec;
    if (i == SlicedAxis::kWhole) {
      dense.add(0, 0, 1, true, true, false);
      continue;
    }
    const Dim d = n.shape(0)[dense.begin.size()];
    const bool from_start = mask_bit(masks.begin, i) && !axis.shrunk;
    // x[:n] where n is the size of the axis goes to the end.
    const bool to_end = (mask_bit(masks.end, i) || (end && (*end)[i] == d && (*strides)[i] > 0)) && !axis.shrunk;
    if (!from_start && !(begin && (*begin)[i].known())) return std::nullopt;
    if (!to_end && !axis.shrunk && !(end && (*end)[i].known())) return std::nullopt;
    const std::int64_t first = from_start ? 0 : (*begin)[i].number;
    const std::int64_t last = axis.shrunk ? first + 1 : (to_end ? 0 : (*end)[i].number);
    dense.add(first, last, axis.shrunk ? 1 : (*strides)[i], from_start, to_end, axis.shrunk);
  }
  return dense;
}

ValueId index_constant(Builder& b, const std::vector<std::int64_t>& values) {
  return int32_operand(b, b.constant(integer_tensor(Type::int64, {static_cast<std::int64_t>(values.size())}, values)));
}

// SLICE where steps are 1 and sizes are numbers: it needs one operand less and the delegates take it as well.
ValueId cut(Builder& b, ValueId x, const DenseSlice& s) {
  const ValueId y =
      strided_slice(b, x, index_constant(b, s.begin), index_constant(b, s.end), index_constant(b, s.strides), s.masks);
  const Shape from = b.shape(x);
  const Shape to = b.shape(y);
  const bool steps = std::any_of(s.strides.begin(), s.strides.end(), [](std::int64_t v) { return v != 1; });
  if (steps || s.shrinks || b.constant_of(y) != nullptr) return y;
  if (to == from) return x;
  if (!to.is_static() || !from.is_static()) return y;
  std::vector<std::int64_t> begin = s.begin;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (begin[i] < 0) begin[i] += from[i].number;
    begin[i] = std::clamp<std::int64_t>(begin[i], 0, from[i].number - to[i].number);
  }
  return b(Op::SLICE, {x, index_constant(b, begin), index_constant(b, to.numbers())});
}

ValueId with_new_axes(Builder& b, ValueId x, const std::vector<SlicedAxis>& axes) {
  std::int64_t at = 0;
  for (const SlicedAxis& axis : axes) {
    if (axis.added) x = b(Op::EXPAND_DIMS, {x, b.int32(at)});
    at += axis.shrunk ? 0 : 1;
  }
  return x;
}

Results strided_slice_node(TfNode& n, Builder& b) {
  SliceMasks masks = masks_of(n);
  const Shape x = n.shape(0);
  const Shape specs = b.shape(n.in(1));
  const auto as_it_is = [&] {
    return strided_slice(b, n.in(0), int32_operand(b, n.in(1)), int32_operand(b, n.in(2)), int32_operand(b, n.in(3)),
                         masks);
  };
  if (!x.ranked() || !specs.is_static() || specs.rank() != 1) return as_it_is();
  const auto axes = sliced_axes(masks, static_cast<std::size_t>(std::max<std::int64_t>(0, specs[0].number)), x.rank());
  n.require(axes.has_value() && x.rank() < 32, "begin, end and strides do not fit the rank of the tensor");
  // Where an index is taken its mask says nothing.
  masks.begin &= ~masks.shrink_axis;
  auto dense = dense_slice(n, b, masks, *axes);
  if (!dense) return as_it_is();

  // The shape of the result is that of the slice without the axes that shrink and with the new ones; a reshape makes
  // both at once.
  const bool adds = std::any_of(axes->begin(), axes->end(), [](const SlicedAxis& a) { return a.added; });
  const std::int64_t shrink = dense->masks.shrink_axis;
  DenseSlice unshrunk = *dense;
  unshrunk.masks.shrink_axis = 0;
  unshrunk.shrinks = false;
  for (std::size_t i = 0; i < dense->begin.size(); ++i) {
    // To the end: after the last element there is no index that a negative begin could name.
    if (mask_bit(shrink, i) && dense->begin[i] == -1) unshrunk.masks.end |= std::int64_t{1} << i;
  }
  if (adds || dense->shrinks) {
    const ValueId whole = cut(b, n.in(0), unshrunk);
    const Shape taken = b.shape(whole);
    std::vector<Dim> dims;
    std::size_t next = 0;
    bool fits = true;  // an index into an unknown dimension may be outside it: then the slice does not have size 1
    for (const SlicedAxis& axis : *axes) {
      if (axis.added) {
        dims.emplace_back(1);
        continue;
      }
      if (!axis.shrunk) dims.push_back(taken[next]);
      fits = fits && (!axis.shrunk || taken[next].is(1));
      ++next;
    }
    const Shape result(std::move(dims));
    if (fits && (adds || whole == n.in(0)) && reshape_target(result)) return reshape(b, whole, result);
  }
  return with_new_axes(b, cut(b, n.in(0), *dense), *axes);
}

}  // namespace

void add_slice_translators(Translators& t) {
  t.add("Slice", slice);
  t.add("StridedSlice", strided_slice_node);
}

}  // namespace tolite::tensorflow
