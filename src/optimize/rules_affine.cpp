// Arithmetic with constants into the weights and biases of the op before or after: biases, batch normalisation,
// scaling. The products are constant expressions; the folding pass computes each once.
#include "optimize/rule.h"
#include "optimize/weights.h"

namespace tolite::optimize {
namespace {

using namespace names;

const std::vector<Op> kAffine{Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::TRANSPOSE_CONV, Op::CONV_3D, Op::FULLY_CONNECTED};

/// What both directions need to know of the op with weights.
struct Affine {
  NodeView node;
  WeightLayout layout;
  ValueId weights;
  ValueId bias;
  std::int64_t channels = 0;

  Affine(const Match&, const NodeView& n) : node(n), layout(n.row().weights) {
    weights = n.input(layout.weights);
    bias = n.input(layout.bias);
    const Shape& shape = n.shape(layout.weights);
    if (shape.is_static() && shape.rank() == layout.rank) channels = shape[layout.output_axis].number;
  }
  /// Null if weights and bias are float constants, otherwise what they are not.
  const char* objection(const Match& m) const {
    if (channels == 0) return "the weights have no static shape";
    if (m.type(weights) != Type::float32) return "the weights are not float32";
    if (!m.is_constant(weights)) return "the weights are not constant";
    if (bias && !m.is_constant(bias)) return "the bias is not constant";
    return nullptr;
  }
  ValueId rebuilt(Builder& b, const NodeView& root, ValueId new_data, ValueId new_weights, ValueId new_bias) const {
    std::vector<ValueId> operands = node.graph().operands(node.id());
    operands.resize(std::max(operands.size(), new_bias ? layout.bias + 1 : layout.weights + 1));
    operands[layout.data] = new_data;
    operands[layout.weights] = new_weights;
    if (operands.size() > layout.bias) operands[layout.bias] = new_bias;
    return rebuild(b, node, operands, {{Attr::fused_activation_function, root.activation()}});
  }
};

ValueId scale_preceding(Builder& b, const Match& m) {
  const Affine a(m, m.node(producer));
  if (const char* objection = a.objection(m)) return m.no(objection);
  if (!is_per_channel(m.shape(c), a.channels)) return m.no("the constant varies along other dimensions than the last");
  const Op op = m.root().op();
  const ValueId weights = b(op, {a.weights, along_axis(b, m[c], a.layout.output_axis, a.layout.rank)});
  const ValueId bias = a.bias ? b(op, {a.bias, channel_vector(b, m[c], a.channels)}) : ValueId();
  return a.rebuilt(b, m.root(), a.node.input(a.layout.data), weights, bias);
}

ValueId shift_preceding(Builder& b, const Match& m) {
  const Affine a(m, m.node(producer));
  if (const char* objection = a.objection(m)) return m.no(objection);
  if (!is_per_channel(m.shape(c), a.channels)) return m.no("the constant varies along other dimensions than the last");
  const bool subtracts = m.root().op() == Op::SUB;
  const bool from_constant = subtracts && m.root().input(0) == m[c];  // c - (w x + b)
  ValueId weights = a.weights;
  ValueId bias = a.bias;
  ValueId shift = channel_vector(b, m[c], a.channels);
  if (from_constant) {
    weights = b(Op::NEG, {weights});
    bias = bias ? b(Op::SUB, {shift, bias}) : shift;
  } else if (bias) {
    bias = b(m.root().op(), {bias, shift});
  } else {
    bias = subtracts ? b(Op::NEG, {shift}) : shift;
  }
  return a.rebuilt(b, m.root(), a.node.input(a.layout.data), weights, bias);
}

/// (w x + y) + c as (w x + c) + y, where the constant becomes the bias: a recurrent step adds it to the sum of two
/// products.
ValueId shift_past_other(Builder& b, const Match& m) {
  const Affine a(m, m.node(producer));
  if (const char* objection = a.objection(m)) return m.no(objection);
  if (m.is_constant(m[y])) return m.no("the other operand is constant");
  if (!is_per_channel(m.shape(c), a.channels)) return m.no("the constant varies along other dimensions than the last");
  const ValueId shifted = b(Op::ADD, {m[producer], m[c]});
  return rebuild(b, m.root(), {shifted, m[y]});
}

/// Channels of the data operand, if the constant varies along them only and its product with x has the shape of x.
bool fits_following(const Match& m, const Affine& a) {
  const Shape shape = m.shape(x);
  if (!shape.ranked() || shape.rank() == 0 || m.shape(c).rank() > shape.rank()) return false;
  if (m.shape(c).element_count() == 1) return true;
  const Dim input = a.node.shape(a.layout.weights)[a.layout.input_axis];
  return shape.last().known() && shape.last() == input && is_per_channel(m.shape(c), input.number);
}

ValueId scale_following(Builder& b, const Match& m) {
  const Affine a(m, m.root());
  if (const char* objection = a.objection(m)) return m.no(objection);
  if (!fits_following(m, a)) return m.no("the constant does not vary along the input channels");
  const ValueId scale = along_axis(b, m[c], a.layout.input_axis, a.layout.rank);
  return a.rebuilt(b, m.root(), m[x], b(Op::MUL, {a.weights, scale}), a.bias);
}

ValueId shift_following(Builder& b, const Match& m) {
  const Affine a(m, m.root());
  if (const char* objection = a.objection(m)) return m.no(objection);
  if (!fits_following(m, a)) return m.no("the constant does not vary along the input channels");
  // Padding adds zeros after the constant was added.
  if (m.root().op() != Op::FULLY_CONNECTED && m.root().padding() != Padding::VALID) return m.no("the convolution pads");
  const ValueId shifted = b(Op::MUL, {a.weights, along_axis(b, m[c], a.layout.input_axis, a.layout.rank)});
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < a.layout.rank; ++i) {
    if (i != a.layout.output_axis) axes.push_back(static_cast<std::int64_t>(i));
  }
  ValueId shift = b(Op::SUM, {shifted, b.int32s(axes)}, {{Attr::keep_dims, false}});
  if (a.bias) shift = b(Op::ADD, {a.bias, shift});
  return a.rebuilt(b, m.root(), m[x], a.weights, shift);
}

}  // namespace

std::vector<Rule> affine_rules() {
  const Pattern affine = op(kAffine).as(producer);
  const auto following = [](Op before) {
    return op({Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::CONV_3D, Op::FULLY_CONNECTED},
              {op(before, {x, constant(c)}), constant(weights), constant(bias).optional()})
        .any_activation();
  };
  return {
      {"scale_into_preceding", op({Op::MUL, Op::DIV}, {affine, constant(c)}).any_activation(), scale_preceding},
      {"shift_into_preceding", op({Op::ADD, Op::SUB}, {affine, constant(c)}).any_activation(), shift_preceding},
      {"shift_past_other_operand",
       op(Op::ADD, {op(Op::ADD, {op(Op::FULLY_CONNECTED, {any(), constant(weights)}).as(producer), y}), constant(c)})
           .any_activation(),
       shift_past_other},
      {"subtract_preceding_from_constant", op(Op::SUB, {constant(c), affine}).any_activation(), shift_preceding},
      {"scale_into_following", following(Op::MUL), scale_following},
      {"shift_into_following", following(Op::ADD), shift_following},
  };
}

}  // namespace tolite::optimize
