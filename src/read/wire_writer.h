// Writes protobuf messages: what a stage adds to a graph, and what tests read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tolite::read {

class Fields;

class Wire {
 public:
  Wire& varint(unsigned field, std::uint64_t value) {
    number(field << 3U);
    number(value);
    return *this;
  }
  Wire& text(unsigned field, std::string_view value) {
    number((field << 3U) | 2U);
    number(value.size());
    bytes_ += value;
    return *this;
  }
  Wire& bytes(unsigned field, Bytes value) { return text(field, as_text(value)); }
  Wire& message(unsigned field, const Wire& value) { return text(field, value.bytes_); }
  /// All fields of another message.
  Wire& fields(const Wire& other) {
    bytes_ += other.bytes_;
    return *this;
  }
  template <typename T>
  Wire& fixed(unsigned field, T value) {
    static_assert(sizeof value == 4 || sizeof value == 8);
    number((field << 3U) | (sizeof value == 4 ? 5U : 1U));
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  /// The field that the reader stands at, as it is.
  Wire& field(const Fields& from);
  /// A map's entry with a string key.
  Wire& entry(unsigned field, std::string_view key, const Wire& value) {
    return message(field, Wire().text(1, key).message(2, value));
  }

  const std::string& str() const { return bytes_; }

 private:
  void number(std::uint64_t v) {
    for (; v >= 0x80U; v >>= 7U) bytes_ += static_cast<char>(v | 0x80U);
    bytes_ += static_cast<char>(v);
  }
  std::string bytes_;
};

/// A TensorShapeProto.
inline Wire shape_proto(std::initializer_list<std::int64_t> dims) {
  Wire shape;
  for (const std::int64_t d : dims) shape.message(2, Wire().varint(1, static_cast<std::uint64_t>(d)));
  return shape;
}

}  // namespace tolite::read
