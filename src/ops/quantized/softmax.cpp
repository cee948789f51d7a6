// SOFTMAX, LOG_SOFTMAX and L2_NORMALIZATION of stored elements.
#include <bit>

#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/lookup_table.h"

namespace tolite::quantized {
namespace {

/// Calls f(row of operand 0, row of result 0), both with elements of type T.
template <typename T, typename F>
void map_rows(Eval& n, F f) {
  const Tensor& input = n.in(0);
  if (input.dims.empty()) n.fail("the input is a scalar: it has no last axis");
  const Elements<T> x = elements<T>(input);
  T* y = n.out_as<T>(0, input.type, input.dims);
  const auto depth = static_cast<std::size_t>(input.dims.back());
  if (x.size() == 0) return;
  parallel_ranges(x.size() / depth, std::max<std::size_t>(1, kElementGrain / depth),
                  [&](std::size_t begin, std::size_t end) {
                    std::vector<T> row(depth);
                    for (std::size_t r = begin; r < end; ++r) {
                      for (std::size_t i = 0; i < depth; ++i) row[i] = x[r * depth + i];
                      f(std::span<const T>(row), std::span<T>(y + r * depth, depth));
                    }
                  });
}

void require_result(Eval& n, Type type, double scale, std::int32_t zero_point) {
  require_one_type(n, 0, 0);
  const Storage out = storage_of_result(n);
  if (out.type != type || out.zero_point != zero_point || std::abs(out.scale - scale) > 1e-3 * scale)
    n.fail("the result is not stored as the kernel gives it");
}

/// exp of the difference between stored numbers for every difference that an int8 row may have, where it counts.
class ExpOfDifference {
 public:
  ExpOfDifference(const Eval& n, double scale) {
    constexpr double kMost = 2147483647.0;
    const double real = std::min(scale * (1 << 26), kMost);  // differences become Q5.26
    if (!(real > 1)) n.fail("the scale is too small for the kernel");
    factor_ = multiplier_of(real);
    lowest_ = -static_cast<int>(
        std::floor(31.0 * (std::int64_t{1} << 26) / static_cast<double>(std::int64_t{1} << factor_.shift)));
    for (int d = std::max(lowest_, -255); d <= 0; ++d) exp_[static_cast<std::size_t>(-d)] = exp_of_negative(scaled(d));
  }
  std::int32_t scaled(int difference) const { return multiply(difference, factor_); }
  bool counts(int difference) const { return difference >= lowest_; }
  int lowest() const { return lowest_; }
  const Multiplier& factor() const { return factor_; }
  std::int32_t operator()(int difference) const { return exp_[static_cast<std::size_t>(-difference)]; }

  /// The sum over a row, as Q12.19.
  std::int32_t sum(std::span<const std::int8_t> x, int most) const {
    std::int32_t total = 0;
    for (const int v : x) {
      if (counts(v - most)) total = wrapping_sum(total, rounding_shift_right((*this)(v - most), 12));
    }
    return total;
  }

 private:
  Multiplier factor_;
  int lowest_ = 0;  ///< what differs by more is not computed with
  std::array<std::int32_t, 256> exp_{};
};

void softmax_8(Eval& n) {
  require_result(n, Type::int8, 1.0 / 256, -128);
  const ExpOfDifference exp(n, static_cast<double>(n.real(Attr::beta)) * storage_of_operand(n, 0).scale);
  map_rows<std::int8_t>(n, [&](std::span<const std::int8_t> x, std::span<std::int8_t> y) {
    const int most = *std::max_element(x.begin(), x.end());
    const Reciprocal scale = reciprocal(exp.sum(x, most), 12);
    const int right = scale.bits_over_one + 23;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const int difference = x[i] - most;
      std::int32_t stored = -128;
      if (exp.counts(difference))
        stored = std::min(rounding_shift_right(rounding_high_product(scale.value, exp(difference)), right) - 128, 127);
      y[i] = static_cast<std::int8_t>(stored);
    }
  });
}

// exp by a table over [-10, 0], the reciprocal of the sum by one of 1 / (1 + x) over [0, 1].
void softmax_16(Eval& n) {
  require_result(n, Type::int16, 1.0 / 32768, 0);
  const Int16Table exp(10.0 / 65535, 32767, 2.0 / 65535, [](double x) { return std::exp(x); });
  const Int16Table inverse(1.0 / 65535, -32768, 2.0 / 65535, [](double x) { return 1 / (1 + x); });
  const Multiplier factor = multiplier_of(storage_of_operand(n, 0).scale * n.real(Attr::beta) / (10.0 / 65535.0));
  const auto to_16 = [](std::int32_t x) { return static_cast<std::int16_t>(std::clamp(x, -32768, 32767)); };
  map_rows<std::int16_t>(n, [&](std::span<const std::int16_t> x, std::span<std::int16_t> y) {
    const std::int32_t most = *std::max_element(x.begin(), x.end());
    std::int32_t sum = 0;  // Q16.15, as y is for now
    for (std::size_t i = 0; i < x.size(); ++i) {
      y[i] = exp(to_16(wrapping_sum(multiply(x[i] - most, factor), 32767)));
      sum = wrapping_sum(sum, y[i]);
    }
    const int headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
    if (headroom < 1 || headroom > 30) n.fail("the sum of exponentials is out of the kernel's range");
    const auto one_to_two = static_cast<std::int32_t>(((std::int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14);
    const std::int64_t scale = inverse(to_16(one_to_two - ((1 << 15) + (1 << 16))));
    const int right = 31 - headroom;
    for (std::int16_t& v : y) {
      const auto stored = static_cast<std::int32_t>((v * scale + (1 << (right - 1))) >> right);
      v = static_cast<std::int16_t>(std::clamp(stored, 0, 32767));
    }
  });
}

}  // namespace

void softmax(Eval& n) { n.in(0).type == Type::int16 ? softmax_16(n) : softmax_8(n); }

void log_softmax(Eval& n) {
  require_result(n, Type::int8, 16.0 / 256, 127);
  const ExpOfDifference exp(n, storage_of_operand(n, 0).scale);
  const Multiplier back = multiplier_of(static_cast<double>(1 << (31 - exp.factor().shift)) / exp.factor().mantissa);
  map_rows<std::int8_t>(n, [&](std::span<const std::int8_t> x, std::span<std::int8_t> y) {
    const int most = *std::max_element(x.begin(), x.end());
    const std::int32_t log_sum = logarithm(exp.sum(x, most));
    const std::int32_t lowest =
        std::max(exp.lowest() - 1, multiply(wrapping_sum(log_sum, std::numeric_limits<std::int32_t>::min()), back));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const int difference = x[i] - most;
      std::int32_t stored = -128;
      if (difference > lowest)
        stored = std::clamp(rounding_shift_right(wrapping_sum(exp.scaled(difference), -log_sum), 22) + 127, -128, 127);
      y[i] = static_cast<std::int8_t>(stored);
    }
  });
}

void l2_normalization(Eval& n) {
  require_result(n, Type::int8, 1.0 / 128, 0);
  if (n.activation() != Activation::NONE) n.fail("there is no kernel with an activation");
  const std::int32_t zero = storage_of_operand(n, 0).zero_point;
  map_rows<std::int8_t>(n, [&](std::span<const std::int8_t> x, std::span<std::int8_t> y) {
    std::int32_t squares = 0;
    for (const int v : x) squares = wrapping_sum(squares, (v - zero) * (v - zero));
    Multiplier scale = inverse_square_root(squares);
    scale.shift += 7;
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = static_cast<std::int8_t>(std::clamp(multiply(x[i] - zero, scale), -128, 127));
  });
}

}  // namespace tolite::quantized
