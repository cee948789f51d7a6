// The walk over nodes and calls. Frames stand on a stack of our own: how deep calls nest is the file's to choose.
#include "import/tensorflow/graph_importer.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "import/tensorflow/composites.h"
#include "import/tensorflow/narrow_float64.h"
#include "import/tensorflow/node_index.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/types.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

// Calls are inlined, so that a file of a few kilobytes could ask for any number of nodes.
constexpr std::size_t kMostNodes = 20'000'000;
constexpr std::size_t kMostNestedCalls = 100'000;

/// The way out for a node of these operands, which may be that they are float32.
std::string with_narrowing(Builder& b, const std::string& way_out, std::span<const ValueId> operands) {
  const bool is_wide = std::any_of(operands.begin(), operands.end(), [&](ValueId v) {
    return v && (b.type(v) == Type::float64 || b.type(v) == Type::complex128);
  });
  if (!is_wide) return way_out;
  return fmt::format("{}{}{}", way_out, way_out.empty() ? "" : "; or ", import::kNarrowFloat64);
}

}  // namespace

class GraphImporter::ActiveFunctions {
 public:
  ActiveFunctions(ImportSession& session, const Stack& stack) : session_(session), stack_(stack) {}
  ~ActiveFunctions() {
    for (const Frame& frame : stack_) session_.active_functions.erase(frame.function);
  }
  ActiveFunctions(const ActiveFunctions&) = delete;
  ActiveFunctions& operator=(const ActiveFunctions&) = delete;

 private:
  ImportSession& session_;
  const Stack& stack_;
};

std::vector<ValueId> GraphImporter::import(std::span<const std::string> feeds, std::vector<Item> arguments,
                                           std::span<const std::string> fetches) {
  const Body body = main_body(session_.graph, feeds, fetches, session_.effects);
  Frame frame;
  frame.body = &body;
  frame.arguments = std::move(arguments);
  std::vector<ValueId> values;
  for (const Item& item : run(std::move(frame))) {
    const ValueId value = value_of(item);
    if (!value)
      throw Error(Code::invalid_node, "an output is a handle, not a value", fetches[values.size()],
                  {"way out: name an output that is a tensor, such as what is read or stacked from it: --output"});
    values.push_back(value);
  }
  return values;
}

void GraphImporter::import_effects(std::string_view node) {
  const Body body = effects_body(session_.graph, node, session_.effects);
  Frame frame;
  frame.body = &body;
  run(std::move(frame));
}

std::vector<Item> GraphImporter::call(const read::Node& node, std::string_view function, std::vector<Item> arguments) {
  return run(frame_of_call(node, function, std::move(arguments), false));
}

std::vector<Item> GraphImporter::run(Frame root) {
  Stack stack;
  // A node that is refused within a branch or loop leaves its calls open.
  const ActiveFunctions active(session_, stack);
  root.results.resize(root.body->nodes->size());
  stack.push_back(std::move(root));
  while (true) {
    Frame& frame = stack.back();
    if (frame.position < frame.body->order.size()) {
      step(stack);
      continue;
    }
    std::vector<Item> finished = gather(frame, frame.body->returns);
    if (!frame.function.empty()) session_.active_functions.erase(frame.function);
    stack.pop_back();
    if (stack.empty()) return finished;
    Frame& caller = stack.back();
    caller.results[caller.body->order[caller.position++]] = std::move(finished);
  }
}

void GraphImporter::step(Stack& stack) {
  Frame& frame = stack.back();
  const std::uint32_t index = frame.body->order[frame.position];
  const read::Node& node = (*frame.body->nodes)[index];
  if (++session_.nodes_imported > kMostNodes)
    throw Error(Code::too_deep, fmt::format("the model's calls expand to more than {} nodes", kMostNodes),
                std::string(node.name));
  const OriginId origin = builder_.model().add_origin(std::string(node.name), frame.origin);
  builder_.set_origin(origin);
  std::vector<Item> inputs = gather(frame, frame.body->inputs[index]);
  if (const std::string_view function = callee(node, session_.graph.library()); !function.empty()) {
    if (auto results = import_composite(node, function, inputs)) {
      frame.results[index] = *std::move(results);
      ++frame.position;
      return;
    }
    if (stack.size() >= kMostNestedCalls) throw Error(Code::too_deep, "calls nest too deep", std::string(node.name));
    stack.push_back(frame_of_call(node, function, std::move(inputs), stack.size() == 1));
    return;  // the position moves on when the call returns
  }
  function_ = frame.function;
  frame.results[index] = import_node(node, std::move(inputs), frame.body->outputs_used[index]);
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

GraphImporter::Frame GraphImporter::frame_of_call(const read::Node& call, std::string_view function_name,
                                                  std::vector<Item> inputs, bool is_top) {
  const read::Function* function = session_.graph.library().find(function_name);
  if (function == nullptr)
    throw Error(Code::malformed, fmt::format("there is no function {}", function_name), std::string(call.name));
  if (!session_.active_functions.insert(function->name).second)
    throw Error(Code::recursive_function, fmt::format("function {} calls itself", function_name),
                std::string(call.name));
  if (inputs.size() != function->inputs.size()) {
    throw Error(Code::malformed,
                fmt::format("function {} takes {} inputs, but is given {}", function_name, function->inputs.size(),
                            inputs.size()),
                std::string(call.name));
  }
  // A concrete function's captures are what the object graph binds, whatever the main graph feeds.
  const read::ConcreteFunction* concrete =
      session_.objects != nullptr && is_top ? session_.objects->find(function->name) : nullptr;
  if (concrete != nullptr && concrete->bound_inputs.size() <= inputs.size()) {
    session_.variables.prefetch(builder_.model(), concrete->bound_inputs);
    const std::size_t first = inputs.size() - concrete->bound_inputs.size();
    for (std::size_t i = 0; i < concrete->bound_inputs.size(); ++i) {
      if (const auto variable = session_.variables.of_object(concrete->bound_inputs[i]))
        inputs[first + i] = Item(Item::Kind::variable, *variable);
    }
  }
  Frame frame;
  frame.body = &session_.body_of(*function);
  frame.function = function->name;
  frame.arguments = std::move(inputs);
  frame.results.resize(frame.body->nodes->size());
  frame.origin = builder_.origin();
  return frame;
}

std::optional<std::vector<Item>> GraphImporter::import_composite(const read::Node& call, std::string_view function,
                                                                 const std::vector<Item>& inputs) {
  const read::Function* body = session_.graph.library().find(function);
  if (body == nullptr || !body->attributes.has("_implements")) return std::nullopt;
  std::vector<ValueId> values;
  for (const Item& item : inputs) {
    values.push_back(item.kind == Item::Kind::variable ? read_variable(item.index) : value_of(item));
    if (!values.back() || builder_.type(values.back()) == Type::none) return std::nullopt;
  }
  try {
    const auto results = wire_composite(builder_, session_.fallback, call, *body, values);
    if (results) return std::vector<Item>(results->begin(), results->end());
  } catch (const Refusal& refusal) {
    session_.issues.add(std::string(function), refusal.reason, refusal.way_out,
                        builder_.model().origin_text(builder_.origin()));
  }
  return std::nullopt;
}

ValueId GraphImporter::value_of(const Item& item) {
  if (item.kind == Item::Kind::reference) return read_variable(item.index);
  return item.is_value() ? item.value : ValueId();
}

ValueId GraphImporter::read_variable(std::uint32_t variable) {
  if (session_.initializer && session_.state.changed_variables.contains(variable)) {
    const Tensor& initial = session_.model[session_.variables.value(session_.model, variable)];
    const ValueId handle = variable_handle(variable);
    const ValueId value = builder_(Op::READ_VARIABLE, {handle});
    Value& described = builder_.graph()[value];
    described.type = is_narrow_float(initial.type) ? Type::float32 : initial.type;
    described.shape = initial.shape();
    return value;
  }
  const auto [at, is_new] = constants_.try_emplace(variable);
  if (is_new) {
    const ConstantId constant = session_.variables.value(builder_.model(), variable);
    const Tensor& tensor = builder_.model()[constant];
    const ValueId stored = builder_.graph().add_constant(constant, tensor.type, tensor.shape());
    builder_.graph()[stored].name = session_.variables.name(variable);
    at->second = widened(builder_, stored);
  }
  return at->second;
}

void GraphImporter::assign_variable(std::uint32_t variable, ValueId value) {
  if (session_.is_initialization) {
    constants_[variable] = value;
    return;
  }
  if (!session_.initializer || !session_.state.changed_variables.contains(variable)) {
    session_.state.changed_variables.insert(variable);  // the model is imported again
    return;
  }
  builder_.many(Op::ASSIGN_VARIABLE, {variable_handle(variable), value}, {});
}

ValueId GraphImporter::variable_handle(std::uint32_t variable) {
  const auto [at, is_new] = variable_handles_.try_emplace(variable);
  if (!is_new) return at->second;
  const Attrs attrs{{Attr::container, std::string()}, {Attr::shared_name, session_.variable_name(variable)}};
  at->second = builder_(Op::VAR_HANDLE, {}, attrs);
  if (session_.initialized_variables.insert(variable).second) {
    Builder first(session_.model, session_.initializer, session_.table);
    const ConstantId constant = session_.variables.value(session_.model, variable);
    const Tensor& tensor = session_.model[constant];
    const ValueId initial = widened(first, first.graph().add_constant(constant, tensor.type, tensor.shape()));
    first.many(Op::ASSIGN_VARIABLE, {first(Op::VAR_HANDLE, {}, attrs), initial}, {});
  }
  return at->second;
}

ValueId GraphImporter::table_handle(std::uint32_t table) {
  const auto [at, is_new] = table_handles_.try_emplace(table);
  if (!is_new) return at->second;
  const HashTable& contents = session_.hash_tables[table];
  const Attrs attrs{{Attr::table_id, std::int64_t{table} + 1},
                    {Attr::key_dtype, contents.key_type},
                    {Attr::value_dtype, contents.value_type}};
  at->second = builder_(Op::HASHTABLE, {}, attrs);
  if (session_.initialized_tables.insert(table).second) {
    Builder first(session_.model, session_.initializer, session_.table);
    first.many(Op::HASHTABLE_IMPORT,
               {first(Op::HASHTABLE, {}, attrs), first.constant(contents.keys), first.constant(contents.values)}, {});
  }
  return at->second;
}

std::vector<Item> GraphImporter::import_node(const read::Node& node, std::vector<Item> inputs,
                                             std::uint32_t outputs_used) {
  const std::string_view op = node.op;
  if (const auto asset = session_.assets.find(node.name); asset != session_.assets.end() && inputs.empty())
    return {builder_.constant(string_tensor({}, std::span(&asset->second, 1)))};
  if (const std::string_view reason = reason_not_narrowed(node); !reason.empty()) {
    session_.issues.add(std::string(op), std::string(reason), {}, builder_.model().origin_text(builder_.origin()));
    return opaque(node, {}, outputs_used);
  }
  if (op == "Const") return {widened(builder_, builder_.constant(node.attributes["value"].tensor()))};
  if (op == "NoOp") return {};
  // Identities pass handles and lists on; a reference read through Identity is a value.
  if ((op == "Identity" || op == "IdentityN") &&
      std::any_of(inputs.begin(), inputs.end(), [](const Item& i) { return !i.is_value(); })) {
    for (Item& item : inputs) {
      if (item.kind == Item::Kind::reference) item = read_variable(item.index);
    }
    return inputs;
  }
  return translate(node, std::move(inputs), outputs_used);
}

std::vector<Item> GraphImporter::translate(const read::Node& node, std::vector<Item> inputs,
                                           std::uint32_t outputs_used) {
  const ItemTranslator item_translator = item_translators().find(node.op);
  const Translator translator = translators().find(node.op);
  std::vector<ValueId> values;  // one an input: none for a handle
  bool after_opaque = false;    // nothing is known of its operands: what would go wrong here only follows from that
  const Item* handle = nullptr;
  for (const Item& item : inputs) {
    // Control flow and assignments take a reference as it is.
    const bool as_it_is = item_translator != nullptr && item.kind == Item::Kind::reference;
    values.push_back(as_it_is ? ValueId() : value_of(item));
    if (!values.back()) handle = &item;
    after_opaque = after_opaque || (values.back() && builder_.type(values.back()) == Type::none);
  }
  const auto report = [&](const std::string& reason, const std::string& way_out) {
    session_.issues.add(std::string(node.op), reason, way_out, builder_.model().origin_text(builder_.origin()));
  };
  const auto give_up = [&] {
    std::erase(values, ValueId());
    return opaque(node, values, outputs_used);
  };
  if (item_translator == nullptr && handle != nullptr) {
    report(refused_handle(*handle), "");
    return give_up();
  }
  if (Refusal why_not; item_translator == nullptr && session_.fallback.goes_before_builtins(node.op)) {
    if (auto items = wire_foreign(node, values, why_not)) return *std::move(items);
  }
  if (item_translator == nullptr && translator == nullptr)
    return fall_back(node, values, outputs_used, translators().refusal(node.op));
  if (after_opaque && item_translator == nullptr) return give_up();
  const OriginId origin = builder_.origin();
  try {
    if (item_translator != nullptr) {
      ItemNode view(node, std::move(inputs), values, *this, outputs_used);
      return item_translator(view);
    }
    TfNode view(node, values, builder_);
    const Results results = translator(view, builder_);
    return {results.values.begin(), results.values.end()};
  } catch (Refusal& refusal) {
    builder_.set_origin(origin);
    refusal.way_out = with_narrowing(builder_, refusal.way_out, values);
    if (item_translator == nullptr) return fall_back(node, values, outputs_used, refusal);
    if (!after_opaque && !refusal.reason.empty()) report(refusal.reason, refusal.way_out);
  } catch (const Error& e) {
    // A contradiction is the node's; anything else (no memory, our own mistake) is not.
    if (e.code() == Code::too_deep) throw;  // the nodes on the way say nothing
    if (e.code() != Code::invalid_node && e.code() != Code::size_overflow) throw e.at(node.name);
    builder_.set_origin(origin);
    report(e.message(), with_narrowing(builder_, {}, values));
  }
  return give_up();
}

std::string GraphImporter::refused_handle(const Item& item) const {
  if (item.kind == Item::Kind::variable)
    return fmt::format("it uses variable \"{}\" as such, not its value", session_.variables.name(item.index));
  return item.is_list() ? "it uses a tensor list" : "it uses the handle of a table or an array";
}

std::optional<std::vector<Item>> GraphImporter::wire_foreign(const read::Node& node, std::span<const ValueId> inputs,
                                                             Refusal& why_not) {
  const auto place = in_branch_ ? std::nullopt : std::optional(function_);
  try {
    const std::vector<ValueId> values = session_.fallback.wire(builder_, node, place, inputs);
    return std::vector<Item>(values.begin(), values.end());
  } catch (const Refusal& refusal) {
    if (!refusal.reason.empty()) why_not = refusal;
  } catch (const Error& e) {
    if (e.code() != Code::malformed && e.code() != Code::invalid_node) throw e.at(node.name);
    why_not = {e.message(), ""};
  }
  return std::nullopt;
}

std::vector<Item> GraphImporter::fall_back(const read::Node& node, std::span<const ValueId> inputs,
                                           std::uint32_t outputs_used, Refusal refusal) {
  if (auto items = wire_foreign(node, inputs, refusal)) return *std::move(items);
  const bool is_unranked = std::any_of(inputs.begin(), inputs.end(), [&](ValueId v) {
    return builder_.type(v) != Type::none && !builder_.shape(v).ranked();
  });
  if (is_unranked && refusal.way_out.empty()) refusal.way_out = "fix the rank of the model's inputs: --input-shape";
  const Code code = session_.fallback.advise(node.op, refusal);
  session_.issues.add(std::string(node.op), refusal.reason, refusal.way_out,
                      builder_.model().origin_text(builder_.origin()), code);
  return opaque(node, inputs, outputs_used);
}

std::vector<Item> GraphImporter::opaque(const read::Node& node, std::span<const ValueId> inputs,
                                        std::uint32_t outputs_used) {
  const std::string_view wire = as_text(node.wire);
  const std::vector<ValueId> results = builder_.many(
      Op::TF_NODE, inputs, {{Attr::tensorflow_op, std::string(node.op)}, {Attr::node_def, std::string(wire)}},
      std::max<std::size_t>(1, outputs_used));
  return {results.begin(), results.end()};
}

}  // namespace tolite::tensorflow
