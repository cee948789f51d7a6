// Vectors and strings go before the table that refers to them; then the scalars, wide ones first, so that no padding is
// needed between them.
#include "write/options_table.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/checked.h"

namespace tolite::write {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::voffset_t;

template <typename T>
const T& value_as(const OpRow& row, const AttrSpec& spec, const AttrValue& value) {
  const T* typed = std::get_if<T>(&value);
  if (typed == nullptr) {
    throw Error(Code::internal, std::string(row.name) + ": attribute " + std::string(attr_name(spec.attr)) +
                                    " does not have its row's kind");
  }
  return *typed;
}

bool is_list(AttrKind kind) {
  return kind == AttrKind::int32_list || kind == AttrKind::int64_list || kind == AttrKind::float32_list;
}

/// Bytes that the field takes inside the table.
std::size_t field_width(AttrKind kind) {
  switch (kind) {
    case AttrKind::int8_enum:
    case AttrKind::padding:
    case AttrKind::activation:
    case AttrKind::type:
    case AttrKind::boolean:
      return 1;
    case AttrKind::int64:
      return 8;
    default:
      return 4;
  }
}

/// Writes what lies outside of the table; 0 for scalars.
flatbuffers::uoffset_t write_outside(FlatBufferBuilder& builder, const OpRow& row, const AttrSpec& spec,
                                     const AttrValue& value) {
  switch (spec.kind) {
    case AttrKind::string:
      return builder.CreateString(value_as<std::string>(row, spec, value)).o;
    case AttrKind::bytes: {
      const std::string& bytes = value_as<std::string>(row, spec, value);
      return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()).o;
    }
    case AttrKind::int32_list: {
      std::vector<std::int32_t> numbers;
      for (const std::int64_t n : value_as<std::vector<std::int64_t>>(row, spec, value))
        numbers.push_back(checked_cast<std::int32_t>(n));
      return builder.CreateVector(numbers).o;
    }
    case AttrKind::int64_list:
      return builder.CreateVector(value_as<std::vector<std::int64_t>>(row, spec, value)).o;
    case AttrKind::float32_list:
      return builder.CreateVector(value_as<std::vector<float>>(row, spec, value)).o;
    default:
      return 0;
  }
}

template <typename T>
void add_integer(FlatBufferBuilder& builder, const OpRow& row, const AttrSpec& spec, const AttrValue& value,
                 voffset_t field) {
  builder.AddElement<T>(field, checked_cast<T>(value_as<std::int64_t>(row, spec, value)),
                        static_cast<T>(spec.default_value));
}

void add_field(FlatBufferBuilder& builder, const OpRow& row, const AttrSpec& spec, const AttrValue& value,
               flatbuffers::uoffset_t outside) {
  const voffset_t field = flatbuffers::FieldIndexToOffset(spec.slot);
  switch (spec.kind) {
    case AttrKind::int8_enum:
    case AttrKind::padding:
    case AttrKind::activation:
    case AttrKind::type:
      return add_integer<std::int8_t>(builder, row, spec, value, field);
    case AttrKind::boolean:
      return add_integer<std::uint8_t>(builder, row, spec, value, field);
    case AttrKind::int32:
    case AttrKind::graph:
      return add_integer<std::int32_t>(builder, row, spec, value, field);
    case AttrKind::uint32:
      return add_integer<std::uint32_t>(builder, row, spec, value, field);
    case AttrKind::int64:
      return add_integer<std::int64_t>(builder, row, spec, value, field);
    case AttrKind::float32:
      return builder.AddElement<float>(field, value_as<float>(row, spec, value),
                                       static_cast<float>(spec.default_value));
    default:
      return builder.AddOffset(field, flatbuffers::Offset<void>(outside));
  }
}

}  // namespace

flatbuffers::Offset<void> options_table(FlatBufferBuilder& builder, const OpRow& row, const Attrs& attrs) {
  const bool has_content = std::any_of(row.attrs.begin(), row.attrs.end(), [&](const AttrSpec& spec) {
    return spec.in_table() && (!is_list(spec.kind) || attrs.find(spec.attr) != nullptr);
  });
  if (!has_content) return {};
  std::array<flatbuffers::uoffset_t, 32> outside{};
  for (const AttrSpec& spec : row.attrs) {
    const AttrValue* value = spec.in_table() ? attrs.find(spec.attr) : nullptr;
    if (value != nullptr) outside[spec.slot] = write_outside(builder, row, spec, *value);
  }
  const flatbuffers::uoffset_t start = builder.StartTable();
  for (const std::size_t width : {8U, 4U, 1U}) {
    for (const AttrSpec& spec : row.attrs) {
      if (!spec.in_table() || field_width(spec.kind) != width) continue;
      if (const AttrValue* value = attrs.find(spec.attr)) add_field(builder, row, spec, *value, outside[spec.slot]);
    }
  }
  return flatbuffers::Offset<void>(builder.EndTable(start));
}

}  // namespace tolite::write
