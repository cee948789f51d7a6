// GraphDebugInfo has two forms: traces that hold their frames, and (since TensorFlow 2.13) tables of numbered traces
// and frames. Keys are "node@function", with nothing after the @ for the main graph; the older form may lack the @.
#include "read/debug_info.h"

#include <string>
#include <utility>

#include "read/protobuf.h"

namespace tolite::read {
namespace {

struct NumberedEntry {
  std::uint64_t id = 0;
  Bytes value;
};
NumberedEntry numbered_entry(Bytes wire) {
  NumberedEntry entry;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) entry.id = f.fixed64();
    if (f.number() == 2) entry.value = f.bytes();
  }
  return entry;
}

}  // namespace

DebugInfo::DebugInfo(Bytes wire, std::shared_ptr<const Buffer> buffer) : buffer_(std::move(buffer)) {
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        files_.push_back(f.text());
        break;
      case 2: {
        const MapEntry entry = map_entry(f.bytes());
        traces_[entry.key] = entry.value;
        break;
      }
      case 4: {
        const NumberedEntry entry = numbered_entry(f.bytes());
        frames_by_id_[entry.id] = entry.value;
        break;
      }
      case 5: {
        std::string_view name;
        std::uint64_t id = 0;
        for (Fields e(f.bytes()); e.next();) {
          if (e.number() == 1) name = e.text();
          if (e.number() == 2) id = e.fixed64();
        }
        trace_ids_[name] = id;
        break;
      }
      case 6: {
        const NumberedEntry entry = numbered_entry(f.bytes());
        traces_by_id_[entry.id] = entry.value;
        break;
      }
      default:
        break;
    }
  }
}

StackFrame DebugInfo::frame(Bytes wire) const {
  StackFrame frame;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1: {
        const std::uint64_t index = f.varint();
        if (index < files_.size()) frame.file = files_[index];
        break;
      }
      case 2:
        frame.line = f.int32();
        break;
      case 4:
        frame.function = f.text();
        break;
      case 5:
        frame.code = f.text();
        break;
      default:
        break;
    }
  }
  return frame;
}

void DebugInfo::add_trace_frames(Bytes trace, std::vector<StackFrame>& stack) const {
  for (Fields f(trace); f.next();) {
    if (f.number() == 1) stack.push_back(frame(f.bytes()));
    if (f.number() == 2) {
      f.each_fixed<std::uint64_t>([&](std::uint64_t id) {
        const auto at = frames_by_id_.find(id);
        if (at != frames_by_id_.end()) stack.push_back(frame(at->second));
      });
    }
  }
}

std::vector<StackFrame> DebugInfo::stack(std::string_view node, std::string_view function) const {
  std::vector<StackFrame> stack;
  const std::string key = std::string(node) + "@" + std::string(function);
  for (const std::string_view name : {std::string_view(key), node}) {
    if (const auto id = trace_ids_.find(name); id != trace_ids_.end()) {
      const auto trace = traces_by_id_.find(id->second);
      if (trace != traces_by_id_.end()) add_trace_frames(trace->second, stack);
    } else if (const auto trace = traces_.find(name); trace != traces_.end()) {
      add_trace_frames(trace->second, stack);
    }
    if (!stack.empty()) break;
  }
  return stack;
}

}  // namespace tolite::read
