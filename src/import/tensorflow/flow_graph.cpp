// Edges and frames of a body. Frames travel along edges as TensorFlow's executor has them: Enter leads into one, Exit
// out of it, everything else stays where its inputs are.
#include "import/tensorflow/flow_graph.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "import/tensorflow/op_outputs.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

/// For each node the nodes that take something of it.
class Consumers {
 public:
  explicit Consumers(const std::vector<FlowNode>& nodes) : first_(nodes.size() + 1) {
    each(nodes, [&](std::uint32_t producer, std::uint32_t) { ++first_[producer + 1]; });
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
    list_.resize(first_.back());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    each(nodes, [&](std::uint32_t producer, std::uint32_t consumer) { list_[next[producer]++] = consumer; });
  }
  std::span<const std::uint32_t> of(std::uint32_t i) const {
    return {list_.data() + first_[i], first_[i + 1] - first_[i]};
  }

 private:
  template <typename Take>
  static void each(const std::vector<FlowNode>& nodes, Take take) {
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      for (const Edge& edge : nodes[i].inputs) {
        if (edge.producer != Edge::kArgument) take(edge.producer, i);
      }
      for (const std::uint32_t control : nodes[i].controls) take(control, i);
    }
  }
  std::vector<std::size_t> first_;
  std::vector<std::uint32_t> list_;
};

bool is_source(const FlowNode& node) {
  return node.controls.empty() && std::all_of(node.inputs.begin(), node.inputs.end(),
                                              [](const Edge& e) { return e.producer == Edge::kArgument; });
}

[[noreturn]] void fail(const FlowNode& node, std::string message) {
  fail_to_rebuild(node.def->name, std::move(message));
}

}  // namespace

Flow flow_of(std::string_view op) {
  if (op.starts_with("Ref")) op.remove_prefix(3);
  if (op == "Switch") return Flow::switching;
  if (op == "Merge") return Flow::merging;
  if (op == "Enter") return Flow::entering;
  if (op == "Exit") return Flow::exiting;
  if (op == "NextIteration") return Flow::next_iteration;
  if (op == "LoopCond") return Flow::loop_condition;
  return Flow::none;
}

FlowGraph::FlowGraph(const read::NodeList& nodes, std::span<const read::Argument> arguments,
                     const std::vector<bool>& left_out)
    : arguments_(arguments) {
  for (std::uint32_t i = 0; i < arguments.size(); ++i) argument_index_.emplace(arguments[i].name, i);
  index_.reserve(nodes.size());
  nodes_.resize(nodes.size());
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    nodes_[i].def = &nodes[i];
    nodes_[i].flow = flow_of(nodes[i].op);
    nodes_[i].is_left_out = !left_out.empty() && left_out[i];
    if (!index_.try_emplace(nodes[i].name, i).second)
      throw Error(Code::malformed, fmt::format("two nodes are called {}", nodes[i].name));
  }
  const auto is_taken = [&](const read::Node& node) {
    return node.name.size() > argument_prefix_.size() && node.name.starts_with(argument_prefix_) &&
           node.name[argument_prefix_.size()] >= '0' && node.name[argument_prefix_.size()] <= '9';
  };
  while (std::any_of(nodes.begin(), nodes.end(), is_taken)) argument_prefix_ += '_';
  connect();
  assign_frames();
}

void FlowGraph::connect() {
  for (FlowNode& node : nodes_) {
    if (node.is_left_out) continue;
    for (const std::string_view input : node.def->inputs) {
      const Edge edge = resolve(input);
      if (!input.starts_with('^')) {
        node.inputs.push_back(edge);
      } else if (edge.producer != Edge::kArgument) {
        node.controls.push_back(edge.producer);
      }
    }
    const std::size_t inputs = node.inputs.size();
    if (node.flow == Flow::switching ? inputs != 2 : node.flow == Flow::merging ? inputs == 0 : false)
      fail(node, fmt::format("a {} node has {} inputs", node.def->op, inputs));
    if (node.flow != Flow::none && node.flow != Flow::switching && node.flow != Flow::merging && inputs != 1)
      fail(node, fmt::format("a {} node has {} inputs", node.def->op, inputs));
  }
  for (FlowNode& node : nodes_) {
    node.is_loop_input = node.flow == Flow::entering;
    for (const Edge& edge : node.inputs) {
      if (edge.producer == Edge::kArgument) continue;
      const FlowNode& producer = nodes_[edge.producer];
      const bool has_two = producer.flow == Flow::switching || producer.flow == Flow::merging;
      if (producer.flow != Flow::none && edge.output > (has_two ? 1U : 0U))
        fail(producer, fmt::format("a {} node has no output {}", producer.def->op, edge.output));
      if (node.flow == Flow::merging && producer.flow == Flow::next_iteration) node.is_loop_input = true;
    }
  }
}

Edge FlowGraph::resolve(std::string_view text) const {
  const read::InputName input = read::parse_input(text);
  if (input.output.empty() && input.index == 0) {
    if (const auto at = argument_index_.find(input.node); at != argument_index_.end())
      return {Edge::kArgument, at->second};
  }
  const auto at = index_.find(input.node);
  if (at == index_.end()) throw Error(Code::malformed, fmt::format("the graph has no node {}", input.node));
  // Merge is the one op among those rebuilt that has two output arguments.
  const std::uint32_t first = input.output.empty() ? 0 : argument_offset(*nodes_[at->second].def, input.output);
  return {at->second, first + static_cast<std::uint32_t>(input.index)};
}

void FlowGraph::assign_frames() {
  frames_.emplace_back();
  const Consumers consumers(nodes_);
  std::vector<std::uint32_t> came_from(nodes_.size(), kNowhere);  // the frame of a node's inputs
  std::vector<std::uint32_t> open;
  const auto visit = [&](std::uint32_t i, std::uint32_t from) {
    if (came_from[i] == kNowhere) {
      came_from[i] = from;
      reach(i, from);
      open.push_back(i);
    } else if (came_from[i] != from) {
      fail(nodes_[i], "a node takes inputs from inside and from outside of a loop, without Enter or Exit between");
    }
  };
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (is_source(nodes_[i]) && !nodes_[i].is_left_out) visit(i, 0);
  }
  while (!open.empty()) {
    const std::uint32_t i = open.back();
    open.pop_back();
    for (const std::uint32_t consumer : consumers.of(i)) visit(consumer, nodes_[i].frame);
  }
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const FlowNode& node = nodes_[i];
    if (node.is_left_out) continue;
    if (came_from[i] == kNowhere)
      throw Error(Code::cyclic_graph, "a node is part of a cycle that nothing enters", std::string(node.def->name));
    const bool takes_argument = std::any_of(node.inputs.begin(), node.inputs.end(),
                                            [](const Edge& e) { return e.producer == Edge::kArgument; });
    if (takes_argument && came_from[i] != 0) fail(node, "a node inside a loop takes a function's input without Enter");
    frames_[node.frame].nodes.push_back(i);
  }
}

void FlowGraph::reach(std::uint32_t i, std::uint32_t from) {
  FlowNode& node = nodes_[i];
  node.frame = from;
  if (node.flow == Flow::entering) {
    const std::string_view name = node.def->attributes.string("frame_name", {});
    const auto [at, is_new] = frame_numbers_.try_emplace({from, name}, static_cast<std::uint32_t>(frames_.size()));
    if (is_new) {
      frames_.emplace_back();
      frames_.back().parent = from;
      frames_.back().name = name;
    }
    node.frame = at->second;
    return;
  }
  const bool is_of_loop =
      node.flow == Flow::exiting || node.flow == Flow::next_iteration || node.flow == Flow::loop_condition;
  if (!is_of_loop) return;
  if (from == 0) fail(node, fmt::format("a {} node stands outside of all loops", node.def->op));
  if (node.flow == Flow::exiting) {
    frames_[from].exits.push_back(i);
    node.frame = frames_[from].parent;
  }
}

std::string_view FlowGraph::name(std::uint32_t i) const {
  return nodes_[i].def != nullptr ? nodes_[i].def->name : std::string_view(made(i).name);
}

read::DataType FlowGraph::type(Edge edge) const {
  if (edge.producer == Edge::kArgument) return arguments_[edge.output].type;
  const FlowNode& node = nodes_[edge.producer];
  if (node.def == nullptr) return made(edge.producer).types[edge.output];
  const read::Attributes& attributes = node.def->attributes;
  if (node.flow == Flow::loop_condition) return read::DataType::boolean;
  if (node.flow == Flow::merging && edge.output == 1) return read::DataType::int32;
  if (node.flow != Flow::none) return attributes["T"].type();
  for (const std::string_view name : {"dtype", "DstT", "out_type", "output_type", "T"}) {
    const read::Attribute* attribute = attributes.find(name);
    if (attribute != nullptr && attribute->kind() == read::Attribute::Kind::type) return attribute->type();
  }
  return read::DataType::invalid;
}

read::DataType FlowGraph::input_type(std::uint32_t node, std::size_t input) const {
  return nodes_[node].def == nullptr ? made(node).input_types[input] : type(nodes_[node].inputs[input]);
}

std::uint32_t FlowGraph::add(MadeNode node, std::uint32_t frame, std::vector<Edge> inputs,
                             std::vector<std::uint32_t> controls) {
  node.name = unique_name(node.name);
  const auto number = static_cast<std::uint32_t>(nodes_.size());
  FlowNode& added = nodes_.emplace_back();
  added.made = static_cast<std::uint32_t>(made_.size());
  added.frame = frame;
  added.inputs = std::move(inputs);
  added.controls = std::move(controls);
  made_.push_back(std::move(node));
  return number;
}

std::string FlowGraph::unique_name(std::string_view wanted) {
  const auto is_free = [&](std::string_view name) {
    return !index_.contains(name) && !argument_index_.contains(name) && !taken_.contains(name);
  };
  std::string name(wanted);
  if (!is_free(name)) {
    unsigned& next = taken_.try_emplace(std::string(wanted), 1).first->second;
    do {
      name = fmt::format("{}/{}", wanted, next++);
    } while (!is_free(name));
  }
  taken_.try_emplace(name, 1);
  return name;
}

void fail_to_rebuild(std::string_view node, std::string message) {
  throw Error(Code::malformed, std::move(message), std::string(node),
              {"TF1 control flow that cannot be rebuilt into conditionals and loops",
               "way out: export the model again, with tf.compat.v1.enable_control_flow_v2() before it is built"});
}

}  // namespace tolite::tensorflow
