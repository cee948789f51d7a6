// Reads everything that a model offers: what the fuzz targets and the tests with damaged files do with what they get.
#pragma once

#include "lite/tensor.h"
#include "read/checkpoint.h"
#include "read/protobuf.h"
#include "read/saved_model.h"
#include "tolite/error.h"

namespace tolite::read {

/// Errors are the expected answer to damage; anything else a function does wrong is for the sanitizers to see.
template <typename Action>
bool succeeds(Action action) {
  try {
    action();
    return true;
  } catch (const Error&) {
    return false;
  }
}

inline std::size_t exercise(const Tensor& tensor) {
  if (tensor.bytes.empty()) return 0;
  return std::to_integer<std::size_t>(tensor.bytes.front()) + std::to_integer<std::size_t>(tensor.bytes.back());
}

/// Calls the getter for the elements that the list holds. (All the others would throw, which takes long.)
inline std::size_t exercise_list(const Attribute& attribute) {
  std::uint32_t elements = 0;  // the field of ListValue
  for (Fields f(attribute.wire()); f.next();) {
    for (Fields list(f.bytes()); list.next();) elements = list.number();
  }
  switch (elements) {
    case 2:
      return attribute.strings().size();
    case 3:
      return attribute.integers().size();
    case 4:
      return attribute.reals().size();
    case 5:
      return attribute.booleans().size();
    case 6:
      return attribute.types().size();
    case 7:
      return attribute.shapes().size();
    default:
      return attribute.functions().size();
  }
}

inline std::size_t exercise(const Attribute& attribute) {
  std::size_t sum = 0;
  succeeds([&] {
    switch (attribute.kind()) {
      case Attribute::Kind::none:
        break;
      case Attribute::Kind::list:
        sum += exercise_list(attribute);
        break;
      case Attribute::Kind::string:
        sum += attribute.string().size();
        break;
      case Attribute::Kind::integer:
        sum += static_cast<std::size_t>(attribute.integer());
        break;
      case Attribute::Kind::real:
        sum += attribute.real() == 0 ? 1 : 0;
        break;
      case Attribute::Kind::boolean:
        sum += attribute.boolean() ? 1 : 0;
        break;
      case Attribute::Kind::type:
        sum += data_type_name(attribute.type()).size();
        break;
      case Attribute::Kind::shape:
        sum += attribute.shape().dims.size();
        break;
      case Attribute::Kind::tensor:
        sum += exercise(attribute.tensor());
        break;
      case Attribute::Kind::placeholder:
        sum += attribute.placeholder().size();
        break;
      case Attribute::Kind::function:
        sum += attribute.function().attributes.size();
        break;
    }
  });
  return sum;
}

inline std::size_t exercise(const NodeList& nodes) {
  std::size_t sum = 0;
  for (const Node& node : nodes) {
    sum += node.name.size() + node.op.size() + node.wire.size();
    for (const std::string_view input : node.inputs) succeeds([&] { sum += parse_input(input).node.size(); });
    for (const NamedAttribute& attribute : node.attributes) sum += exercise(attribute.value);
    for (const std::string_view name : node.original_names) sum += name.size();
  }
  return sum;
}

inline std::size_t exercise(const GraphDef& graph) {
  std::size_t sum = exercise(graph.nodes());
  for (const std::string_view name : graph.library().names()) {
    succeeds([&] {
      const Function& function = *graph.library().find(name);
      sum += exercise(function.nodes) + function.implements().size() + graph.library().gradient_of(name).size();
      for (const Attributes& attributes : function.input_attributes) sum += attributes.size();
    });
  }
  succeeds([&] {
    const DebugInfo info = graph.debug_info();
    for (const Node& node : graph.nodes()) sum += info.stack(node.name).size();
  });
  return sum;
}

inline std::size_t exercise(const MetaGraph& meta) {
  std::size_t sum = exercise(*meta.graph) + meta.initializer().size();
  succeeds([&] { sum += meta.variables().size(); });
  for (const Signature& signature : meta.signatures) {
    for (const SignatureDefault& value : signature.defaults) {
      succeeds([&] { sum += exercise(value.tensor(meta.graph->buffer())); });
    }
  }
  for (const ConcreteFunction& function : meta.objects.concrete_functions()) {
    succeeds([&] { sum += function.input_signature().flatten().size(); });
    succeeds([&] { sum += function.output_signature().flatten().size(); });
  }
  return sum;
}

inline std::size_t exercise(const Checkpoint& checkpoint) {
  std::size_t sum = 0;
  for (const CheckpointEntry& entry : checkpoint.entries()) {
    succeeds([&] { sum += exercise(checkpoint.read(entry)); });
  }
  if (const Trackables* trackables = checkpoint.trackables()) sum += trackables->nodes.size();
  return sum;
}

}  // namespace tolite::read
