// ADD, SUB, MUL, DIV and SQUARED_DIFFERENCE of stored elements.
#include "ops/element_wise.h"
#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {
namespace {

/// Calls f(T(), storage of operands 0 and 1 and the result, the range of the result).
template <typename F>
void with_operands(Eval& n, F f) {
  require_one_type(n, 0, 1);
  with_stored(n, 0, [&](auto tag) {
    const Storage result = storage_of_result(n);
    const StoredRange range(n, result);
    f(tag, storage_of_operand(n, 0), storage_of_operand(n, 1), result, range);
  });
}

/// Brings operands of two scales to half the larger one, with some bits more: the sum or difference of two fits.
struct CommonScale {
  int bits;  ///< more than the operands have
  Multiplier a;
  Multiplier b;
  Multiplier result;  ///< from the sum to the result's scale
  std::int32_t zero_a;
  std::int32_t zero_b;

  /// The sum is raised to `power` before it is brought to the result's scale.
  CommonScale(const Eval& n, const Storage& x, const Storage& y, const Storage& out, int more_bits, int power)
      : bits(more_bits), zero_a(x.zero_point), zero_b(y.zero_point) {
    const double twice_larger = 2 * std::max(x.scale, y.scale);
    a = multiplier_of(x.scale / twice_larger);
    b = multiplier_of(y.scale / twice_larger);
    const float unit = static_cast<float>(1 << (bits * power)) * out.scale;
    const double factor = (power == 2 ? twice_larger * twice_larger : twice_larger) / unit;
    if (!(factor < 1)) n.fail("the scale of the result is too small beside those of the operands");
    result = multiplier_of(factor);
  }
  std::int32_t scaled_a(std::int32_t x) const { return quantized::multiply((x - zero_a) * (1 << bits), a); }
  std::int32_t scaled_b(std::int32_t y) const { return quantized::multiply((y - zero_b) * (1 << bits), b); }
};

/// log2 of a scale, and whether it is a whole number as near as the runtime wants it.
struct PowerOfTwo {
  int exponent;
  bool exact;
  explicit PowerOfTwo(float scale) {
    const float log2 = std::log(scale) * (1.0F / std::log(2.0F));
    exponent = static_cast<int>(std::round(log2));
    exact = std::abs(log2 - std::round(log2)) < 1e-3F;
  }
};

/// int16 operands and result whose scales are powers of two, where the node allows it: one operand is shifted.
template <typename Combine>
bool shifted(Eval& n, const Storage& x, const Storage& y, const Storage& out, StoredRange range, Combine combine) {
  const PowerOfTwo a(x.scale);
  const PowerOfTwo b(y.scale);
  const PowerOfTwo c(out.scale);
  if (!n.flag(Attr::pot_scale_int16) || !a.exact || !b.exact || !c.exact) return false;
  const int shift_a = c.exponent - a.exponent;
  const int shift_b = c.exponent - b.exponent;
  if (shift_a < 0 || shift_b < 0 || shift_a > 31 || shift_b > 31 || (shift_a != 0 && shift_b != 0))
    n.fail("the scales do not fit each other");
  zip_elements<std::int16_t>(n, [=](std::int32_t p, std::int32_t q) {
    return range(combine(rounding_shift_right(p, shift_a), rounding_shift_right(q, shift_b)));
  });
  return true;
}

template <typename Combine>
void combine_linearly(Eval& n, Combine combine) {
  with_operands(n, [&](auto tag, const Storage& x, const Storage& y, const Storage& out, StoredRange range) {
    using T = decltype(tag);
    constexpr bool kIs16 = sizeof(T) == 2;
    if (kIs16 && shifted(n, x, y, out, range, combine)) return;
    const CommonScale scale(n, x, y, out, kIs16 ? 15 : 20, 1);
    zip_elements<T>(n, [=, zero = out.zero_point](T p, T q) {
      return range(quantized::multiply(combine(scale.scaled_a(p), scale.scaled_b(q)), scale.result) + zero);
    });
  });
}

}  // namespace

void add(Eval& n) {
  combine_linearly(n, [](std::int32_t a, std::int32_t b) { return a + b; });
}

void subtract(Eval& n) {
  combine_linearly(n, [](std::int32_t a, std::int32_t b) { return a - b; });
}

void multiply(Eval& n) {
  with_operands(n, [&](auto tag, const Storage& x, const Storage& y, const Storage& out, StoredRange range) {
    using T = decltype(tag);
    const Multiplier factor = multiplier_of(x.scale * y.scale / out.scale);
    zip_elements<T>(n, [=](T p, T q) {
      const std::int32_t product = (p - x.zero_point) * (q - y.zero_point);
      return range(wrapping_sum(quantized::multiply(product, factor), out.zero_point));
    });
  });
}

// A dividend of 0 is shifted by more than 31 bits: most often the quotient is one step off.
void divide(Eval& n) {
  with_operands(n, [&](auto tag, const Storage& x, const Storage& y, const Storage& out, StoredRange range) {
    using T = decltype(tag);
    const Elements<T> divisors = elements<T>(n.in(1));
    for (std::size_t i = 0; i < divisors.size(); ++i) {
      if (divisors[i] == y.zero_point) n.fail("division by zero");
    }
    const Multiplier factor = multiplier_of(x.scale / (y.scale * out.scale));
    zip_elements<T>(n, [=](T p, T q) {
      const int sign = q < y.zero_point ? -1 : 1;
      const std::int32_t a = sign * (p - x.zero_point);
      const Reciprocal inverse = reciprocal(sign * (q - y.zero_point), 31);
      const int headroom = a == 0 ? 31 : __builtin_clrsb(a);
      const std::int32_t quotient = rounding_high_product(shift_left(a, headroom), inverse.value);
      const int right = inverse.bits_over_one + headroom - factor.shift;
      const std::int32_t scaled = rounding_shift_right(rounding_high_product(quotient, factor.mantissa), right);
      return range(wrapping_sum(scaled, out.zero_point));
    });
  });
}

void squared_difference(Eval& n) {
  if (n.in(0).type != Type::int8) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  with_operands(n, [&](auto tag, const Storage& x, const Storage& y, const Storage& out, StoredRange range) {
    using T = decltype(tag);
    const CommonScale scale(n, x, y, out, 7, 2);
    zip_elements<T>(n, [=, zero = out.zero_point](T p, T q) {
      const std::int32_t difference = scale.scaled_a(p) - scale.scaled_b(q);
      return range(quantized::multiply(difference * difference, scale.result) + zero);
    });
  });
}

}  // namespace tolite::quantized
