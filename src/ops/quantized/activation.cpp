// Activations of stored elements that are computed in integers: the RELU family, LEAKY_RELU, PRELU, HARD_SWISH.
#include "ops/element_wise.h"
#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

void rescale_and_clamp(Eval& n, float from, float to) {
  require_one_type(n, 0, 0);
  with_stored(n, 0, [&](auto tag) {
    using T = decltype(tag);
    const Storage in = storage_of_operand(n, 0);
    const Storage out = storage_of_result(n);
    const StoredRange range(n, out, from, to);
    const Multiplier factor = multiplier_of(in.scale / out.scale);
    map_elements<T>(n, [=](T x) { return range(wrapping_sum(out.zero_point, multiply(x - in.zero_point, factor))); });
  });
}

/// The upper half of 2 * a * b, rounded to the nearest.
std::int16_t rounding_high_product_16(std::int16_t a, std::int16_t b) {
  if (a == -32768 && b == -32768) return 32767;
  const std::int32_t product = std::int32_t{a} * b;
  return static_cast<std::int16_t>((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

std::int16_t saturating_shift_left_16(std::int16_t x, int bits) {
  return static_cast<std::int16_t>(
      std::clamp<std::int64_t>(std::int64_t{x} * (std::int64_t{1} << std::min(bits, 31)), -32768, 32767));
}

std::int16_t rounding_shift_right_16(std::int16_t x, int bits) {
  return static_cast<std::int16_t>(bits > 31 ? 0 : rounding_shift_right(x, bits));
}

/// A multiplier whose mantissa is rounded to 16 bits.
struct Multiplier16 {
  std::int16_t mantissa;
  int shift;
  explicit Multiplier16(float factor) {
    const Multiplier m = multiplier_of(factor);
    mantissa = static_cast<std::int16_t>(
        m.mantissa >= std::numeric_limits<std::int32_t>::max() - (1 << 15) ? 32767 : (m.mantissa + (1 << 15)) >> 16);
    shift = m.shift;
  }
};

}  // namespace

void relu(Eval& n) { rescale_and_clamp(n, 0, kInfinity); }
void relu6(Eval& n) { rescale_and_clamp(n, 0, 6); }
void relu_n1_to_1(Eval& n) { rescale_and_clamp(n, -1, 1); }
void relu_0_to_1(Eval& n) { rescale_and_clamp(n, 0, 1); }

void leaky_relu(Eval& n) {
  require_one_type(n, 0, 0);
  with_stored(n, 0, [&](auto tag) {
    using T = decltype(tag);
    const Storage in = storage_of_operand(n, 0);
    const Storage out = storage_of_result(n);
    const StoredRange range(out.type);
    const float alpha = n.real(Attr::alpha);
    const int sign = alpha < 0 ? -1 : 1;
    const Multiplier positive = multiplier_of(in.scale / out.scale);
    const Multiplier negative = multiplier_of(std::abs(in.scale * alpha / out.scale));
    map_elements<T>(n, [=](T stored) {
      const std::int32_t x = stored - in.zero_point;
      return range(wrapping_sum(out.zero_point, x >= 0 ? multiply(x, positive) : sign * multiply(x, negative)));
    });
  });
}

namespace {

template <typename T>
void prelu(Eval& n, const Storage& alpha) {
  const Storage in = storage_of_operand(n, 0);
  const Storage out = storage_of_result(n);
  const StoredRange range(out.type);
  const Multiplier positive = multiplier_of(in.scale / out.scale);
  const Multiplier negative = multiplier_of(in.scale * alpha.scale / out.scale);
  zip_elements<T>(n, [=](T stored, T slope) {
    const std::int32_t x = stored - in.zero_point;
    const std::int32_t y = x >= 0 ? multiply(x, positive) : multiply(x * (slope - alpha.zero_point), negative);
    return range(wrapping_sum(y, out.zero_point));
  });
}

}  // namespace

// The slopes are int8, whatever the data is.
void prelu(Eval& n) {
  require_one_type(n, 0, 0);
  if (n.in(1).type != Type::int8) n.fail("there is no kernel for slopes of " + std::string(type_name(n.in(1).type)));
  const Storage alpha = storage_of_operand(n, 1);
  if (n.in(0).type == Type::int8) return prelu<std::int8_t>(n, alpha);
  const Tensor slopes = integer_tensor(Type::int16, n.in(1).dims, n.in_integers(1));
  const Tensor* operands[] = {&n.in(0), &slopes};
  Eval on_one_type(n, operands);
  prelu<std::int16_t>(on_one_type, alpha);
  n.set(0, std::move(on_one_type.outputs().front()));
}

// x * relu6(x + 3) / 6 in 16 bits: x with 7 bits more, times its place between -3 and 3 as Q0.15.
void hard_swish(Eval& n) {
  if (n.in(0).type != Type::int8) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  require_one_type(n, 0, 0);
  const Storage in = storage_of_operand(n, 0);
  const Storage out = storage_of_result(n);
  const StoredRange range(out.type);
  const float fine_scale = 1.0F / 128.0F * in.scale;
  const Multiplier16 to_output(fine_scale / out.scale);
  const Multiplier16 to_place(fine_scale / (3.0F / 32768.0F));
  if (to_output.shift > 0) n.fail("the scale of the result is too small beside that of the operand");
  map_elements<std::int8_t>(n, [=](std::int8_t stored) {
    const auto x = static_cast<std::int16_t>((stored - in.zero_point) * (1 << 7));
    const std::int16_t on_output_scale = rounding_high_product_16(x, to_output.mantissa);
    std::int16_t place = x;
    if (to_place.shift > 0) place = saturating_shift_left_16(place, to_place.shift - 1);
    place = rounding_high_product_16(place, to_place.mantissa);
    if (to_place.shift > 0) place = saturating_shift_left_16(place, 1);
    if (to_place.shift < 0) place = rounding_shift_right_16(place, -to_place.shift);
    place = static_cast<std::int16_t>((place + (1 << 15)) >> 1);
    const auto product = static_cast<std::int16_t>(std::int32_t{place} * on_output_scale / (1 << 15));  // to zero
    return range(static_cast<std::int16_t>(rounding_shift_right_16(product, -to_output.shift) + out.zero_point));
  });
}

}  // namespace tolite::quantized
