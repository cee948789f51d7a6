// TensorFlow writes the name alone as a string, and the name with attributes as a function reference. Those of the
// first kind that it fuses are builtins here, those of the second kind custom ops.
#include "import/tensorflow/composites.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "import/tensorflow/foreign_options.h"

namespace tolite::tensorflow {
namespace {

using read::Attribute;

struct Call {
  Builder& b;
  const Fallback& fallback;
  const read::Node& node;
  const read::Function& function;
  std::span<const ValueId> inputs;

  bool has(std::size_t operands, std::size_t results) const {
    return inputs.size() == operands && function.outputs.size() == results;
  }
};

using Composite = std::optional<std::vector<ValueId>>;

/// The operands and results of a function that is not generic.
std::optional<std::vector<read::DataType>> types_of(const std::vector<read::Argument>& arguments) {
  std::vector<read::DataType> types;
  for (const read::Argument& argument : arguments) {
    if (argument.type == read::DataType::invalid) return std::nullopt;
    types.push_back(argument.type);
  }
  return types;
}

Composite custom(const Call& call, std::string_view code, std::string options) {
  const auto takes = types_of(call.function.inputs);
  const auto gives = types_of(call.function.outputs);
  if (!takes || !gives) return std::nullopt;
  return wire_custom(call.b, call.node, std::string(code), std::move(options), *takes, call.inputs, *gives);
}

/// Rows of the first operand, by the numbers that are the second.
Composite embedding_lookup(const Call& call) {
  if (!call.has(2, 1) || call.b.type(call.inputs[1]) != Type::int32) return std::nullopt;
  const Shape& indices = call.b.shape(call.inputs[1]);
  if (!indices.ranked() || indices.rank() != 1) return std::nullopt;
  return std::vector{call.b(Op::EMBEDDING_LOOKUP, {call.inputs[1], call.inputs[0]})};
}

/// tf.image.non_max_suppression_padded: it lets boxes go that overlap as much as the threshold, as the runtime does,
/// and fills up with zeros.
Composite non_max_suppression(const Call& call) {
  if (call.inputs.size() < 5 || call.function.outputs.size() != 2) return std::nullopt;
  const std::array types{Type::float32, Type::float32, Type::int32, Type::float32, Type::float32};
  const std::array<std::size_t, 5> ranks{2, 1, 0, 0, 0};
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Shape& shape = call.b.shape(call.inputs[i]);
    if (call.b.type(call.inputs[i]) != types[i] || !shape.ranked() || shape.rank() != ranks[i]) return std::nullopt;
  }
  return call.b.many(Op::NON_MAX_SUPPRESSION_V4, call.inputs.first(5), {});
}

Composite detection(const Call& call, const read::FunctionReference& op) {
  static constexpr std::array<std::string_view, 11> kKeys{"max_detections",
                                                          "max_classes_per_detection",
                                                          "num_classes",
                                                          "nms_score_threshold",
                                                          "nms_iou_threshold",
                                                          "y_scale",
                                                          "x_scale",
                                                          "h_scale",
                                                          "w_scale",
                                                          "use_regular_nms",
                                                          "detections_per_class"};
  constexpr std::size_t kNeeded = 9;
  if (!call.has(3, 4)) return std::nullopt;
  for (const std::string_view key : std::span(kKeys).first(kNeeded)) {
    if (std::none_of(op.attributes.begin(), op.attributes.end(), [&](const auto& a) { return a.name == key; }))
      throw Refusal{fmt::format("the function that implements {} lacks attribute {}", op.name, key), {}};
  }
  return custom(call, op.name, implemented_options(op, kKeys, 1));
}

/// The kernel takes the bytes of TfLitePoolParams: padding, strides and filter, width before height, then activation
/// and what the kernel computes, all of 32 bits.
Composite max_unpooling(const Call& call, const read::FunctionReference& op) {
  const read::Attributes given(op.attributes);
  const std::vector<std::int64_t> filter = given["pool_size"].integers();
  const std::vector<std::int64_t> strides = given["strides"].integers();
  if (!call.has(2, 1) || filter.size() != 2 || strides.size() != 2) return std::nullopt;
  constexpr std::int64_t kSame = 1;
  constexpr std::int64_t kValid = 2;
  const std::array fields{given["padding"].string() == "SAME" ? kSame : kValid, strides[1], strides[0], filter[1],
                          filter[0]};
  std::string bytes(std::size_t{40}, '\0');
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t k = 0; k < 4; ++k) bytes[4 * i + k] = static_cast<char>((fields[i] >> (8 * k)) & 0xFF);
  }
  return custom(call, "MaxUnpooling2D", std::move(bytes));
}

Composite by_name(const Call& call, std::string_view name) {
  if (name == "embedding_matmul") return embedding_lookup(call);
  if (name == "non_max_suppression_padded_v2") return non_max_suppression(call);
  if (call.fallback.is_described(name)) return custom(call, name, {});
  return std::nullopt;
}

Composite by_reference(const Call& call, const read::FunctionReference& op) {
  if (op.name == "TFLite_Detection_PostProcess") return detection(call, op);
  const bool is_allowed = call.fallback.allows_custom();  // TensorFlow asks nobody, but the body may do without
  if (op.name == "addons:MaxUnpooling2D") return is_allowed ? max_unpooling(call, op) : std::nullopt;
  const bool is_text = is_allowed && op.name.starts_with("tftext:");
  if (is_text || read::Attributes(op.attributes).boolean(kFusable, false) || call.fallback.is_described(op.name))
    return custom(call, op.name, implemented_options(op, {}, -1));
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<ValueId>> wire_composite(Builder& b, const Fallback& fallback, const read::Node& call,
                                                   const read::Function& function, std::span<const ValueId> inputs) {
  const Attribute* implements = function.attributes.find("_implements");
  if (implements == nullptr) return std::nullopt;
  const Call of{b, fallback, call, function, inputs};
  if (implements->kind() == Attribute::Kind::string) return by_name(of, implements->string());
  if (implements->kind() == Attribute::Kind::function) return by_reference(of, implements->function());
  return std::nullopt;
}

}  // namespace tolite::tensorflow
