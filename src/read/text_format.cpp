// A recursive-descent reader of protobuf's text form that writes wire form as it goes. The length of a message is known
// when it ends, so room for it is left in front: five bytes, which a varint may always take.
#include "read/text_format.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "read/protobuf.h"
#include "read/text_schema.h"

namespace tolite::read {
namespace {

constexpr std::size_t kLengthSize = 5;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '+';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void put_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80U) return put(code);
  if (code < 0x800U) {
    put(0xC0U | (code >> 6U));
  } else {
    if (code < 0x10000U) {
      put(0xE0U | (code >> 12U));
    } else {
      put(0xF0U | (code >> 18U));
      put(0x80U | ((code >> 12U) & 0x3FU));
    }
    put(0x80U | ((code >> 6U) & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
}

class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  std::string read(const TextMessage& message) {
    read_fields(&message, '\0', 0);
    return std::move(wire_);
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    throw Error(Code::malformed, fmt::format("line {}: {}", line, what));
  }

  // Text.

  /// The next character that is no space or comment; '\0' at the end.
  char peek() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
        ++at_;
      } else {
        if (c == '\0') fail("a zero byte in text");
        return c;
      }
    }
    return '\0';
  }

  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  /// A name, number or other bare word.
  std::string_view word() {
    peek();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    if (at_ == begin) fail("a name or value is missing");
    return text_.substr(begin, at_ - begin);
  }

  // Wire.

  void put_varint(std::uint64_t v) {
    for (; v >= 0x80U; v >>= 7U) wire_ += static_cast<char>(v | 0x80U);
    wire_ += static_cast<char>(v);
  }
  void put_tag(const TextField& field, WireType type) {
    put_varint((std::uint64_t{field.number} << 3U) | static_cast<std::uint64_t>(type));
  }
  template <typename T>
  void put_fixed(T v) {
    wire_.append(reinterpret_cast<const char*>(&v), sizeof v);
  }
  std::size_t begin_length() {
    wire_.append(kLengthSize, '\0');
    return wire_.size();
  }
  void end_length(std::size_t begin) {
    std::uint64_t length = wire_.size() - begin;
    for (std::size_t i = 0; i < kLengthSize; ++i, length >>= 7U) {
      const bool last = i + 1 == kLengthSize;
      wire_[begin - kLengthSize + i] = static_cast<char>((length & 0x7FU) | (last ? 0U : 0x80U));
    }
  }

  // Fields. A null message or field is one that the table does not have: it is read for its form only.

  void read_fields(const TextMessage* message, char end, int depth) {
    if (depth > kMaxNesting) throw Error(Code::too_deep, "the text is nested deeper than any real model");
    while (peek() != end) {
      if (at_ == text_.size()) fail("the text ends within a message");
      const TextField* field = nullptr;
      if (accept('[')) {  // an extension or the type of an Any
        at_ = std::min(text_.find(']', at_), text_.size());
        if (!accept(']')) fail("a ']' is missing");
      } else {
        const std::string_view name = word();
        field = message == nullptr ? nullptr : message->find(name);
      }
      const bool has_colon = accept(':');
      read_values(field, has_colon, depth);
      if (!accept(',')) accept(';');
    }
    if (end != '\0') ++at_;
  }

  void read_values(const TextField* field, bool has_colon, int depth) {
    if (!accept('[')) return read_value(field, has_colon, depth);
    if (accept(']')) return;
    do {
      read_value(field, has_colon, depth);
    } while (accept(','));
    if (!accept(']')) fail("a ']' is missing");
  }

  void read_value(const TextField* field, bool has_colon, int depth) {
    const char c = peek();
    if (c == '{' || c == '<') {
      if (field != nullptr && field->kind != TextField::Kind::message) fail("a plain value is expected");
      read_message(field, c == '{' ? '}' : '>', depth);
      return;
    }
    if (!has_colon) fail("a ':' is missing");
    if (field == nullptr) return skip_scalar();
    if (field->kind == TextField::Kind::message) fail("a message is expected");
    read_scalar(*field);
  }

  void read_message(const TextField* field, char end, int depth) {
    ++at_;
    if (field == nullptr) return read_fields(nullptr, end, depth + 1);
    put_tag(*field, WireType::bytes);
    const std::size_t begin = begin_length();
    read_fields(field->message, end, depth + 1);
    end_length(begin);
  }

  void skip_scalar() {
    const char c = peek();
    if (c == '"' || c == '\'') {
      const std::size_t size = wire_.size();
      read_strings();
      wire_.resize(size);
    } else {
      word();
    }
  }

  void read_scalar(const TextField& field) {
    using Kind = TextField::Kind;
    switch (field.kind) {
      case Kind::text: {
        put_tag(field, WireType::bytes);
        const std::size_t begin = begin_length();
        read_strings();
        end_length(begin);
        return;
      }
      case Kind::real32:
        put_tag(field, WireType::fixed32);
        return put_fixed(static_cast<float>(real(word())));
      case Kind::real64:
        put_tag(field, WireType::fixed64);
        return put_fixed(real(word()));
      case Kind::fixed64:
        put_tag(field, WireType::fixed64);
        return put_fixed(integer(word(), 64, false));
      default:
        break;
    }
    put_tag(field, WireType::varint);
    const std::string_view text = word();
    switch (field.kind) {
      case Kind::boolean:
        return put_varint(boolean(text) ? 1 : 0);
      case Kind::enumeration:
        return put_varint(enumeration(*field.values, text));
      case Kind::int32:
        return put_varint(integer(text, 32, true));
      case Kind::int64:
        return put_varint(integer(text, 64, true));
      case Kind::uint32:
        return put_varint(integer(text, 32, false));
      case Kind::sint64: {  // zigzag
        const std::uint64_t v = integer(text, 64, true);
        return put_varint((v << 1U) ^ (v >> 63U != 0 ? ~std::uint64_t{0} : 0U));
      }
      default:
        return put_varint(integer(text, 64, false));
    }
  }

  // Values.

  /// Decimal, 0x hexadecimal or 0 octal, as two's complement of 64 bits.
  std::uint64_t integer(std::string_view text, unsigned bits, bool is_signed) const {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
      base = 16;
      text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
      base = 8;
      text.remove_prefix(1);
    }
    std::uint64_t magnitude = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
    if (error != std::errc() || end != text.data() + text.size()) fail("a value is no whole number");
    const std::uint64_t limit = (std::uint64_t{1} << (bits - 1)) - (negative ? 0U : 1U);
    const std::uint64_t max = is_signed ? limit : std::numeric_limits<std::uint64_t>::max() >> (64U - bits);
    if (magnitude > max || (negative && !is_signed)) fail("a number is out of range");
    return negative ? ~magnitude + 1U : magnitude;
  }

  double real(std::string_view text) const {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto is = [&](std::string_view word) {
      return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                        [](char a, char b) { return (a | 0x20) == b; });
    };
    double value = 0;
    if (is("inf") || is("infinity")) {
      value = std::numeric_limits<double>::infinity();
    } else if (is("nan")) {
      value = std::numeric_limits<double>::quiet_NaN();
    } else {
      if (text.ends_with('f') || text.ends_with('F')) text.remove_suffix(1);
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      // Out of range is infinity or zero in text files; from_chars leaves the value alone then.
      if (error == std::errc::result_out_of_range) {
        value = text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos
                    ? 0.0
                    : std::numeric_limits<double>::infinity();
      } else if (error != std::errc()) {
        fail("a value is no number");
      }
      if (end != text.data() + text.size()) fail("a value is no number");
    }
    return negative ? -value : value;
  }

  bool boolean(std::string_view text) const {
    if (text == "true" || text == "True" || text == "t" || text == "1") return true;
    if (text == "false" || text == "False" || text == "f" || text == "0") return false;
    fail("a value is neither true nor false");
  }

  std::uint64_t enumeration(const TextEnum& values, std::string_view text) const {
    if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-') return integer(text, 32, true);
    constexpr std::string_view kReference = "_REF";  // DT_X_REF is DT_X + 100
    const bool is_reference = text.starts_with("DT_") && text.ends_with(kReference);
    if (is_reference) text.remove_suffix(kReference.size());
    for (const auto& [name, number] : values) {
      if (name == text) return static_cast<std::uint64_t>(number) + (is_reference ? 100U : 0U);
    }
    fail("a name is not one of those that can stand here");
  }

  /// One or several quoted strings, which stand for their concatenation.
  void read_strings() {
    char quote = peek();
    if (quote != '"' && quote != '\'') fail("a string is expected");
    do {
      ++at_;
      while (at_ < text_.size() && text_[at_] != quote) read_char();
      if (at_ == text_.size()) fail("a string does not end");
      ++at_;
      quote = peek();
    } while (quote == '"' || quote == '\'');
  }

  void read_char() {
    const char c = text_[at_++];
    if (c == '\n') fail("a string does not end on its line");
    if (c != '\\') {
      wire_ += c;
      return;
    }
    if (at_ == text_.size()) fail("a string does not end");
    const char kind = text_[at_++];
    constexpr std::string_view kNames = "abfnrtv\\'\"?";
    constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"?";
    if (const std::size_t i = kNames.find(kind); i != std::string_view::npos) {
      wire_ += kValues[i];
    } else if (kind >= '0' && kind <= '7') {
      --at_;
      wire_ += static_cast<char>(digits(8, 1, 3));
    } else if (kind == 'x' || kind == 'X') {
      wire_ += static_cast<char>(digits(16, 1, 2));
    } else if (kind == 'u') {
      put_code_point(digits(16, 4, 4));
    } else if (kind == 'U') {
      put_code_point(digits(16, 8, 8));
    } else {
      fail("an escape in a string is unknown");
    }
  }

  void put_code_point(std::uint32_t code) {
    if (code > 0x10FFFFU) fail("an escape names no character");
    put_utf8(wire_, code);
  }

  std::uint32_t digits(std::uint32_t base, int least, int most) {
    std::uint32_t value = 0;
    int count = 0;
    for (; count < most && at_ < text_.size(); ++count, ++at_) {
      const int digit = hex_digit(text_[at_]);
      if (digit < 0 || std::cmp_greater_equal(digit, base)) break;
      value = value * base + static_cast<std::uint32_t>(digit);
    }
    if (count < least) fail("an escape in a string lacks digits");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string wire_;
};

}  // namespace

bool is_text_format(Bytes bytes) {
  // In wire form every node has its op in field 2, whose tag is a control character; text has none but spaces.
  constexpr std::size_t kLookAt = 4096;
  const Bytes head = bytes.first(std::min(bytes.size(), kLookAt));
  return !head.empty() && std::none_of(head.begin(), head.end(), [](std::byte b) {
    const auto c = std::to_integer<unsigned>(b);
    return c < 0x20U && !(c >= 0x09U && c <= 0x0DU);
  });
}

std::shared_ptr<const Buffer> text_to_wire(const Buffer& text, std::string_view message) {
  const TextMessage* root = find_text_message(message);
  if (root == nullptr) throw Error(Code::internal, "the schema of text files lacks a message");
  try {
    return Buffer::own(TextReader(as_text(text.bytes())).read(*root), text.name());
  } catch (const Error& error) {
    throw error.at(text.name());
  }
}

}  // namespace tolite::read
