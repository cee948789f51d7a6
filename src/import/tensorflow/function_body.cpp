// Edge resolution, reachability and order of node lists. No recursion: depth is the file's to choose.
#include "import/tensorflow/function_body.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "import/tensorflow/op_outputs.h"
#include "import/tensorflow/op_registry.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

bool contains_any(std::string_view op, std::span<const char* const> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return op.find(w) != std::string_view::npos; });
}

}  // namespace

bool is_dropped(std::string_view op) {
  constexpr std::array kDropped = {"Assert",        "Print",           "PrintV2", "DisableCopyOnRead",
                                   "CheckNumerics", "CheckNumericsV2", "Abort",   "ControlTrigger"};
  constexpr std::array kReleases = {"Summary", "Close", "Delete", "Destroy"};
  return std::find(kDropped.begin(), kDropped.end(), op) != kDropped.end() || contains_any(op, kReleases);
}

namespace {

class BodyMaker {
 public:
  BodyMaker(const read::NodeList& nodes, Effects& effects) : nodes_(nodes), effects_(effects) {
    body_.nodes = &nodes;
    body_.inputs.resize(nodes.size());
    body_.outputs_used.resize(nodes.size());
    index_.reserve(nodes.size());
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (!index_.try_emplace(nodes[i].name, i).second)
        throw Error(Code::malformed, fmt::format("two nodes are called {}", nodes[i].name));
    }
  }

  std::uint32_t node(std::string_view name) const {
    const auto at = index_.find(name);
    if (at == index_.end()) throw Error(Code::malformed, fmt::format("the graph has no node {}", name));
    return at->second;
  }

  void feed(std::string_view tensor, std::uint32_t argument) { feeds_[tensor] = argument; }

  Edge resolve(std::string_view text) const {
    if (const auto fed = feeds_.find(text); fed != feeds_.end()) return {Edge::kArgument, fed->second};
    const read::InputName name = read::parse_input(text);
    if (name.output.empty() && name.index == 0) {  // "x:0" and "x" are the same tensor
      if (const auto fed = feeds_.find(name.node); fed != feeds_.end()) return {Edge::kArgument, fed->second};
    }
    const std::uint32_t producer = node(name.node);
    const std::uint32_t first = name.output.empty() ? 0 : argument_offset(nodes_[producer], name.output);
    return {producer, first + static_cast<std::uint32_t>(name.index)};
  }

  void fetch(std::string_view tensor) {
    const Edge edge = resolve(tensor);
    use(edge);
    body_.returns.push_back(edge);
  }

  void fetch_effect(std::string_view name) {
    const std::uint32_t i = node(name);
    if (wanted_by_control(i)) visit(i);
  }

  Body take() { return std::move(body_); }

 private:
  enum class Mark : std::uint8_t { fresh, open, done };

  bool wanted_by_control(std::uint32_t i) {
    const read::Node& n = nodes_[i];
    // Grouping nodes only pass control on.
    return !is_dropped(n.op) && (n.op == "NoOp" || n.op == "Identity" || n.op == "IdentityN" || effects_.changes(n));
  }

  /// What changes a variable comes after what has to read it before.
  bool wanted_before(const read::Node& later, std::uint32_t i) {
    return wanted_by_control(i) || (effects_.reads_or_changes(nodes_[i]) && effects_.changes(later));
  }

  void use(const Edge& edge) {
    if (edge.producer == Edge::kArgument) return;
    std::uint32_t& used = body_.outputs_used[edge.producer];
    used = std::max(used, edge.output + 1);
    visit(edge.producer);
  }

  /// Depth-first from one node; appends it and what it needs to the order.
  void visit(std::uint32_t root) {
    if (marks_.empty()) marks_.resize(nodes_.size(), Mark::fresh);
    struct Step {
      std::uint32_t node;
      std::size_t next_input;
    };
    std::vector<Step> stack;
    const auto open = [&](std::uint32_t i) {
      if (marks_[i] == Mark::done) return;
      if (marks_[i] == Mark::open)
        throw Error(Code::cyclic_graph, "the graph contains a cycle", std::string(nodes_[i].name));
      marks_[i] = Mark::open;
      stack.push_back({i, 0});
    };
    open(root);
    while (!stack.empty()) {
      Step& step = stack.back();
      const read::Node& n = nodes_[step.node];
      // The back edge of a TF1 loop is the one cycle that is legal.
      const bool is_back_edge = n.op == "NextIteration" || n.op == "RefNextIteration";
      if (step.next_input == n.inputs.size() || is_back_edge) {
        marks_[step.node] = Mark::done;
        body_.order.push_back(step.node);
        stack.pop_back();
        continue;
      }
      const std::string_view text = n.inputs[step.next_input++];
      if (!text.empty() && text.front() == '^') {
        const std::uint32_t i = node(text.substr(1));
        if (wanted_before(n, i)) open(i);
        continue;
      }
      const Edge edge = resolve(text);
      body_.inputs[step.node].push_back(edge);
      if (edge.producer == Edge::kArgument) continue;
      std::uint32_t& used = body_.outputs_used[edge.producer];
      used = std::max(used, edge.output + 1);
      open(edge.producer);
    }
  }

  const read::NodeList& nodes_;
  Effects& effects_;
  std::unordered_map<std::string_view, std::uint32_t> index_;
  std::unordered_map<std::string_view, std::uint32_t> feeds_;
  std::vector<Mark> marks_;
  Body body_;
};

bool assigns(std::string_view op) {
  constexpr std::array kPrefixes = {
      "Assign",           "ResourceScatter", "ResourceApply",   "ResourceStridedSliceAssign", "ScatterUpdate",
      "ScatterAdd",       "ScatterSub",      "InitializeTable", "LookupTableImport",          "LookupTableInsert",
      "LookupTableRemove"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](const char* prefix) { return op.starts_with(prefix); });
}

std::vector<std::string_view> called_functions(const read::Node& node) {
  std::vector<std::string_view> names;
  for (const read::NamedAttribute& attribute : node.attributes) {
    if (attribute.value.kind() == read::Attribute::Kind::function) {
      names.push_back(attribute.value.function().name);
    } else if (attribute.name == "branches" && attribute.value.kind() == read::Attribute::Kind::list) {
      for (const read::FunctionReference& f : attribute.value.functions()) names.push_back(f.name);
    }
  }
  return names;
}

}  // namespace

Effects::Effect Effects::own_effect(std::string_view op) {
  const auto [known, is_new] = ops_.try_emplace(op, Effect::none);
  if (!is_new) return known->second;
  // What gives nothing, as Save and WriteFile do, runs for its effect.
  if (assigns(op) || (op != "NoOp" && !is_dropped(op) && OpRegistry::gives_nothing(op))) {
    known->second = Effect::change;
  } else if (op == "ReadVariableOp" || op == "ReadFile" || op.starts_with("ResourceGather") ||
             op.starts_with("LookupTable") || op.starts_with("Restore")) {
    known->second = Effect::read;
  }
  return known->second;
}

Effects::Effect Effects::effect_of(const read::Node& node) {
  Effect effect = own_effect(node.op);
  for (const std::string_view function : called_functions(node)) {
    if (!functions_.contains(function)) examine(function);
    effect = std::max(effect, functions_[function]);
  }
  return effect;
}

void Effects::examine(std::string_view root) {
  // All functions reachable from the root; then effects travel from callees to callers, the stronger first.
  std::vector<std::string_view> found{root};
  std::unordered_map<std::string_view, std::vector<std::string_view>> callers;
  std::map<Effect, std::vector<std::string_view>, std::greater<>> sources;
  functions_[root] = Effect::none;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string_view name = found[i];
    const read::Function* function = library_.find(name);
    if (function == nullptr) continue;
    Effect effect = Effect::none;
    for (const read::Node& node : function->nodes) {
      effect = std::max(effect, own_effect(node.op));
      for (const std::string_view callee : called_functions(node)) {
        callers[callee].push_back(name);
        const auto [at, is_new] = functions_.try_emplace(callee, Effect::none);
        if (is_new) found.push_back(callee);
        effect = std::max(effect, at->second);  // of one that was examined before
      }
    }
    if (effect != Effect::none) sources[effect].push_back(name);
  }
  for (auto& [effect, pending] : sources) {
    while (!pending.empty()) {
      const std::string_view name = pending.back();
      pending.pop_back();
      if (functions_[name] >= effect) continue;
      functions_[name] = effect;
      for (const std::string_view caller : callers[name]) pending.push_back(caller);
    }
  }
}

Body main_body(const read::GraphDef& graph, std::span<const std::string> feeds, std::span<const std::string> fetches,
               Effects& effects) {
  BodyMaker maker(graph.nodes(), effects);
  for (std::uint32_t i = 0; i < feeds.size(); ++i) {
    const std::string_view name = feeds[i];
    maker.feed(name.ends_with(":0") ? name.substr(0, name.size() - 2) : name, i);
  }
  for (const std::string& fetch : fetches) maker.fetch(fetch);
  return maker.take();
}

Body effects_body(const read::GraphDef& graph, std::string_view node, Effects& effects) {
  BodyMaker maker(graph.nodes(), effects);
  maker.fetch_effect(node);
  return maker.take();
}

Body function_body(const read::Function& function, Effects& effects) {
  BodyMaker maker(function.nodes, effects);
  for (std::uint32_t i = 0; i < function.inputs.size(); ++i) {
    const read::Argument& argument = function.inputs[i];
    if (!argument.number_attr.empty() || !argument.type_list_attr.empty())
      throw Error(Code::unsupported_format, "a function takes a list of tensors as one argument",
                  std::string(function.name));
    maker.feed(argument.name, i);
  }
  for (const read::Argument& output : function.outputs) {
    const auto at = std::find_if(function.returns.begin(), function.returns.end(),
                                 [&](const auto& pair) { return pair.first == output.name; });
    if (at == function.returns.end())
      throw Error(Code::malformed, fmt::format("function output {} has no value", output.name),
                  std::string(function.name));
    maker.fetch(at->second);
  }
  for (const auto& [name, node] : function.control_returns) maker.fetch_effect(node);
  return maker.take();
}

}  // namespace tolite::tensorflow
