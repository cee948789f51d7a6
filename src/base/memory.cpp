// Small blocks come from the heap. Large ones come from the system, which zeroes them page by page as they are touched:
// clearing them here would touch each twice. Asked for in huge pages, hundreds of megabytes cost hundreds of page
// faults instead of a hundred thousand, a third of the time of transposing a large weight.
#include "base/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace tolite {
namespace {

constexpr std::size_t kLarge = std::size_t{2} << 20U;  // a huge page

}  // namespace

std::shared_ptr<std::byte> zeroed_memory(std::size_t size) {
  const std::size_t rounded = (std::max<std::size_t>(size, 1) + 63) / 64 * 64;
  if (rounded < size) return nullptr;
  if (rounded < kLarge) {
    void* memory = std::aligned_alloc(64, rounded);
    if (memory == nullptr) return nullptr;
    std::memset(memory, 0, rounded);
    return {static_cast<std::byte*>(memory), [](std::byte* p) { std::free(p); }};
  }
  void* memory = ::mmap(nullptr, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
#ifdef MADV_HUGEPAGE
  ::madvise(memory, rounded, MADV_HUGEPAGE);  // a wish: without huge pages it is only slower
#endif
  return {static_cast<std::byte*>(memory), [rounded](std::byte* p) { ::munmap(p, rounded); }};
}

}  // namespace tolite
