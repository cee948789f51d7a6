// The weights of a file: equal ones once, each with its place behind the FlatBuffer.
#pragma once

#include <cstdint>
#include <vector>

#include "lite/model.h"

namespace tolite::write {

/// XNNPACK and the runtime's memory-mapped loading use weights where they lie in the file; the schema demands as much.
constexpr std::uint64_t kBufferAlignment = 16;

/// Buffer 0 is empty by the format's rule and stands for "no data"; the others hold distinct bytes.
class Buffers {
 public:
  /// Takes the constants in the order in which their tensors stand in the file.
  Buffers(const Model& model, const std::vector<ConstantId>& constants);

  std::uint32_t of(ConstantId constant) const { return index_[constant.index]; }
  const std::vector<Bytes>& list() const { return list_; }

 private:
  std::vector<Bytes> list_;
  std::vector<std::uint32_t> index_;  ///< by constant
};

}  // namespace tolite::write
