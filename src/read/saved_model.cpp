// SavedModel and MetaGraphDef from their wire form.
#include "read/saved_model.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "read/protobuf.h"
#include "read/tensor_proto.h"
#include "read/text_format.h"

namespace tolite::read {
namespace {

TensorInfo read_tensor_info(Bytes wire, int depth = 0) {
  if (depth > kMaxNesting) throw Error(Code::too_deep, "a signature's tensor is nested too deep");
  TensorInfo info;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        info.name = f.text();
        break;
      case 2:
        info.type = data_type_of(f.int64());
        break;
      case 3:
        info.shape = read_partial_shape(f.bytes());
        break;
      case 4:  // coo_sparse: values, indices, dense shape
        info.kind = TensorInfo::Kind::sparse;
        info.components.resize(3);
        for (Fields s(f.bytes()); s.next();) {
          if (s.number() >= 1 && s.number() <= 3) info.components[s.number() - 1].name = s.text();
        }
        break;
      case 5:
        info.kind = TensorInfo::Kind::composite;
        for (Fields c(f.bytes()); c.next();) {
          if (c.number() == 2) info.components.push_back(read_tensor_info(c.bytes(), depth + 1));
        }
        break;
      default:
        break;
    }
  }
  return info;
}

/// Sorts a map read from a file by key; of entries with the same key the last counts.
template <typename T>
void sort_map(std::vector<T>& entries, std::string_view T::*key) {
  std::stable_sort(entries.begin(), entries.end(), [&](const T& a, const T& b) { return a.*key < b.*key; });
  const auto kept =
      std::unique(entries.rbegin(), entries.rend(), [&](const T& a, const T& b) { return a.*key == b.*key; });
  entries.erase(entries.begin(), kept.base());
}

template <typename T>
const T* find_in_map(const std::vector<T>& entries, std::string_view T::*key, std::string_view wanted) {
  const auto at = std::lower_bound(entries.begin(), entries.end(), wanted,
                                   [&](const T& entry, std::string_view w) { return entry.*key < w; });
  return at != entries.end() && (*at).*key == wanted ? &*at : nullptr;
}

SignatureTensor read_signature_tensor(Bytes wire) {
  const MapEntry entry = map_entry(wire);
  return {entry.key, read_tensor_info(entry.value)};
}

Signature read_signature(MapEntry entry) {
  Signature signature;
  signature.key = entry.key;
  for (Fields f(entry.value); f.next();) {
    switch (f.number()) {
      case 1:
        signature.inputs.push_back(read_signature_tensor(f.bytes()));
        break;
      case 2:
        signature.outputs.push_back(read_signature_tensor(f.bytes()));
        break;
      case 3:
        signature.method_name = f.text();
        break;
      case 4: {
        const MapEntry value = map_entry(f.bytes());
        signature.defaults.push_back({value.key, value.value});
        break;
      }
      default:
        break;
    }
  }
  sort_map(signature.inputs, &SignatureTensor::name);
  sort_map(signature.outputs, &SignatureTensor::name);
  sort_map(signature.defaults, &SignatureDefault::name);
  return signature;
}

Collection read_collection(MapEntry entry) {
  Collection collection;
  collection.name = entry.key;
  for (Fields f(entry.value); f.next();) {
    for (Fields list(f.bytes()); list.next();) {
      if (list.number() != 1) continue;
      switch (f.number()) {
        case 1:
          collection.nodes.push_back(list.text());
          break;
        case 2:
          collection.bytes.push_back(list.bytes());
          break;
        case 3:
          list.each_varint([&](std::uint64_t v) { collection.integers.push_back(static_cast<std::int64_t>(v)); });
          break;
        case 4:
          list.each_fixed<float>([&](float v) { collection.reals.push_back(v); });
          break;
        case 5:
          collection.bytes.push_back(map_entry(list.bytes()).value);
          break;  // Any {1: type, 2: value}
        default:
          break;
      }
    }
  }
  return collection;
}

SaverDefinition read_saver(Bytes wire) {
  SaverDefinition saver;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        saver.filename_tensor = f.text();
        break;
      case 2:
        saver.save_tensor = f.text();
        break;
      case 3:
        saver.restore_operation = f.text();
        break;
      case 5:
        saver.sharded = f.boolean();
        break;
      case 7:
        saver.version = f.int32();
        break;
      default:
        break;
    }
  }
  return saver;
}

Asset read_asset(Bytes wire, const std::string& folder) {
  Asset asset;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) asset.tensor = read_tensor_info(f.bytes()).name;
    if (f.number() == 2) asset.filename = f.text();
  }
  const std::string name(asset.filename);
  if (!stays_inside(name)) {
    throw Error(Code::unsafe_path, fmt::format("asset '{}' does not lie in the model's folder", name));
  }
  asset.path = join_path(join_path(folder, "assets"), name);
  return asset;
}

void read_meta_info(Bytes wire, MetaGraph& meta) {
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 4:
        meta.tags.push_back(f.text());
        break;
      case 5:
        meta.tensorflow_version = f.text();
        break;
      case 7:
        meta.stripped_default_attributes = f.boolean();
        break;
      case 8: {
        const MapEntry entry = map_entry(f.bytes());
        meta.function_aliases.emplace_back(entry.key, as_text(entry.value));
        break;
      }
      default:
        break;
    }
  }
  std::sort(meta.function_aliases.begin(), meta.function_aliases.end());
}

MetaGraph read_meta_graph(const std::shared_ptr<const Buffer>& buffer, Bytes wire, const std::string& folder) {
  MetaGraph meta;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        read_meta_info(f.bytes(), meta);
        break;
      case 2:
        meta.graph = GraphDef::read(buffer, f.bytes());
        break;
      case 3:
        meta.saver = read_saver(f.bytes());
        break;
      case 4:
        meta.collections.push_back(read_collection(map_entry(f.bytes())));
        break;
      case 5:
        meta.signatures.push_back(read_signature(map_entry(f.bytes())));
        break;
      case 6:
        meta.assets.push_back(read_asset(f.bytes(), folder));
        break;
      case 7:
        meta.objects = ObjectGraph::read(f.bytes());
        break;
      default:
        break;
    }
  }
  if (meta.graph == nullptr) meta.graph = GraphDef::read(buffer, {});
  sort_map(meta.collections, &Collection::name);
  sort_map(meta.signatures, &Signature::key);
  if (meta.assets.empty()) {  // the first SavedModels list their assets in a collection only
    if (const Collection* assets = meta.collection("saved_model_assets")) {
      for (const Bytes asset : assets->bytes) meta.assets.push_back(read_asset(asset, folder));
    }
  }
  return meta;
}

std::vector<std::string> read_tags(Bytes wire) {
  MetaGraph meta;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) read_meta_info(f.bytes(), meta);
  }
  return {meta.tags.begin(), meta.tags.end()};
}

std::string tag_list(const std::vector<std::string>& tags) {
  std::string text;
  for (const std::string& tag : tags) text += (text.empty() ? "" : ",") + tag;
  return "{" + text + "}";
}

bool same_tags(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

VariableDefinition read_variable(Bytes wire) {
  VariableDefinition variable;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        variable.variable = f.text();
        break;
      case 2:
        variable.initializer = f.text();
        break;
      case 3:
        variable.snapshot = f.text();
        break;
      case 4:
        for (Fields s(f.bytes()); s.next();) {
          if (s.number() == 1) variable.full_name = s.text();
        }
        break;
      case 5:
        variable.is_resource = f.boolean();
        break;
      case 6:
        variable.initial_value = f.text();
        break;
      case 7:
        variable.trainable = f.boolean();
        break;
      default:
        break;
    }
  }
  return variable;
}

}  // namespace

Tensor SignatureDefault::tensor(const Buffer& buffer) const { return read_tensor(wire, buffer); }

const Collection* MetaGraph::collection(std::string_view name) const {
  return find_in_map(collections, &Collection::name, name);
}

const Signature* MetaGraph::signature(std::string_view key) const {
  return find_in_map(signatures, &Signature::key, key);
}

std::string_view MetaGraph::initializer() const {
  constexpr std::string_view kKey = "__saved_model_init_op";
  if (const Signature* init = signature(kKey)) {
    if (!init->outputs.empty()) return init->outputs.front().info.name;
  }
  for (const std::string_view name : {"saved_model_main_op", "main_op", "legacy_init_op"}) {
    const Collection* init = collection(name);
    if (init != nullptr && !init->nodes.empty()) return init->nodes.front();
  }
  return {};
}

std::vector<VariableDefinition> MetaGraph::variables() const {
  std::vector<VariableDefinition> all;
  std::unordered_set<std::string_view> seen;
  for (const std::string_view name : {"variables", "local_variables", "model_variables", "trainable_variables"}) {
    const Collection* list = collection(name);
    if (list == nullptr) continue;
    for (const Bytes wire : list->bytes) {
      const VariableDefinition variable = read_variable(wire);
      if (seen.insert(variable.variable).second) all.push_back(variable);
    }
  }
  return all;
}

std::shared_ptr<const SavedModel> SavedModel::open(const std::string& folder) {
  const std::string wire_file = join_path(folder, "saved_model.pb");
  const std::string text_file = join_path(folder, "saved_model.pbtxt");
  if (!is_file(wire_file) && is_file(text_file)) {
    return read(text_to_wire(*Buffer::map(text_file), "SavedModel"), folder);
  }
  return read(Buffer::map(wire_file), folder);
}

std::shared_ptr<const SavedModel> SavedModel::read(std::shared_ptr<const Buffer> buffer, const std::string& folder) {
  std::shared_ptr<SavedModel> model(new SavedModel);
  model->folder_ = folder;
  model->buffer_ = std::move(buffer);
  try {
    for (Fields f(model->buffer_->bytes()); f.next();) {
      if (f.number() == 2) model->meta_graphs_.push_back(f.bytes());
    }
    if (model->meta_graphs_.empty()) throw Error(Code::malformed, "the SavedModel holds no graph");
  } catch (const Error& error) {
    throw error.at(model->buffer_->name());
  }
  return model;
}

std::vector<std::vector<std::string>> SavedModel::tags() const {
  std::vector<std::vector<std::string>> all;
  for (const Bytes wire : meta_graphs_) all.push_back(read_tags(wire));
  return all;
}

MetaGraph SavedModel::meta_graph(const std::vector<std::string>& wanted) const {
  try {
    const std::vector<std::vector<std::string>> existing = tags();
    for (std::size_t i = 0; i < existing.size(); ++i) {
      if (same_tags(existing[i], wanted.empty() ? std::vector<std::string>{"serve"} : wanted)) {
        return read_meta_graph(buffer_, meta_graphs_[i], folder_);
      }
    }
    if (wanted.empty() && existing.size() == 1) return read_meta_graph(buffer_, meta_graphs_[0], folder_);
    std::vector<std::string> notes;
    for (const std::vector<std::string>& tags : existing)
      notes.push_back("there is a graph with tags " + tag_list(tags));
    throw Error(Code::no_such_tag,
                wanted.empty()
                    ? std::string("the model has several graphs and none is tagged 'serve'; choose one by its tags")
                    : fmt::format("the model has no graph with tags {}", tag_list(wanted)),
                folder_, std::move(notes));
  } catch (const Error& error) {
    if (error.code() == Code::no_such_tag) throw;
    throw error.at(buffer_->name());
  }
}

std::shared_ptr<const Checkpoint> SavedModel::variables() const {
  const std::string prefix = join_path(join_path(folder_, "variables"), "variables");
  if (Checkpoint::exists(prefix)) return Checkpoint::open(prefix);
  // A model without variables has an empty folder or none; data files without their index were copied in part.
  const std::string folder = join_path(folder_, "variables");
  if (is_directory(folder) && !list_directory(folder).empty()) {
    throw Error(Code::missing_shard, "the index of the variables is missing: " + prefix + ".index", folder);
  }
  return nullptr;
}

std::shared_ptr<const DebugInfo> SavedModel::debug_info() const {
  const std::string path = join_path(join_path(folder_, "debug"), "saved_model_debug_info.pb");
  if (!is_file(path)) return nullptr;
  std::shared_ptr<const Buffer> buffer = Buffer::map(path);
  try {
    const Bytes wire = buffer->bytes();
    return std::make_shared<DebugInfo>(wire, std::move(buffer));
  } catch (const Error& error) {
    throw error.at(path);
  }
}

}  // namespace tolite::read
