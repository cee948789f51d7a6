// The checkpoint format of early TensorFlow 1 (SavedTensorSlices): tables that hold the tensors themselves.
#pragma once

#include <string>
#include <vector>

#include "read/checkpoint.h"
#include "read/table.h"
#include "read/tensor_slice.h"

namespace tolite::read {

class CheckpointV1 : public Checkpoint {
 public:
  /// The files of the checkpoint: `prefix` itself, or `prefix-00000-of-0000N`. Empty if there are none.
  static std::vector<std::string> files(const std::string& prefix);

  explicit CheckpointV1(const std::vector<std::shared_ptr<const Buffer>>& files);
  Tensor read(const CheckpointEntry& entry) const override;

 private:
  struct Part {
    const Table* table;
    TensorSlice slice;
  };
  void read_meta(const Table& table, Bytes wire);
  Tensor read_part(const CheckpointEntry& entry, const Part& part) const;

  std::vector<Table> tables_;
  std::vector<std::vector<Part>> parts_;  // beside entries_
};

}  // namespace tolite::read
