// Attributes of a node: a small array sorted by name, under the field names of the schema's options tables.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tolite {

enum class Attr : std::uint8_t {
#define TOLITE_ATTR(name) name,
#include "lite/attrs.def"
#undef TOLITE_ATTR
};

std::string_view attr_name(Attr attr);

/// The schema's Padding.
enum class Padding : std::uint8_t { SAME = 0, VALID = 1 };
/// The schema's ActivationFunctionType.
enum class Activation : std::uint8_t { NONE = 0, RELU = 1, RELU_N1_TO_1 = 2, RELU6 = 3, TANH = 4, SIGN_BIT = 5 };

/// Integers, booleans, enumerations and element types are int64; the op's row says which (AttrKind).
using AttrValue = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>>;

struct AttrEntry {
  Attr attr;
  AttrValue value;

  template <typename T>
  AttrEntry(Attr a, T v) : attr(a), value(to_value(std::move(v))) {}
  friend bool operator==(const AttrEntry&, const AttrEntry&) = default;

 private:
  template <typename T>
  static AttrValue to_value(T v) {
    if constexpr (std::is_enum_v<T>) {
      return static_cast<std::int64_t>(v);
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<std::int64_t>(v);
    } else {
      return AttrValue(std::move(v));
    }
  }
};

class Attrs {
 public:
  Attrs() = default;
  Attrs(std::initializer_list<AttrEntry> entries) {
    for (const AttrEntry& e : entries) set(e);
  }

  /// Adds the attribute or replaces its value.
  void set(AttrEntry entry);
  template <typename T>
  void set(Attr attr, T value) {
    set(AttrEntry(attr, std::move(value)));
  }
  const AttrValue* find(Attr attr) const;

  const std::vector<AttrEntry>& entries() const { return entries_; }
  friend bool operator==(const Attrs&, const Attrs&) = default;

 private:
  std::vector<AttrEntry> entries_;
};

}  // namespace tolite
