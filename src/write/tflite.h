// Lite model to .tflite file. Weights are written once, straight from where they lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lite/model.h"
#include "lite/op_row.h"
#include "write/conversion_metadata.h"

namespace tolite::write {

struct Options {
  std::optional<ConversionMetadata> conversion;  ///< absent: an entry that the model brings along is kept
  /// Files whose FlatBuffer would exceed this keep weights behind it, at 64-bit offsets. The format's limit is 2 GB
  /// less one byte; smaller values are for tests.
  std::uint64_t most_flatbuffer_bytes = (std::uint64_t{1} << 31U) - 1;
};

/// A model laid out as a file: the FlatBuffer's tables are built, the weights have their places but are not copied.
/// The model must outlive it.
class TfliteImage {
 public:
  /// Throws Error(cannot_convert) naming the nodes that have no form in a file.
  TfliteImage(const Model& model, const OpTable& table, const Options& options = {});

  std::uint64_t size() const { return size_; }
  /// Writes the file's bytes; `target` has size() bytes.
  void copy_to(std::span<std::byte> target) const;
  /// Writes the file atomically: the old one stays as it is until the new one is complete.
  void save(const std::string& path) const;

 private:
  struct Piece {
    std::uint64_t offset = 0;
    Bytes bytes;
  };
  /// Calls write(offset, bytes) for every piece of the file, large ones in parts, on several threads.
  template <typename F>
  void for_each_part(F write) const;

  std::vector<std::byte> own_;  ///< tables, lengths, padding and small weights
  std::vector<Piece> pieces_;   ///< cover the file: parts of own_, and the large weights
  std::uint64_t size_ = 0;
};

/// Writes the model to `path`; returns the file's size.
std::uint64_t tflite(const Model& model, const OpTable& table, const std::string& path, const Options& options = {});

/// The file's bytes in memory.
std::vector<std::byte> tflite_bytes(const Model& model, const OpTable& table, const Options& options = {});

}  // namespace tolite::write
