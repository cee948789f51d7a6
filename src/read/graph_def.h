// GraphDef: nodes, functions and the graph's versions, as views into the file.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "read/attribute.h"
#include "read/debug_info.h"

namespace tolite::read {

/// An input as written: "node", "node:1", "^node"; in a function body "node:output_arg:1" or the name of an argument.
struct InputName {
  std::string_view node;
  std::string_view output;  // the output argument's name; empty outside function bodies
  int index = 0;
  bool is_control = false;
};
/// Throws Error(malformed) on an empty name or an index that is no number.
InputName parse_input(std::string_view text);

struct Node {
  std::string_view name;
  std::string_view op;
  std::string_view device;
  std::span<const std::string_view> inputs;
  Attributes attributes;
  /// The NodeDef as it is in the file.
  Bytes wire;
  /// Names of the nodes this one was made from, and of the functions those stood in (ExperimentalDebugInfo).
  std::span<const std::string_view> original_names;
  std::span<const std::string_view> original_functions;
};

/// Nodes in file order, with what their spans point to.
class NodeList {
 public:
  NodeList() = default;
  NodeList(NodeList&&) = default;
  NodeList& operator=(NodeList&&) = default;
  NodeList(const NodeList&) = delete;
  NodeList& operator=(const NodeList&) = delete;

  auto begin() const { return nodes_.begin(); }
  auto end() const { return nodes_.end(); }
  std::size_t size() const { return nodes_.size(); }
  const Node& operator[](std::size_t i) const { return nodes_[i]; }

 private:
  friend class NodeListReader;
  std::vector<Node> nodes_;
  std::vector<std::string_view> texts_;
  std::vector<NamedAttribute> attributes_;
};

/// One argument of a function's signature (OpDef.ArgDef). Either `type`, or the name of the attribute that tells it.
struct Argument {
  std::string_view name;
  DataType type = DataType::invalid;
  std::string_view type_attr;
  std::string_view number_attr;     // set: as many tensors as this attribute says
  std::string_view type_list_attr;  // set: a tensor for each type of this attribute
};

/// A function of the library (FunctionDef).
class Function {
 public:
  std::string_view name;
  std::vector<Argument> inputs;
  std::vector<Argument> outputs;
  bool is_stateful = false;
  std::vector<std::string_view> control_outputs;
  NodeList nodes;
  /// Output argument -> "node:output_arg:index" or an argument; in the order of `outputs`.
  std::vector<std::pair<std::string_view, std::string_view>> returns;
  std::vector<std::pair<std::string_view, std::string_view>> control_returns;
  Attributes attributes;
  /// Attributes of each input ("_user_specified_name", "_output_shapes"); as many as `inputs`.
  std::vector<Attributes> input_attributes;

  /// The name in `_implements` or `api_implements`; empty if there is none.
  std::string_view implements() const;

 private:
  friend class FunctionReader;
  std::vector<NamedAttribute> storage_;  // what the spans of the attributes point to
};

/// The functions of a graph. Each is read when it is first asked for: a Keras export holds twice what a signature
/// needs.
class FunctionLibrary {
 public:
  std::size_t size() const { return order_.size(); }
  /// Names in file order.
  const std::vector<std::string_view>& names() const { return order_; }
  bool has(std::string_view name) const { return entries_.contains(name); }
  /// Null if there is none of this name. Thread-safe; the pointer lives as long as the library.
  const Function* find(std::string_view name) const;
  /// The FunctionDef as it is in the file; empty if there is none of this name.
  Bytes wire(std::string_view name) const;
  /// Name of the function that computes the gradient of `function`; empty if it is not listed.
  std::string_view gradient_of(std::string_view function) const;

 private:
  friend class GraphDef;
  struct Entry {
    Bytes wire;
    const Buffer* buffer = nullptr;
    mutable std::unique_ptr<const Function> function;
  };
  std::vector<std::string_view> order_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::unordered_map<std::string_view, std::string_view> gradients_;
  mutable std::mutex mutex_;
};

class GraphDef {
 public:
  /// Reads a file that holds a GraphDef, in wire or text form.
  static std::shared_ptr<const GraphDef> open(const std::string& path);
  /// Reads a GraphDef that stands inside a buffer.
  static std::shared_ptr<const GraphDef> read(std::shared_ptr<const Buffer> buffer, Bytes wire);
  /// Another graph with these nodes in place of the base's, and with these functions beside its functions, or in place
  /// of those of the same name. What does not lie in `made` is the base's own.
  static std::shared_ptr<const GraphDef> rebuilt(std::shared_ptr<const GraphDef> base, std::span<const Bytes> nodes,
                                                 std::span<const Bytes> functions, std::shared_ptr<const Buffer> made);

  GraphDef(const GraphDef&) = delete;
  GraphDef& operator=(const GraphDef&) = delete;

  const NodeList& nodes() const { return nodes_; }
  const FunctionLibrary& library() const { return library_; }
  int producer() const { return producer_; }
  int min_consumer() const { return min_consumer_; }
  /// Where in Python the nodes were made, if the GraphDef itself tells (a SavedModel tells in a file of its own).
  DebugInfo debug_info() const { return DebugInfo(debug_info_); }
  const Buffer& buffer() const { return *buffer_; }

 private:
  GraphDef() = default;
  void read_library(Bytes wire);
  std::shared_ptr<const GraphDef> base_;  // of a rebuilt graph
  std::shared_ptr<const Buffer> buffer_;
  NodeList nodes_;
  FunctionLibrary library_;
  Bytes debug_info_;
  int producer_ = 0;
  int min_consumer_ = 0;
};

}  // namespace tolite::read
