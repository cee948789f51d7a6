// Imports a node list into a graph: nodes in order, calls inlined, the rest through the translators.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/tensorflow/import_session.h"
#include "import/tensorflow/item_node.h"

namespace tolite::tensorflow {

class GraphImporter {
 public:
  GraphImporter(ImportSession& session, Builder& builder) : session_(session), builder_(builder) {}

  /// Imports what `fetches` ("node:1") of the main graph need, with `feeds` replaced by `arguments`.
  std::vector<ValueId> import(std::span<const std::string> feeds, std::vector<Item> arguments,
                              std::span<const std::string> fetches);
  /// Imports what a node of the main graph does to variables and tables.
  void import_effects(std::string_view node);
  /// The body of a library function in place of a call.
  std::vector<Item> call(const read::Node& node, std::string_view function, std::vector<Item> arguments);

  ImportSession& session() { return session_; }
  Builder& builder() { return builder_; }

  /// This graph is the branch of an If: TensorFlow's converter has lost there where its nodes come from.
  void set_in_branch() { in_branch_ = true; }

  /// The value of an item that has to be one: of a reference, what it refers to; none for other handles.
  ValueId value_of(const Item& item);
  /// The value of a variable now.
  ValueId read_variable(std::uint32_t variable);
  /// Changes a variable from here on.
  void assign_variable(std::uint32_t variable, ValueId value);
  /// The handle of a variable that changes, or of a hash table, in this graph.
  ValueId variable_handle(std::uint32_t variable);
  ValueId table_handle(std::uint32_t table);

 private:
  struct Frame {
    const Body* body = nullptr;
    std::string_view function;  // empty for the main graph
    std::vector<Item> arguments;
    std::vector<std::vector<Item>> results;  // by node number
    std::size_t position = 0;                // in body->order
    OriginId origin;                         // of the call
  };
  using Stack = std::vector<Frame>;
  class ActiveFunctions;

  std::vector<Item> run(Frame root);
  void step(Stack& stack);
  std::vector<Item> gather(const Frame& frame, std::span<const Edge> edges) const;
  Frame frame_of_call(const read::Node& call, std::string_view function_name, std::vector<Item> inputs, bool is_top);
  /// The call as the op that its function implements; nothing if its body has to be imported.
  std::optional<std::vector<Item>> import_composite(const read::Node& call, std::string_view function,
                                                    const std::vector<Item>& inputs);
  std::vector<Item> import_node(const read::Node& node, std::vector<Item> inputs, std::uint32_t outputs_used);
  std::vector<Item> translate(const read::Node& node, std::vector<Item> inputs, std::uint32_t outputs_used);
  /// The node as a Select TF or custom op; nothing, and the reason, if it cannot be one.
  std::optional<std::vector<Item>> wire_foreign(const read::Node& node, std::span<const ValueId> inputs,
                                                Refusal& why_not);
  /// The same, or else the refusal among the issues, and an opaque node.
  std::vector<Item> fall_back(const read::Node& node, std::span<const ValueId> inputs, std::uint32_t outputs_used,
                              Refusal refusal);
  std::vector<Item> opaque(const read::Node& node, std::span<const ValueId> inputs, std::uint32_t outputs_used);
  std::string refused_handle(const Item& item) const;

  ImportSession& session_;
  Builder& builder_;
  std::string_view function_;  ///< that the node being imported stands in; empty for the main graph
  bool in_branch_ = false;
  std::map<std::uint32_t, ValueId> constants_;  ///< values of variables that do not change
  std::map<std::uint32_t, ValueId> variable_handles_;
  std::map<std::uint32_t, ValueId> table_handles_;
};

}  // namespace tolite::tensorflow
