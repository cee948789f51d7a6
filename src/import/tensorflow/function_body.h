// A node list made ready for import: edges resolved to numbers, nodes in an order in which producers come first, and
// only those that the results need.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "read/graph_def.h"

namespace tolite::tensorflow {

/// One data input: output `output` of node `producer`, or argument `output` of the body.
struct Edge {
  static constexpr std::uint32_t kArgument = 0xFFFFFFFFU;
  std::uint32_t producer = kArgument;
  std::uint32_t output = 0;
  auto operator<=>(const Edge&) const = default;
};

struct Body {
  const read::NodeList* nodes = nullptr;
  std::vector<std::uint32_t> order;
  std::vector<std::vector<Edge>> inputs;    ///< by node number; filled for the nodes of `order`
  std::vector<std::uint32_t> outputs_used;  ///< by node number: one more than the highest output that is used
  std::vector<Edge> returns;
};

/// Nodes that training leaves behind and inference drops, and those that let go of what they were given; nothing is
/// imported for their sake.
bool is_dropped(std::string_view op);

/// Tells which nodes touch what outlives a call, variables, tables and files; calls do what their functions do.
class Effects {
 public:
  explicit Effects(const read::FunctionLibrary& library) : library_(library) {}
  bool changes(const read::Node& node) { return effect_of(node) == Effect::change; }
  bool reads_or_changes(const read::Node& node) { return effect_of(node) != Effect::none; }

 private:
  enum class Effect : std::uint8_t { none, read, change };
  Effect own_effect(std::string_view op);
  Effect effect_of(const read::Node& node);
  void examine(std::string_view function);
  const read::FunctionLibrary& library_;
  std::unordered_map<std::string_view, Effect> ops_;
  std::unordered_map<std::string_view, Effect> functions_;
};

/// The body of the main graph between tensors ("node:1"): `feeds` become the arguments.
Body main_body(const read::GraphDef& graph, std::span<const std::string> feeds, std::span<const std::string> fetches,
               Effects& effects);

/// What a node of the main graph changes, and what that needs.
Body effects_body(const read::GraphDef& graph, std::string_view node, Effects& effects);

/// The body of a library function.
Body function_body(const read::Function& function, Effects& effects);

}  // namespace tolite::tensorflow
