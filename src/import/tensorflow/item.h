// What flows along an edge of a TensorFlow graph.
#pragma once

#include <cstdint>

#include "lite/graph.h"

namespace tolite::tensorflow {

/// A value; or what a TensorFlow graph hands round as if it were one.
struct Item {
  enum class Kind : std::uint8_t {
    value,
    variable,       ///< handle of a resource variable
    reference,      ///< of a TF1 VariableV2: reads as its value wherever a value is wanted
    table,          ///< handle of a hash table
    list,           ///< TensorList, or the flow of a TensorArray: `value` holds its elements, [n, element...]
    reserved_list,  ///< the same before its first element is set: `value` is n, an int32 scalar
    array,          ///< handle of a TensorArray, of which the flow is a list
  };
  Kind kind = Kind::value;
  ValueId value;
  std::uint32_t index =
      0;  ///< of a variable among Variables, a table among Tables, a list or array among element specs

  Item() = default;
  Item(ValueId v) : value(v) {}  // NOLINT: most items are values
  Item(Kind k, std::uint32_t i, ValueId v = {}) : kind(k), value(v), index(i) {}

  bool is_value() const { return kind == Kind::value; }
  bool is_list() const { return kind == Kind::list || kind == Kind::reserved_list; }
  /// Whether there is a tensor at run time; what has none is known at conversion.
  bool has_value() const { return is_value() || is_list(); }
};

}  // namespace tolite::tensorflow
