// Complex numbers: RFFT2D makes them, REAL, IMAG and COMPLEX_ABS take them apart.
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "base/checked.h"
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/permute.h"

namespace tolite {
namespace {

using Complex = std::complex<double>;

// ---- REAL, IMAG and COMPLEX_ABS.

void infer_part(Infer& n) {
  n.require(is_complex(n.type(0)), "the operand is not complex");
  n.output(0, n.type(0) == Type::complex64 ? Type::float32 : Type::float64, n.shape(0));
}

template <typename Part, typename F>
void map_complex(Eval& n, F f) {
  const Elements<Part> x = elements<Part>(n.in(0));
  Part* y = n.out_as<Part>(0, type_of<Part>, n.in(0).dims);
  for (std::size_t i = 0; i < x.size() / 2; ++i) y[i] = f(x[2 * i], x[2 * i + 1]);
}

template <typename F>
void map_parts(Eval& n, F f) {
  if (n.in(0).type == Type::complex64) return map_complex<float>(n, f);
  if (n.in(0).type == Type::complex128) return map_complex<double>(n, f);
  n.fail("the operand is not complex");
}

constexpr OpRow part(Op op, std::string_view name, void (*eval)(Eval&)) {
  return {
      .op = op,
      .name = name,
      .infer = infer_part,
      .eval = eval,
      .permute = permute_element_wise,
      .kernel = {{Type::complex64, Type::complex128}},
  };
}

constexpr OpRow kReal = part(Op::REAL, "REAL", [](Eval& n) { map_parts(n, [](auto re, auto /*im*/) { return re; }); });
constexpr OpRow kImag = part(Op::IMAG, "IMAG", [](Eval& n) { map_parts(n, [](auto /*re*/, auto im) { return im; }); });
constexpr OpRow kAbs = part(Op::COMPLEX_ABS, "COMPLEX_ABS",
                            [](Eval& n) { map_parts(n, [](auto re, auto im) { return std::hypot(re, im); }); });

// ---- RFFT2D: the spectrum of the last two dimensions, cut or filled with zeros to the sizes of operand 1, of which
// the runtime takes powers of two only. Of the last dimension half: the rest mirrors it.

constexpr std::int64_t kMostPoints = std::int64_t{1} << 28U;

bool is_power_of_two(std::int64_t n) { return n > 0 && std::has_single_bit(static_cast<std::uint64_t>(n)); }

void infer_rfft2d(Infer& n) {
  n.require(n.type(0) == Type::float32, "the signal is not float32");
  const Shape& signal = n.shape(0);
  if (!signal.ranked()) return n.output(0, Type::complex64, Shape::unranked());
  n.require(signal.rank() >= 2, "the signal has less than two dimensions");
  std::vector<Dim> dims = signal.dims();
  const std::size_t last = dims.size() - 1;
  const auto sizes = n.known(1);
  n.require(!sizes || sizes->size() == 2, "fft_length does not have two elements");
  dims[last - 1] = n.dims().fresh();
  dims[last] = n.dims().fresh();
  if (sizes) {
    for (const Dim& size : *sizes)
      n.require(!size.known() || is_power_of_two(size.number), "a size is no power of two");
    dims[last - 1] = (*sizes)[0];
    if ((*sizes)[1].known()) dims[last] = (*sizes)[1].number / 2 + 1;
  }
  n.output(0, Type::complex64, Shape(std::move(dims)));
}

/// Cooley and Tukey's algorithm in place; the number of points is a power of two.
void transform(std::vector<Complex>& x) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n / 2;
    for (; (j & bit) != 0; bit /= 2) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t size = 2; size <= n; size *= 2) {
    for (std::size_t k = 0; k < size / 2; ++k) {
      const Complex turn = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size));
      for (std::size_t at = k; at < n; at += size) {
        const Complex odd = turn * x[at + size / 2];
        x[at + size / 2] = x[at] - odd;
        x[at] += odd;
      }
    }
  }
}

void eval_rfft2d(Eval& n) {
  const Tensor& signal = n.in(0);
  const std::vector<std::int64_t> sizes = n.in_integers(1);
  if (signal.type != Type::float32 || signal.dims.size() < 2 || sizes.size() != 2) n.fail("no kernel for this signal");
  if (!is_power_of_two(sizes[0]) || !is_power_of_two(sizes[1]) || checked_mul(sizes[0], sizes[1]) > kMostPoints)
    n.fail("a size of the transform is no power of two, or too large");
  const std::size_t last = signal.dims.size() - 1;
  const auto rows = static_cast<std::size_t>(sizes[0]);
  const auto columns = static_cast<std::size_t>(sizes[1]);
  const std::size_t half = columns / 2 + 1;
  const auto height = static_cast<std::size_t>(signal.dims[last - 1]);
  const auto width = static_cast<std::size_t>(signal.dims[last]);
  std::vector<std::int64_t> dims = signal.dims;
  dims[last - 1] = sizes[0];
  dims[last] = static_cast<std::int64_t>(half);
  const Elements<float> x = elements<float>(signal);
  auto* y = reinterpret_cast<float*>(n.out(0, Type::complex64, dims).data());
  std::size_t batches = 1;
  for (std::size_t i = 0; i + 1 < last; ++i) batches *= static_cast<std::size_t>(signal.dims[i]);
  std::vector<Complex> spectrum(rows * half);
  std::vector<Complex> row(columns);
  std::vector<Complex> column(rows);
  for (std::size_t batch = 0; batch < batches; ++batch) {
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        const bool inside = r < height && c < width;
        row[c] = inside ? static_cast<double>(x[(batch * height + r) * width + c]) : 0.0;
      }
      transform(row);
      std::copy_n(row.begin(), half, spectrum.begin() + static_cast<std::ptrdiff_t>(r * half));
    }
    for (std::size_t c = 0; c < half; ++c) {
      for (std::size_t r = 0; r < rows; ++r) column[r] = spectrum[r * half + c];
      transform(column);
      for (std::size_t r = 0; r < rows; ++r) {
        float* const to = y + 2 * ((batch * rows + r) * half + c);
        to[0] = static_cast<float>(column[r].real());
        to[1] = static_cast<float>(column[r].imag());
      }
    }
  }
}

constexpr OpRow kRfft2d{
    .op = Op::RFFT2D,
    .name = "RFFT2D",
    .options = {.builtin_options = 105},
    .infer = infer_rfft2d,
    .eval = eval_rfft2d,
    .kernel = {{Type::float32}},
};

}  // namespace

void add_complex_ops(OpTable& table) {
  for (const OpRow* row : {&kReal, &kImag, &kAbs, &kRfft2d}) table.add(*row);
}

}  // namespace tolite
