// CRC-32C (Castagnoli), the checksum of tensor bundles: with the processor's instruction where it has one.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace tolite {

/// Continues `crc`, the checksum of what came before (0 at the start), over `bytes`.
std::uint32_t crc32c(Bytes bytes, std::uint32_t crc = 0);

/// The same with tables only, for processors without the instruction; slower by ten times.
std::uint32_t crc32c_portable(Bytes bytes, std::uint32_t crc = 0);

}  // namespace tolite
