// Matrix products: FULLY_CONNECTED where the right side is constant, transposes into flags, reshapes around them.
#include <algorithm>

#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// The permutation exchanges the last two dimensions and keeps the others.
bool swaps_last_two(const Match& m, ValueId v) {
  const auto order = m.view(m.graph()[v].producer).integers(1);
  if (!order || order->size() < 2) return false;
  const auto rank = static_cast<std::int64_t>(order->size());
  for (std::int64_t i = 0; i < rank; ++i) {
    const std::int64_t expected = i < rank - 2 ? i : (i == rank - 2 ? rank - 1 : rank - 2);
    if ((*order)[static_cast<std::size_t>(i)] != expected) return false;
  }
  return true;
}

Pattern transposed(Capture capture) {
  return op(Op::TRANSPOSE, {capture, any()}).where("it exchanges the last two dimensions", swaps_last_two).shared();
}

ValueId with_constant_right(Builder& b, const Match& m) {
  const NodeView n = m.root();
  Shape right = m.shape(weights);
  if (m.type(x) != Type::float32) return m.no("the type is not float32");
  if (!right.is_static() || !m.shape(x).ranked() || m.shape(x).rank() < 2) return m.no("a shape is unknown");
  if (n.flag(Attr::adj_x)) return m.no("the left side is transposed");
  for (std::size_t i = 0; i + 2 < right.rank(); ++i) {
    if (!right[i].is(1)) return m.no("the right side is a batch of matrices");
  }
  if (right.rank() > m.shape(x).rank()) return m.no("the right side has the higher rank");
  ValueId w = m[weights];
  if (right.rank() > 2) w = b(Op::RESHAPE, {w, b.int32s({right[right.rank() - 2].number, right.last().number})});
  if (!n.flag(Attr::adj_y)) w = b(Op::TRANSPOSE, {w, b.int32s({1, 0})});
  return b(Op::FULLY_CONNECTED, {m[x], w, ValueId()}, {{Attr::keep_num_dims, m.shape(x).rank() > 2}});
}

ValueId left_transpose_to_flag(Builder& b, const Match& m) {
  const bool adj = m.root().flag(Attr::adj_x);
  return rebuild(b, m.root(), {m[x], m[y]}, {{Attr::adj_x, !adj}});
}

ValueId right_transpose_to_flag(Builder& b, const Match& m) {
  const bool adj = m.root().flag(Attr::adj_y);
  return rebuild(b, m.root(), {m[x], m[y]}, {{Attr::adj_y, !adj}});
}

/// The rows of the product do not depend on how they are arranged: FULLY_CONNECTED takes any shape with the same last
/// dimension.
ValueId reshape_before(Builder& b, const Match& m) {
  const Shape from = m.shape(x);
  if (m.root().flag(Attr::keep_num_dims)) return m.no("the result keeps the dimensions");
  if (!from.ranked() || from.rank() < 1 || !from.last().known()) return m.no("the shape is unknown");
  if (from.last() != m.shape(weights).last()) return m.no("the reshape changes the last dimension");
  return rebuild(b, m.root(), {m[x], m[weights], m[bias]});
}

/// RESHAPE(FC(x)) that restores the dimensions of x is keep_num_dims.
ValueId reshape_after(Builder& b, const Match& m) {
  const Shape result = m.root().output_shape();
  const NodeView n = m.node(producer);
  const Shape from = n.shape(0);
  if (!from.ranked() || from.rank() < 1 || !n.shape(1).is_static()) return m.no("a shape is unknown");
  std::vector<Dim> kept = from.dims();
  if (kept.back() != n.shape(1)[1]) return m.no("the product joins dimensions");
  kept.back() = n.shape(1)[0];
  if (!same_shape(Shape(kept), result)) return m.no("the reshape does not restore the dimensions of the input");
  return rebuild(b, n, m.graph().operands(n.id()), {{Attr::keep_num_dims, from.rank() != 2}});
}

/// The same with a reshape on both sides.
ValueId reshapes_around(Builder& b, const Match& m) {
  const NodeView n = m.node(producer);
  const Shape from = m.shape(x);
  const Shape result = m.root().output_shape();
  if (!from.ranked() || from.rank() < 1) return m.no("the shape is unknown");
  if (from.last() != m.shape(weights).last()) return m.no("the reshape changes the last dimension");
  std::vector<Dim> kept = from.dims();
  kept.back() = m.shape(weights)[0];
  if (!same_shape(Shape(kept), result)) return m.no("the reshapes do not undo each other");
  return rebuild(b, n, {m[x], m[weights], m[bias]}, {{Attr::keep_num_dims, from.rank() != 2}});
}

}  // namespace

std::vector<Rule> matrix_rules() {
  const Pattern product = op(Op::FULLY_CONNECTED).any_activation().as(producer);
  const Pattern reshaped = op(Op::RESHAPE, {x, any().optional()});
  return {
      {"constant_right_to_fully_connected", op(Op::BATCH_MATMUL, {x, constant(weights)}), with_constant_right},
      {"left_transpose_to_flag", op(Op::BATCH_MATMUL, {transposed(x), y}), left_transpose_to_flag},
      {"right_transpose_to_flag", op(Op::BATCH_MATMUL, {x, transposed(y)}), right_transpose_to_flag},
      {"reshapes_around_fully_connected",
       op(Op::RESHAPE,
          {op(Op::FULLY_CONNECTED, {op(Op::RESHAPE, {x, any().optional()}).shared(), weights, Pattern(bias).optional()})
               .any_activation()
               .as(producer),
           any().optional()}),
       reshapes_around},
      {"reshape_after_fully_connected", op(Op::RESHAPE, {product, any().optional()}), reshape_after},
      {"reshape_before_fully_connected",
       op(Op::FULLY_CONNECTED, {op(Op::RESHAPE, {x, any().optional()}).shared(), weights, Pattern(bias).optional()})
           .any_activation(),
       reshape_before},
  };
}

}  // namespace tolite::optimize
