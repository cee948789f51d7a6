// Small blocks come from the heap. Larger ones come from the system, which zeroes their pages: clearing them here would
// touch each twice. A page fault for each page costs more than the zeroing, so middling blocks are mapped with all
// their pages and large ones with huge pages: hundreds of megabytes then cost hundreds of faults instead of a hundred
// thousand.
#include "base/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace tolite {
namespace {

constexpr std::size_t kMiddling = std::size_t{128} << 10U;
constexpr std::size_t kHugePage = std::size_t{2} << 20U;

std::shared_ptr<std::byte> from_heap(std::size_t size) {
  void* memory = std::aligned_alloc(64, size);
  if (memory == nullptr) return nullptr;
  std::memset(memory, 0, size);
  return {static_cast<std::byte*>(memory), [](std::byte* p) { std::free(p); }};
}

std::shared_ptr<std::byte> with_all_pages(std::size_t size) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_POPULATE
  flags |= MAP_POPULATE;
#endif
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  return {static_cast<std::byte*>(memory), [size](std::byte* p) { ::munmap(p, size); }};
}

std::shared_ptr<std::byte> in_huge_pages(std::size_t size) {
  // More addresses than memory, so that the block begins where a huge page can.
  const std::size_t reserved = size + kHugePage;
  if (reserved < size) return nullptr;
  void* memory = ::mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  void* block = memory;
  std::size_t room = reserved;
  std::align(kHugePage, size, block, room);
#ifdef MADV_HUGEPAGE
  // A wish: without huge pages it is only slower. Not for the rest that does not fill one.
  ::madvise(block, size / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  return {static_cast<std::byte*>(block), [memory, reserved](std::byte*) { ::munmap(memory, reserved); }};
}

}  // namespace

std::shared_ptr<std::byte> zeroed_memory(std::size_t size) {
  const std::size_t rounded = (std::max<std::size_t>(size, 1) + 63) / 64 * 64;
  if (rounded < size) return nullptr;
  if (rounded < kMiddling) return from_heap(rounded);
  return rounded < kHugePage ? with_all_pages(rounded) : in_huge_pages(rounded);
}

}  // namespace tolite
