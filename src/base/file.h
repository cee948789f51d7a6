// Files: mapped input and atomic output. With thread_pool and clock, the only place that knows POSIX.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace tolite {

/// A whole file mapped read-only for as long as the object lives. An empty file maps to an empty span.
class MappedFile {
 public:
  /// Throws Error(cannot_read) naming the path and the system's reason.
  static std::shared_ptr<const MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  Bytes bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }
  /// Tells the system that these bytes will not be read again soon, so that they stop counting as resident memory.
  void release(Bytes part) const;

 private:
  MappedFile(std::string path, const std::byte* data, std::size_t size);
  std::string path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

bool is_file(const std::string& path);
bool is_directory(const std::string& path);
/// Names (not paths) of the entries of a folder, sorted; throws Error(cannot_read).
std::vector<std::string> list_directory(const std::string& path);
std::string join_path(const std::string& folder, const std::string& name);
/// False for absolute paths and for those with a ".." part: such a name must not be opened on a model's word.
bool stays_inside(const std::string& relative);

/// Writes `path` as a temporary neighbour that replaces it in commit(); without commit() the old file stays as it was.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Reserves the final size, so that a full disk is known before work is done.
  void reserve(std::uint64_t size);
  /// Writes at an offset; thread-safe for disjoint ranges.
  void write_at(std::uint64_t offset, Bytes bytes);
  /// Makes the file durable under its final name.
  void commit();

 private:
  [[noreturn]] void fail(const char* step, int error);
  std::string path_;
  std::string temporary_;
  int fd_ = -1;
};

/// Writes a small file whole, atomically.
void write_file(const std::string& path, Bytes bytes);

}  // namespace tolite
