// Slices, gathers and joins: what takes everything goes, what a simpler op does is that op.
#include <algorithm>

#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// Where a STRIDED_SLICE without new, lost or reversed dimensions begins; a masked begin is 0. Or why it is none.
std::optional<std::vector<std::int64_t>> plain_begin(const NodeView& n, const char** why) {
  const Shape from = n.shape(0);
  const Shape to = n.output_shape();
  const auto begin = n.integers(1);
  const auto strides = n.integers(3);
  *why = "begin or strides are unknown or short, or the rank changes";
  if (!from.ranked() || !to.ranked() || from.rank() != to.rank()) return std::nullopt;
  if (!begin || !strides || begin->size() != from.rank()) return std::nullopt;
  *why = "it has an ellipsis, new or shrunk dimensions, or an offset";
  if (n.integer(Attr::ellipsis_mask) != 0 || n.integer(Attr::new_axis_mask) != 0 ||
      n.integer(Attr::shrink_axis_mask) != 0 || n.flag(Attr::offset))
    return std::nullopt;
  std::vector<std::int64_t> first;
  for (std::size_t i = 0; i < from.rank(); ++i) {
    *why = "a stride is not 1";
    if ((*strides)[i] != 1) return std::nullopt;
    const bool from_start = (n.integer(Attr::begin_mask) >> i & 1) != 0 || (*begin)[i] == 0;
    *why = "a part of an unknown size is taken";
    if (!from_start && !from[i].known()) return std::nullopt;
    const std::int64_t at = (*begin)[i] < 0 ? (*begin)[i] + from[i].number : (*begin)[i];
    first.push_back(from_start ? 0 : std::clamp<std::int64_t>(at, 0, from[i].number));
  }
  return first;
}

/// STRIDED_SLICE with unit strides over known sizes is SLICE, which has fewer forms for a runtime to support.
ValueId strided_to_slice(Builder& b, const Match& m) {
  const Shape to = m.root().output_shape();
  if (!m.shape(x).is_static() || !to.is_static()) return m.no("a size is unknown");
  if (to.element_count() == 0) return m.no("the result is empty");
  const char* why = nullptr;
  const auto first = plain_begin(m.root(), &why);
  return first ? b(Op::SLICE, {m[x], b.int32s(*first), b.int32s(to.numbers())}) : m.no(why);
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

/// Where a slice cuts, if it does so along one axis only.
struct Cut {
  std::size_t axis = 0;
  std::int64_t begin = 0;
  std::int64_t size = 0;
};

std::optional<Cut> cut_of(const NodeView& n) {
  const char* why = nullptr;
  const auto begin = n.op() == Op::SLICE           ? n.integers(1)
                     : n.op() == Op::STRIDED_SLICE ? plain_begin(n, &why)
                                                   : std::nullopt;
  const Shape from = n.shape(0);
  const Shape to = n.output_shape();
  if (!begin || !from.ranked() || !to.ranked() || begin->size() != from.rank()) return std::nullopt;
  std::optional<Cut> cut;
  for (std::size_t i = 0; i < from.rank(); ++i) {
    if (from[i] == to[i]) continue;
    if (cut || !to[i].known() || to[i].is(0)) return std::nullopt;
    cut = Cut{i, (*begin)[i], to[i].number};
  }
  return cut;
}

// Every slice of a value looks at all the others: with more users than this it would take too long.
constexpr std::uint32_t kMostSlices = 64;

/// Slices that together are all of a value, in equal parts, are a SPLIT: one op for many.
ValueId slices_to_split(Builder& b, const Match& m) {
  const auto cut = cut_of(m.root());
  if (!cut || (m.type(x) != Type::float32 && m.type(x) != Type::int32)) return m.no("it cuts along several axes");
  if (m.graph()[m[x]].use_count > kMostSlices) return m.no("the value has too many users");
  const Dim whole = m.shape(x)[cut->axis];
  if (!whole.known() || whole.number % cut->size != 0 || cut->begin % cut->size != 0)
    return m.no("the parts are not equal");
  const auto parts = static_cast<std::size_t>(whole.number / cut->size);
  const auto part = static_cast<std::size_t>(cut->begin / cut->size);
  std::vector<bool> taken(parts);
  for (const NodeId user : m.graph().users(m[x])) {
    const NodeView n = m.view(user);
    if (n.op() == Op::SPLIT && n.input(1) == m[x] && n.integer(Attr::num_splits) == whole.number / cut->size &&
        n.integers(0) == std::vector{static_cast<std::int64_t>(cut->axis)})
      return m.graph().result(user, part);
    const auto other = n.input(0) == m[x] ? cut_of(n) : std::nullopt;
    if (other && other->axis == cut->axis && other->size == cut->size && other->begin % cut->size == 0)
      taken[static_cast<std::size_t>(other->begin / cut->size)] = true;
  }
  if (std::find(taken.begin(), taken.end(), false) != taken.end()) return m.no("some part is not taken");
  const ValueId axis_value = b.int32(static_cast<std::int64_t>(cut->axis));
  return b.many(Op::SPLIT, {axis_value, m[x]}, {{Attr::num_splits, whole.number / cut->size}}, parts)[part];
}

/// The one element of a vector that a STRIDED_SLICE takes, from which vector, and which.
struct Element {
  ValueId vector;
  std::int64_t index = 0;
};

std::optional<Element> element_of_vector(const Match& m, ValueId v) {
  if (!v || !m.graph()[v].producer) return std::nullopt;
  const NodeView n = m.view(m.graph()[v].producer);
  if (n.op() != Op::STRIDED_SLICE || n.integer(Attr::shrink_axis_mask) != 1) return std::nullopt;
  if (n.integer(Attr::new_axis_mask) != 0 || n.integer(Attr::begin_mask) != 0) return std::nullopt;
  const Shape vector = n.shape(0);
  const auto begin = n.integers(1);
  if (!vector.is_static() || vector.rank() != 1 || !begin || begin->size() != 1) return std::nullopt;
  const std::int64_t index = begin->front() < 0 ? begin->front() + vector[0].number : begin->front();
  return Element{n.input(0), index};
}

/// PACK that puts a vector together again from its elements and from what is known of it: mostly a shape.
ValueId pack_of_elements(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const auto known = m.known(m.result());
  for (std::size_t i = 0; known && i < n.input_count(); ++i) {
    const auto element = element_of_vector(m, n.input(i));
    if (element && m.known(element->vector) == known && m.type(element->vector) == n.output_type())
      return element->vector;
  }
  const auto first = element_of_vector(m, n.input(0));
  if (!first) return m.no("an operand is no element of a vector");
  const auto count = static_cast<std::int64_t>(m.graph().operands(n.id()).size());
  for (std::int64_t i = 1; i < count; ++i) {
    const auto element = element_of_vector(m, n.input(static_cast<std::size_t>(i)));
    if (!element || element->vector != first->vector || element->index != first->index + i)
      return m.no("the elements do not follow each other");
  }
  if (m.shape(first->vector)[0].is(count)) return first->vector;
  if (count == 1) return m.no("one element of several");
  return b(Op::SLICE, {first->vector, b.int32s({first->index}), b.int32s({count})});
}

}  // namespace

std::vector<Rule> slice_rules() {
  const Pattern inner_slice = op(Op::SLICE, {x, c, any()});
  return {
      {"strided_slice_to_slice", op(Op::STRIDED_SLICE, {x, any(), any(), any()}), strided_to_slice},
      {"slice_of_everything", op(Op::SLICE, {x, any(), any()}), keep_if_same},
      {"slices_to_split", either({op(Op::SLICE, {x, any(), any()}), op(Op::STRIDED_SLICE, {x, any(), any(), any()})}),
       slices_to_split},
      {"slice_of_slice", op(Op::SLICE, {inner_slice, d, any()}), slice_of_slice},
      {"update_of_everything", op(Op::DYNAMIC_UPDATE_SLICE, {x, y, any()}),
       [](Builder&, const Match& m) { return same_shape(m.shape(x), m.shape(y)) ? m[y] : m.no("elements stay"); }},
      {"pack_of_elements", op(Op::PACK), pack_of_elements},
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
