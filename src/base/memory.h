// Memory of tensors.
#pragma once

#include <cstddef>
#include <memory>

namespace tolite {

/// Zeroed memory, aligned to 64 bytes, given back with its last owner. Null if there is not enough.
std::shared_ptr<std::byte> zeroed_memory(std::size_t size);

}  // namespace tolite
