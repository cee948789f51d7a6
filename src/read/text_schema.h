// The fields of TensorFlow's messages by name: what is needed to read their text form.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tolite::read {

struct TextMessage;
using TextEnum = std::vector<std::pair<std::string_view, std::int32_t>>;

struct TextField {
  enum class Kind {
    int32,
    int64,
    uint32,
    uint64,
    sint64,
    fixed64,
    boolean,
    real32,
    real64,
    text,
    enumeration,
    message
  };
  std::string_view name;
  std::uint32_t number = 0;
  Kind kind = Kind::text;
  const TextMessage* message = nullptr;
  const TextEnum* values = nullptr;
};

struct TextMessage {
  std::vector<TextField> fields;
  /// Null if there is none of this name.
  const TextField* find(std::string_view name) const;
};

/// "GraphDef", "SavedModel", ...; null for a message that is not in the table.
const TextMessage* find_text_message(std::string_view name);

}  // namespace tolite::read
