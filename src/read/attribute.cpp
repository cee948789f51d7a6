// AttrValue: field n of the message holds kind n, and field n of a ListValue the elements of that kind.
#include "read/attribute.h"

#include <fmt/core.h>

#include "lite/tensor.h"
#include "read/protobuf.h"
#include "read/tensor_proto.h"

namespace tolite::read {
namespace {

// Field numbers, which are the same in AttrValue and AttrValue.ListValue.
enum : std::uint32_t { kList = 1, kString, kInteger, kReal, kBoolean, kType, kShape, kTensor, kPlaceholder, kFunction };
constexpr std::uint32_t kListFunction = 9;

[[noreturn]] void wrong_kind() { throw Error(Code::malformed, "an attribute holds a value of another kind"); }

FunctionReference read_function(Bytes wire, const Buffer* buffer) {
  FunctionReference function;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) function.name = f.text();
    if (f.number() == 2) {
      const MapEntry entry = map_entry(f.bytes());
      function.attributes.push_back({entry.key, Attribute(entry.value, buffer)});
    }
  }
  return function;
}

}  // namespace

Attribute::Kind Attribute::kind() const {
  auto kind = Kind::none;  // of several values of the oneof, the last counts
  for (Fields f(wire_); f.next();) {
    if (f.number() <= kFunction) kind = static_cast<Kind>(f.number());
  }
  return kind;
}

Bytes Attribute::one(Kind kind) const {
  std::optional<Bytes> value;
  for (Fields f(wire_); f.next();) {
    if (f.number() > kFunction) continue;
    if (f.number() != static_cast<std::uint32_t>(kind)) wrong_kind();
    value = f.bytes();
  }
  if (!value) wrong_kind();
  return *value;
}

std::uint64_t Attribute::number(Kind kind) const {
  std::optional<std::uint64_t> value;
  for (Fields f(wire_); f.next();) {
    if (f.number() > kFunction) continue;
    if (f.number() != static_cast<std::uint32_t>(kind)) wrong_kind();
    value = kind == Kind::real ? f.fixed32() : f.varint();
  }
  if (!value) wrong_kind();
  return *value;
}

std::string_view Attribute::string() const { return as_text(one(Kind::string)); }
std::int64_t Attribute::integer() const { return static_cast<std::int64_t>(number(Kind::integer)); }
float Attribute::real() const { return std::bit_cast<float>(static_cast<std::uint32_t>(number(Kind::real))); }
bool Attribute::boolean() const { return number(Kind::boolean) != 0; }
DataType Attribute::type() const { return data_type_of(static_cast<std::int64_t>(number(Kind::type))); }
PartialShape Attribute::shape() const { return read_partial_shape(one(Kind::shape)); }
Tensor Attribute::tensor() const { return read_tensor(one(Kind::tensor), *buffer_); }
FunctionReference Attribute::function() const { return read_function(one(Kind::function), buffer_); }
std::string_view Attribute::placeholder() const { return as_text(one(Kind::placeholder)); }

std::vector<std::string_view> Attribute::strings() const {
  std::vector<std::string_view> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kString) wrong_kind();
    list.push_back(f.text());
  }
  return list;
}

std::vector<std::int64_t> Attribute::integers() const {
  std::vector<std::int64_t> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kInteger) wrong_kind();
    f.each_varint([&](std::uint64_t v) { list.push_back(static_cast<std::int64_t>(v)); });
  }
  return list;
}

std::vector<float> Attribute::reals() const {
  std::vector<float> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kReal) wrong_kind();
    f.each_fixed<float>([&](float v) { list.push_back(v); });
  }
  return list;
}

std::vector<bool> Attribute::booleans() const {
  std::vector<bool> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kBoolean) wrong_kind();
    f.each_varint([&](std::uint64_t v) { list.push_back(v != 0); });
  }
  return list;
}

std::vector<DataType> Attribute::types() const {
  std::vector<DataType> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kType) wrong_kind();
    f.each_varint([&](std::uint64_t v) { list.push_back(data_type_of(static_cast<std::int64_t>(v))); });
  }
  return list;
}

std::vector<PartialShape> Attribute::shapes() const {
  std::vector<PartialShape> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kShape) wrong_kind();
    list.push_back(read_partial_shape(f.bytes()));
  }
  return list;
}

std::vector<FunctionReference> Attribute::functions() const {
  std::vector<FunctionReference> list;
  for (Fields f(one(Kind::list)); f.next();) {
    if (f.number() != kListFunction) wrong_kind();
    list.push_back(read_function(f.bytes(), buffer_));
  }
  return list;
}

const Attribute* Attributes::find(std::string_view name) const {
  for (std::size_t i = all_.size(); i-- > 0;) {  // from the end: of equal keys of a map the last counts
    if (all_[i].name == name) return &all_[i].value;
  }
  return nullptr;
}

const Attribute& Attributes::operator[](std::string_view name) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr) throw Error(Code::malformed, fmt::format("attribute '{}' is missing", name));
  return *attribute;
}

std::string_view Attributes::string(std::string_view name, std::string_view fallback) const {
  const Attribute* attribute = find(name);
  return attribute == nullptr ? fallback : attribute->string();
}
std::int64_t Attributes::integer(std::string_view name, std::int64_t fallback) const {
  const Attribute* attribute = find(name);
  return attribute == nullptr ? fallback : attribute->integer();
}
float Attributes::real(std::string_view name, float fallback) const {
  const Attribute* attribute = find(name);
  return attribute == nullptr ? fallback : attribute->real();
}
bool Attributes::boolean(std::string_view name, bool fallback) const {
  const Attribute* attribute = find(name);
  return attribute == nullptr ? fallback : attribute->boolean();
}
DataType Attributes::type(std::string_view name, DataType fallback) const {
  const Attribute* attribute = find(name);
  return attribute == nullptr ? fallback : attribute->type();
}

}  // namespace tolite::read
