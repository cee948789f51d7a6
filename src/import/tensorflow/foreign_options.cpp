// Writes NodeDefs in wire form and attributes as FlexBuffers.
#include "import/tensorflow/foreign_options.h"

#include <flatbuffers/flexbuffers.h>

#include <map>
#include <vector>

#include "read/graph_def.h"
#include "read/protobuf.h"
#include "read/wire_writer.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

using read::Attribute;
using read::Fields;
using read::Wire;
using read::WireType;

// The form that protobuf itself gives a message: fields in the order of their numbers, lists of numbers packed. Files
// may hold others, as our reader of the text form makes.

Wire canonical_shape(Bytes wire) {
  Wire out;
  bool is_unranked = false;
  for (Fields f(wire); f.next();) {
    if (f.number() == 3) is_unranked = f.boolean();
    if (f.number() != 2) continue;
    Wire dim;
    for (Fields d(f.bytes()); d.next();) {
      if (d.number() == 1 && d.int64() != 0) dim.varint(1, d.varint());
      if (d.number() == 2 && !d.text().empty()) dim.text(2, d.text());
    }
    out.message(2, dim);
  }
  if (is_unranked) out.varint(3, 1);
  return out;
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
  out += static_cast<char>(value);
}

Wire canonical_list(Bytes wire) {
  Wire out;
  std::map<std::uint32_t, std::string> packed;  // by field number; TensorFlow's lists have elements of one kind
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 3:
      case 5:
      case 6:
        f.each_varint([&](std::uint64_t v) { put_varint(packed[f.number()], v); });
        break;
      case 4:
        f.each_fixed<float>([&](float v) { packed[4].append(reinterpret_cast<const char*>(&v), sizeof v); });
        break;
      case 7:
        out.message(7, canonical_shape(f.bytes()));
        break;
      default:
        out.text(f.number(), f.text());
    }
  }
  for (const auto& [field, numbers] : packed) out.text(field, numbers);
  return out;
}

Wire canonical(const Attribute& attribute) {
  Wire out;
  for (Fields f(attribute.wire()); f.next();) {
    const bool is_message = f.wire_type() == WireType::bytes;
    if (is_message && f.number() == 1) {
      out.message(1, canonical_list(f.bytes()));
    } else if (is_message && f.number() == 7) {
      out.message(7, canonical_shape(f.bytes()));
    } else if (f.wire_type() != WireType::fixed64) {  // AttrValue has none
      out.field(f);
    }
  }
  return out;
}

/// The attributes of the definition, given or by default; what else a node has are annotations.
std::map<std::string_view, Attribute> attributes_of(const read::OpDef& op, const read::Node& node) {
  std::map<std::string_view, Attribute> all;
  for (const read::OpAttribute& attribute : op.attributes) {
    if (const Attribute* given = node.attributes.find(attribute.name)) {
      all.emplace(attribute.name, *given);
    } else if (attribute.default_value) {
      all.emplace(attribute.name, Attribute(as_bytes(std::string_view(*attribute.default_value)), nullptr));
    }
  }
  return all;
}

/// NodeDef.ExperimentalDebugInfo: the node's name and its function's.
Wire debug_info(const read::Node& node, std::optional<std::string_view> function) {
  Wire out;
  if (!function) return out;
  if (node.original_names.empty()) {
    out.text(1, node.name);
    if (!function->empty()) out.text(2, *function);
    return out;
  }
  for (const std::string_view name : node.original_names) out.text(1, name);
  for (const std::string_view name : node.original_functions) out.text(2, name);
  return out;
}

std::string node_def(const read::OpDef& op, const read::Node& node, std::optional<std::string_view> function,
                     std::size_t operands) {
  Wire out;
  out.text(2, node.op);
  for (std::size_t i = 0; i < operands; ++i) out.text(3, {});
  for (const auto& [name, attribute] : attributes_of(op, node)) out.entry(5, name, canonical(attribute));
  out.message(6, debug_info(node, function));
  return out.str();
}

std::string finished(flexbuffers::Builder& builder) {
  builder.Finish();
  const std::vector<std::uint8_t>& bytes = builder.GetBuffer();
  return {bytes.begin(), bytes.end()};
}

void add_list(flexbuffers::Builder& builder, const char* key, Bytes wire) {
  enum : std::uint32_t { kStrings = 2, kIntegers = 3, kReals = 4 };
  std::uint32_t kind = 0;
  for (Fields f(wire); f.next();) kind = f.number();
  if (kind != kStrings && kind != kIntegers && kind != kReals) return;
  const std::size_t start = builder.StartVector(key);
  for (Fields f(wire); f.next();) {
    if (f.number() != kind) continue;
    if (kind == kStrings) builder.String(std::string(f.text()));
    if (kind == kIntegers) f.each_varint([&](std::uint64_t v) { builder.Int(static_cast<std::int64_t>(v)); });
    if (kind == kReals) f.each_fixed<float>([&](float v) { builder.Float(v); });
  }
  builder.EndVector(start, /*typed=*/true, /*fixed=*/false);
}

void add_attribute(flexbuffers::Builder& builder, const char* key, const Attribute& attribute) {
  switch (attribute.kind()) {
    case Attribute::Kind::string:
      builder.Key(key);
      builder.String(std::string(attribute.string()));
      break;
    case Attribute::Kind::integer:
      builder.Int(key, attribute.integer());
      break;
    case Attribute::Kind::real:
      builder.Float(key, attribute.real());
      break;
    case Attribute::Kind::boolean:
      builder.Bool(key, attribute.boolean());
      break;
    case Attribute::Kind::type:
      if (const Type type = read::lite_type(attribute.type()); type != Type::none)
        builder.Int(key, static_cast<std::int64_t>(type));
      break;
    case Attribute::Kind::list:
      for (Fields f(attribute.wire()); f.next();) {
        if (f.number() == 1) add_list(builder, key, f.bytes());
      }
      break;
    default:
      break;
  }
}

}  // namespace

std::string select_options(const read::OpDef& op, const read::Node& node, std::optional<std::string_view> function,
                           std::size_t operands) {
  flexbuffers::Builder builder;
  const std::string bytes = node_def(op, node, function, operands);
  builder.Vector([&] {
    builder.String(std::string(node.op));  // a std::string: the zero behind it is written too
    builder.String(bytes);
  });
  return finished(builder);
}

std::string custom_options(const read::OpDef& op, const read::Node& node) {
  flexbuffers::Builder builder;
  const auto attributes = attributes_of(op, node);
  builder.Map([&] {
    for (const auto& [name, attribute] : attributes) add_attribute(builder, std::string(name).c_str(), attribute);
  });
  return finished(builder);
}

std::string implemented_options(const read::FunctionReference& op, std::span<const std::string_view> keys,
                                std::int64_t yes) {
  std::map<std::string_view, Attribute> given;
  for (const read::NamedAttribute& attribute : op.attributes) {
    if (attribute.name != kFusable) given.emplace(attribute.name, attribute.value);
  }
  std::vector<std::string_view> order(keys.begin(), keys.end());
  if (keys.empty()) {
    for (const auto& [name, attribute] : given) order.push_back(name);
  }
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const std::string_view name : order) {
      const auto at = given.find(name);
      if (at == given.end()) continue;
      const std::string key(name);
      if (at->second.kind() == Attribute::Kind::boolean) {
        builder.Int(key.c_str(), at->second.boolean() ? yes : 0);
      } else {
        add_attribute(builder, key.c_str(), at->second);
      }
    }
  });
  return finished(builder);
}

}  // namespace tolite::tensorflow
