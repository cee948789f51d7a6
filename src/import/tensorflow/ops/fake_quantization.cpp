// TensorFlow ops that round numbers to those that few bits can hold: FakeQuantWithMinMax... and
// QuantizeAndDequantize...
//
// Where bytes hold them, a pair QUANTIZE, DEQUANTIZE says so, and its scale and zero point tell the range. Elsewhere it
// is arithmetic, as TensorFlow does it; with a constant range its constants fold.
#include <limits>

#include "import/tensorflow/ops/formula_of.h"

namespace tolite::tensorflow {
namespace {

/// A scalar each, or one number a channel in a shape that broadcasts against the operand.
struct Range {
  ValueId min;
  ValueId max;
};

/// The multiples of `step` between `low` and `high`. Its reciprocal is a quotient of its own, rounded once.
struct Grid {
  ValueId low;
  ValueId high;
  ValueId step;
  ValueId reciprocal;
};

ValueId clamped(Builder& b, ValueId x, ValueId low, ValueId high) {
  return b(Op::MAXIMUM, {b(Op::MINIMUM, {x, high}), low});
}

/// The number that a constant float32 value consists of.
std::optional<float> single(Builder& b, ValueId v) {
  const Tensor* tensor = b.constant_of(v);
  if (tensor == nullptr || tensor->type != Type::float32 || tensor->element_count() != 1) return std::nullopt;
  return elements<float>(*tensor)[0];
}

ValueId as_bytes(Builder& b, ValueId x, float scale, std::int64_t zero_point) {
  const ValueId stored = b(Op::QUANTIZE, {x}, {{Attr::type, Type::int8}});
  const QuantizationId q = b.model().add_quantization({.scales = {scale}, .zero_points = {zero_point}});
  b.graph()[stored].quantization = q;
  return b(Op::DEQUANTIZE, {stored});
}

// ---- FakeQuant: steps from 0, or 1 for a narrow range, as far as the bits go, moved so that one of them is 0.0.

Results fake_quantized(TfNode& n, Builder& b, Range range) {
  const std::int64_t bits = n.integer_attr("num_bits", 8);
  n.require(bits >= 2 && bits <= 16, "its number of bits is not between 2 and 16");
  const double lowest = n.flag_attr("narrow_range") ? 1 : 0;
  const double highest = static_cast<double>((std::int64_t{1} << bits) - 1);
  const Formula f = formula_of(n, b);

  const ValueId width = f.sub(range.max, range.min);
  const ValueId is_point = f.equal(width, 0);  // then all becomes 0
  const ValueId step = f.div(width, f.number(highest - lowest));
  const ValueId exact_zero = f.choose(is_point, f.number(lowest), f.sub(lowest, f.div(range.min, step)));
  const ValueId zero_point = f.floor(f.add(f.min(f.max(exact_zero, lowest), f.number(highest)), 0.5));
  const bool fills_bytes = bits == 8 && lowest == 0;
  const auto scale = single(b, step);
  const auto zero = single(b, zero_point);
  if (fills_bytes && scale && zero && *scale > 0)
    return as_bytes(b, n.in(0), *scale, static_cast<std::int64_t>(*zero) - 128);

  const ValueId low = f.mul(f.sub(lowest, zero_point), step);
  const ValueId high = f.mul(f.sub(highest, zero_point), step);
  const ValueId divisor = f.choose(is_point, f.number(1), step);
  const ValueId steps_to_zero = f.floor(f.add(f.div(f.neg(low), divisor), 0.5));
  const ValueId steps = f.div(f.sub(clamped(b, n.in(0), low, high), low), divisor);
  return f.mul(f.floor(f.add(steps, f.sub(0.5, steps_to_zero))), step);
}

Results with_attributes(TfNode& n, Builder& b) {
  const float min = n.real_attr("min", -6);
  const float max = n.real_attr("max", 6);
  n.require(min <= 0 && max >= 0 && min < max, "its range does not hold 0");
  const ValueId low = b.scalar(Type::float32, min);
  return fake_quantized(n, b, {low, b.scalar(Type::float32, max)});
}

Results with_operands(TfNode& n, Builder& b) { return fake_quantized(n, b, {n.in(1), n.in(2)}); }

// ---- QuantizeAndDequantize: whole steps up and down from 0.0, of the size that the range needs.

/// The shape in which a number a channel broadcasts, and the axes of the other dimensions.
struct Channels {
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> others;
};

Channels channels(const TfNode& n, std::int64_t axis) {
  const Shape& x = n.shape(0);
  n.require(x.ranked() && axis < static_cast<std::int64_t>(x.rank()),
            "the rank of the operand is not known or too low");
  Channels c;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(x.rank()); ++i) {
    c.shape.push_back(i == axis ? -1 : 1);
    if (i != axis) c.others.push_back(i);
  }
  return c;
}

Range given_range(const TfNode& n, Builder& b, std::int64_t axis) {
  if (axis < 0) return {n.in(1), n.in(2)};
  const ValueId shape = b.int32s(channels(n, axis).shape);
  const ValueId min = b(Op::RESHAPE, {n.in(1), shape});
  return {min, b(Op::RESHAPE, {n.in(2), shape})};
}

Range range_of_data(const TfNode& n, Builder& b, std::int64_t axis) {
  const ValueId axes = b.int32s(channels(n, axis).others);
  const bool keep = axis >= 0;
  const ValueId min = b(Op::REDUCE_MIN, {n.in(0), axes}, {{Attr::keep_dims, keep}});
  return {min, b(Op::REDUCE_MAX, {n.in(0), axes}, {{Attr::keep_dims, keep}})};
}

/// The larger of the steps that the two ends ask for; the other end moves.
Grid symmetric_grid(const Formula& f, Range range, double lowest, double highest) {
  const double largest =
      f.type == Type::float64 ? std::numeric_limits<double>::max() : double{std::numeric_limits<float>::max()};
  const ValueId by_max = f.choose(f.greater(range.max, 0), f.div(highest, range.max), f.number(largest));
  const ValueId step_of_max = f.div(range.max, f.number(highest));
  if (lowest == 0) return {f.number(0), range.max, step_of_max, by_max};
  const ValueId by_min = f.choose(f.less(range.min, 0), f.div(lowest, range.min), f.number(largest));
  const ValueId min_decides = f.b(Op::LESS, {by_min, by_max});
  const ValueId step = f.choose(min_decides, f.div(range.min, f.number(lowest)), step_of_max);
  const ValueId low = f.choose(min_decides, range.min, f.mul(step, lowest));
  const ValueId high = f.choose(min_decides, f.mul(step, highest), range.max);
  return {low, high, step, f.min(by_min, by_max)};
}

Results quantize_and_dequantize(TfNode& n, Builder& b) {
  const bool is_v3 = n.op() == "QuantizeAndDequantizeV3";
  const bool is_signed = n.flag_attr("signed_input", true);
  const bool is_given = n.flag_attr("range_given", is_v3);
  const std::int64_t bits = is_v3 ? n.integer(3, "the number of bits") : n.integer_attr("num_bits", 8);
  n.require(bits >= (is_signed ? 2 : 1) && bits <= 62, "its number of bits is out of range");
  const std::int64_t axis = n.integer_attr("axis", -1);
  const Formula f = formula_of(n, b);

  const std::int64_t count = std::int64_t{1} << (is_signed ? bits - 1 : bits);
  const bool narrow = n.flag_attr("narrow_range");
  const double highest = static_cast<double>(count - 1);
  const double lowest = !is_signed ? 0 : narrow ? -highest : -static_cast<double>(count);
  const Range range = is_given ? given_range(n, b, axis) : range_of_data(n, b, axis);
  const Grid grid = symmetric_grid(f, range, lowest, highest);
  const bool fills_bytes = bits == 8 && is_given && highest - lowest == 255;
  if (const auto scale = single(b, grid.step); fills_bytes && scale && *scale > 0)
    return as_bytes(b, n.in(0), *scale, is_signed ? 0 : -128);

  const ValueId x = is_given ? clamped(b, n.in(0), grid.low, grid.high) : n.in(0);
  const ValueId steps = f.mul(x, grid.reciprocal);
  const bool half_up = n.text_attr("round_mode", "HALF_TO_EVEN") == "HALF_UP";
  return f.mul(half_up ? f.floor(f.add(steps, 0.5)) : f.round(steps), grid.step);
}

}  // namespace

void add_fake_quantization_translators(Translators& t) {
  t.add("FakeQuantWithMinMaxArgs", with_attributes);
  t.add("FakeQuantWithMinMaxVars", with_operands);
  t.add("FakeQuantWithMinMaxVarsPerChannel", with_operands);
  t.add("QuantizeAndDequantizeV2", quantize_and_dequantize);
  t.add("QuantizeAndDequantizeV3", quantize_and_dequantize);
  t.add("QuantizeAndDequantizeV4", quantize_and_dequantize);
}

}  // namespace tolite::tensorflow
