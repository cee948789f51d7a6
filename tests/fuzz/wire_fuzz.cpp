// The protobuf wire format: any message, with its fields of bytes read as lists of numbers and as messages.
#include <cstdlib>

#include "read/protobuf.h"
#include "unit/read/exercise.h"

namespace tolite::read {
namespace {

void walk(Bytes message, int depth) {
  for (Fields f(message); f.next();) {
    std::size_t numbers = 0;
    const auto count = [&](auto) { ++numbers; };
    switch (f.wire_type()) {
      case WireType::varint:
        f.each_varint(count);
        numbers += f.boolean() ? 0 : 1;
        break;
      case WireType::fixed32:
        f.each_fixed<float>(count);
        break;
      case WireType::fixed64:
        f.each_fixed<double>(count);
        break;
      case WireType::bytes: {
        const Bytes inner = f.bytes();
        if (inner.data() < message.data() || inner.data() + inner.size() > message.data() + message.size())
          std::abort();
        if (inner.size() % sizeof(float) == 0) f.each_fixed<float>(count);
        succeeds([&] { f.each_varint(count); });
        succeeds([&] { map_entry(inner); });
        if (depth < kMaxNesting) succeeds([&] { walk(inner, depth + 1); });
        break;
      }
    }
    if (numbers > 2 * message.size()) std::abort();  // each takes at least a byte
  }
}

}  // namespace
}  // namespace tolite::read

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite::read;
  succeeds([&] { walk({reinterpret_cast<const std::byte*>(data), size}, 0); });
  return 0;
}
