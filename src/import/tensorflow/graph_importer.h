// Imports a node list into a graph: nodes in order, calls inlined, variables read, the rest through the translators.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/issue.h"
#include "import/tensorflow/function_body.h"
#include "import/tensorflow/tf_node.h"
#include "import/tensorflow/variables.h"
#include "lite/builder.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {

/// What flows along an edge of a TensorFlow graph: a value, or a variable's handle.
struct Item {
  static constexpr std::uint32_t kNoResource = 0xFFFFFFFFU;
  ValueId value;
  std::uint32_t resource = kNoResource;
  bool is_reference = false;  ///< of a TF1 VariableV2: reads as its value wherever a value is wanted
  bool is_resource() const { return resource != kNoResource; }
};

class GraphImporter {
 public:
  /// `objects` may be null (TF1 and frozen graphs).
  GraphImporter(Builder& builder, const read::GraphDef& graph, const read::ObjectGraph* objects, Variables& variables,
                import::Issues& issues);

  /// Imports what `fetches` ("node:1") need, with `feeds` replaced by `arguments`.
  std::vector<ValueId> import(std::span<const std::string> feeds, std::vector<Item> arguments,
                              std::span<const std::string> fetches);

 private:
  struct Frame {
    const Body* body = nullptr;
    std::string_view function;  // empty for the main graph
    std::vector<Item> arguments;
    std::vector<std::vector<Item>> results;  // by node number
    std::size_t position = 0;                // in body->order
    OriginId origin;                         // of the call
  };

  void run(Frame root);
  void step(Frame& frame);
  std::vector<Item> gather(const Frame& frame, std::span<const Edge> edges) const;
  void enter(const read::Node& call, std::string_view function_name, std::vector<Item> inputs);
  std::vector<Item> import_node(const read::Node& node, const std::vector<Item>& inputs, std::uint32_t outputs_used);
  std::vector<Item> translate(const read::Node& node, const std::vector<Item>& inputs, std::uint32_t outputs_used);
  std::vector<Item> opaque(const read::Node& node, std::span<const ValueId> inputs, std::uint32_t outputs_used);
  ValueId read_variable(std::uint32_t resource);
  const Body& body_of(const read::Function& function);

  Builder& builder_;
  const read::GraphDef& graph_;
  const read::ObjectGraph* objects_;
  Variables& variables_;
  import::Issues& issues_;
  Effects effects_;
  std::map<std::string_view, std::unique_ptr<Body>> bodies_;
  std::map<std::uint32_t, ValueId> variable_values_;
  std::vector<Frame> stack_;
  std::set<std::string_view> active_;  // functions on the stack
  std::vector<Item> finished_;         // results of the frame that ended last
  std::size_t nodes_imported_ = 0;
};

}  // namespace tolite::tensorflow
