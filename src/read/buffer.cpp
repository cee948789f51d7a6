// Model files as bytes.
#include "read/buffer.h"

#include <utility>

#include "tolite/error.h"

namespace tolite::read {

std::shared_ptr<const Buffer> Buffer::map(const std::string& path) {
  std::shared_ptr<Buffer> buffer(new Buffer);
  buffer->file_ = MappedFile::open(path);
  buffer->name_ = path;
  return buffer;
}

std::shared_ptr<const Buffer> Buffer::own(std::string bytes, std::string name) {
  std::shared_ptr<Buffer> buffer(new Buffer);
  buffer->owned_ = std::move(bytes);
  buffer->name_ = std::move(name);
  return buffer;
}

void Buffer::count_expansion(std::size_t size) const {
  constexpr std::size_t kMost = std::size_t{1} << 30U;  // masks and zeros of real models are tens of megabytes
  if (size > kMost || expanded_.fetch_add(size) > kMost - size) {
    throw Error(Code::size_overflow, "the file claims absurdly large tensors of repeated values", name_);
  }
}

}  // namespace tolite::read
