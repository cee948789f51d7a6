// GraphDebugInfo: which lines of Python made a node.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "read/buffer.h"

namespace tolite::read {

/// One line of Python.
struct StackFrame {
  std::string_view file;
  std::string_view function;
  std::string_view code;
  std::int32_t line = 0;
};

/// An index of the traces; the frames of one are decoded when asked for.
class DebugInfo {
 public:
  DebugInfo() = default;
  explicit DebugInfo(Bytes wire, std::shared_ptr<const Buffer> buffer = nullptr);

  /// The calls that made a node, outermost first; empty if it is not listed. `function` is empty in the main graph.
  std::vector<StackFrame> stack(std::string_view node, std::string_view function = {}) const;

 private:
  void add_trace_frames(Bytes trace, std::vector<StackFrame>& stack) const;
  StackFrame frame(Bytes wire) const;

  std::shared_ptr<const Buffer> buffer_;
  std::vector<std::string_view> files_;
  std::unordered_map<std::string_view, Bytes> traces_;  // older form: node -> trace with its frames
  std::unordered_map<std::string_view, std::uint64_t> trace_ids_;
  std::unordered_map<std::uint64_t, Bytes> traces_by_id_;
  std::unordered_map<std::uint64_t, Bytes> frames_by_id_;
};

}  // namespace tolite::read
