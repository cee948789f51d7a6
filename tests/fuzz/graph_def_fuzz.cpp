// GraphDef in wire form, and everything that can be asked of it.
#include "unit/read/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite::read;
  const auto buffer = Buffer::own({reinterpret_cast<const char*>(data), size}, "fuzz.pb");
  succeeds([&] { exercise(*GraphDef::read(buffer, buffer->bytes())); });
  return 0;
}
