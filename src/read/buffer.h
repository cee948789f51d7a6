// The bytes of one model file: mapped, or made from its text form. Every view of this room points into one.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/file.h"

namespace tolite::read {

class Buffer : public std::enable_shared_from_this<Buffer> {
 public:
  static std::shared_ptr<const Buffer> map(const std::string& path);
  static std::shared_ptr<const Buffer> own(std::string bytes, std::string name);

  Bytes bytes() const { return file_ ? file_->bytes() : as_bytes(owned_); }
  /// The file's path, for messages.
  const std::string& name() const { return name_; }
  /// Keeps the bytes alive; what a Tensor that views them carries as its owner.
  std::shared_ptr<const void> owner() const { return shared_from_this(); }
  /// Counts memory that a reader takes without the file holding as many bytes (one value that stands for many). Throws
  /// Error(size_overflow) when a file asks for more than any real model does.
  void count_expansion(std::size_t size) const;

 private:
  Buffer() = default;
  std::shared_ptr<const MappedFile> file_;
  std::string owned_;
  std::string name_;
  mutable std::atomic<std::size_t> expanded_ = 0;
};

}  // namespace tolite::read
