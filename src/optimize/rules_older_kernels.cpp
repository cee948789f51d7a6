// What the kernels of older runtimes get wrong or refuse though they load the op: operands that only came later,
// without a new version to tell by. Found by running files in TensorFlow 2.12, tflite-runtime 2.14 and LiteRT 1.0. The
// rules give the same answers everywhere; each names the release that does without.
#include <algorithm>
#include <map>
#include <optional>

#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

ValueId cast(Builder& b, ValueId v, Type type) {
  return b(Op::CAST, {v}, {{Attr::in_data_type, b.type(v)}, {Attr::out_data_type, type}});
}

/// They turn around one axis a node.
ValueId reverse_axis_by_axis(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const auto axes = n.integers(1);
  if (!axes || axes->size() < 2) return m.no("there is one axis");
  ValueId v = n.input(0);
  for (const std::int64_t axis : *axes) v = b(Op::REVERSE_V2, {v, b.int32s({axis})});
  return v;
}

/// Axes between which others stand, which some refuse that turn around neighbouring ones.
ValueId reverse_axes_apart(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const auto given = n.integers(1);
  if (!given || !n.shape(0).ranked()) return m.no("the axes are not known");
  const auto axes = normalized_axes(*given, n.shape(0).rank());
  if (!axes || axes->empty() || axes->back() - axes->front() + 1 == axes->size())
    return m.no("the axes are neighbours");
  return reverse_axis_by_axis(b, m);
}

/// For each axis of the result, the operands that are repeated along it, as bits; none where all operands are one
/// shape. Nothing if it is not known of every operand.
std::optional<std::vector<unsigned>> repeated_operands(const Match& m, const std::vector<ValueId>& operands,
                                                       const Shape& result) {
  std::vector<unsigned> repeated(result.rank());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Shape shape = m.shape(operands[i]);
    if (!shape.ranked()) return std::nullopt;
    const std::size_t missing = result.rank() - shape.rank();
    for (std::size_t axis = 0; axis < result.rank(); ++axis) {
      if (axis >= missing && shape[axis - missing] == result[axis]) continue;
      if (axis >= missing && !shape[axis - missing].is(1)) return std::nullopt;
      repeated[axis] |= 1U << i;
    }
  }
  return repeated;
}

/// They broadcast up to four or five dimensions, operands of one shape have any. Neighbouring axes along which the same
/// operands are repeated are one axis; where too many are left, the operands are broadcast first.
template <std::size_t kRank>
ValueId broadcast_within(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape result = n.output_shape();
  const std::vector<ValueId> operands = m.graph().operands(n.id());
  if (!result.ranked() || result.rank() <= kRank) return m.no("it has few dimensions");
  const auto repeated = repeated_operands(m, operands, result);
  if (!repeated) return m.no("the shapes are not known");
  if (std::all_of(repeated->begin(), repeated->end(), [](unsigned r) { return r == 0; }))
    return m.no("nothing is broadcast");

  std::vector<Dim> sizes;
  std::vector<unsigned> groups;
  for (std::size_t axis = 0; axis < result.rank(); ++axis) {
    if (result[axis].is(1)) continue;  // fits everywhere
    if (groups.empty() || groups.back() != (*repeated)[axis]) {
      groups.push_back((*repeated)[axis]);
      sizes.emplace_back(1);
    }
    sizes.back() = b.dims().mul(sizes.back(), result[axis]);
  }
  const bool fits = groups.size() <= kRank;
  if (!fits && !result.is_static()) return m.no("the shapes are not known");
  std::vector<ValueId> ready;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (!fits) {
      const bool whole = m.shape(operands[i]) == result;
      ready.push_back(whole ? operands[i] : b(Op::BROADCAST_TO, {operands[i], b.int32s(result.numbers())}));
      continue;
    }
    std::vector<Dim> dims;
    for (std::size_t g = 0; g < groups.size(); ++g) dims.push_back((groups[g] >> i & 1U) != 0 ? Dim(1) : sizes[g]);
    ready.push_back(m.shape(operands[i]).is_scalar() ? operands[i] : reshape_to(b, operands[i], dims));
    if (!ready.back()) return m.no("the shape is not known");
  }
  const ValueId computed = rebuild(b, n, ready);
  const ValueId back = fits ? reshape_to(b, computed, result.dims()) : computed;
  return back ? back : m.no("the shape is not known");
}

/// The masks of a strided slice for some of its axes, which `choose` takes out of the bits; `whole` are the axes that
/// are taken as they are. A plain slice has none.
template <typename Choose>
std::vector<AttrEntry> slice_masks(const NodeView& n, const Choose& choose, std::int64_t whole = 0) {
  if (n.op() != Op::STRIDED_SLICE) return {};
  std::vector<AttrEntry> masks;
  masks.emplace_back(Attr::begin_mask, choose(n.integer(Attr::begin_mask)) | whole);
  masks.emplace_back(Attr::end_mask, choose(n.integer(Attr::end_mask)) | whole);
  masks.emplace_back(Attr::shrink_axis_mask, choose(n.integer(Attr::shrink_axis_mask)));
  return masks;
}

/// Slices have up to five dimensions: the first four axes are cut with the rest as one, then the rest.
ValueId slice_in_two_steps(Builder& b, const Match& m) {
  constexpr std::size_t kFront = 4;
  const NodeView n = m.root();
  const Shape whole = n.shape(0);
  const Shape result = n.output_shape();
  if (!whole.is_static() || !result.is_static() || whole.rank() <= kFront + 1 || whole.rank() > 2 * kFront)
    return m.no("the shape is not known, or has up to five dimensions, or more than eight");
  std::vector<std::vector<std::int64_t>> lists;  // begin and size, or begin, end and strides
  for (std::size_t i = 1; i < n.input_count(); ++i) {
    const auto list = n.integers(i);
    if (!list) return m.no("the places are not known");
    lists.push_back(*list);
  }
  const bool strided = n.op() == Op::STRIDED_SLICE;
  if (strided && (n.integer(Attr::ellipsis_mask) != 0 || n.integer(Attr::new_axis_mask) != 0 || n.flag(Attr::offset)))
    return m.no("it has an ellipsis or new axes, or the end counts from the begin");

  const std::vector<std::int64_t> dims = whole.numbers();
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return m.no("it is empty");
  const auto at = [](std::vector<std::int64_t> list, std::size_t from, std::size_t to) {
    const auto first = list.begin() + static_cast<std::ptrdiff_t>(std::min(from, list.size()));
    const auto last = list.begin() + static_cast<std::ptrdiff_t>(std::min(to, list.size()));
    return std::vector<std::int64_t>(first, last);
  };

  // The rest as one axis, whole.
  std::vector<std::int64_t> front = at(dims, 0, kFront);
  front.push_back(-1);
  std::vector<ValueId> operands{b(Op::RESHAPE, {n.input(0), b.int32s(front)})};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    std::vector<std::int64_t> list = at(lists[i], 0, kFront);
    if (!strided) list.push_back(i == 0 ? 0 : -1);
    operands.push_back(b.int32s(list));
  }
  const ValueId cut = rebuild(b, n, operands, slice_masks(n, [](std::int64_t bits) { return bits & 15; }));

  // The front as one axis, whole.
  std::vector<std::int64_t> back = at(dims, kFront, dims.size());
  back.insert(back.begin(), -1);
  operands = {b(Op::RESHAPE, {cut, b.int32s(back)})};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    std::vector<std::int64_t> list = at(lists[i], kFront, dims.size());
    const std::int64_t all = strided ? (i == 2 ? 1 : 0) : (i == 1 ? -1 : 0);
    list.insert(list.begin(), all);
    operands.push_back(b.int32s(list));
  }
  const ValueId both = rebuild(b, n, operands,
                               slice_masks(
                                   n, [](std::int64_t bits) { return bits >> 4 << 1; }, 1));
  return b(Op::RESHAPE, {both, b.int32s(result.numbers())});
}

/// A type that holds the elements of another: as their bits, or as numbers.
struct Carrier {
  Op op;  ///< BITCAST or CAST
  Type type;
};

std::vector<Carrier> carriers_of(Type type) {
  switch (type) {
    case Type::boolean:
      return {{Op::CAST, Type::uint8}};
    case Type::uint8:
      return {{Op::CAST, Type::int32}};
    case Type::int16:
    case Type::uint16:
      return {{Op::BITCAST, Type::int16}, {Op::CAST, Type::int32}};
    case Type::float16:
      // Not its bits: XNNPACK of 2.14 refuses the graph where they are taken of what CAST gives.
      return {{Op::CAST, Type::float32}};
    case Type::int32:
    case Type::uint32:
      return {{Op::BITCAST, Type::int32}, {Op::BITCAST, Type::float32}};
    case Type::float64:
    case Type::uint64:
    case Type::complex64:
      return {{Op::BITCAST, Type::int64}};
    default:
      return {};
  }
}

/// The types that kernels which only move elements took before they took all.
const std::vector<Type>& moved_types(Op op) {
  static const std::map<Op, std::vector<Type>> types{
      {Op::TRANSPOSE, {Type::float32, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64, Type::boolean}},
      {Op::SLICE,
       {Type::float32, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64, Type::boolean, Type::string}},
      {Op::STRIDED_SLICE,
       {Type::float32, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64, Type::boolean, Type::string}},
      {Op::TILE, {Type::float32, Type::int8, Type::uint8, Type::int32, Type::int64, Type::boolean, Type::string}},
      {Op::FILL, {Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::boolean, Type::string}},
      {Op::MIRROR_PAD, {Type::float32, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64}},
      {Op::RESIZE_NEAREST_NEIGHBOR, {Type::float32, Type::int8, Type::uint8, Type::int16}},
      {Op::DYNAMIC_UPDATE_SLICE, {Type::float32, Type::int8, Type::int32, Type::int64, Type::boolean}},
  };
  return types.at(op);
}

/// The operands of such a kernel whose elements it moves.
std::vector<std::size_t> moved_operands(Op op) {
  if (op == Op::FILL) return {1};
  if (op == Op::DYNAMIC_UPDATE_SLICE) return {0, 1};
  return {0};
}

/// Elements of another type travel in one of these.
ValueId moved_in_carrier(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const std::vector<Type>& taken = moved_types(n.op());
  const auto takes = [&](Type type) { return std::find(taken.begin(), taken.end(), type) != taken.end(); };
  const Type type = n.output_type();
  if (takes(type)) return m.no("the kernel takes the type");
  const auto change = [&](Op op, ValueId v, Type to) {
    return op == Op::CAST ? cast(b, v, to) : b(op, {v}, {{Attr::type, to}});
  };
  for (const Carrier& carrier : carriers_of(type)) {
    if (!takes(carrier.type)) continue;
    std::vector<ValueId> operands = m.graph().operands(n.id());
    for (const std::size_t i : moved_operands(n.op())) operands[i] = change(carrier.op, operands[i], carrier.type);
    return change(carrier.op, rebuild(b, n, operands), type);
  }
  return m.no("no type that the kernel takes holds the elements");
}

/// They want a value an index.
ValueId value_for_each_index(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape indices = n.shape(0);
  if (!n.shape(2).is_scalar() || !indices.is_static() || indices.rank() == 0)
    return m.no("there is a value for each index, or one index, or their number is not known");
  std::vector<ValueId> operands = m.graph().operands(n.id());
  operands[2] = b(Op::FILL, {b.int32s({indices[0].number}), operands[2]});
  return rebuild(b, n, operands);
}

/// int16 is compared as int32, and small integers are negated as such.
ValueId on_int32(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(0) != Type::int16 && !(n.type(0) == Type::int8 && n.op() == Op::NEG))
    return m.no("the type is neither int16 nor int8");
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < n.input_count(); ++i) operands.push_back(cast(b, n.input(i), Type::int32));
  const ValueId result = rebuild(b, n, operands);
  return b.type(result) == n.output_type() ? result : cast(b, result, n.output_type());
}

/// A rule, and the first release that does without.
struct OlderKernelRule {
  Rule rule;
  std::string_view enough;
};

std::vector<OlderKernelRule> all_older_kernel_rules() {
  const std::vector<Op> comparisons{Op::EQUAL, Op::NOT_EQUAL, Op::LESS, Op::LESS_EQUAL, Op::GREATER, Op::GREATER_EQUAL};
  std::vector<Op> broadcasting{Op::LOGICAL_AND,        Op::LOGICAL_OR, Op::FLOOR_DIV,   Op::FLOOR_MOD,   Op::POW,
                               Op::SQUARED_DIFFERENCE, Op::ATAN2,      Op::BITWISE_XOR, Op::RIGHT_SHIFT, Op::SELECT_V2};
  broadcasting.insert(broadcasting.end(), comparisons.begin(), comparisons.end());
  const std::vector<Op> arithmetic{Op::ADD, Op::SUB, Op::MUL, Op::DIV};
  std::vector<Op> small = comparisons;
  small.push_back(Op::NEG);
  const std::vector<Op> moving{Op::TRANSPOSE, Op::SLICE,      Op::STRIDED_SLICE,           Op::TILE,
                               Op::FILL,      Op::MIRROR_PAD, Op::RESIZE_NEAREST_NEIGHBOR, Op::DYNAMIC_UPDATE_SLICE};
  return {
      {{"older_reverse", op(Op::REVERSE_V2), reverse_axis_by_axis}, "2.16"},
      {{"older_reverse_of_axes_apart", op(Op::REVERSE_V2), reverse_axes_apart}, "newest"},
      {{"older_arithmetic", op(arithmetic).any_activation(), broadcast_within<4>}, "2.16"},
      {{"older_broadcast", op(broadcasting).any_activation(), broadcast_within<4>}, "newest"},
      {{"older_extremes", op({Op::MAXIMUM, Op::MINIMUM}), broadcast_within<5>}, "newest"},
      {{"older_small_integers", op(small), on_int32}, "newest"},
      {{"older_slice", op({Op::SLICE, Op::STRIDED_SLICE}), slice_in_two_steps}, "newest"},
      {{"older_move", op(moving), moved_in_carrier}, "newest"},
      {{"older_sparse_value", op(Op::SPARSE_TO_DENSE), value_for_each_index}, "newest"},
  };
}

}  // namespace

std::vector<Rule> older_kernel_rules() {
  std::vector<Rule> rules;
  for (OlderKernelRule& r : all_older_kernel_rules()) rules.push_back(std::move(r.rule));
  return rules;
}

std::vector<Rule> older_kernel_rules(const Release& target) {
  std::vector<Rule> rules;
  for (OlderKernelRule& r : all_older_kernel_rules()) {
    if (target.is_before(Release::named(r.enough))) rules.push_back(std::move(r.rule));
  }
  return rules;
}

}  // namespace tolite::optimize
