// AttrValue: an attribute's value, decoded when it is asked for. A tensor of a gigabyte costs nothing until then.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "read/buffer.h"
#include "read/data_type.h"
#include "read/partial_shape.h"

namespace tolite {
struct Tensor;
}

namespace tolite::read {

struct NamedAttribute;

/// A function named in an attribute (NameAttrList), with the attributes it is instantiated with.
struct FunctionReference {
  std::string_view name;
  std::vector<NamedAttribute> attributes;
};

/// A view of one AttrValue. Getters throw Error(malformed) when the attribute holds another kind.
class Attribute {
 public:
  enum class Kind { none, list, string, integer, real, boolean, type, shape, tensor, placeholder, function };

  Attribute() = default;
  Attribute(Bytes wire, const Buffer* buffer) : wire_(wire), buffer_(buffer) {}

  Kind kind() const;

  std::string_view string() const;
  std::int64_t integer() const;
  float real() const;
  bool boolean() const;
  DataType type() const;
  PartialShape shape() const;
  /// The elements are viewed in place when they are stored as plain bytes, else decoded.
  Tensor tensor() const;
  FunctionReference function() const;
  /// The name of the attribute of the enclosing function that stands for this value ("T" in a generic body).
  std::string_view placeholder() const;

  // Lists. A list written empty is empty for every element type.
  std::vector<std::string_view> strings() const;
  std::vector<std::int64_t> integers() const;
  std::vector<float> reals() const;
  std::vector<bool> booleans() const;
  std::vector<DataType> types() const;
  std::vector<PartialShape> shapes() const;
  std::vector<FunctionReference> functions() const;

  /// The AttrValue as it is in the file.
  Bytes wire() const { return wire_; }

 private:
  Bytes one(Kind kind) const;
  std::uint64_t number(Kind kind) const;
  Bytes wire_;
  const Buffer* buffer_ = nullptr;
};

struct NamedAttribute {
  std::string_view name;
  Attribute value;
};

/// The attributes of a node or function; small, so looked up by scanning.
class Attributes {
 public:
  Attributes() = default;
  explicit Attributes(std::span<const NamedAttribute> all) : all_(all) {}

  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  std::size_t size() const { return all_.size(); }

  /// Null if there is none of this name.
  const Attribute* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Throws Error(malformed) if there is none of this name.
  const Attribute& operator[](std::string_view name) const;

  // The value, or the fallback where the attribute is absent (a writer strips attributes that hold their default).
  std::string_view string(std::string_view name, std::string_view fallback) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  float real(std::string_view name, float fallback) const;
  bool boolean(std::string_view name, bool fallback) const;
  DataType type(std::string_view name, DataType fallback) const;

 private:
  std::span<const NamedAttribute> all_;
};

}  // namespace tolite::read
