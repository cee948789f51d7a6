// Padding and dilation into convolutions.
#include <algorithm>

#include "optimize/rule.h"
#include "optimize/shapes.h"
#include "optimize/weights.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// Rows of a constant [rank, 2] operand: before and after each dimension.
using Pads = std::vector<std::pair<std::int64_t, std::int64_t>>;

std::optional<Pads> pads_of(const Match& m, ValueId v, std::size_t rank) {
  const auto list = m.integers(v);
  if (!list || list->size() != rank * 2) return std::nullopt;
  Pads pads;
  for (std::size_t i = 0; i < rank; ++i) pads.emplace_back((*list)[2 * i], (*list)[2 * i + 1]);
  return pads;
}

/// Whether padding `size` by `pads` and sliding a window over it is what SAME does.
bool is_same_padding(std::int64_t size, std::pair<std::int64_t, std::int64_t> pads, std::int64_t window,
                     std::int64_t stride, std::int64_t dilation) {
  const std::int64_t reach = (window - 1) * dilation + 1;
  const std::int64_t outputs = (size + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + reach - size);
  return pads.first == total / 2 && pads.second == total - total / 2;
}

struct Window {
  std::size_t dimension;  ///< of the data
  std::size_t weights_axis;
  Attr stride;
  Attr dilation;
};

std::vector<Window> windows_of(Op op) {
  if (op == Op::CONV_3D)
    return {{1, 0, Attr::stride_d, Attr::dilation_d_factor},
            {2, 1, Attr::stride_h, Attr::dilation_h_factor},
            {3, 2, Attr::stride_w, Attr::dilation_w_factor}};
  return {{1, 1, Attr::stride_h, Attr::dilation_h_factor}, {2, 2, Attr::stride_w, Attr::dilation_w_factor}};
}

ValueId pad_into_convolution(Builder& b, const Match& m) {
  const NodeView conv = m.root();
  const Shape from = m.shape(x);
  const Shape filter = m.shape(weights);
  if (!from.ranked() || !filter.is_static()) return m.no("a shape is unknown");
  const auto pads = pads_of(m, m[c], from.rank());
  if (!pads) return m.no("the paddings are unknown");
  std::vector<bool> spatial(from.rank(), false);
  for (const Window& w : windows_of(conv.op())) {
    spatial[w.dimension] = true;
    const std::int64_t stride = conv.integer(w.stride);
    // With stride 1 the padding of SAME does not depend on the size.
    if (!from[w.dimension].known() && stride != 1) return m.no("a size is unknown");
    const std::int64_t size = from[w.dimension].known() ? from[w.dimension].number : 1;
    if (!is_same_padding(size, (*pads)[w.dimension], filter[w.weights_axis].number, stride, conv.integer(w.dilation)))
      return m.no("the padding is not the one of SAME");
  }
  for (std::size_t i = 0; i < pads->size(); ++i) {
    if (!spatial[i] && (*pads)[i] != std::pair<std::int64_t, std::int64_t>(0, 0))
      return m.no("another dimension is padded");
  }
  std::vector<ValueId> operands = m.graph().operands(conv.id());
  operands[0] = m[x];
  return rebuild(b, conv, operands, {{Attr::padding, Padding::SAME}});
}

ValueId join_pads(Builder& b, const Match& m) {
  const auto inner_pads = m.integers(c);
  const auto outer_pads = m.integers(d);
  if (!inner_pads || !outer_pads || inner_pads->size() != outer_pads->size()) return m.no("the paddings are unknown");
  std::vector<std::int64_t> sum;
  for (std::size_t i = 0; i < inner_pads->size(); ++i) {
    if ((*inner_pads)[i] < 0 || (*outer_pads)[i] < 0) return m.no("a padding is negative");
    sum.push_back((*inner_pads)[i] + (*outer_pads)[i]);
  }
  const ValueId pads = b(Op::RESHAPE, {b.int32s(sum), b.int32s({static_cast<std::int64_t>(sum.size() / 2), 2})});
  return b(Op::PAD, {m[x], pads});
}

/// BATCH_TO_SPACE_ND(conv(SPACE_TO_BATCH_ND(x))) is a convolution with the block as dilation.
ValueId dilated_convolution(Builder& b, const Match& m) {
  const NodeView conv = m.node(producer);
  const auto block = m.integers(c);
  const auto block_after = m.integers(d);
  const auto pads = m.integers(shape);
  const auto crops = m.integers(axis);
  if (!block || !block_after || *block != *block_after || block->size() != 2)
    return m.no("the blocks are unknown or differ");
  if (!pads || !crops || pads->size() != 4 || crops->size() != 4) return m.no("paddings or crops are unknown");
  if (conv.integer(Attr::stride_h) != 1 || conv.integer(Attr::stride_w) != 1)
    return m.no("the convolution has strides");
  if (conv.integer(Attr::dilation_h_factor) != 1 || conv.integer(Attr::dilation_w_factor) != 1)
    return m.no("the convolution is dilated already");
  const Shape filter = m.shape(weights);
  const Shape from = m.shape(x);
  const Shape result = m.root().output_shape();
  if (!filter.is_static() || !from.ranked() || from.rank() != 4 || !result.ranked()) return m.no("a shape is unknown");
  bool same = true;
  bool valid = true;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t reach = (filter[1 + i].number - 1) * (*block)[i];
    const std::int64_t before = (*pads)[2 * i];
    const std::int64_t after = (*pads)[2 * i + 1] - (*crops)[2 * i + 1];
    if ((*crops)[2 * i] != 0) return m.no("it crops at the beginning");
    if (conv.padding() == Padding::VALID) {
      valid &= before == 0 && after == 0;
      same &= before == reach / 2 && after == reach - reach / 2;
    } else {  // the small convolutions pad inside their blocks
      valid = false;
      same &= before == 0 && after == 0;
    }
  }
  if (!same && !valid) return m.no("the padding is neither that of SAME nor none");
  return rebuild(b, conv,
                 [&] {
                   std::vector<ValueId> operands = m.graph().operands(conv.id());
                   operands[0] = m[x];
                   return operands;
                 }(),
                 {{Attr::padding, same ? Padding::SAME : Padding::VALID},
                  {Attr::dilation_h_factor, (*block)[0]},
                  {Attr::dilation_w_factor, (*block)[1]}});
}

}  // namespace

std::vector<Rule> convolution_rules() {
  // Shared: each convolution behind one padding takes it in, and it goes with the last.
  const Pattern padded = op(Op::PAD, {x, c}).shared();
  const Pattern spread = op(Op::SPACE_TO_BATCH_ND, {x, c, shape});
  return {
      {"pad_into_convolution",
       op({Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::CONV_3D}, {padded, weights, Pattern(bias).optional()})
           .any_activation()
           .with(Attr::padding, static_cast<std::int64_t>(Padding::VALID)),
       pad_into_convolution},
      {"join_pads", op(Op::PAD, {op(Op::PAD, {x, c}), d}), join_pads},
      {"pad_with_zero", op(Op::PADV2, {x, c, number(0)}),
       [](Builder& b, const Match& m) {
         return b(Op::PAD, {m[x], m[c]});
       }},
      {"dilated_convolution",
       op(Op::BATCH_TO_SPACE_ND, {op({Op::CONV_2D, Op::DEPTHWISE_CONV_2D}, {spread, weights, Pattern(bias).optional()})
                                      .any_activation()
                                      .as(producer),
                                  d, axis}),
       dilated_convolution},
  };
}

}  // namespace tolite::optimize
