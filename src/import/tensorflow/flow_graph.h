// One body (the main graph or a function) as the passes see it that rebuild TF1's loops and conditionals: edges as
// numbers, every node in its frame.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "import/tensorflow/function_body.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {

/// The part a node has in TF1 control flow; reference ops (RefSwitch, ...) have that of their namesakes.
enum class Flow : std::uint8_t { none, switching, merging, entering, exiting, next_iteration, loop_condition };
Flow flow_of(std::string_view op);

/// A node that a pass makes: If, While, or a constant.
struct MadeNode {
  std::string name;
  std::string_view op;
  std::string attributes;             ///< fields of a NodeDef, in wire form
  std::vector<read::DataType> types;  ///< of its results
  std::vector<read::DataType> input_types;
};

struct FlowNode {
  const read::Node* def = nullptr;  ///< null for a made node
  std::uint32_t made = 0;           ///< else its number among those
  Flow flow = Flow::none;
  /// An input of its loop: an Enter node, or a Merge node that NextIteration feeds.
  bool is_loop_input = false;
  bool is_left_out = false;
  std::uint32_t frame = 0;
  std::vector<Edge> inputs;
  std::vector<std::uint32_t> controls;
};

/// A loop's frame, or (number 0) what stands outside of all loops. A frame has a larger number than the one around it.
struct FlowFrame {
  std::uint32_t parent = 0;
  std::string_view name;
  /// What runs in it, its Enter nodes and the Exit nodes of the frames inside it included.
  std::vector<std::uint32_t> nodes;
  std::vector<std::uint32_t> exits;  ///< those that leave this frame
};

class FlowGraph {
 public:
  /// `arguments` are a function's inputs. Nodes that are left out (by number; empty for none) are in no frame and have
  /// no edges. Throws Error where the frames are not well formed.
  FlowGraph(const read::NodeList& nodes, std::span<const read::Argument> arguments,
            const std::vector<bool>& left_out = {});

  FlowNode& operator[](std::uint32_t i) { return nodes_[i]; }
  const FlowNode& operator[](std::uint32_t i) const { return nodes_[i]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  std::vector<FlowFrame>& frames() { return frames_; }
  const std::vector<FlowFrame>& frames() const { return frames_; }

  Edge resolve(std::string_view text) const;
  std::string_view name(std::uint32_t i) const;
  const MadeNode& made(std::uint32_t i) const { return made_[nodes_[i].made]; }
  /// The type of a tensor: what passes through control flow ops says it; otherwise the attribute that usually does, so
  /// that it can be wrong for a tensor that enters a branch without a Switch, which only a constant can.
  read::DataType type(Edge edge) const;
  read::DataType input_type(std::uint32_t node, std::size_t input) const;

  /// Adds a node to a frame; its name is made one that no other node has.
  std::uint32_t add(MadeNode node, std::uint32_t frame, std::vector<Edge> inputs, std::vector<std::uint32_t> controls);
  /// A name for input `i` of a function made of a part of the body.
  std::string argument_name(std::uint32_t i) const { return argument_prefix_ + std::to_string(i); }

 private:
  std::string unique_name(std::string_view wanted);
  void connect();
  void assign_frames();
  /// Puts a node into the frame that follows from the one its inputs are in.
  void reach(std::uint32_t i, std::uint32_t from);

  std::span<const read::Argument> arguments_;
  std::unordered_map<std::string_view, std::uint32_t> index_;
  std::unordered_map<std::string_view, std::uint32_t> argument_index_;
  std::vector<FlowNode> nodes_;
  std::vector<MadeNode> made_;
  std::vector<FlowFrame> frames_;
  std::map<std::pair<std::uint32_t, std::string_view>, std::uint32_t> frame_numbers_;
  std::string argument_prefix_ = "arg";                 // no node's name is this and a digit
  std::map<std::string, unsigned, std::less<>> taken_;  // names of made nodes, and the next number for each
};

/// Switch, Merge, Enter and the like that stand as no conditional or loop of TensorFlow's does.
[[noreturn]] void fail_to_rebuild(std::string_view node, std::string message);

}  // namespace tolite::tensorflow
