// The mirror of the writer's options table.
#include "read/tflite_options.h"

#include <string>
#include <vector>

#include "read/tflite_vectors.h"
#include "tolite/error.h"

namespace tolite::read {
namespace {

using flatbuffers::Table;
using flatbuffers::voffset_t;

template <typename To, typename From = To>
std::vector<To> list(const Table& options, voffset_t field) {
  return copied<From, To>(options.GetPointer<const flatbuffers::Vector<From>*>(field));
}

std::string text(const Table& options, voffset_t field) {
  // Strings and byte vectors are both a length and that many bytes.
  const auto* vector = options.GetPointer<const flatbuffers::Vector<std::uint8_t>*>(field);
  return {reinterpret_cast<const char*>(vector->data()), vector->size()};
}

void set_attr(Attrs& attrs, const AttrSpec& spec, const Table& options, voffset_t field) {
  switch (spec.kind) {
    case AttrKind::int8_enum:
    case AttrKind::padding:
    case AttrKind::activation:
    case AttrKind::type:
      return attrs.set(spec.attr, options.GetField<std::int8_t>(field, 0));
    case AttrKind::boolean:
      return attrs.set(spec.attr, options.GetField<std::uint8_t>(field, 0) != 0);
    case AttrKind::int32:
    case AttrKind::graph:
      return attrs.set(spec.attr, options.GetField<std::int32_t>(field, 0));
    case AttrKind::uint32:
      return attrs.set(spec.attr, options.GetField<std::uint32_t>(field, 0));
    case AttrKind::int64:
      return attrs.set(spec.attr, options.GetField<std::int64_t>(field, 0));
    case AttrKind::float32:
      return attrs.set(spec.attr, options.GetField<float>(field, 0));
    case AttrKind::string:
    case AttrKind::bytes:
      return attrs.set(spec.attr, text(options, field));
    case AttrKind::int32_list:
      return attrs.set(spec.attr, list<std::int64_t, std::int32_t>(options, field));
    case AttrKind::int64_list:
      return attrs.set(spec.attr, list<std::int64_t>(options, field));
    case AttrKind::float32_list:
      return attrs.set(spec.attr, list<float>(options, field));
  }
}

}  // namespace

Attrs options_attrs(const Table& options, const OpRow& row) {
  Attrs attrs;
  voffset_t known = 0;
  for (const AttrSpec& spec : row.attrs) {
    if (!spec.in_table()) continue;
    ++known;
    const voffset_t field = flatbuffers::FieldIndexToOffset(spec.slot);
    if (options.CheckField(field)) set_attr(attrs, spec, options, field);
  }
  // Fields behind the row's are younger than it: dropping one silently would change what the op computes.
  const std::uint8_t* vtable = options.GetVTable();
  const auto end = flatbuffers::ReadScalar<voffset_t>(vtable);
  for (auto field = flatbuffers::FieldIndexToOffset(known); field < end;
       field = static_cast<voffset_t>(field + sizeof(voffset_t))) {
    if (options.CheckField(field)) {
      throw Error(Code::unsupported_format,
                  std::string(row.name) + " has an option that this version of tolite does not know");
    }
  }
  return attrs;
}

}  // namespace tolite::read
