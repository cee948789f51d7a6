// MEAN, SUM and REDUCE_PROD of stored elements.
#include <bit>

#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"
#include "ops/reduce.h"

namespace tolite::quantized {
namespace {

/// `factor` divided by `count`, with bits of the quotient for bits of the shift.
Multiplier divided(Multiplier factor, std::int64_t count) {
  int shift = 63 - std::countl_zero(static_cast<std::uint64_t>(count));
  shift = std::min(std::min(shift, 32), 31 + factor.shift);
  factor.mantissa = static_cast<std::int32_t>((std::int64_t{factor.mantissa} << shift) / count);
  factor.shift -= shift;
  return factor;
}

/// Calls f(T(), storage of operand and result, elements that make one result).
template <typename F>
void with_reduction(Eval& n, F f) {
  require_one_type(n, 0, 0);
  const auto count = static_cast<std::int64_t>(Reduction(n).elements_per_result());
  with_stored(n, 0, [&](auto tag) { f(tag, storage_of_operand(n, 0), storage_of_result(n), count); });
}

}  // namespace

void mean(Eval& n) {
  with_reduction(n, [&](auto tag, const Storage& in, const Storage& out, std::int64_t count) {
    using T = decltype(tag);
    const StoredRange range(out.type);
    const Multiplier factor =
        divided(multiplier_of(double{in.scale} / double{out.scale}), std::max<std::int64_t>(count, 1));
    reduce<T, std::int32_t>(n, 0, wrapping_add<std::int32_t>, [=](std::int32_t sum, std::size_t size) {
      if (size == 0) return T(0);
      const auto from_zero = static_cast<std::int32_t>(sum - in.zero_point * count);
      return static_cast<T>(range(wrapping_sum(multiply(from_zero, factor), out.zero_point)));
    });
  });
}

// The reference kernel reads int8 as uint8; this is what the other one does, in float.
void sum(Eval& n) {
  with_reduction(n, [&](auto tag, const Storage& in, const Storage& out, std::int64_t count) {
    using T = decltype(tag);
    const StoredRange range(out.type);
    const float factor = in.scale / out.scale;
    const float zeros = static_cast<float>(-in.zero_point) * factor * static_cast<float>(count);
    reduce<T, std::int32_t>(n, 0, wrapping_add<std::int32_t>, [=](std::int32_t stored, std::size_t) {
      const float real = std::round(static_cast<float>(stored) * factor + zeros);
      return static_cast<T>(range(wrapping_sum(to_int32(real), out.zero_point)));
    });
  });
}

// Every step is scaled, so that none overflows: by the n-th root of the result's scale for n elements.
void product(Eval& n) {
  with_reduction(n, [&](auto tag, const Storage& in, const Storage& out, std::int64_t count) {
    using T = decltype(tag);
    const StoredRange range(out.type);
    const Multiplier factor =
        multiplier_of(double{in.scale} / std::pow(double{out.scale}, 1.0 / static_cast<double>(count)));
    constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::min();
    const auto step = [=](std::int64_t product, std::int64_t stored) {
      const std::int64_t x = stored - in.zero_point;
      return product == kNothing ? x : multiply(product * x, factor);
    };
    reduce<T, std::int64_t>(n, kNothing, step, [=](std::int64_t product, std::size_t) {
      return static_cast<T>(range(wrapping_sum(multiply(product, factor), out.zero_point)));
    });
  });
}

}  // namespace tolite::quantized
