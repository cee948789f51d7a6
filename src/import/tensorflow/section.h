// A part of a body that becomes a function of its own: what leads to its results, written as a FunctionDef.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/tensorflow/control_flow.h"

namespace tolite::read {
class Wire;
}

namespace tolite::tensorflow {

/// The inputs that the functions of one If or While share.
class Captures {
 public:
  std::uint32_t add(Edge tensor, read::DataType type);
  std::uint32_t index(Edge tensor) const { return numbers_.at(tensor); }
  const std::vector<Edge>& tensors() const { return tensors_; }
  const std::vector<read::DataType>& types() const { return types_; }

  /// Nodes outside with an effect that something inside waits for.
  std::vector<std::uint32_t> controls;

 private:
  std::map<Edge, std::uint32_t> numbers_;
  std::vector<Edge> tensors_;
  std::vector<read::DataType> types_;
};

struct SectionResult {
  Edge tensor;
  read::DataType type = read::DataType::invalid;
  bool is_capture = false;  ///< one of Captures::tensors(), else a tensor of the body
};

class Section {
 public:
  /// What runs under more than `outer_depth` conditions belongs to the section, the rest is captured; -1 for all of a
  /// loop's frame, of which only the loop's inputs are captured.
  Section(const ControlFlow& flow, Captures& captures, int outer_depth)
      : flow_(flow), captures_(captures), outer_depth_(outer_depth) {}

  /// Finds what leads to the results and, for their effects, to `controls`.
  void collect(std::vector<SectionResult> results, std::span<const std::uint32_t> controls);
  /// Lets the function return its input `capture` after its other results.
  void return_capture(Edge capture, read::DataType type) { results_.push_back({capture, type, true}); }
  bool carries_effect() const { return carries_effect_; }
  std::size_t size() const { return nodes_.size(); }
  /// The FunctionDef. All sections that share the captures must be collected.
  std::string write(std::string_view name) const;

 private:
  bool is_inside(Edge resolved) const;
  Edge capture_of(Edge resolved) const;
  std::string argument(Edge capture) const;
  std::string text(Edge edge) const;
  std::vector<std::string> inputs_of(std::uint32_t node) const;

  const ControlFlow& flow_;
  Captures& captures_;
  int outer_depth_;
  std::vector<SectionResult> results_;
  std::vector<std::uint32_t> nodes_;     // producers first
  std::vector<std::uint32_t> controls_;  // that run for their effect alone
  bool carries_effect_ = false;
};

/// A NodeDef of the body with these inputs. What is left of a control flow op only passes on what it is given: it
/// becomes an Identity, of several tensors if it has several inputs.
std::string node_def(const FlowGraph& graph, std::uint32_t node, std::span<const std::string> inputs);

/// How a function body names a tensor of the graph, which is no argument: "node:output_argument:index".
std::string function_edge(const FlowGraph& graph, Edge edge);

// AttrValues of the nodes that are made.
read::Wire type_attribute(read::DataType type);
read::Wire types_attribute(std::span<const read::DataType> types);
read::Wire function_attribute(std::string_view name);

/// "cond" of "cond/Merge": what a made node is called after.
std::string_view scope_of(std::string_view name, std::string_view otherwise);

}  // namespace tolite::tensorflow
