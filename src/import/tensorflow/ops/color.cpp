// TensorFlow ops on the colours of images: RGBToHSV, HSVToRGB, AdjustHue, AdjustSaturation, AdjustContrast.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

struct Color {
  ValueId first, second, third;
};

/// Arithmetic on float32 values, as formulas read.
struct Arithmetic {
  Builder& b;
  ValueId number(double v) { return b.scalar(Type::float32, v); }
  ValueId add(ValueId x, ValueId y) { return b(Op::ADD, {x, y}); }
  ValueId sub(ValueId x, ValueId y) { return b(Op::SUB, {x, y}); }
  ValueId mul(ValueId x, ValueId y) { return b(Op::MUL, {x, y}); }
  ValueId div(ValueId x, ValueId y) { return b(Op::DIV, {x, y}); }
  ValueId choose(ValueId condition, ValueId x, ValueId y) { return b(Op::SELECT_V2, {condition, x, y}); }
  ValueId clamped(ValueId x) { return b(Op::MINIMUM, {b(Op::MAXIMUM, {x, number(0)}), number(1)}); }
};

Color channels(TfNode& n, Builder& b) {
  const Shape& shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() >= 1 && shape.last().is(3), "the last dimension is not known to be 3");
  const ValueId axis = b.int32(static_cast<std::int64_t>(shape.rank()) - 1);
  const ValueId x = cast_to(b, n.in(0), Type::float32);
  const std::vector<ValueId> c = b.many(Op::SPLIT, {axis, x}, {{Attr::num_splits, 3}}, 3);
  return {c[0], c[1], c[2]};
}

ValueId joined(TfNode& n, Builder& b, const Color& c) {
  const auto axis = static_cast<std::int64_t>(n.shape(0).rank()) - 1;
  const ValueId y = b(Op::CONCATENATION, {c.first, c.second, c.third}, {{Attr::axis, axis}});
  return cast_to(b, y, n.type(0));
}

// The hexagon of hues: a sixth for each pair of neighbouring colours, counted from red.
Color hsv_of_rgb(Builder& b, const Color& rgb) {
  Arithmetic a{b};
  const auto& [red, green, blue] = rgb;
  const ValueId value = b(Op::MAXIMUM, {b(Op::MAXIMUM, {red, green}), blue});
  const ValueId least = b(Op::MINIMUM, {b(Op::MINIMUM, {red, green}), blue});
  const ValueId range = a.sub(value, least);
  const ValueId zero = a.number(0);
  const ValueId saturation = a.choose(b(Op::GREATER, {value, zero}), a.div(range, value), zero);
  const ValueId is_gray = b(Op::LESS_EQUAL, {range, zero});
  const ValueId unit = a.div(a.number(1.0 / 6), a.choose(is_gray, a.number(1), range));
  const ValueId from_red = a.mul(unit, a.sub(green, blue));
  const ValueId from_green = a.add(a.mul(unit, a.sub(blue, red)), a.number(2.0 / 6));
  const ValueId from_blue = a.add(a.mul(unit, a.sub(red, green)), a.number(4.0 / 6));
  const ValueId other = a.choose(b(Op::EQUAL, {green, value}), from_green, from_blue);
  const ValueId signed_hue = a.choose(b(Op::EQUAL, {red, value}), from_red, other);
  const ValueId turned = a.add(signed_hue, a.number(1));
  const ValueId hue = a.choose(b(Op::LESS, {signed_hue, zero}), turned, signed_hue);
  return {a.choose(is_gray, zero, hue), saturation, value};
}

// How far a hue is from cyan, from magenta and from yellow tells how much red, green and blue it has.
Color rgb_of_hsv(Builder& b, const Color& hsv) {
  Arithmetic a{b};
  const auto& [hue, saturation, value] = hsv;
  const ValueId sixths = a.mul(hue, a.number(6));
  const auto distance = [&](double from) { return b(Op::ABS, {a.sub(sixths, a.number(from))}); };
  const ValueId red = a.clamped(a.sub(distance(3), a.number(1)));
  const ValueId green = a.clamped(a.sub(a.number(2), distance(2)));
  const ValueId blue = a.clamped(a.sub(a.number(2), distance(4)));
  const ValueId gray = a.sub(a.number(1), saturation);
  const auto mixed = [&](ValueId part) {
    const ValueId share = a.mul(saturation, part);
    return a.mul(a.add(gray, share), value);
  };
  const ValueId y_red = mixed(red);
  const ValueId y_green = mixed(green);
  return {y_red, y_green, mixed(blue)};
}

Results rgb_to_hsv(TfNode& n, Builder& b) { return joined(n, b, hsv_of_rgb(b, channels(n, b))); }

Results hsv_to_rgb(TfNode& n, Builder& b) { return joined(n, b, rgb_of_hsv(b, channels(n, b))); }

// Hues are a circle: whole turns do not count.
Results adjust_hue(TfNode& n, Builder& b) {
  Arithmetic a{b};
  const Color hsv = hsv_of_rgb(b, channels(n, b));
  const ValueId moved = a.add(hsv.first, cast_to(b, n.in(1), Type::float32));
  const ValueId hue = a.sub(moved, b(Op::FLOOR, {moved}));
  return joined(n, b, rgb_of_hsv(b, {hue, hsv.second, hsv.third}));
}

Results adjust_saturation(TfNode& n, Builder& b) {
  Arithmetic a{b};
  const Color hsv = hsv_of_rgb(b, channels(n, b));
  const ValueId saturation = a.clamped(a.mul(hsv.second, cast_to(b, n.in(1), Type::float32)));
  return joined(n, b, rgb_of_hsv(b, {hsv.first, saturation, hsv.third}));
}

// Away from the mean of each channel of each image.
ValueId contrasted(TfNode& n, Builder& b) {
  Arithmetic a{b};
  const Shape shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() >= 3, "the rank of the image is not known or too low");
  const auto rank = static_cast<std::int64_t>(shape.rank());
  const ValueId x = cast_to(b, n.in(0), Type::float32);
  const ValueId mean = b(Op::MEAN, {x, b.int32s({rank - 3, rank - 2})}, {{Attr::keep_dims, true}});
  return a.add(a.mul(a.sub(x, mean), cast_to(b, n.in(1), Type::float32)), mean);
}

Results adjust_contrast_v2(TfNode& n, Builder& b) { return cast_to(b, contrasted(n, b), n.type(0)); }

// The first form takes all types, gives float32 and has limits.
Results adjust_contrast(TfNode& n, Builder& b) {
  const ValueId y = contrasted(n, b);
  return b(Op::MAXIMUM, {b(Op::MINIMUM, {y, n.in(3)}), n.in(2)});
}

}  // namespace

void add_color_translators(Translators& t) {
  t.add("AdjustContrast", adjust_contrast);
  t.add("AdjustContrastv2", adjust_contrast_v2);
  t.add("AdjustHue", adjust_hue);
  t.add("AdjustSaturation", adjust_saturation);
  t.add("HSVToRGB", hsv_to_rgb);
  t.add("RGBToHSV", rgb_to_hsv);
}

}  // namespace tolite::tensorflow
