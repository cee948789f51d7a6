// The walk over nodes and calls. Frames stand on a stack of our own: how deep calls nest is the file's to choose.
#include "import/tensorflow/graph_importer.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "import/tensorflow/node_index.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/types.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

// Calls are inlined, so that a file of a few kilobytes could ask for any number of nodes.
constexpr std::size_t kMostNodes = 20'000'000;
constexpr std::size_t kMostNestedCalls = 100'000;

}  // namespace

GraphImporter::GraphImporter(Builder& builder, const read::GraphDef& graph, const read::ObjectGraph* objects,
                             Variables& variables, import::Issues& issues)
    : builder_(builder),
      graph_(graph),
      objects_(objects),
      variables_(variables),
      issues_(issues),
      effects_(graph.library()) {}

std::vector<ValueId> GraphImporter::import(std::span<const std::string> feeds, std::vector<Item> arguments,
                                           std::span<const std::string> fetches) {
  const Body body = main_body(graph_, feeds, fetches, effects_);
  Frame frame;
  frame.body = &body;
  frame.arguments = std::move(arguments);
  run(std::move(frame));
  std::vector<ValueId> values;
  for (const Item& item : finished_) {
    if (item.is_resource() && !item.is_reference)
      throw Error(Code::invalid_node, "an output is the handle of a variable, not its value",
                  variables_.name(item.resource));
    values.push_back(item.is_resource() ? read_variable(item.resource) : item.value);
  }
  return values;
}

void GraphImporter::run(Frame root) {
  stack_.clear();
  active_.clear();
  root.results.resize(root.body->nodes->size());
  stack_.push_back(std::move(root));
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    if (frame.position < frame.body->order.size()) {
      step(frame);
      continue;
    }
    finished_ = gather(frame, frame.body->returns);
    active_.erase(frame.function);
    stack_.pop_back();
    if (!stack_.empty()) {
      Frame& caller = stack_.back();
      caller.results[caller.body->order[caller.position++]] = finished_;
    }
  }
}

void GraphImporter::step(Frame& frame) {
  const std::uint32_t index = frame.body->order[frame.position];
  const read::Node& node = (*frame.body->nodes)[index];
  if (++nodes_imported_ > kMostNodes)
    throw Error(Code::too_deep, fmt::format("the model's calls expand to more than {} nodes", kMostNodes),
                std::string(node.name));
  builder_.set_origin(builder_.model().add_origin(std::string(node.name), frame.origin));
  std::vector<Item> inputs = gather(frame, frame.body->inputs[index]);
  if (const std::string_view function = callee(node, graph_.library()); !function.empty()) {
    enter(node, function, std::move(inputs));  // position moves on when the call returns
    return;
  }
  frame.results[index] = import_node(node, inputs, frame.body->outputs_used[index]);
  ++frame.position;
}

std::vector<Item> GraphImporter::gather(const Frame& frame, std::span<const Edge> edges) const {
  std::vector<Item> items;
  items.reserve(edges.size());
  for (const Edge& edge : edges) {
    const std::vector<Item>& from = edge.producer == Edge::kArgument ? frame.arguments : frame.results[edge.producer];
    if (edge.output >= from.size()) {
      const std::string where = edge.producer == Edge::kArgument
                                    ? std::string(frame.function)
                                    : std::string((*frame.body->nodes)[edge.producer].name);
      throw Error(Code::malformed, fmt::format("a node has no output {}", edge.output), where);
    }
    items.push_back(from[edge.output]);
  }
  return items;
}

void GraphImporter::enter(const read::Node& call, std::string_view function_name, std::vector<Item> inputs) {
  const read::Function* function = graph_.library().find(function_name);
  if (function == nullptr)
    throw Error(Code::malformed, fmt::format("there is no function {}", function_name), std::string(call.name));
  if (!active_.insert(function->name).second)
    throw Error(Code::recursive_function, fmt::format("function {} calls itself", function_name),
                std::string(call.name));
  if (stack_.size() >= kMostNestedCalls) throw Error(Code::too_deep, "calls nest too deep", std::string(call.name));
  if (inputs.size() != function->inputs.size()) {
    throw Error(Code::malformed,
                fmt::format("function {} takes {} inputs, but is given {}", function_name, function->inputs.size(),
                            inputs.size()),
                std::string(call.name));
  }
  // A concrete function's captures are what the object graph binds, whatever the main graph feeds.
  const read::ConcreteFunction* concrete =
      objects_ != nullptr && stack_.size() == 1 ? objects_->find(function->name) : nullptr;
  if (concrete != nullptr && concrete->bound_inputs.size() <= inputs.size()) {
    variables_.prefetch(builder_.model(), concrete->bound_inputs);
    const std::size_t first = inputs.size() - concrete->bound_inputs.size();
    for (std::size_t i = 0; i < concrete->bound_inputs.size(); ++i) {
      if (const auto resource = variables_.of_object(concrete->bound_inputs[i]))
        inputs[first + i] = {{}, *resource, false};
    }
  }
  Frame frame;
  frame.body = &body_of(*function);
  frame.function = function->name;
  frame.arguments = std::move(inputs);
  frame.results.resize(frame.body->nodes->size());
  frame.origin = builder_.origin();
  stack_.push_back(std::move(frame));
}

const Body& GraphImporter::body_of(const read::Function& function) {
  std::unique_ptr<Body>& body = bodies_[function.name];
  if (body == nullptr) body = std::make_unique<Body>(function_body(function, effects_));
  return *body;
}

ValueId GraphImporter::read_variable(std::uint32_t resource) {
  const auto [at, is_new] = variable_values_.try_emplace(resource);
  if (is_new) {
    const ConstantId constant = variables_.value(builder_.model(), resource);
    const Tensor& tensor = builder_.model()[constant];
    const ValueId stored = builder_.graph().add_constant(constant, tensor.type, tensor.shape());
    builder_.graph()[stored].name = variables_.name(resource);
    at->second = widened(builder_, stored);
  }
  return at->second;
}

std::vector<Item> GraphImporter::import_node(const read::Node& node, const std::vector<Item>& inputs,
                                             std::uint32_t outputs_used) {
  const std::string_view op = node.op;
  const auto handle = [&](std::size_t i) {
    if (i >= inputs.size())
      throw Error(Code::malformed, fmt::format("a {} node lacks input {}", op, i), std::string(node.name));
    return inputs[i];
  };
  const auto one = [](ValueId value) { return std::vector<Item>{{value, Item::kNoResource, false}}; };
  if (op == "Const") return one(widened(builder_, builder_.constant(node.attributes["value"].tensor())));
  if (op == "NoOp") return {};
  if (op == "VarHandleOp" || op == "VariableV2" || op == "Variable" || op == "AutoReloadVariable")
    return {{{}, variables_.of_handle(node), op.starts_with("Variable")}};
  if (op == "ReadVariableOp" && handle(0).is_resource()) return one(read_variable(handle(0).resource));
  if (op == "VarIsInitializedOp" && handle(0).is_resource()) return one(builder_.scalar(Type::boolean, 1));
  // Identities pass handles on; a reference read through Identity is a value.
  if ((op == "Identity" || op == "IdentityN") &&
      std::any_of(inputs.begin(), inputs.end(), [](const Item& i) { return i.is_resource(); })) {
    std::vector<Item> passed = inputs;
    for (Item& item : passed) {
      if (item.is_reference) item = {read_variable(item.resource), Item::kNoResource, false};
    }
    return passed;
  }
  if (op == "ResourceGather" && handle(0).is_resource()) {
    std::vector<Item> read = inputs;
    read[0] = {read_variable(inputs[0].resource), Item::kNoResource, false};
    return translate(node, read, outputs_used);
  }
  return translate(node, inputs, outputs_used);
}

std::vector<Item> GraphImporter::translate(const read::Node& node, const std::vector<Item>& inputs,
                                           std::uint32_t outputs_used) {
  std::vector<ValueId> values;
  bool after_opaque = false;  // nothing is known of its operands: what would go wrong here only follows from that
  std::string refused_handle;
  for (const Item& item : inputs) {
    if (item.is_resource() && !item.is_reference) {
      refused_handle = variables_.name(item.resource);
      continue;
    }
    values.push_back(item.is_resource() ? read_variable(item.resource) : item.value);
    after_opaque = after_opaque || builder_.type(values.back()) == Type::none;
  }
  const auto report = [&](const std::string& reason, const std::string& way_out) {
    issues_.add(std::string(node.op), reason, way_out, builder_.model().origin_text(builder_.origin()));
  };
  if (!refused_handle.empty()) {
    report(fmt::format("variable \"{}\" is used or changed at run time, which is not supported yet", refused_handle),
           "");
    return opaque(node, values, outputs_used);
  }
  const Translator translator = translators().find(node.op);
  if (translator == nullptr) {
    report("there is no builtin for this operation", "");
    return opaque(node, values, outputs_used);
  }
  if (after_opaque) return opaque(node, values, outputs_used);
  try {
    TfNode view(node, values, builder_);
    std::vector<Item> items;
    for (const ValueId value : translator(view, builder_).values) items.push_back({value, Item::kNoResource, false});
    return items;
  } catch (const Refusal& refusal) {
    report(refusal.reason, refusal.way_out);
  } catch (const Error& e) {
    // A contradiction is the node's; anything else (no memory, our own mistake) is not.
    if (e.code() != Code::invalid_node && e.code() != Code::size_overflow) throw e.at(node.name);
    report(e.message(), "");
  }
  return opaque(node, values, outputs_used);
}

std::vector<Item> GraphImporter::opaque(const read::Node& node, std::span<const ValueId> inputs,
                                        std::uint32_t outputs_used) {
  const std::string_view wire = as_text(node.wire);
  const std::vector<ValueId> results = builder_.many(
      Op::TF_NODE, inputs, {{Attr::tensorflow_op, std::string(node.op)}, {Attr::node_def, std::string(wire)}},
      std::max<std::size_t>(1, outputs_used));
  std::vector<Item> items;
  for (const ValueId value : results) items.push_back({value, Item::kNoResource, false});
  return items;
}

}  // namespace tolite::tensorflow
