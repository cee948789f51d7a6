// SavedObjectGraph: the Python objects of a TF2 SavedModel, and how its functions' captures are bound to them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "read/data_type.h"
#include "read/partial_shape.h"

namespace tolite::read {

/// A Python structure of arguments or results (StructuredValue). Dictionaries are sorted by key, as tf.nest flattens
/// them.
struct Structure {
  enum class Kind {
    none,
    real,
    integer,
    string,
    boolean,
    shape,
    type,
    tensor_spec,  // and bounded_tensor_spec: name, type, shape
    type_spec,    // ragged, sparse, ...: string holds the class name, items its state
    list,
    tuple,
    dictionary,
    named_tuple,  // string holds the class name
    tensor,       // a constant: type and shape are set
  };
  Kind kind = Kind::none;
  double real = 0;
  std::int64_t integer = 0;
  bool boolean = false;
  std::string_view string;  // also the name of a tensor_spec
  DataType type = DataType::invalid;
  PartialShape shape;
  std::vector<std::string_view> keys;  // of a dictionary or named tuple, beside items
  std::vector<Structure> items;

  /// The item under a key of a dictionary or named tuple; null if there is none.
  const Structure* find(std::string_view key) const;
  /// Tensor specs and other leaves in the order of tf.nest.flatten.
  std::vector<const Structure*> flatten() const;
};

/// SavedConcreteFunction: `bound_inputs[i]` is the object that feeds the i-th capture, which are the function's last
/// inputs.
struct ConcreteFunction {
  std::string_view name;
  std::vector<std::int32_t> bound_inputs;
  Bytes input_signature_wire;
  Bytes output_signature_wire;

  /// ((positional arguments), {keyword arguments}); Kind::none if the file has none.
  Structure input_signature() const;
  Structure output_signature() const;
};

struct FunctionSpec {
  Bytes full_argument_spec_wire;
  Bytes input_signature_wire;
  bool is_method = false;
  /// inspect.FullArgSpec as a named tuple: args, varargs, varkw, defaults, ...
  Structure full_argument_spec() const;
  Structure input_signature() const;
};

struct UserObject {
  std::string_view identifier;
  std::string_view metadata;
};
struct AssetObject {
  std::int32_t index = 0;  // into MetaGraph::assets
};
struct FunctionObject {
  std::vector<std::string_view> concrete_functions;
  FunctionSpec spec;
};
struct VariableObject {
  DataType type = DataType::invalid;
  PartialShape shape;
  bool trainable = false;
  std::string_view name;
};
struct BareConcreteFunction {
  std::string_view concrete_function;
  std::vector<std::string_view> argument_keywords;
  std::int64_t allowed_positional_arguments = 0;
  FunctionSpec spec;
};
struct ConstantObject {
  std::string_view operation;  // name of the Const node in the main graph
};
struct ResourceObject {
  std::string_view device;
};
struct CapturedTensor {
  std::string_view name;
  std::string_view concrete_function;
};

struct ObjectChild {
  std::string_view name;
  std::int32_t id = 0;  // checked: an index into ObjectGraph::objects
};

struct SavedObject {
  std::vector<ObjectChild> children;
  std::variant<std::monostate, UserObject, AssetObject, FunctionObject, VariableObject, BareConcreteFunction,
               ConstantObject, ResourceObject, CapturedTensor>
      value;
  std::string_view registered_name;

  /// The child of this name, or -1.
  std::int32_t child(std::string_view name) const;
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
};

class ObjectGraph {
 public:
  static ObjectGraph read(Bytes wire);

  /// objects[0] is the root.
  const std::vector<SavedObject>& objects() const { return objects_; }
  bool empty() const { return objects_.empty(); }
  /// Sorted by name.
  const std::vector<ConcreteFunction>& concrete_functions() const { return concrete_functions_; }
  const ConcreteFunction* find(std::string_view concrete_function) const;
  /// The object at a path of child names from the root ("signatures", "serving_default"), or -1.
  std::int32_t find_object(std::initializer_list<std::string_view> path) const;

 private:
  std::vector<SavedObject> objects_;
  std::vector<ConcreteFunction> concrete_functions_;
};

struct Trackables;

/// For each object its node in the checkpoint's graph, or -1: the one that is reached over the same names from the
/// root. TensorFlow numbers both alike, but matches them by names when it loads a model; so do we.
std::vector<std::int32_t> match_trackables(const ObjectGraph& objects, const Trackables& trackables);

}  // namespace tolite::read
