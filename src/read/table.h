// The sorted table of keys and values (LevelDB's table format) that checkpoints keep their index in.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "read/buffer.h"

namespace tolite::read {

/// TensorFlow stores checksums rotated and offset, so that a checksum of data that holds checksums stays strong.
std::uint32_t unmask_crc32c(std::uint32_t masked);

class Table {
 public:
  struct Entry {
    std::string_view key;
    Bytes value;
    const Buffer* buffer;  // that the value lies in: the file, or a decompressed block
  };

  Table() = default;
  Table(Table&&) = default;
  Table& operator=(Table&&) = default;

  /// Reads the whole table; the checksum of every block is verified.
  static Table read(std::shared_ptr<const Buffer> file);
  /// Whether the bytes end as a table does.
  static bool is_table(Bytes bytes);

  const Buffer& file() const { return *file_; }
  /// Sorted by key; keys are unique.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Null if there is none of this key.
  const Entry* find(std::string_view key) const;

 private:
  struct BlockHandle {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  struct Block {
    Bytes bytes;
    const Buffer* buffer;
  };
  Block read_block(BlockHandle handle);
  void add_block(BlockHandle handle);

  std::shared_ptr<const Buffer> file_;
  std::vector<Entry> entries_;
  std::deque<std::string> keys_;  // keys are stored as differences from their neighbours
  std::vector<std::shared_ptr<const Buffer>> inflated_;
  std::size_t key_bytes_ = 0;
};

}  // namespace tolite::read
