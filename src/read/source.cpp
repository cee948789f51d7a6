// Kinds of models, told by their first bytes.
#include "read/source.h"

#include <fmt/core.h>

#include <array>
#include <cctype>

#include "base/file.h"
#include "read/protobuf.h"
#include "read/table.h"
#include "read/text_format.h"

namespace tolite::read {
namespace {

constexpr std::array<std::string_view, 2> kSavedModelFiles = {"saved_model.pb", "saved_model.pbtxt"};

Source look_at_folder(const std::string& path) {
  for (const std::string_view file : kSavedModelFiles) {
    if (is_file(join_path(path, std::string(file)))) return {SourceKind::saved_model, path};
  }
  if (is_file(join_path(path, "saved_model.cpb"))) {
    throw Error(Code::unsupported_format, "the SavedModel is split into chunks (saved_model.cpb)", path);
  }
  std::vector<std::string> notes;
  if (is_file(join_path(path, "checkpoint")))
    notes.emplace_back("the folder holds a checkpoint: export the model as a SavedModel");
  for (const std::string& name : list_directory(path)) {
    const std::string below = join_path(path, name);
    if (notes.size() < 8 && is_directory(below) && is_file(join_path(below, "saved_model.pb"))) {
      notes.push_back(fmt::format("there is a SavedModel in {}", below));
    }
  }
  throw Error(Code::not_a_model, fmt::format("{} holds no saved_model.pb or saved_model.pbtxt", path), path,
              std::move(notes));
}

/// The folder of a file path.
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string_view first_word(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    if (text[begin] == '#') {
      begin = std::min(text.find('\n', begin), text.size());
    } else if (std::isspace(static_cast<unsigned char>(text[begin])) != 0) {
      ++begin;
    } else {
      break;
    }
  }
  std::size_t end = begin;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
  return text.substr(begin, end - begin);
}

/// Whether the file begins with a node: field 1 of a GraphDef, which begins with its name. (A TF1 MetaGraphDef has its
/// MetaInfoDef there, which begins with a list of ops.)
bool begins_with_node(Bytes bytes) {
  if (bytes.empty() || bytes[0] != std::byte{0x0A}) return false;
  std::size_t at = 1;
  while (at < bytes.size() && at < 10 && std::to_integer<unsigned>(bytes[at]) >= 0x80U) ++at;
  ++at;
  return at + 2 < bytes.size() && bytes[at] == std::byte{0x0A} &&
         std::isgraph(std::to_integer<int>(bytes[at + 2])) != 0;
}

bool begins_with_library(Bytes bytes) {  // a GraphDef without nodes, or written in another order
  try {
    Fields f(bytes);
    return f.next() && (f.number() == 2 || f.number() == 4) && f.wire_type() == WireType::bytes;
  } catch (const Error&) {
    return false;
  }
}

Source saved_model_of(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  for (const std::string_view file : kSavedModelFiles) {
    if (name == file) return {SourceKind::saved_model, folder_of(path)};
  }
  throw Error(Code::not_a_model, "the file holds a SavedModel under another name; it must be called saved_model.pb",
              path);
}

[[noreturn]] void not_supported(const std::string& path, std::string_view what, std::string_view way_out) {
  throw Error(Code::unsupported_format, fmt::format("{} cannot be converted", what), path, {std::string(way_out)});
}

Source look_at_text(const std::string& path, std::string_view text) {
  const std::string_view word = first_word(text);
  if (word == "saved_model_schema_version" || word == "meta_graphs") return saved_model_of(path);
  if (word == "node" || word == "library" || word == "versions" || word == "version")
    return {SourceKind::graph_def, path};
  throw Error(Code::not_a_model, "the text is no GraphDef", path);
}

Source look_at_file(const std::string& path) {
  const auto file = MappedFile::open(path);
  const Bytes bytes = file->bytes();
  if (bytes.empty()) throw Error(Code::truncated, "the file is empty", path);
  const std::string_view text = as_text(bytes);
  if (text.size() >= 8 && text.substr(4, 4) == "TFL3") return {SourceKind::tflite, path};
  if (text.starts_with("PK\x03\x04"))
    not_supported(path, "a Keras archive", "call model.export() and convert the SavedModel");
  if (text.starts_with("\x89HDF\r\n\x1A\n"))
    not_supported(path, "an HDF5 file", "load it in Keras and call model.export()");
  if (text.starts_with("ML\xEFR")) not_supported(path, "MLIR bytecode", "export the model as a SavedModel");
  if (Table::is_table(bytes)) not_supported(path, "a checkpoint without its model", "export the model as a SavedModel");
  if (is_text_format(bytes)) return look_at_text(path, text);
  if (text.starts_with("\x08\x01\x12")) return saved_model_of(path);
  if (begins_with_node(bytes) || begins_with_library(bytes)) return {SourceKind::graph_def, path};
  if (text.starts_with("\x0A")) not_supported(path, "a TensorFlow 1 MetaGraph", "export the model as a SavedModel");
  throw Error(Code::not_a_model, "the file is no model that is known", path);
}

}  // namespace

std::string_view source_kind_name(SourceKind kind) {
  switch (kind) {
    case SourceKind::saved_model:
      return "SavedModel";
    case SourceKind::graph_def:
      return "GraphDef";
    case SourceKind::tflite:
      return "TensorFlow Lite file";
  }
  return {};
}

Source look(const std::string& path) {
  if (is_directory(path)) return look_at_folder(path);
  return look_at_file(path);
}

}  // namespace tolite::read
