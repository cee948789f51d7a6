// Reshapes, transposes, reductions and broadcasts: what changes nothing goes, what stands twice is composed, and
// element-wise ops move before a reshape so that they meet the op that computes.
#include <algorithm>
#include <numeric>

#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

using namespace names;

const std::vector<Op> kReductions{Op::MEAN,        Op::SUM,        Op::REDUCE_MAX, Op::REDUCE_MIN,
                                  Op::REDUCE_PROD, Op::REDUCE_ANY, Op::REDUCE_ALL};
const std::vector<Op> kUnary{Op::RELU,     Op::RELU6, Op::RELU_N1_TO_1, Op::LEAKY_RELU, Op::ELU,
                             Op::LOGISTIC, Op::TANH,  Op::ABS,          Op::NEG,        Op::EXP,
                             Op::SQRT,     Op::RSQRT, Op::SQUARE,       Op::HARD_SWISH, Op::GELU,
                             Op::CEIL,     Op::FLOOR, Op::ROUND,        Op::RELU_0_TO_1};
const std::vector<Op> kBinary{Op::ADD, Op::SUB, Op::MUL, Op::DIV, Op::MAXIMUM, Op::MINIMUM, Op::SQUARED_DIFFERENCE};

ValueId as_reshape(Builder& b, const Match& m) {
  const Shape result = m.root().output_shape();
  if (!result.ranked()) return m.no("the rank of the result is unknown");
  const ValueId made = reshape_to(b, m[x], result.dims());
  return made ? made : m.no("more than one dimension is unknown");
}

/// RESHAPE whose operand is computed though at most one dimension is unknown.
ValueId constant_operand(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.has(1) && n.constant(1) != nullptr) {
    // The delegate does not take a RESHAPE to [-1].
    const Shape result = n.output_shape();
    const auto operand = n.integers(1);
    if (!result.is_static() || !operand || *operand == result.numbers())
      return m.no("the operand is a constant already");
  }
  return as_reshape(b, m);
}

void add_reshapes(std::vector<Rule>& rules) {
  rules.push_back({"squeeze_to_reshape", op(Op::SQUEEZE, {x}), as_reshape});
  rules.push_back({"expand_dims_to_reshape", op(Op::EXPAND_DIMS, {x, any()}), as_reshape});
  rules.push_back({"reshape_of_same_shape", op(Op::RESHAPE, {x, any().optional()}), [](Builder&, const Match& m) {
                     return same_shape(m.shape(x), m.root().output_shape()) ? m[x] : m.no("the shape changes");
                   }});
  rules.push_back({"reshape_by_constant", op(Op::RESHAPE, {x, any().optional()}), constant_operand});
  rules.push_back({"reshape_of_reshape", op(Op::RESHAPE, {op(Op::RESHAPE, {x, any().optional()}).shared(), shape}),
                   [](Builder& b, const Match& m) {
                     return b(Op::RESHAPE, {m[x], m[shape]});
                   }});
}

ValueId drop_transpose(Builder& b, const Match& m) {
  const auto order = m.integers(axis);
  const Shape from = m.shape(x);
  if (!order || !from.ranked()) return m.no("the permutation is unknown");
  // Dimensions of size 1 may move freely; the others must keep their order.
  std::int64_t last = -1;
  for (const std::int64_t a : *order) {
    if (from[static_cast<std::size_t>(a)].is(1)) continue;
    if (a < last) return m.no("dimensions change their order");
    last = a;
  }
  if (std::is_sorted(order->begin(), order->end())) return m[x];
  return as_reshape(b, m);
}

ValueId compose_transposes(Builder& b, const Match& m) {
  const auto outer = m.integers(axis);
  const auto first = m.integers(other);
  if (!outer || !first || outer->size() != first->size()) return m.no("a permutation is unknown");
  std::vector<std::int64_t> order;
  for (const std::int64_t a : *outer) order.push_back(first->at(static_cast<std::size_t>(a)));
  if (std::is_sorted(order.begin(), order.end())) return m[x];
  return b(Op::TRANSPOSE, {m[x], b.int32s(order)});
}

void add_transposes(std::vector<Rule>& rules) {
  rules.push_back({"transpose_that_moves_nothing", op(Op::TRANSPOSE, {x, axis}), drop_transpose});
  rules.push_back({"transpose_of_transpose", op(Op::TRANSPOSE, {op(Op::TRANSPOSE, {x, other}).shared(), axis}),
                   compose_transposes});
}

/// RESHAPE(reduce) that only restores or removes the reduced dimensions is the reduction's keep_dims.
ValueId reshape_to_keep_dims(Builder& b, const Match& m) {
  const NodeView n = m.node(producer);
  const auto axes = n.integers(1);
  if (!axes || !n.shape(0).ranked()) return m.no("the axes are unknown");
  const auto list = normalized_axes(*axes, n.shape(0).rank());
  if (!list) return m.no("an axis is out of range");
  const bool keep = !n.flag(Attr::keep_dims);
  std::vector<Dim> dims = n.shape(0).dims();
  if (keep) {
    dims = with_ones(dims, *list);
  } else {
    for (std::size_t i = list->size(); i-- > 0;) dims.erase(dims.begin() + static_cast<std::ptrdiff_t>((*list)[i]));
  }
  if (!same_shape(Shape(dims), m.root().output_shape())) return m.no("the reshape does more");
  return rebuild(b, n, {n.input(0), n.input(1)}, {{Attr::keep_dims, keep}});
}

void add_reductions(std::vector<Rule>& rules) {
  rules.push_back({"reshape_to_keep_dims", op(Op::RESHAPE, {op(kReductions).as(producer), any().optional()}),
                   reshape_to_keep_dims});
  rules.push_back({"reduction_of_nothing", op(kReductions, {x, axis}), [](Builder& b, const Match& m) {
                     const Shape from = m.shape(x);
                     const auto axes = m.integers(axis);
                     if (!axes || !from.ranked()) return m.no("the axes are unknown");
                     const auto list = normalized_axes(*axes, from.rank());
                     if (!list) return m.no("an axis is out of range");
                     for (const std::size_t a : *list) {
                       if (!from[a].is(1)) return m.no("a reduced dimension is not 1");
                     }
                     return same_shape(from, m.root().output_shape()) ? m[x] : as_reshape(b, m);
                   }});
}

/// binary(f(x), y) where f only repeats x as broadcasting would.
ValueId without_broadcast(Builder& b, const Match& m) {
  const NodeView n = m.root();
  // The kernels broadcast up to rank 4 fast, up to 6 at all.
  if (!n.output_shape().ranked() || n.output_shape().rank() > 4)
    return m.no("the rank is too high to broadcast in the kernel");
  if (!broadcasts_to(b.dims(), m.shape(x), m.shape(y), n.output_shape()))
    return m.no("broadcasting alone gives another shape");
  const bool swapped = n.input(0) == m[y];
  return rebuild(b, n, swapped ? std::vector{m[y], m[x]} : std::vector{m[x], m[y]});
}

/// Both orders, for ops that do not commute too.
Pattern with_operand(const Pattern& special) {
  return either({op(kBinary, {special, y}).any_activation(), op(kBinary, {y, special}).any_activation()});
}

void add_broadcasts(std::vector<Rule>& rules) {
  rules.push_back({"broadcast_in_binary", with_operand(op(Op::BROADCAST_TO, {x, any()}).shared()), without_broadcast});
  rules.push_back({"tile_in_binary", with_operand(op(Op::TILE, {x, shape}).shared()), [](Builder& b, const Match& m) {
                     const auto times = m.integers(shape);
                     const Shape from = m.shape(x);
                     if (!times || !from.ranked() || times->size() != from.rank())
                       return m.no("the multiples are unknown");
                     for (std::size_t i = 0; i < from.rank(); ++i) {
                       if ((*times)[i] != 1 && !from[i].is(1)) return m.no("a dimension that is not 1 is repeated");
                     }
                     return without_broadcast(b, m);
                   }});
  rules.push_back({"leading_ones_in_binary", with_operand(op(Op::RESHAPE, {x, any().optional()}).as(z).shared()),
                   [](Builder& b, const Match& m) {
                     if (!adds_leading_ones(m.shape(z), m.shape(x)))
                       return m.no("the reshape does not only add leading ones");
                     return without_broadcast(b, m);
                   }});
  rules.push_back({"broadcast_to_same_shape", op(Op::BROADCAST_TO, {x, any()}), [](Builder&, const Match& m) {
                     return same_shape(m.shape(x), m.root().output_shape()) ? m[x] : m.no("the shape changes");
                   }});
  rules.push_back({"tile_once", op(Op::TILE, {x, any()}), [](Builder&, const Match& m) {
                     return same_shape(m.shape(x), m.root().output_shape()) ? m[x] : m.no("the shape changes");
                   }});
}

/// f(move(x)) becomes move(f(x)): an element-wise op does not care in which order elements stand.
ValueId unary_before_move(Builder& b, const Match& m) {
  const NodeView move = m.node(producer);
  std::vector<ValueId> operands = m.graph().operands(move.id());
  operands[0] = rebuild(b, m.root(), {operands[0]});
  return rebuild(b, move, operands);
}

/// The same with a constant operand that is one number, or varies along a last dimension that the move keeps.
ValueId binary_before_move(Builder& b, const Match& m) {
  const NodeView move = m.node(producer);
  const Shape from = move.shape(0);
  if (m.shape(producer) != m.root().output_shape()) return m.no("the constant broadcasts");
  const Shape constant_shape = m.shape(c);
  if (constant_shape.element_count() != 1) {
    if (move.op() == Op::DEPTH_TO_SPACE) return m.no("the constant varies");
    if (!from.ranked() || from.rank() == 0 || m.shape(producer).rank() == 0 || from.last() != m.shape(producer).last())
      return m.no("the last dimension changes");
    const std::vector<Dim>& dims = constant_shape.dims();
    if (!std::all_of(dims.begin(), dims.end() - 1, [](const Dim& d) { return d.is(1); }))
      return m.no("the constant varies");
  }
  const ValueId row = b(Op::RESHAPE, {m[c], b.int32s({constant_shape.element_count().value()})});
  if (from.rank() == 0) return m.no("the input is a scalar");
  const bool swapped = m.root().input(0) == m[c];
  std::vector<ValueId> operands = m.graph().operands(move.id());
  operands[0] = rebuild(b, m.root(), swapped ? std::vector{row, operands[0]} : std::vector{operands[0], row});
  return rebuild(b, move, operands);
}

void add_moves(std::vector<Rule>& rules) {
  const Pattern move = op({Op::RESHAPE, Op::DEPTH_TO_SPACE, Op::SQUEEZE, Op::EXPAND_DIMS}).as(producer);
  rules.push_back({"unary_before_move", op(kUnary, {move}), unary_before_move});
  rules.push_back(
      {"binary_before_move",
       either({op(kBinary, {move, constant(c)}).any_activation(), op(kBinary, {constant(c), move}).any_activation()}),
       binary_before_move});
}

}  // namespace

std::vector<Rule> shape_rules() {
  std::vector<Rule> rules;
  add_reshapes(rules);
  add_transposes(rules);
  add_reductions(rules);
  add_broadcasts(rules);
  add_moves(rules);
  return rules;
}

}  // namespace tolite::optimize
