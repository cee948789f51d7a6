// TensorFlow arithmetic of two operands, AddN, BiasAdd and Cross.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/formula_of.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

template <Op op, Exact exact = Exact::value>
Results binary(TfNode& n, Builder& b) {
  return element_wise(n, b, op, {n.in(0), n.in(1)}, {}, exact);
}

/// a - b, a * b, ... of values that are in reach already.
ValueId add(TfNode& n, Builder& b, ValueId x, ValueId y) {
  return element_wise(n, b, Op::ADD, {x, y}, {}, Exact::low_bits);
}
ValueId sub(TfNode& n, Builder& b, ValueId x, ValueId y) {
  return element_wise(n, b, Op::SUB, {x, y}, {}, Exact::low_bits);
}
ValueId mul(TfNode& n, Builder& b, ValueId x, ValueId y) {
  return element_wise(n, b, Op::MUL, {x, y}, {}, Exact::low_bits);
}

/// A sum of values of one shape. ADD runs in accelerators, ADD_N does not; but for many values it is one op.
Results add_n(TfNode& n, Builder& b) {
  n.require(n.input_count() > 0, "it has no inputs");
  const bool one_op = b.table()[Op::ADD_N].kernel.types.has(n.type(0));
  if (n.input_count() > 2 && one_op) return b(Op::ADD_N, n.inputs());
  ValueId sum = n.in(0);
  for (std::size_t i = 1; i < n.input_count(); ++i) sum = add(n, b, sum, n.in(i));
  return sum;
}

/// Adds a vector along the channels.
Results bias_add(TfNode& n, Builder& b) {
  ValueId bias = n.in(1);
  const Shape& shape = n.shape(0);
  if (n.text_attr("data_format", "NHWC") == "NCHW") {
    n.require(shape.ranked() && shape.rank() >= 2, "the rank of the input is not known");
    if (shape.rank() > 2) {
      std::vector<std::int64_t> dims(shape.rank() - 1, 1);
      dims.front() = -1;
      bias = b(Op::RESHAPE, {bias, b.int32s(dims)});
    }
  }
  return add(n, b, n.in(0), bias);
}

/// The sum of the gradient over all but the channels.
Results bias_add_grad(TfNode& n, Builder& b) {
  const Shape& shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() >= 2, "the rank of the input is not known");
  const std::size_t channels = n.text_attr("data_format", "NHWC") == "NCHW" ? 1 : shape.rank() - 1;
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (i != channels) axes.push_back(static_cast<std::int64_t>(i));
  }
  n.require(n.type(0) == Type::float32, "it is computed in float32 only");
  return b(Op::SUM, {n.in(0), b.int32s(axes)}, {{Attr::keep_dims, false}});
}

Results clip_by_value(TfNode& n, Builder& b) {
  return element_wise(n, b, Op::MINIMUM, {element_wise(n, b, Op::MAXIMUM, {n.in(0), n.in(1)}), n.in(2)});
}

Results div_no_nan(TfNode& n, Builder& b) {
  return zero_where_zero(n, b, n.in(1), element_wise(n, b, Op::DIV, {n.in(0), n.in(1)}));
}
Results mul_no_nan(TfNode& n, Builder& b) { return zero_where_zero(n, b, n.in(1), mul(n, b, n.in(0), n.in(1))); }
Results xdivy(TfNode& n, Builder& b) {
  return zero_where_zero(n, b, n.in(0), element_wise(n, b, Op::DIV, {n.in(0), n.in(1)}));
}
Results xlogy(TfNode& n, Builder& b) {
  return zero_where_zero(n, b, n.in(0), mul(n, b, n.in(0), element_wise(n, b, Op::LOG, {n.in(1)})));
}
Results xlog1py(TfNode& n, Builder& b) {
  const ValueId log = formula_of(n, b).log1p(n.in(1));
  return zero_where_zero(n, b, n.in(0), mul(n, b, n.in(0), log));
}

/// Element i is x[i+1] * y[i+2] - x[i+2] * y[i+1], counted modulo 3. The difference is taken one place early: so each
/// operand is rotated once, not twice, and the result once.
Results cross(TfNode& n, Builder& b) {
  for (std::size_t i = 0; i < 2; ++i) {
    const Shape& shape = n.shape(i);
    n.require(!shape.ranked() || (shape.rank() > 0 && (!shape.last().known() || shape.last().is(3))),
              "the last dimension is not 3");
  }
  const Type type = n.type(0);
  const Type compute = computing_type(b, Op::SUB, type, Exact::low_bits);
  if (compute == Type::none) {
    n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)),
             is_float(type) ? "cast to float32 in front of it" : "cast to int32 in front of it");
  }
  const ValueId x = cast_to(b, n.in(0), compute);
  const ValueId y = cast_to(b, n.in(1), compute);
  const ValueId next = b.int32s({1, 2, 0});
  const auto rotated = [&](ValueId v) { return b(Op::GATHER, {v, next}, {{Attr::axis, -1}, {Attr::batch_dims, 0}}); };
  const ValueId left = mul(n, b, x, rotated(y));
  const ValueId right = mul(n, b, rotated(x), y);
  return cast_to(b, rotated(sub(n, b, left, right)), type);
}

/// The remainder with the sign of the dividend.
Results truncate_mod(TfNode& n, Builder& b) {
  if (n.type(0) == Type::int64 || n.type(0) == Type::uint32) {
    // No kernel divides them, but one has the floored remainder.
    const ValueId rest = element_wise(n, b, Op::FLOOR_MOD, {n.in(0), n.in(1)});
    if (!is_signed(n.type(0))) return rest;
    const ValueId zero = scalar_like(b, rest, 0);
    const ValueId signs_differ =
        element_wise(n, b, Op::NOT_EQUAL,
                     {element_wise(n, b, Op::LESS, {n.in(0), zero}), element_wise(n, b, Op::LESS, {rest, zero})});
    const ValueId has_rest = element_wise(n, b, Op::NOT_EQUAL, {rest, zero});
    const ValueId differs = element_wise(n, b, Op::LOGICAL_AND, {signs_differ, has_rest});
    return choose(n, b, differs, sub(n, b, rest, n.in(1)), rest);
  }
  if (is_integer(n.type(0))) {
    const ValueId quotient = element_wise(n, b, Op::DIV, {n.in(0), n.in(1)});
    return sub(n, b, n.in(0), mul(n, b, quotient, n.in(1)));
  }
  // Of positive numbers the floored remainder is the truncated one, exactly.
  const ValueId rest = element_wise(n, b, Op::FLOOR_MOD,
                                    {element_wise(n, b, Op::ABS, {n.in(0)}), element_wise(n, b, Op::ABS, {n.in(1)})});
  return mul(n, b, rest, element_wise(n, b, Op::SIGN, {n.in(0)}));
}

/// One op where its kernel takes the type, otherwise (a - b) squared.
Results squared_difference(TfNode& n, Builder& b) {
  if (computing_type(b, Op::SQUARED_DIFFERENCE, n.type(0), Exact::low_bits) != Type::none) {
    return element_wise(n, b, Op::SQUARED_DIFFERENCE, {n.in(0), n.in(1)}, {}, Exact::low_bits);
  }
  const ValueId difference = sub(n, b, n.in(0), n.in(1));
  return mul(n, b, difference, difference);
}

}  // namespace

void add_binary_translators(Translators& t) {
  t.add("Add", binary<Op::ADD, Exact::low_bits>);
  t.add("AddN", add_n);
  t.add("AddV2", binary<Op::ADD, Exact::low_bits>);
  t.add("Atan2", binary<Op::ATAN2>);
  t.add("BiasAdd", bias_add);
  t.add("BiasAddV1", bias_add);
  t.add("BiasAddGrad", bias_add_grad);
  t.add("ClipByValue", clip_by_value);
  t.add("Cross", cross);
  t.add("Div", binary<Op::DIV>);
  t.add("DivNoNan", div_no_nan);
  t.add("FloorDiv", binary<Op::FLOOR_DIV>);
  t.add("FloorMod", binary<Op::FLOOR_MOD>);
  t.add("Maximum", binary<Op::MAXIMUM>);
  t.add("Minimum", binary<Op::MINIMUM>);
  t.add("Mod", truncate_mod);
  t.add("Mul", binary<Op::MUL, Exact::low_bits>);
  t.add("MulNoNan", mul_no_nan);
  t.add("Pow", binary<Op::POW>);
  t.add("RealDiv", binary<Op::DIV>);
  t.add("SquaredDifference", squared_difference);
  t.add("Sub", binary<Op::SUB, Exact::low_bits>);
  t.add("TruncateDiv", binary<Op::DIV>);
  t.add("TruncateMod", truncate_mod);
  t.add("Xdivy", xdivy);
  t.add("Xlog1py", xlog1py);
  t.add("Xlogy", xlogy);
}

}  // namespace tolite::tensorflow
