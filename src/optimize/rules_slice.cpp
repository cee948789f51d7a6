// Slices, gathers and joins: what takes everything goes, what a simpler op does is that op.
#include <algorithm>

#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// STRIDED_SLICE with unit strides over known sizes is SLICE, which has fewer forms for a runtime to support.
ValueId strided_to_slice(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape from = m.shape(x);
  const Shape to = n.output_shape();
  const auto begin = n.integers(1);
  const auto strides = n.integers(3);
  if (!from.is_static() || !to.is_static() || from.rank() != to.rank())
    return m.no("a size is unknown, or the rank changes");
  if (!begin || !strides || begin->size() != from.rank()) return m.no("begin or strides are unknown or short");
  if (n.integer(Attr::ellipsis_mask) != 0 || n.integer(Attr::new_axis_mask) != 0 ||
      n.integer(Attr::shrink_axis_mask) != 0 || n.flag(Attr::offset))
    return m.no("it has an ellipsis, new or shrunk dimensions, or an offset");
  std::vector<std::int64_t> first;
  for (std::size_t i = 0; i < from.rank(); ++i) {
    if ((*strides)[i] != 1) return m.no("a stride is not 1");
    if (to[i].is(0)) return m.no("the result is empty");
    const std::int64_t size = from[i].number;
    const bool masked = (n.integer(Attr::begin_mask) >> i & 1) != 0;
    const std::int64_t at = (*begin)[i] < 0 ? (*begin)[i] + size : (*begin)[i];
    first.push_back(masked ? 0 : std::clamp<std::int64_t>(at, 0, size));
  }
  return b(Op::SLICE, {m[x], b.int32s(first), b.int32s(to.numbers())});
}

ValueId keep_if_same(Builder&, const Match& m) {
  return same_shape(m.shape(x), m.root().output_shape()) ? m[x] : m.no("the shape changes");
}

ValueId slice_of_slice(Builder& b, const Match& m) {
  const auto first = m.integers(c);
  const auto second = m.integers(d);
  const Shape to = m.root().output_shape();
  if (!first || !second || !to.is_static() || first->size() != second->size())
    return m.no("a begin or size is unknown");
  std::vector<std::int64_t> begin;
  for (std::size_t i = 0; i < first->size(); ++i) begin.push_back((*first)[i] + (*second)[i]);
  return b(Op::SLICE, {m[x], b.int32s(begin), b.int32s(to.numbers())});
}

}  // namespace

std::vector<Rule> slice_rules() {
  const Pattern inner_slice = op(Op::SLICE, {x, c, any()});
  return {
      {"strided_slice_to_slice", op(Op::STRIDED_SLICE, {x, any(), any(), any()}), strided_to_slice},
      {"slice_of_everything", op(Op::SLICE, {x, any(), any()}), keep_if_same},
      {"slice_of_slice", op(Op::SLICE, {inner_slice, d, any()}), slice_of_slice},
      {"concatenation_of_one", op(Op::CONCATENATION, {x}), [](Builder&, const Match& m) { return m[x]; }},
      {"argument_of_softmax", op({Op::ARG_MAX, Op::ARG_MIN}, {op({Op::SOFTMAX, Op::LOG_SOFTMAX}, {x}), axis}),
       [](Builder& b, const Match& m) {
         const auto axes = m.integers(axis);
         if (!axes || axes->size() != 1 || !m.shape(x).ranked()) return m.no("the axis is unknown");
         const auto list = normalized_axes(*axes, m.shape(x).rank());
         if (!list || list->front() + 1 != m.shape(x).rank()) return m.no("the axis is not the last");
         return rebuild(b, m.root(), {m[x], m[axis]});
       }},
      {"cast_of_one_hot", op(Op::CAST, {op(Op::ONE_HOT, {x, shape, scalar(c), scalar(d)})}),
       [](Builder& b, const Match& m) {
         const Type to = m.root().output_type();
         if (to != Type::float32) return m.no("the type is not float32");
         return rebuild(b, m.view(m.graph()[m.root().input(0)].producer),
                        {m[x], m[shape], b.scalar(to, m.number(c)), b.scalar(to, m.number(d))});
       }},
  };
}

}  // namespace tolite::optimize
