// Protobuf wire format: walks the fields of a message in place. Every length is checked, nothing is copied.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "tolite/error.h"

namespace tolite::read {

/// Messages nested deeper than this are refused, as protobuf itself does.
constexpr int kMaxNesting = 100;

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// Usage: `for (Fields f(message); f.next();) switch (f.number()) { case 1: name = f.text(); ... }`.
/// A getter whose type does not fit the field's wire type throws Error(malformed).
class Fields {
 public:
  explicit Fields(Bytes message) : at_(message.data()), end_(message.data() + message.size()) {}

  /// Moves to the next field; false at the end of the message.
  bool next() {
    if (at_ == end_) return false;
    const std::uint64_t tag = read_varint();
    if (tag >> 32U != 0 || tag >> 3U == 0) malformed("a field number is out of range");
    number_ = static_cast<std::uint32_t>(tag >> 3U);
    switch (tag & 7U) {
      case 0:
        value_ = read_varint();
        break;
      case 1:
        value_ = read_fixed<std::uint64_t>();
        break;
      case 2:
        read_bytes();
        break;
      case 5:
        value_ = read_fixed<std::uint32_t>();
        break;
      default:
        malformed("a wire type is unknown");
    }
    type_ = static_cast<WireType>(tag & 7U);
    return true;
  }

  std::uint32_t number() const { return number_; }
  WireType wire_type() const { return type_; }

  std::uint64_t varint() const { return expect(WireType::varint), value_; }
  std::int64_t int64() const { return static_cast<std::int64_t>(varint()); }
  std::int32_t int32() const { return static_cast<std::int32_t>(static_cast<std::uint32_t>(varint())); }
  bool boolean() const { return varint() != 0; }
  std::uint32_t fixed32() const { return expect(WireType::fixed32), static_cast<std::uint32_t>(value_); }
  std::uint64_t fixed64() const { return expect(WireType::fixed64), value_; }
  float real32() const { return std::bit_cast<float>(fixed32()); }
  double real64() const { return std::bit_cast<double>(fixed64()); }
  Bytes bytes() const { return expect(WireType::bytes), bytes_; }
  std::string_view text() const { return as_text(bytes()); }

  /// Calls take(value) for each number of a repeated field, whether packed or not.
  template <typename Take>
  void each_varint(Take take) const {
    if (type_ != WireType::bytes) return take(varint());
    for (Fields packed(bytes_); packed.at_ != packed.end_;) take(packed.read_varint());
  }
  template <typename T, typename Take>
  void each_fixed(Take take) const {
    if (type_ == WireType::bytes) {
      if (bytes_.size() % sizeof(T) != 0) malformed("a packed list ends within an element");
      for (std::size_t i = 0; i < bytes_.size(); i += sizeof(T)) take(load<T>(bytes_.data() + i));
    } else if constexpr (sizeof(T) == 4) {
      take(std::bit_cast<T>(fixed32()));
    } else {
      take(std::bit_cast<T>(fixed64()));
    }
  }

 private:
  [[noreturn]] static void malformed(const char* what) { throw Error(Code::malformed, what); }
  [[noreturn]] static void truncated() { throw Error(Code::truncated, "a message ends within a field"); }
  void expect(WireType type) const {
    if (type_ != type) malformed("a field has an unexpected wire type");
  }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  std::uint64_t read_varint() {
    if (at_ != end_ && std::to_integer<unsigned>(*at_) < 0x80U) return std::to_integer<std::uint64_t>(*at_++);
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (at_ == end_) truncated();
      const auto byte = std::to_integer<std::uint64_t>(*at_++);
      if (shift == 63 && byte > 1) break;  // more than 64 bits
      value |= (byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    malformed("a number is longer than 64 bits");
  }
  template <typename T>
  T read_fixed() {
    if (left() < sizeof(T)) truncated();
    const T value = load<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  void read_bytes() {
    const std::uint64_t size = read_varint();
    if (size > left()) truncated();
    bytes_ = {at_, static_cast<std::size_t>(size)};
    at_ += size;
  }

  const std::byte* at_;
  const std::byte* end_;
  std::uint64_t value_ = 0;
  Bytes bytes_;
  std::uint32_t number_ = 0;
  WireType type_ = WireType::varint;
};

/// One entry of a map field with string keys; maps are repeated messages {1: key, 2: value}.
struct MapEntry {
  std::string_view key;
  Bytes value;
};
inline MapEntry map_entry(Bytes message) {
  MapEntry entry;
  for (Fields f(message); f.next();) {
    if (f.number() == 1) entry.key = f.text();
    if (f.number() == 2) entry.value = f.bytes();
  }
  return entry;
}

}  // namespace tolite::read
