// Select TF ops and custom ops.
#include "import/tensorflow/fallback.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "import/tensorflow/foreign_options.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/types.h"
#include "lite/infer.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {
namespace {

// Ops that only hold a graph together; TensorFlow's kernels of these would compute nothing.
constexpr std::array<std::string_view, 12> kStructure{"Const",          "Identity",
                                                      "IdentityN",      "NoOp",
                                                      "Placeholder",    "PlaceholderWithDefault",
                                                      "Snapshot",       "StopGradient",
                                                      "ReadVariableOp", "PreventGradient",
                                                      "VarHandleOp",    "EnsureShape"};

// Element by element: results have the shape of the first operand.
constexpr std::array<std::string_view, 50> kShapeOfFirst{"Abs",
                                                         "Acos",
                                                         "Acosh",
                                                         "AsString",
                                                         "Asin",
                                                         "Asinh",
                                                         "Atan",
                                                         "Atanh",
                                                         "BesselI0e",
                                                         "BesselI1e",
                                                         "Ceil",
                                                         "Cholesky",
                                                         "Conj",
                                                         "Cos",
                                                         "Cosh",
                                                         "DecodeBase64",
                                                         "Digamma",
                                                         "Elu",
                                                         "Erf",
                                                         "Erfc",
                                                         "Erfinv",
                                                         "Exp",
                                                         "Expm1",
                                                         "FFT",
                                                         "FFT2D",
                                                         "FFT3D",
                                                         "Floor",
                                                         "IFFT",
                                                         "IFFT2D",
                                                         "IFFT3D",
                                                         "IsFinite",
                                                         "IsInf",
                                                         "IsNan",
                                                         "Lgamma",
                                                         "Log",
                                                         "Log1p",
                                                         "MatrixInverse",
                                                         "Ndtri",
                                                         "Neg",
                                                         "RegexFullMatch",
                                                         "RegexReplace",
                                                         "Sign",
                                                         "StaticRegexFullMatch",
                                                         "StaticRegexReplace",
                                                         "StringLength",
                                                         "StringLower",
                                                         "StringStrip",
                                                         "StringToHashBucketFast",
                                                         "StringToNumber",
                                                         "StringUpper"};

// Element by element over two operands that are broadcast.
constexpr std::array<std::string_view, 24> kBroadcast{
    "Add",      "AddV2",    "ApproximateEqual", "Atan2",        "Complex", "Div",       "DivNoNan",          "Equal",
    "FloorDiv", "FloorMod", "Greater",          "GreaterEqual", "Less",    "LessEqual", "Maximum",           "Minimum",
    "Mod",      "Mul",      "MulNoNan",         "NotEqual",     "Pow",     "RealDiv",   "SquaredDifference", "Sub"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view op) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

/// The shape of each result: what the op is known to do, or else what the exporter noted.
std::vector<Shape> result_shapes(Builder& b, const read::Node& node, std::span<const ValueId> inputs,
                                 std::size_t count) {
  std::vector<Shape> shapes(count, Shape::unranked());
  if (count == 1 && !inputs.empty() && is_among(kShapeOfFirst, node.op)) return {b.shape(inputs[0])};
  if (count == 1 && inputs.size() == 2 && is_among(kBroadcast, node.op)) {
    const Shape x = b.shape(inputs[0]);
    const Shape y = b.shape(inputs[1]);
    return {broadcast(b.dims(), x, y)};
  }
  const read::Attribute* noted = node.attributes.find("_output_shapes");
  if (noted == nullptr || noted->kind() != read::Attribute::Kind::list) return shapes;
  const std::vector<read::PartialShape> list = noted->shapes();
  for (std::size_t i = 0; i < std::min(count, list.size()); ++i) shapes[i] = graph_shape(b.dims(), list[i]);
  return shapes;
}

/// The operands under the types that the node names: 16-bit floats are float32 inside a graph.
std::vector<ValueId> operands_of(Builder& b, const std::vector<read::DataType>& types,
                                 std::span<const ValueId> inputs) {
  if (inputs.size() != types.size())
    throw Refusal{fmt::format("the node has {} operands, and its definition {}", inputs.size(), types.size()), {}};
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Type wanted = read::lite_type(types[i]);
    const Type given = b.type(inputs[i]);
    const bool narrows = is_narrow_float(wanted) && given == Type::float32;
    if (!narrows && given != wanted && given != Type::none)
      throw Refusal{fmt::format("operand {} is {}, and its definition wants {}", i, type_name(given),
                                read::data_type_name(types[i])),
                    {}};
    operands.push_back(narrows ? cast_to(b, inputs[i], wanted) : inputs[i]);
  }
  return operands;
}

void require_no_function(const read::Node& node) {
  for (const read::NamedAttribute& attribute : node.attributes) {
    if (attribute.value.kind() == read::Attribute::Kind::function && !attribute.name.starts_with('_'))
      throw Refusal{"it calls a function, and a .tflite file holds none of TensorFlow's", {}};
  }
}

}  // namespace

Fallback::Fallback(FallbackOptions options) : options_(std::move(options)), registry_(options_.op_definitions) {}

bool Fallback::is_select_op(std::string_view op) const {
  const auto& user = options_.select_user_ops;
  return OpRegistry::runs_in_flex(op) || std::find(user.begin(), user.end(), op) != user.end();
}

Fallback::Form Fallback::form(std::string_view op) const {
  if (options_.select != FallbackOptions::Select::never && is_select_op(op)) return Form::select;
  return options_.allow_custom ? Form::custom : Form::none;
}

bool Fallback::goes_before_builtins(std::string_view op) const {
  return options_.select == FallbackOptions::Select::preferred && is_select_op(op) && !is_among(kStructure, op);
}

Code Fallback::advise(std::string_view op, Refusal& refusal) const {
  Code code = Code::needs_custom_op;
  std::string option = "allow it as a custom op, whose kernel the app brings: --allow-custom-ops";
  if (is_select_op(op)) {
    code = Code::needs_select_op;
    option = "let TensorFlow's own kernel run it, where the app links the Flex delegate: --select-tf-ops";
  } else if (registry_.find(op) == nullptr) {
    code = Code::unknown_op;
    option = "describe what it gives with --custom-op-def and allow it with --allow-custom-ops";
  }
  refusal.way_out += (refusal.way_out.empty() ? "" : "; or ") + option;
  return code;
}

std::vector<ValueId> Fallback::wire(Builder& b, const read::Node& node, std::optional<std::string_view> function,
                                    std::span<const ValueId> inputs) const {
  const Form form_of_op = form(node.op);
  if (form_of_op == Form::none) throw Refusal{};
  const read::OpDef* op = registry_.find(node.op);
  if (op == nullptr) throw Refusal{"nobody describes what it gives", {}};
  require_no_function(node);
  const bool is_select = form_of_op == Form::select;
  std::string code = (is_select ? "Flex" : "") + std::string(node.op);
  std::string bytes = is_select ? select_options(*op, node, function, inputs.size()) : custom_options(*op, node);
  return wire_custom(b, node, std::move(code), std::move(bytes), op->types(op->inputs, node.attributes), inputs,
                     op->types(op->outputs, node.attributes));
}

bool Fallback::is_described(std::string_view op) const {
  return options_.allow_custom && registry_.find(op) != nullptr && !OpRegistry::is_of_tensorflow(op);
}

std::vector<ValueId> wire_custom(Builder& b, const read::Node& call, std::string code, std::string options,
                                 const std::vector<read::DataType>& takes, std::span<const ValueId> inputs,
                                 const std::vector<read::DataType>& gives) {
  for (const read::DataType type : gives) {
    if (read::lite_type(type) == Type::none)
      throw Refusal{fmt::format("it gives {}, which a .tflite file cannot hold", read::data_type_name(type)), {}};
  }
  const std::vector<ValueId> operands = operands_of(b, takes, inputs);
  const std::vector<Shape> shapes = result_shapes(b, call, operands, gives.size());
  std::vector<ValueId> results =
      b.many(Op::CUSTOM, operands, {{Attr::custom_code, std::move(code)}, {Attr::custom_options, std::move(options)}},
             gives.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    Value& value = b.graph()[results[i]];
    value.type = read::lite_type(gives[i]);
    value.shape = shapes[i];
    results[i] = widened(b, results[i]);
  }
  return results;
}

}  // namespace tolite::tensorflow
