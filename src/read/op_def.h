// OpDef: what an op of TensorFlow takes and gives, as far as a node of it can be written from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "read/attribute.h"
#include "read/data_type.h"

namespace tolite::read {

/// An operand or result: a type, the attribute that names it, or attributes that tell how many there are.
struct OpArgument {
  DataType type = DataType::invalid;
  std::string type_attr;
  std::string number_attr;
  std::string type_list_attr;
};

struct OpAttribute {
  std::string name;
  std::optional<std::string> default_value;  ///< an AttrValue in wire form
};

struct OpDef {
  std::string name;
  std::vector<OpArgument> inputs;
  std::vector<OpArgument> outputs;
  std::vector<OpAttribute> attributes;

  /// The types of the operands or results of a node with these attributes; defaults stand in for absent ones. Throws
  /// Error(malformed) if the attributes do not tell.
  std::vector<DataType> types(const std::vector<OpArgument>& arguments, const Attributes& of_node) const;
};

/// Reads an OpDef in protobuf's text form. Throws Error(malformed).
OpDef read_op_def(std::string_view text);

/// Reads a line of op_defs.def, which tells of its form.
OpDef read_op_def_line(std::string_view line);

}  // namespace tolite::read
