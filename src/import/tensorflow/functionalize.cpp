// Which bodies have TF1 control flow, and what each looks like without it.
#include "import/tensorflow/functionalize.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "import/tensorflow/control_flow.h"
#include "import/tensorflow/graph_edit.h"
#include "import/tensorflow/section.h"
#include "read/protobuf.h"
#include "read/wire_writer.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

bool has_control_flow(const read::NodeList& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [](const read::Node& node) { return flow_of(node.op) != Flow::none; });
}

/// The same for a FunctionDef, without reading it: most functions of a file are never used.
bool has_control_flow(Bytes function) {
  for (read::Fields f(function); f.next();) {
    if (f.number() != 3) continue;
    for (read::Fields node(f.bytes()); node.next();) {
      if (node.number() != 2) continue;
      if (flow_of(node.text()) != Flow::none) return true;
      break;
    }
  }
  return false;
}

/// The nodes of a rebuilt body: those that run always.
class BodyWriter {
 public:
  BodyWriter(const ControlFlow& flow, std::span<const read::Argument> arguments, bool in_function)
      : flow_(flow), arguments_(arguments), in_function_(in_function) {}

  /// Calls keep(wire) for a node that stays as it is in the file, and write(wire) for one that is new.
  template <typename Keep, typename Write>
  void write(Keep keep, Write write) const {
    const FlowGraph& graph = flow_.graph();
    for (std::uint32_t i = 0; i < graph.size(); ++i) {
      if (graph[i].is_left_out) {
        if (graph[i].flow == Flow::none) keep(graph[i].def->wire);
        continue;
      }
      if (graph[i].frame != 0 || !flow_.runs_always(i)) continue;
      if (graph[i].flow == Flow::none) {
        if (graph[i].def != nullptr && !must_change(i)) {
          keep(graph[i].def->wire);
        } else {
          write(node_def(graph, i, inputs_of(i)));
        }
      } else if (graph[i].flow != Flow::switching || stays(i)) {
        write(node_def(graph, i, inputs_of(i)));
      }
    }
  }

  /// How the body names a tensor that it has called `before`.
  std::string text(Edge edge, std::string_view before) const {
    const Edge resolved = flow_.resolve(edge);
    return resolved == edge ? std::string(before) : text(resolved);
  }

 private:
  std::string text(Edge edge) const {
    if (edge.producer == Edge::kArgument) return std::string(arguments_[edge.output].name);
    if (in_function_) return function_edge(flow_.graph(), edge);
    const std::string_view name = flow_.graph().name(edge.producer);
    return edge.output == 0 ? std::string(name) : fmt::format("{}:{}", name, edge.output);
  }

  /// Whether a control flow node is still there, as an Identity.
  bool stays(std::uint32_t i) const { return flow_.resolve({i, 0}).producer == i; }

  bool must_change(std::uint32_t i) const {
    const FlowNode& node = flow_.graph()[i];
    return std::any_of(node.controls.begin(), node.controls.end(),
                       [&](std::uint32_t c) { return flow_.is_replaced(c) || !flow_.runs_always(c); }) ||
           std::any_of(node.inputs.begin(), node.inputs.end(), [&](const Edge& edge) { return is_merge_index(edge); });
  }

  /// The second result of a Merge has a name of its own in function bodies, which the Identity there does not know.
  bool is_merge_index(Edge edge) const {
    return edge.producer != Edge::kArgument && edge.output == 1 && flow_.graph()[edge.producer].flow == Flow::merging;
  }

  std::vector<std::string> inputs_of(std::uint32_t i) const {
    const FlowNode& node = flow_.graph()[i];
    std::vector<std::string> inputs;
    if (node.flow == Flow::switching) {
      inputs.push_back(text(flow_.resolve(node.inputs[0])));
    } else if (node.flow != Flow::none) {
      inputs.push_back(text(flow_.resolve({i, 0})));
      if (flow_.takes_index(i)) inputs.push_back(text(flow_.resolve({i, 1})));
    } else if (node.def == nullptr) {
      for (const Edge& edge : node.inputs) inputs.push_back(text(flow_.resolve(edge)));
    } else {
      for (const std::string_view before : node.def->inputs) {
        if (!before.starts_with('^')) inputs.push_back(text(node.inputs[inputs.size()], before));
      }
    }
    for (const std::uint32_t control : node.controls) {
      const auto target = flow_.resolve_control(control);
      if (target && flow_.runs_always(*target)) inputs.push_back(fmt::format("^{}", flow_.graph().name(*target)));
    }
    return inputs;
  }

  const ControlFlow& flow_;
  std::span<const read::Argument> arguments_;
  bool in_function_;
};

/// By node number: whether the fetches can do without it.
std::vector<bool> not_needed(const read::NodeList& nodes, std::span<const std::string> fetches) {
  if (fetches.empty()) return {};
  std::unordered_map<std::string_view, std::uint32_t> index;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) index.emplace(nodes[i].name, i);
  std::vector<bool> left_out(nodes.size(), true);
  std::vector<std::uint32_t> open;
  const auto need = [&](std::string_view tensor) {
    const auto at = index.find(read::parse_input(tensor).node);
    if (at == index.end() || !left_out[at->second]) return;
    left_out[at->second] = false;
    open.push_back(at->second);
  };
  for (const std::string& fetch : fetches) need(fetch);
  while (!open.empty()) {
    const read::Node& node = nodes[open.back()];
    open.pop_back();
    for (const std::string_view input : node.inputs) need(input);
  }
  return left_out;
}

std::string rebuilt_function(Bytes wire, const read::Function& function, Effects& effects, NewFunctions& functions) {
  FlowGraph graph(function.nodes, function.inputs);
  ControlFlow flow(graph, effects, functions);
  flow.rebuild();
  const BodyWriter body(flow, function.inputs, true);
  read::Wire made;
  for (read::Fields f(wire); f.next();) {
    if (f.wire_type() == read::WireType::bytes && f.number() != 3 && f.number() != 4) made.bytes(f.number(), f.bytes());
  }
  body.write([&](Bytes node) { made.bytes(3, node); }, [&](const std::string& node) { made.text(3, node); });
  for (const auto& [output, value] : function.returns)
    made.message(4, read::Wire().text(1, output).text(2, body.text(graph.resolve(value), value)));
  return made.str();
}

}  // namespace

std::shared_ptr<const read::GraphDef> functionalize(std::shared_ptr<const read::GraphDef> graph,
                                                    std::span<const std::string> fetches) {
  const read::FunctionLibrary& library = graph->library();
  const bool main_has_some = has_control_flow(graph->nodes());
  std::vector<std::string_view> wanted;
  for (const std::string_view name : library.names()) {
    if (has_control_flow(library.wire(name))) wanted.push_back(name);
  }
  if (!main_has_some && wanted.empty()) return graph;

  Effects effects(library);
  NewFunctions functions(*graph);
  for (const std::string_view name : wanted)
    functions.add(rebuilt_function(library.wire(name), *library.find(name), effects, functions));
  GraphEdit edit;
  if (main_has_some) {
    FlowGraph flow_graph(graph->nodes(), {}, not_needed(graph->nodes(), fetches));
    ControlFlow flow(flow_graph, effects, functions);
    flow.rebuild();
    BodyWriter(flow, {}, false)
        .write([&](Bytes wire) { edit.keep_node(wire); }, [&](const std::string& wire) { edit.add_node(wire); });
  } else {
    for (const read::Node& node : graph->nodes()) edit.keep_node(node.wire);
  }
  for (const std::string& function : functions.wires()) edit.add_function(function);
  return edit.finish(std::move(graph));
}

}  // namespace tolite::tensorflow
