// SavedModel: the folder TensorFlow saves a model in. One or several MetaGraphs, each with signatures, and variables.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read/checkpoint.h"
#include "read/graph_def.h"
#include "read/object_graph.h"

namespace tolite::read {

/// TensorInfo: a tensor of the main graph that a signature or asset names.
struct TensorInfo {
  enum class Kind { dense, sparse, composite };
  Kind kind = Kind::dense;
  std::string_view name;  // "node:0"; empty for composite
  DataType type = DataType::invalid;
  PartialShape shape;
  /// sparse: values, indices, dense shape; composite: as its type spec says.
  std::vector<TensorInfo> components;
};

struct SignatureTensor {
  std::string_view name;  // the key of the caller
  TensorInfo info;
};

/// The value an input takes when the caller gives none.
struct SignatureDefault {
  std::string_view name;
  Bytes wire;  // TensorProto
  Tensor tensor(const Buffer& buffer) const;
};

/// A signature. Its maps have no order in the file, so both lists are sorted by key; the author's order is in the
/// FunctionDef the signature calls and in the concrete function's structured signature.
struct Signature {
  std::string_view key;
  std::string_view method_name;
  std::vector<SignatureTensor> inputs;
  std::vector<SignatureTensor> outputs;
  std::vector<SignatureDefault> defaults;
};

struct Asset {
  std::string_view tensor;    // "node:0": the string constant that takes the path
  std::string_view filename;  // below the assets folder
  std::string path;           // the file; checked to stay inside the model's folder
};

/// CollectionDef of a TF1 graph; the list that the collection uses is filled.
struct Collection {
  std::string_view name;
  std::vector<std::string_view> nodes;
  std::vector<Bytes> bytes;
  std::vector<std::int64_t> integers;
  std::vector<float> reals;
};

/// VariableDef, as TF1 graphs keep their variables in collections.
struct VariableDefinition {
  std::string_view variable;     // tensor of the handle or reference
  std::string_view initializer;  // assigning operation
  std::string_view snapshot;     // tensor of the read
  std::string_view initial_value;
  std::string_view full_name;  // of a partitioned variable this is a part of
  bool is_resource = false;
  bool trainable = true;
};

struct SaverDefinition {
  std::string_view filename_tensor;
  std::string_view save_tensor;
  std::string_view restore_operation;
  bool sharded = false;
  int version = 0;  // 1: V1 checkpoint, 2: tensor bundle
};

class MetaGraph {
 public:
  std::vector<std::string_view> tags;
  std::string_view tensorflow_version;
  bool stripped_default_attributes = false;
  /// Alias given with experimental_implements etc.: concrete function -> alias; sorted.
  std::vector<std::pair<std::string_view, std::string_view>> function_aliases;
  std::shared_ptr<const GraphDef> graph;
  std::vector<Signature> signatures;    // sorted by key
  std::vector<Collection> collections;  // sorted by name
  std::vector<Asset> assets;
  SaverDefinition saver;
  ObjectGraph objects;  // empty in TF1 models

  const Collection* collection(std::string_view name) const;
  /// Null if there is no signature of this key.
  const Signature* signature(std::string_view key) const;
  /// The initialiser of a TF1 or TF2 model: from the `__saved_model_init_op` signature or the main_op, legacy_init_op
  /// or saved_model_main_op collection; empty if there is none.
  std::string_view initializer() const;
  /// Variables of the collections "variables", "local_variables", "model_variables" and "trainable_variables"; each
  /// once, in file order.
  std::vector<VariableDefinition> variables() const;
};

class SavedModel {
 public:
  /// Maps saved_model.pb, or reads saved_model.pbtxt. Nothing but the table of contents is read.
  static std::shared_ptr<const SavedModel> open(const std::string& folder);
  /// The same from the bytes of saved_model.pb.
  static std::shared_ptr<const SavedModel> read(std::shared_ptr<const Buffer> buffer, const std::string& folder);

  const std::string& folder() const { return folder_; }
  /// The tags of each MetaGraph, in file order.
  std::vector<std::vector<std::string>> tags() const;
  /// The MetaGraph with exactly these tags, whatever their order; without tags the one tagged "serve", or the only one.
  /// Throws Error(no_such_tag) listing those that exist.
  MetaGraph meta_graph(const std::vector<std::string>& tags = {}) const;
  /// The variables; null if the model has none.
  std::shared_ptr<const Checkpoint> variables() const;
  /// Where in Python the nodes were made (debug/saved_model_debug_info.pb); null if the model does not tell.
  std::shared_ptr<const DebugInfo> debug_info() const;
  const Buffer& buffer() const { return *buffer_; }

 private:
  SavedModel() = default;
  std::string folder_;
  std::shared_ptr<const Buffer> buffer_;
  std::vector<Bytes> meta_graphs_;
};

}  // namespace tolite::read
