// The layout of the file. A FlatBuffer refers forward to its vectors, so large weights can stand behind all tables: the
// tables are built first, with their final size; then every weight gets its place, the tables are pointed to it, and
// each weight is written once, straight from the memory or mapped file that holds it.
//
// Past 2 GB 32-bit references do not reach. There the format has Buffer.offset and Buffer.size, counted from the
// beginning of the file, for data that lies behind the FlatBuffer.
#include "write/tflite.h"

#include <algorithm>
#include <map>

#include "base/checked.h"
#include "base/file.h"
#include "base/thread_pool.h"
#include "lite/node_view.h"
#include "write/buffers.h"
#include "write/model_tables.h"

namespace tolite::write {
namespace {

constexpr std::size_t kPart = std::size_t{8} << 20U;  // one write

using Prefix = std::uint32_t;  // the length of a vector, before its elements

constexpr std::uint64_t align(std::uint64_t offset) {
  return (offset + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

/// Where each buffer lies in the file: those inside the FlatBuffer first.
struct Layout {
  std::vector<BufferField> order;      ///< by offset in the file
  std::vector<std::uint64_t> offsets;  ///< by buffer
  std::uint64_t flatbuffer_end = 0;
  std::uint64_t end = 0;
};

Layout lay_out(const ModelTables& tables, const Buffers& buffers) {
  Layout layout;
  layout.offsets.resize(buffers.list().size());
  std::uint64_t end = tables.bytes.size();
  for (const bool external : {false, true}) {
    for (const BufferField& field : tables.fields) {
      if (field.is_external != external) continue;
      const std::uint64_t begin = align(external ? end : end + sizeof(Prefix));
      layout.offsets[field.buffer] = begin;
      layout.order.push_back(field);
      end = begin + buffers.list()[field.buffer].size();
    }
    if (!external) layout.flatbuffer_end = end;
  }
  layout.end = end;
  return layout;
}

/// The file in the order of its bytes: large weights by reference, everything else gathered, so that a model with a
/// hundred thousand small constants is still written in a few calls.
class Gather {
 public:
  struct Run {
    std::uint64_t offset = 0;  ///< in the file
    Bytes large;               ///< a weight in place, or else
    std::size_t begin = 0;     ///< a part of own
    std::size_t size = 0;
  };

  explicit Gather(std::vector<std::byte> tables) : own_(std::move(tables)) {
    end_ = own_.size();
    runs_.push_back({0, {}, 0, own_.size()});
  }

  /// Fills in a field of the tables.
  template <typename T>
  void patch(std::size_t offset, T value) {
    store(own_.data() + offset, value);
  }

  /// Puts bytes at an offset not before the end of the last ones; the gap is filled with zeros.
  void put(std::uint64_t offset, Bytes bytes) {
    add_own(static_cast<std::size_t>(offset - end_), {});
    if (bytes.size() < kLarge) {
      add_own(0, bytes);
    } else {
      runs_.push_back({end_, bytes, 0, 0});
      end_ += bytes.size();
    }
  }

  const std::vector<Run>& runs() const { return runs_; }
  std::vector<std::byte> take_own() { return std::move(own_); }

 private:
  static constexpr std::size_t kLarge = std::size_t{1} << 16U;

  void add_own(std::size_t zeros, Bytes bytes) {
    if (zeros + bytes.size() == 0) return;
    if (!runs_.back().large.empty()) runs_.push_back({end_, {}, own_.size(), 0});
    own_.resize(own_.size() + zeros);
    own_.insert(own_.end(), bytes.begin(), bytes.end());
    runs_.back().size += zeros + bytes.size();
    end_ += zeros + bytes.size();
  }

  std::vector<std::byte> own_;
  std::vector<Run> runs_;
  std::uint64_t end_ = 0;
};

/// Nodes that only live inside the converter, grouped by op.
void refuse_unwritable(const Model& model, const OpTable& table) {
  std::map<std::string, std::vector<std::string>> refused;
  std::size_t count = 0;
  for (const Graph& graph : model.graphs) {
    for (const NodeId node : graph.order()) {
      const Op op = graph[node].op;
      const OpRow* row = table.find(op);
      if (row != nullptr && is_builtin(op)) continue;
      std::string name = row != nullptr ? std::string(row->name) : std::to_string(static_cast<int>(op));
      if (op == Op::TF_NODE) name = NodeView(model, graph, node, *row).text(Attr::tensorflow_op);
      refused[name].push_back(model.origin_text(graph[node].origin));
      ++count;
    }
  }
  if (count == 0) return;
  std::vector<std::string> notes;
  for (const auto& [op, nodes] : refused)
    notes.push_back(op + ": " + std::to_string(nodes.size()) + ", the first is '" + nodes.front() + "'");
  throw Error(Code::cannot_convert, std::to_string(count) + " nodes have no form in a .tflite file", {}, notes);
}

}  // namespace

TfliteImage::TfliteImage(const Model& model, const OpTable& table, const Options& options) {
  refuse_unwritable(model, table);
  std::vector<TensorList> tensors;
  std::vector<ConstantId> constants;
  for (const Graph& graph : model.graphs) {
    tensors.push_back(list_tensors(graph));
    for (const ValueId v : tensors.back().tensors) {
      if (graph[v].constant) constants.push_back(graph[v].constant);
    }
  }
  const Buffers buffers(model, constants);
  ModelTables made = model_tables(model, table, tensors, buffers, options, false);
  Layout layout = lay_out(made, buffers);
  if (layout.flatbuffer_end > options.most_flatbuffer_bytes) {
    made = model_tables(model, table, tensors, buffers, options, true);
    layout = lay_out(made, buffers);
    if (layout.flatbuffer_end > options.most_flatbuffer_bytes)
      throw Error(Code::size_overflow, "the model's tables and small constants exceed what a FlatBuffer can hold");
  }

  size_ = layout.end;
  Gather gather(std::move(made.bytes));
  for (const BufferField& field : layout.order) {
    const std::uint64_t begin = layout.offsets[field.buffer];
    const Bytes bytes = buffers.list()[field.buffer];
    if (field.is_external) {
      gather.patch(field.offset, begin);
    } else {
      const std::uint64_t vector = begin - sizeof(Prefix);
      // References count from where they stand.
      gather.patch(field.offset, checked_cast<std::uint32_t>(vector - field.offset));
      const auto prefix = checked_cast<Prefix>(bytes.size());
      gather.put(vector, Bytes(reinterpret_cast<const std::byte*>(&prefix), sizeof(Prefix)));
    }
    gather.put(begin, bytes);
  }
  own_ = gather.take_own();
  for (const Gather::Run& run : gather.runs())
    pieces_.push_back({run.offset, run.large.empty() ? Bytes(own_).subspan(run.begin, run.size) : run.large});
}

template <typename F>
void TfliteImage::for_each_part(F write) const {
  std::vector<Piece> parts;
  for (const Piece& piece : pieces_) {
    for (std::size_t at = 0; at < piece.bytes.size(); at += kPart)
      parts.push_back({piece.offset + at, piece.bytes.subspan(at, std::min(kPart, piece.bytes.size() - at))});
  }
  parallel_for(parts.size(), [&](std::size_t i) { write(parts[i].offset, parts[i].bytes); });
}

void TfliteImage::copy_to(std::span<std::byte> target) const {
  if (target.size() != size_) throw Error(Code::internal, "the target does not have the file's size");
  for_each_part(
      [&](std::uint64_t offset, Bytes bytes) { std::memcpy(target.data() + offset, bytes.data(), bytes.size()); });
}

void TfliteImage::save(const std::string& path) const {
  OutputFile file(path);
  file.reserve(size_);
  for_each_part([&](std::uint64_t offset, Bytes bytes) { file.write_at(offset, bytes); });
  file.commit();
}

std::uint64_t tflite(const Model& model, const OpTable& table, const std::string& path, const Options& options) {
  const TfliteImage image(model, table, options);
  image.save(path);
  return image.size();
}

std::vector<std::byte> tflite_bytes(const Model& model, const OpTable& table, const Options& options) {
  const TfliteImage image(model, table, options);
  std::vector<std::byte> bytes(image.size());
  image.copy_to(bytes);
  return bytes;
}

}  // namespace tolite::write
