// Collects a section backwards from its results and writes it as a FunctionDef.
#include "import/tensorflow/section.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "import/tensorflow/op_outputs.h"
#include "read/protobuf.h"
#include "read/wire_writer.h"

namespace tolite::tensorflow {

std::uint32_t Captures::add(Edge tensor, read::DataType type) {
  const auto [at, is_new] = numbers_.try_emplace(tensor, static_cast<std::uint32_t>(tensors_.size()));
  if (is_new) {
    tensors_.push_back(tensor);
    types_.push_back(type);
  }
  return at->second;
}

bool Section::is_inside(Edge resolved) const {
  return resolved.producer != Edge::kArgument && !flow_.graph()[resolved.producer].is_loop_input &&
         flow_.depth(resolved.producer) > outer_depth_;
}

/// A loop's functions know an invariant by what its Enter node is given, so that those given the same are one.
Edge Section::capture_of(Edge resolved) const {
  if (outer_depth_ >= 0 || resolved.producer == Edge::kArgument) return resolved;
  const FlowNode& node = flow_.graph()[resolved.producer];
  return node.flow == Flow::entering ? node.inputs[0] : resolved;
}

void Section::collect(std::vector<SectionResult> results, std::span<const std::uint32_t> controls) {
  const FlowGraph& graph = flow_.graph();
  std::unordered_set<std::uint32_t> found;
  const auto find = [&](std::uint32_t node) {
    if (!found.insert(node).second) return;
    nodes_.push_back(node);
    carries_effect_ = carries_effect_ || flow_.carries_effect(node);
  };
  const auto take = [&](Edge edge, read::DataType type) {
    const Edge resolved = flow_.resolve(edge);
    if (is_inside(resolved)) return find(resolved.producer);
    captures_.add(capture_of(resolved), type);
  };
  /// The node inside that stands for a control input, if an effect makes it matter.
  const auto wait_for = [&](std::uint32_t control) -> std::optional<std::uint32_t> {
    if (!flow_.carries_effect(control)) return std::nullopt;
    const auto node = flow_.resolve_control(control);
    if (!node) return std::nullopt;
    if (is_inside({*node, 0})) return find(*node), node;
    captures_.controls.push_back(*node);
    return std::nullopt;
  };
  results_ = std::move(results);
  for (const SectionResult& result : results_) take(result.tensor, result.type);
  for (const std::uint32_t control : controls) {
    if (const auto node = wait_for(control)) controls_.push_back(*node);
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const FlowNode& node = graph[nodes_[i]];
    for (std::size_t k = 0; k < node.inputs.size(); ++k) take(node.inputs[k], graph.input_type(nodes_[i], k));
    for (const std::uint32_t control : node.controls) wait_for(control);
  }
  std::sort(nodes_.begin(), nodes_.end(),
            [&](std::uint32_t a, std::uint32_t b) { return flow_.position(a) < flow_.position(b); });
  std::sort(controls_.begin(), controls_.end());
  controls_.erase(std::unique(controls_.begin(), controls_.end()), controls_.end());
}

std::string Section::argument(Edge capture) const { return flow_.graph().argument_name(captures_.index(capture)); }

std::string Section::text(Edge edge) const {
  const Edge resolved = flow_.resolve(edge);
  return is_inside(resolved) ? function_edge(flow_.graph(), resolved) : argument(capture_of(resolved));
}

std::vector<std::string> Section::inputs_of(std::uint32_t i) const {
  const FlowNode& node = flow_.graph()[i];
  std::vector<std::string> inputs;
  const std::size_t count = node.flow == Flow::switching ? 1 : node.inputs.size();  // without the predicate
  for (std::size_t k = 0; k < count; ++k) inputs.push_back(text(node.inputs[k]));
  for (const std::uint32_t control : node.controls) {
    const auto target = flow_.carries_effect(control) ? flow_.resolve_control(control) : std::nullopt;
    if (target && is_inside({*target, 0})) inputs.push_back(fmt::format("^{}", flow_.graph().name(*target)));
  }
  return inputs;
}

std::string Section::write(std::string_view name) const {
  const auto argument_def = [](std::string_view argument, read::DataType type) {
    return read::Wire().text(1, argument).varint(3, static_cast<std::uint64_t>(type));
  };
  read::Wire signature;
  signature.text(1, name);
  for (std::size_t i = 0; i < captures_.tensors().size(); ++i)
    signature.message(2, argument_def(argument(captures_.tensors()[i]), captures_.types()[i]));
  read::Wire returns;
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const SectionResult& result = results_[i];
    const std::string output = fmt::format("out{}", i);
    signature.message(3, argument_def(output, result.type));
    const std::string value = result.is_capture ? argument(result.tensor) : text(result.tensor);
    returns.message(4, read::Wire().text(1, output).text(2, value));
  }
  for (const std::uint32_t control : controls_) {
    const std::string_view node = flow_.graph().name(control);
    signature.text(20, node);
    returns.message(6, read::Wire().text(1, node).text(2, node));
  }
  read::Wire function;
  function.message(1, signature);
  for (const std::uint32_t node : nodes_) function.text(3, node_def(flow_.graph(), node, inputs_of(node)));
  return function.str() + returns.str();
}

std::string node_def(const FlowGraph& graph, std::uint32_t i, std::span<const std::string> inputs) {
  const FlowNode& node = graph[i];
  read::Wire wire;
  wire.text(1, graph.name(i));
  if (node.def == nullptr) {
    wire.text(2, graph.made(i).op);
    for (const std::string& input : inputs) wire.text(3, input);
    return wire.str() + graph.made(i).attributes;
  }
  if (node.flow == Flow::none) {
    for (const std::string& input : inputs) wire.text(3, input);
    for (read::Fields f(node.def->wire); f.next();) {
      if (f.number() != 1 && f.number() != 3 && f.wire_type() == read::WireType::bytes)
        wire.bytes(f.number(), f.bytes());
    }
    return wire.str();
  }
  const auto count = static_cast<std::size_t>(
      std::count_if(inputs.begin(), inputs.end(), [](const std::string& input) { return !input.starts_with('^'); }));
  wire.text(2, count == 1 ? "Identity" : "IdentityN");
  for (const std::string& input : inputs) wire.text(3, input);
  std::vector<read::DataType> types;
  for (std::uint32_t k = 0; k < count; ++k) types.push_back(graph.type({i, k}));
  return wire.entry(5, "T", count == 1 ? type_attribute(types[0]) : types_attribute(types)).str();
}

read::Wire type_attribute(read::DataType type) { return read::Wire().varint(6, static_cast<std::uint64_t>(type)); }

read::Wire types_attribute(std::span<const read::DataType> types) {
  read::Wire list;
  for (const read::DataType type : types) list.varint(6, static_cast<std::uint64_t>(type));
  return read::Wire().message(1, list);
}

read::Wire function_attribute(std::string_view name) { return read::Wire().message(10, read::Wire().text(1, name)); }

std::string_view scope_of(std::string_view name, std::string_view otherwise) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? otherwise : name.substr(0, slash);
}

std::string function_edge(const FlowGraph& graph, Edge edge) {
  const FlowNode& node = graph[edge.producer];
  const std::string output =
      node.def != nullptr ? output_name(*node.def, edge.output) : fmt::format("output:{}", edge.output);
  return fmt::format("{}:{}", graph.name(edge.producer), output);
}

}  // namespace tolite::tensorflow
