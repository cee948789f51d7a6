// Variables: from a resource handle to the value in the checkpoint.
//
// In a TF2 SavedModel a captured variable is found through the concrete function's bound inputs: input i of the
// function is object k of the object graph, and the checkpoint's own object graph says which key holds object k's
// value. The main graph's variable handles are not asked: in a Keras 3 model saved by tf.saved_model.save they are
// other handles than those the restore function fills.
// In a TF1 graph the restore operations say it: Assign(variable, RestoreV2(key, slice)).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lite/model.h"
#include "read/saved_model.h"
#include "read/tensor_slice.h"

namespace tolite::tensorflow {

class Variables {
 public:
  /// A graph without variables of its own (a frozen GraphDef).
  Variables() = default;
  Variables(const read::MetaGraph& meta_graph, std::shared_ptr<const read::Checkpoint> checkpoint,
            bool narrow_float64 = false);

  /// The resource behind an object of the object graph; nothing if the object is no variable.
  std::optional<std::uint32_t> of_object(std::int32_t object);
  /// The resource behind a handle node of the main graph (VarHandleOp, VariableV2).
  std::uint32_t of_handle(const read::Node& handle);

  /// The author's name of the variable.
  const std::string& name(std::uint32_t resource) const { return resources_[resource].name; }
  read::DataType type(std::uint32_t resource) const { return resources_[resource].type; }
  /// The value, as the model's constant. Throws Error(missing_variable) if the checkpoint lacks it.
  ConstantId value(Model& model, std::uint32_t resource);
  /// Forgets what constants of a model the values are: another model is made.
  void forget_values();
  /// Reads the values of these objects ahead, in parallel.
  void prefetch(Model& model, std::span<const std::int32_t> objects);

 private:
  struct Resource {
    std::string name;
    std::string key;  ///< in the checkpoint; empty if nothing says it
    read::DataType type = read::DataType::invalid;
    std::optional<read::TensorSlice> slice;  ///< the part of the stored tensor, for a partitioned variable
    ConstantId constant;
  };

  void read_restore_operations(const read::NodeList& nodes);
  std::uint32_t add(Resource resource);
  Tensor fetch(const Resource& resource) const;

  const read::MetaGraph* meta_graph_ = nullptr;
  std::shared_ptr<const read::Checkpoint> checkpoint_;
  bool narrow_float64_ = false;
  std::vector<std::int32_t> trackables_;  ///< object -> its node in the checkpoint's graph, or -1
  std::vector<Resource> resources_;
  std::map<std::int32_t, std::uint32_t> by_object_;
  std::map<std::string_view, std::uint32_t> by_handle_;
  std::map<std::string_view, std::pair<std::string, std::string>> restored_;  ///< handle node -> key, slice
};

}  // namespace tolite::tensorflow
