// OpDefs from protobuf's text form and from the lines of the table of TensorFlow's ops.
#include "read/op_def.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "read/buffer.h"
#include "read/protobuf.h"
#include "read/text_format.h"
#include "tolite/error.h"

namespace tolite::read {
namespace {

// A node has no more operands or results than this; a number in a file may ask for any.
constexpr std::int64_t kMostTensors = 1 << 20;

/// The type that data_type_name() calls so; `invalid` if there is none.
DataType data_type_named(std::string_view name) {
  for (std::int64_t number = 1; data_type_of(number) != DataType::invalid; ++number) {
    if (data_type_name(data_type_of(number)) == name) return data_type_of(number);
  }
  return DataType::invalid;
}

OpArgument read_argument(Bytes wire) {
  OpArgument argument;
  for (Fields f(wire); f.next();) {
    if (f.number() == 3) argument.type = data_type_of(f.int64());
    if (f.number() == 4) argument.type_attr = f.text();
    if (f.number() == 5) argument.number_attr = f.text();
    if (f.number() == 6) argument.type_list_attr = f.text();
  }
  return argument;
}

OpAttribute read_attribute(Bytes wire) {
  OpAttribute attribute;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) attribute.name = f.text();
    if (f.number() == 3) attribute.default_value = std::string(as_text(f.bytes()));
  }
  return attribute;
}

OpArgument parse_argument(std::string_view word) {
  OpArgument argument;
  if (const std::size_t star = word.find('*'); star != std::string_view::npos) {
    argument.number_attr = word.substr(0, star);
    word.remove_prefix(star + 1);
  }
  if (word.starts_with("@@")) {
    argument.type_list_attr = word.substr(2);
  } else if (word.starts_with('@')) {
    argument.type_attr = word.substr(1);
  } else {
    argument.type = data_type_named(word);
  }
  return argument;
}

OpAttribute parse_attribute(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {std::string(word), std::nullopt};
  const auto text = Buffer::own(std::string(word.substr(equals + 1)), "a default value");
  return {std::string(word.substr(0, equals)), std::string(as_text(text_to_wire(*text, "AttrValue")->bytes()))};
}

/// The attribute of the node, or its default.
Attribute value_of(const OpDef& op, const std::string& name, const Attributes& of_node) {
  if (const Attribute* given = of_node.find(name)) return *given;
  for (const OpAttribute& attribute : op.attributes) {
    if (attribute.name == name && attribute.default_value)
      return Attribute(as_bytes(std::string_view(*attribute.default_value)), nullptr);
  }
  throw Error(Code::malformed, fmt::format("a node of op {} lacks attribute {}", op.name, name));
}

}  // namespace

std::vector<DataType> OpDef::types(const std::vector<OpArgument>& arguments, const Attributes& of_node) const {
  std::vector<DataType> types;
  for (const OpArgument& argument : arguments) {
    if (!argument.type_list_attr.empty()) {
      const std::vector<DataType> list = value_of(*this, argument.type_list_attr, of_node).types();
      types.insert(types.end(), list.begin(), list.end());
      continue;
    }
    const std::int64_t count =
        argument.number_attr.empty() ? 1 : value_of(*this, argument.number_attr, of_node).integer();
    if (count < 0 || count > kMostTensors)
      throw Error(Code::malformed,
                  fmt::format("attribute {} of a node of op {} is absurd", argument.number_attr, name));
    const DataType type =
        argument.type_attr.empty() ? argument.type : value_of(*this, argument.type_attr, of_node).type();
    types.insert(types.end(), static_cast<std::size_t>(count), type);
  }
  return types;
}

OpDef read_op_def(std::string_view text) {
  const auto wire = text_to_wire(*Buffer::own(std::string(text), "an op definition"), "OpDef");
  OpDef op;
  for (Fields f(wire->bytes()); f.next();) {
    if (f.number() == 1) op.name = f.text();
    if (f.number() == 2) op.inputs.push_back(read_argument(f.bytes()));
    if (f.number() == 3) op.outputs.push_back(read_argument(f.bytes()));
    if (f.number() == 4) op.attributes.push_back(read_attribute(f.bytes()));
  }
  if (op.name.empty()) throw Error(Code::malformed, "an op definition has no name");
  return op;
}

OpDef read_op_def_line(std::string_view line) {
  enum class Part { name, inputs, outputs, attributes };
  OpDef op;
  Part part = Part::name;
  while (!line.empty()) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(std::min(space + 1, line.size()));
    if (part == Part::name) {
      op.name = word.substr(0, word.find('*'));
      part = Part::inputs;
    } else if (word == "->") {
      part = Part::outputs;
    } else if (word == ":") {
      part = Part::attributes;
    } else if (part == Part::attributes) {
      op.attributes.push_back(parse_attribute(word));
    } else {
      (part == Part::inputs ? op.inputs : op.outputs).push_back(parse_argument(word));
    }
  }
  return op;
}

}  // namespace tolite::read
