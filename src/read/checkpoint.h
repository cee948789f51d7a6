// A checkpoint: tensors by name, as TensorFlow saves variables. Both formats there are: tensor bundles, and V1 tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "read/data_type.h"

namespace tolite {
struct Tensor;
}

namespace tolite::read {

struct CheckpointEntry {
  std::string_view key;
  DataType type = DataType::invalid;
  std::vector<std::int64_t> dims;
};

/// Which checkpoint keys hold the state of which object (TrackableObjectGraph).
struct Trackables {
  struct Attribute {
    std::string_view name;            // "VARIABLE_VALUE"
    std::string_view full_name;       // the variable's name in Python
    std::string_view checkpoint_key;  // the entry that holds it
  };
  struct Child {
    std::string_view name;
    std::int32_t id = 0;  // checked: an index into nodes
  };
  struct Node {
    std::vector<Child> children;  // sorted by name
    std::vector<Attribute> attributes;
  };
  static Trackables read(Bytes wire);
  std::vector<Node> nodes;  // nodes[0] is the root
};

class Checkpoint {
 public:
  /// `prefix` is the path without ".index" (tensor bundle) or the V1 file itself.
  static std::shared_ptr<const Checkpoint> open(const std::string& prefix);
  /// Whether there is a checkpoint under this prefix.
  static bool exists(const std::string& prefix);
  virtual ~Checkpoint() = default;

  /// Tensors sorted by key; parts of partitioned variables are not listed, but the whole is.
  const std::vector<CheckpointEntry>& entries() const { return entries_; }
  /// Null if there is none of this name.
  const CheckpointEntry* find(std::string_view key) const;
  /// The tensor, checked against its checksum; a view into the mapped file wherever its bytes can be used as they are.
  /// Thread-safe: fetch entries in parallel.
  virtual Tensor read(const CheckpointEntry& entry) const = 0;
  /// The object graph saved under `_CHECKPOINTABLE_OBJECT_GRAPH`; null if there is none.
  const Trackables* trackables() const { return trackables_ ? &*trackables_ : nullptr; }

 protected:
  /// Where in entries_ an entry that was handed out stands.
  std::size_t index_of(const CheckpointEntry& entry) const;

  std::vector<CheckpointEntry> entries_;
  std::optional<Trackables> trackables_;
};

}  // namespace tolite::read
