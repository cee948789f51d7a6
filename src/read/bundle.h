// Tensor bundle: the checkpoint format of TensorFlow 2 and late 1. An index file, and data files that are mapped.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "read/checkpoint.h"
#include "read/table.h"
#include "read/tensor_slice.h"

namespace tolite::read {

class Bundle : public Checkpoint {
 public:
  /// Gives data file `shard` of `count`, or throws Error(missing_shard).
  using OpenShard = std::function<std::shared_ptr<const Buffer>(std::int32_t shard, std::int32_t count)>;

  /// Reads the index, and opens the data files that it names.
  Bundle(std::shared_ptr<const Buffer> index, const OpenShard& open_shard);
  Tensor read(const CheckpointEntry& entry) const override;

 private:
  /// BundleEntryProto: where the elements are.
  struct Place {
    DataType type = DataType::invalid;
    std::vector<std::int64_t> dims;
    std::int32_t shard = 0;
    std::int64_t offset = 0;
    std::int64_t size = 0;
    std::uint32_t crc32c = 0;  // masked
    std::vector<TensorSlice> slices;
  };
  void read_header(Bytes wire);
  void add_shard(std::int32_t shard, const OpenShard& open_shard);
  static Place read_place(Bytes wire);
  Bytes stored_bytes(const Place& place) const;
  Tensor read_place_tensor(std::string_view key, const Place& place) const;
  Tensor read_dense(const Place& place) const;
  std::vector<std::string_view> read_strings(const Place& place) const;
  void read_trackables();

  Table index_;
  std::vector<Place> places_;                 // beside entries_
  std::map<std::string_view, Place> slices_;  // by slice_key
  std::map<std::int32_t, std::shared_ptr<const Buffer>> shards_;
  std::int32_t shard_count_ = 0;
  bool big_endian_ = false;
};

}  // namespace tolite::read
