// Model files as bytes.
#include "read/buffer.h"

#include <utility>

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

}  // namespace tolite::read
