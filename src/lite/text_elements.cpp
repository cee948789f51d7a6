// Numbers go through std::to_chars and std::from_chars, which give the shortest text that is read back exactly.
#include "lite/text_elements.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/half.h"

namespace tolite {
namespace {

template <typename T>
void append_number(std::string& out, T v) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
  out.append(buffer, end);
}

template <typename T>
bool read_number(std::string_view text, T& v) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), v);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

/// "nan", or with the bits where they are not the usual ones.
template <typename U>
void append_nan(std::string& out, U bits, U usual) {
  out += "nan";
  if (bits == usual) return;
  char buffer[32];
  out += '_';
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, bits, 16).ptr);
}

template <typename U>
bool read_nan(std::string_view text, U& bits, U usual) {
  if (text == "nan") {
    bits = usual;
    return true;
  }
  if (!text.starts_with("nan_")) return false;
  text.remove_prefix(4);
  const auto result = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

template <typename T>
bool read_float(std::string_view text, T& v) {
  const bool negative = text.starts_with('-');
  const std::string_view magnitude = negative ? text.substr(1) : text;
  if (!magnitude.starts_with("0x")) return !magnitude.starts_with("nan") && read_number(text, v);
  const char* end = magnitude.data() + magnitude.size();
  const auto result = std::from_chars(magnitude.data() + 2, end, v, std::chars_format::hex);
  if (negative) v = -v;
  return result.ec == std::errc() && result.ptr == end;
}

constexpr std::uint32_t kNan32 = 0x7FC00000U;
constexpr std::uint64_t kNan64 = 0x7FF8000000000000U;
constexpr std::uint16_t kNanHalf = 0x7E00U;
constexpr std::uint16_t kNanBfloat16 = 0x7FC0U;

/// Bits of the types whose elements do not fill a byte.
unsigned narrow_bits(Type type) {
  const std::size_t bits = bit_size(type);
  return bits < 8 ? static_cast<unsigned>(bits) : 0;
}

std::int64_t narrow_element(const Tensor& tensor, std::int64_t i) {
  const unsigned bits = narrow_bits(tensor.type);
  const auto at = static_cast<std::size_t>(i) * bits;
  const auto raw = (static_cast<unsigned>(tensor.bytes[at / 8]) >> (at % 8)) & ((1U << bits) - 1);
  const bool is_negative = tensor.type != Type::uint4 && (raw >> (bits - 1)) != 0;
  return static_cast<std::int64_t>(raw) - (is_negative ? 1 << bits : 0);
}

void print_float16(std::string& out, std::uint16_t bits, float value, std::uint16_t usual_nan) {
  if (std::isnan(value)) return append_nan(out, bits, usual_nan);
  append_number(out, value);
}

template <typename T>
bool store_integer(std::string_view text, std::byte* p) {
  T v{};
  if (!read_number(text, v)) return false;
  store(p, v);
  return true;
}

/// A 16-bit float: only numbers that it holds exactly.
bool store_float16(std::string_view text, std::byte* p, std::uint16_t usual_nan, std::uint16_t (*narrow)(float),
                   float (*widen)(std::uint16_t)) {
  std::uint16_t bits = 0;
  float v = 0;
  if (!read_nan(text, bits, usual_nan)) {
    if (!read_float(text, v)) return false;
    bits = narrow(v);
    if (widen(bits) != v) return false;
  }
  store(p, bits);
  return true;
}

}  // namespace

void print_float(std::string& out, float v) {
  if (std::isnan(v)) return append_nan(out, std::bit_cast<std::uint32_t>(v), kNan32);
  append_number(out, v);
}

bool parse_float(std::string_view text, float& v) {
  std::uint32_t bits = 0;
  if (!read_nan(text, bits, kNan32)) return read_float(text, v);
  v = std::bit_cast<float>(bits);
  return true;
}

bool parse_integer(std::string_view text, std::int64_t& v) { return read_number(text, v); }

void print_string(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += "\\x";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  out += '"';
}

std::int64_t scalar_count(Type type, std::int64_t elements) { return is_complex(type) ? 2 * elements : elements; }

void print_scalar(std::string& out, const Tensor& tensor, std::int64_t i) {
  if (tensor.type == Type::string) return print_string(out, string_element(tensor, i));
  if (narrow_bits(tensor.type) != 0) return append_number(out, narrow_element(tensor, i));
  const std::size_t width = byte_size(tensor.type) / (is_complex(tensor.type) ? 2 : 1);
  const std::byte* p = tensor.bytes.data() + static_cast<std::size_t>(i) * width;
  switch (tensor.type) {
    case Type::float32:
    case Type::complex64:
      return print_float(out, load<float>(p));
    case Type::float64:
    case Type::complex128: {
      const auto v = load<double>(p);
      if (std::isnan(v)) return append_nan(out, std::bit_cast<std::uint64_t>(v), kNan64);
      return append_number(out, v);
    }
    case Type::float16:
      return print_float16(out, load<std::uint16_t>(p), half_to_float(load<std::uint16_t>(p)), kNanHalf);
    case Type::bfloat16:
      return print_float16(out, load<std::uint16_t>(p), bfloat16_to_float(load<std::uint16_t>(p)), kNanBfloat16);
    case Type::float8_e4m3fn:
    case Type::float8_e5m2:
      return append_number(out, static_cast<unsigned>(*p));  // the bits: there is no number to print
    case Type::uint64:
      return append_number(out, load<std::uint64_t>(p));
    default:
      return append_number(out, element_as_int64(tensor, i));
  }
}

bool parse_scalar(std::string_view text, Type type, std::byte* bytes, std::int64_t i) {
  if (const unsigned bits = narrow_bits(type); bits != 0) {
    std::int64_t v = 0;
    const bool is_signed = type != Type::uint4;
    const std::int64_t least = is_signed ? -(std::int64_t{1} << (bits - 1)) : 0;
    if (!read_number(text, v) || v < least || v >= least + (std::int64_t{1} << bits)) return false;
    const auto at = static_cast<std::size_t>(i) * bits;
    const auto raw = static_cast<unsigned>(v) & ((1U << bits) - 1);
    bytes[at / 8] |= static_cast<std::byte>(raw << (at % 8));
    return true;
  }
  const std::size_t width = byte_size(type) / (is_complex(type) ? 2 : 1);
  std::byte* p = bytes + static_cast<std::size_t>(i) * width;
  switch (type) {
    case Type::float32:
    case Type::complex64: {
      float v = 0;
      if (!parse_float(text, v)) return false;
      store(p, v);
      return true;
    }
    case Type::float64:
    case Type::complex128: {
      std::uint64_t bits = 0;
      double v = 0;
      if (!read_nan(text, bits, kNan64)) {
        if (!read_float(text, v)) return false;
        bits = std::bit_cast<std::uint64_t>(v);
      }
      store(p, bits);
      return true;
    }
    case Type::float16:
      return store_float16(text, p, kNanHalf, float_to_half, half_to_float);
    case Type::bfloat16:
      return store_float16(text, p, kNanBfloat16, float_to_bfloat16, bfloat16_to_float);
    case Type::boolean: {
      std::uint8_t v = 0;
      if (!read_number(text, v) || v > 1) return false;
      store(p, v);
      return true;
    }
    case Type::int64:
      return store_integer<std::int64_t>(text, p);
    case Type::uint64:
      return store_integer<std::uint64_t>(text, p);
    case Type::int32:
      return store_integer<std::int32_t>(text, p);
    case Type::uint32:
      return store_integer<std::uint32_t>(text, p);
    case Type::int16:
      return store_integer<std::int16_t>(text, p);
    case Type::uint16:
      return store_integer<std::uint16_t>(text, p);
    case Type::int8:
      return store_integer<std::int8_t>(text, p);
    case Type::uint8:
    case Type::float8_e4m3fn:
    case Type::float8_e5m2:
      return store_integer<std::uint8_t>(text, p);
    default:
      return false;
  }
}

}  // namespace tolite
