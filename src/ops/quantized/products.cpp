// The inner loops of convolutions and matrix products, and what is done with their sums.
#include "ops/quantized/products.h"

#include "base/thread_pool.h"
#include "lite/op_row.h"
#include "ops/element_wise.h"

namespace tolite::quantized {
namespace {

// |x| <= 2^15 and |weight| <= 255: so many products fit into 32 bits.
constexpr std::size_t kChunk = 128;

/// The products of x with four rows that lie `depth` apart: x is loaded once for all of them.
void add_four_rows(const std::int16_t* x, const std::int16_t* rows, std::size_t depth, std::int64_t* sums) {
  static_assert(kRows == 4);
  for (std::size_t begin = 0; begin < depth; begin += kChunk) {
    const std::size_t end = std::min(begin + kChunk, depth);
    std::int32_t a = 0;
    std::int32_t b = 0;
    std::int32_t c = 0;
    std::int32_t d = 0;
    for (std::size_t k = begin; k < end; ++k) {
      const std::int32_t v = x[k];
      a += v * rows[k];
      b += v * rows[depth + k];
      c += v * rows[2 * depth + k];
      d += v * rows[3 * depth + k];
    }
    sums[0] += a;
    sums[1] += b;
    sums[2] += c;
    sums[3] += d;
  }
}

std::int64_t narrow_product(const std::int16_t* x, const std::int16_t* row, std::size_t depth) {
  std::int64_t sum = 0;
  for (std::size_t begin = 0; begin < depth; begin += kChunk) {
    std::int32_t part = 0;
    for (std::size_t k = begin; k < std::min(begin + kChunk, depth); ++k) part += std::int32_t{x[k]} * row[k];
    sum += part;
  }
  return sum;
}

/// Two elements a byte, the first in the low half.
std::int32_t int4_element(const std::byte* bytes, std::size_t i) {
  const auto byte = static_cast<std::uint8_t>(bytes[i / 2]);
  const int bits = i % 2 == 0 ? byte & 0xF : byte >> 4;
  return bits >= 8 ? bits - 16 : bits;
}

std::vector<std::int64_t> bias_of(Eval& n, std::size_t operand, std::size_t channels, bool is_wide) {
  if (!n.has(operand)) return {};
  const Type type = n.in(operand).type;
  if (type != Type::int32 && (type != Type::int64 || !is_wide)) n.fail("the kernel does not take a bias of this type");
  std::vector<std::int64_t> bias = n.in_integers(operand);
  if (bias.size() != channels) n.fail("the bias does not fit the output channels");
  return bias;
}

bool sums_are_wide(const Eval& n, Type data) {
  if (data != Type::int16) return false;
  const bool says = n.row().attrs.find(Attr::quantized_bias_type) != nullptr;
  return !says || n.element_type(Attr::quantized_bias_type) != Type::int32;
}

}  // namespace

std::vector<std::int16_t> centered(Eval& n, std::size_t i, std::int32_t zero_point) {
  const Tensor& t = n.in(i);
  std::vector<std::int16_t> list(static_cast<std::size_t>(t.element_count()));
  const auto fill = [&](auto element) {
    parallel_ranges(list.size(), kElementGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t k = begin; k < end; ++k) list[k] = static_cast<std::int16_t>(element(k) - zero_point);
    });
  };
  if (t.type == Type::int4) {
    fill([bytes = t.bytes.data()](std::size_t k) { return int4_element(bytes, k); });
  } else {
    with_stored(
        n, i, [&](auto tag) { fill([x = elements<decltype(tag)>(t)](std::size_t k) { return std::int32_t{x[k]}; }); });
  }
  return list;
}

void multiply_rows(const std::int16_t* x, const std::int16_t* rows, std::size_t depth, std::size_t count,
                   std::int64_t* sums) {
  std::fill(sums, sums + count, 0);
  if (count == kRows) return add_four_rows(x, rows, depth, sums);
  for (std::size_t r = 0; r < count; ++r) sums[r] = narrow_product(x, rows + r * depth, depth);
}

void multiply_wide_rows(const std::int16_t* x, const std::int16_t* rows, std::size_t depth, std::size_t count,
                        std::int64_t* sums) {
  std::fill(sums, sums + count, 0);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t k = 0; k < depth; ++k) sums[r] += std::int32_t{x[k]} * rows[r * depth + k];
  }
}

OutputStage::OutputStage(Eval& n, const Storage& data, std::span<const float> scales, std::size_t bias)
    : is_wide_(sums_are_wide(n, data.type)), range_(data.type) {
  if (n.output_type() != data.type) n.fail("data and result are not stored as one type");
  const Storage out = storage_of_result(n);
  zero_point_ = out.zero_point;
  range_ = StoredRange(n, out);
  for (const float scale : scales) {
    real_factors_.push_back(static_cast<double>(data.scale) * scale / out.scale);
    factors_.push_back(multiplier_of(real_factors_.back()));
  }
  bias_ = bias_of(n, bias, scales.size(), is_wide_);
}

}  // namespace tolite::quantized
