// TensorFlow's Fourier transforms. The runtime has one, RFFT2D: of real signals, with lengths that are powers of two.
// Others of such lengths follow from it; short ones and other lengths are products with the matrix of the transform.
#include <bit>
#include <cmath>
#include <numbers>

#include "import/tensorflow/ops/complex.h"
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/matmul.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

constexpr std::int64_t kMostByMatrix = 1024;  // its matrix has up to 4 N^2 elements
constexpr std::int64_t kSoonestByRfft = 512;  // shorter signals are faster by matrix than by the ops around RFFT2D

bool is_power_of_two(std::int64_t n) { return n > 0 && std::has_single_bit(static_cast<std::uint64_t>(n)); }

/// Transforms along the last dimension, and what they need.
class Fourier {
 public:
  Fourier(TfNode& n, Builder& b) : n_(n), b_(b) {}

  /// The spectrum of a real signal: points / 2 + 1 numbers.
  Parts of_real(ValueId x, std::int64_t points) const;
  /// The real signal of a given number of points from half of its spectrum.
  ValueId to_real(Parts x, std::int64_t points) const;
  /// Between complex signal and spectrum.
  Parts of_complex(const Parts& x, bool inverse) const;

  /// The dimension `from_last` places before the last one moved to the last place, or back.
  ValueId swapped(ValueId x, std::size_t from_last) const;
  Parts swapped(const Parts& x, std::size_t from_last) const {
    const ValueId real = swapped(x.real, from_last);
    return {real, x.imaginary ? swapped(x.imaginary, from_last) : ValueId()};
  }
  /// The last dimension cut or filled with zeros.
  ValueId fitted(ValueId x, std::int64_t length) const;

 private:
  ValueId builtin(ValueId x, std::int64_t points) const;
  /// The product with the matrix whose element in `row` and `column` of the block is f(row, column).
  template <typename F>
  ValueId by_matrix(ValueId x, std::int64_t rows, std::int64_t columns, F f) const;
  void require_by_matrix(std::int64_t points) const;
  ValueId part(ValueId x, std::int64_t begin, std::int64_t end) const;
  /// front, then the elements [1, points / 2) of back in reverse: what a whole spectrum consists of.
  ValueId mirrored(ValueId front, ValueId back, std::int64_t points) const;
  ValueId join(ValueId x, ValueId y) const { return b_(Op::CONCATENATION, {x, y}, {{Attr::axis, -1}}); }
  ValueId sum(ValueId x, ValueId y) const { return !x ? y : !y ? x : b_(Op::ADD, {x, y}); }
  ValueId difference(ValueId x, ValueId y) const { return !y ? x : !x ? b_(Op::NEG, {y}) : b_(Op::SUB, {x, y}); }
  ValueId scaled(ValueId x, double factor) const { return x ? b_(Op::MUL, {x, b_.scalar(Type::float32, factor)}) : x; }

  TfNode& n_;
  Builder& b_;
};

ValueId Fourier::part(ValueId x, std::int64_t begin, std::int64_t end) const {
  const std::size_t rank = b_.shape(x).rank();
  std::vector<std::int64_t> from(rank, 0);
  std::vector<std::int64_t> to(rank, 0);
  from.back() = begin;
  to.back() = end;
  const auto others = (std::int64_t{1} << (rank - 1)) - 1;
  const ValueId begins = b_.int32s(from);
  const ValueId ends = b_.int32s(to);
  const ValueId strides = b_.int32s(std::vector<std::int64_t>(rank, 1));
  return b_(Op::STRIDED_SLICE, {x, begins, ends, strides}, {{Attr::begin_mask, others}, {Attr::end_mask, others}});
}

ValueId Fourier::fitted(ValueId x, std::int64_t length) const {
  const Dim last = b_.shape(x).last();
  if (last.is(length)) return x;
  if (!last.known() || last.number < length) {
    const std::size_t rank = b_.shape(x).rank();
    n_.require(rank <= 5, "the runtime pads up to 5 dimensions");
    std::vector<std::int64_t> paddings(2 * rank, 0);
    paddings.back() = last.known() ? length - last.number : length;
    const ValueId by = b_.constant(integer_tensor(Type::int32, {static_cast<std::int64_t>(rank), 2}, paddings));
    x = b_(Op::PAD, {x, by});
  }
  return b_.shape(x).last().is(length) ? x : part(x, 0, length);
}

ValueId Fourier::swapped(ValueId x, std::size_t from_last) const {
  std::vector<std::int64_t> order(b_.shape(x).rank());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  std::swap(order.back(), order[order.size() - 1 - from_last]);
  return b_(Op::TRANSPOSE, {x, b_.int32s(order)});
}

void Fourier::require_by_matrix(std::int64_t points) const {
  if (points <= kMostByMatrix) return;
  n_.refuse(
      "the length of the transform, " + std::to_string(points) + ", is no power of two and too large for a matrix",
      "use a length that is a power of two");
}

template <typename F>
ValueId Fourier::by_matrix(ValueId x, std::int64_t rows, std::int64_t columns, F f) const {
  std::vector<double> elements;
  elements.reserve(static_cast<std::size_t>(rows * columns));
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) elements.push_back(f(row, column));
  }
  const ValueId matrix = b_.constant(tensor_of(Type::float32, {rows, columns}, elements));
  if (b_.shape(x).rank() > 1) return matrix_product(b_, x, matrix, false, false);
  const ValueId product = matrix_product(b_, b_(Op::RESHAPE, {x, b_.int32s({1, -1})}), matrix, false, false);
  return b_(Op::RESHAPE, {product, b_.int32s({-1})});
}

struct Wave {
  double cosine;
  double sine;
  /// Of the angle 2 pi k i / n.
  Wave(std::int64_t k, std::int64_t i, std::int64_t n) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k * i % n) / static_cast<double>(n);
    cosine = clean(std::cos(angle));
    sine = clean(std::sin(angle));
  }
  /// What rounding pi leaves where the wave is zero.
  static double clean(double v) { return std::abs(v) < 1e-13 ? 0 : v; }
};

ValueId Fourier::builtin(ValueId x, std::int64_t points) const {
  const ValueId rows = b_(Op::EXPAND_DIMS, {x, b_.int32(-2)});
  const ValueId spectrum = b_(Op::RFFT2D, {rows, b_.int32s({1, points})});
  return b_(Op::SQUEEZE, {spectrum}, {{Attr::squeeze_dims, std::vector<std::int64_t>{-2}}});
}

Parts Fourier::of_real(ValueId x, std::int64_t points) const {
  if (points > 1 && is_power_of_two(points)) return parts_of(b_, builtin(x, points));
  require_by_matrix(points);
  const std::int64_t half = points / 2 + 1;
  const ValueId both = by_matrix(fitted(x, points), points, 2 * half, [&](std::int64_t i, std::int64_t column) {
    const Wave wave(column % half, i, points);
    return column < half ? wave.cosine : -wave.sine;
  });
  const ValueId real = part(both, 0, half);
  return {real, part(both, half, 2 * half)};
}

ValueId Fourier::mirrored(ValueId front, ValueId back, std::int64_t points) const {
  if (points <= 2) return front;
  const auto last = static_cast<std::int64_t>(b_.shape(back).rank()) - 1;
  return join(front, b_(Op::REVERSE_V2, {part(back, 1, points / 2), b_.int32s({last})}));
}

Parts Fourier::of_complex(const Parts& x, bool inverse) const {
  const Dim last = b_.shape(x.real).last();
  if (!last.known())
    n_.refuse("the length of the transform is not known", "give the input a fixed length (--input-shape)");
  const std::int64_t points = last.number;
  const double scale = inverse ? 1.0 / static_cast<double>(points) : 1.0;
  if (points >= kSoonestByRfft && is_power_of_two(points)) {
    // The inverse is the transform with real and imaginary parts exchanged, before and after.
    const Parts from = inverse ? Parts{imaginary_of(b_, x), x.real} : x;
    const Parts a = of_real(from.real, points);
    const Parts c = from.imaginary ? of_real(from.imaginary, points) : Parts{};
    const ValueId real = difference(a.real, c.imaginary);
    const ValueId imaginary = sum(a.imaginary, c.real);
    const ValueId whole_real = mirrored(real, sum(a.real, c.imaginary), points);
    const ValueId whole_imaginary = mirrored(imaginary, difference(c.real, a.imaginary), points);
    return inverse ? Parts{scaled(whole_imaginary, scale), scaled(whole_real, scale)}
                   : Parts{whole_real, whole_imaginary};
  }
  require_by_matrix(points);
  n_.require(points > 0, "the signal has no points");
  const ValueId from = x.imaginary ? join(x.real, x.imaginary) : x.real;
  const double turn = inverse ? 1 : -1;
  const ValueId both =
      by_matrix(from, x.imaginary ? 2 * points : points, 2 * points, [&](std::int64_t row, std::int64_t column) {
        const Wave wave(column % points, row % points, points);
        const bool to_real = column < points;
        if (row < points) return scale * (to_real ? wave.cosine : turn * wave.sine);
        return scale * (to_real ? -turn * wave.sine : wave.cosine);
      });
  const ValueId real = part(both, 0, points);
  return {real, part(both, points, 2 * points)};
}

ValueId Fourier::to_real(Parts x, std::int64_t points) const {
  const std::int64_t half = points / 2 + 1;
  x = {fitted(x.real, half), x.imaginary ? fitted(x.imaginary, half) : ValueId()};
  const double scale = 1.0 / static_cast<double>(points);
  if (points >= kSoonestByRfft && is_power_of_two(points)) {
    // The imaginary parts of the first and the middle number do not count.
    std::vector<double> inner(static_cast<std::size_t>(half), 1);
    inner.front() = inner.back() = 0;
    const ValueId mask = b_.constant(tensor_of(Type::float32, {half}, inner));
    const ValueId imaginary = x.imaginary ? b_(Op::MUL, {x.imaginary, mask}) : ValueId();
    // Hartley's transform, the real less the imaginary part of Fourier's, is its own inverse up to the scale.
    const auto hartley = [&](ValueId real, ValueId imag) {
      const ValueId front = difference(real, imag);
      return mirrored(front, sum(real, imag), points);
    };
    const Parts spectrum = of_real(hartley(x.real, imaginary), points);
    return scaled(hartley(spectrum.real, spectrum.imaginary), scale);
  }
  require_by_matrix(points);
  const ValueId from = x.imaginary ? join(x.real, x.imaginary) : x.real;
  return by_matrix(from, x.imaginary ? 2 * half : half, points, [&](std::int64_t row, std::int64_t i) {
    const std::int64_t k = row % half;
    const bool twice = k != 0 && 2 * k != points;  // it stands for its mirror image too
    const Wave wave(k, i, points);
    if (row < half) return scale * (twice ? 2 : 1) * wave.cosine;
    return twice ? -2 * scale * wave.sine : 0.0;
  });
}

// ---- The nodes.

/// The lengths that operand 1 asks for.
std::vector<std::int64_t> lengths(const TfNode& n, std::size_t count) {
  const std::vector<std::int64_t> list = n.integers(1, "fft_length");
  n.require(list.size() == count, "fft_length does not have one element a dimension");
  for (const std::int64_t length : list)
    n.require(length > 0 && length < (std::int64_t{1} << 24U), "fft_length is not a sensible length");
  return list;
}

void require_float32(const TfNode& n, std::size_t dimensions) {
  n.require(n.type(0) == Type::float32 || n.type(0) == Type::complex64,
            "the runtime transforms in single precision only");
  n.require(n.shape(0).ranked(), "the rank of the signal is not known");
  n.require(n.shape(0).rank() >= dimensions, "the signal has too few dimensions");
}

template <std::size_t dimensions, bool inverse>
Results complex_transform(TfNode& n, Builder& b) {
  require_float32(n, dimensions);
  const Fourier fourier(n, b);
  Parts x = parts_of(b, n.in(0));
  for (std::size_t i = 0; i < dimensions; ++i) {
    x = i == 0 ? fourier.of_complex(x, inverse)
               : fourier.swapped(fourier.of_complex(fourier.swapped(x, i), inverse), i);
  }
  return complex_of(b, x);
}

Results rfft(TfNode& n, Builder& b) {
  require_float32(n, 1);
  return complex_of(b, Fourier(n, b).of_real(n.in(0), lengths(n, 1)[0]));
}

Results rfft2d(TfNode& n, Builder& b) {
  require_float32(n, 2);
  const std::vector<std::int64_t> size = lengths(n, 2);
  if (is_power_of_two(size[0]) && is_power_of_two(size[1])) return b(Op::RFFT2D, {n.in(0), b.int32s(size)});
  const Fourier fourier(n, b);
  const ValueId turned = fourier.swapped(n.in(0), 1);
  const ValueId signal = fourier.swapped(fourier.fitted(turned, size[0]), 1);
  const Parts rows = fourier.of_real(signal, size[1]);
  return complex_of(b, fourier.swapped(fourier.of_complex(fourier.swapped(rows, 1), false), 1));
}

Results irfft(TfNode& n, Builder& b) {
  require_float32(n, 1);
  const std::int64_t points = lengths(n, 1)[0];
  return Fourier(n, b).to_real(parts_of(b, n.in(0)), points);
}

Results irfft2d(TfNode& n, Builder& b) {
  require_float32(n, 2);
  const std::vector<std::int64_t> size = lengths(n, 2);
  const Fourier fourier(n, b);
  Parts x = fourier.swapped(parts_of(b, n.in(0)), 1);
  x = {fourier.fitted(x.real, size[0]), x.imaginary ? fourier.fitted(x.imaginary, size[0]) : ValueId()};
  return fourier.to_real(fourier.swapped(fourier.of_complex(x, true), 1), size[1]);
}

}  // namespace

void add_fourier_translators(Translators& t) {
  t.add("FFT", complex_transform<1, false>);
  t.add("FFT2D", complex_transform<2, false>);
  t.add("FFT3D", complex_transform<3, false>);
  t.add("IFFT", complex_transform<1, true>);
  t.add("IFFT2D", complex_transform<2, true>);
  t.add("IFFT3D", complex_transform<3, true>);
  t.add("IRFFT", irfft);
  t.add("IRFFT2D", irfft2d);
  t.add("RFFT", rfft);
  t.add("RFFT2D", rfft2d);
}

}  // namespace tolite::tensorflow
