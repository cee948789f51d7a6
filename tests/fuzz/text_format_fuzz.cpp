// The text form of protobuf. What the text reader writes must always be sound wire form.
#include <cstdlib>

#include "read/protobuf.h"
#include "read/text_format.h"
#include "unit/read/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite::read;
  const auto text = Buffer::own({reinterpret_cast<const char*>(data), size}, "fuzz.pbtxt");
  for (const char* message : {"GraphDef", "SavedModel"}) {
    std::shared_ptr<const Buffer> wire;
    if (!succeeds([&] { wire = text_to_wire(*text, message); })) continue;
    const bool is_sound = succeeds([&] {
      for (Fields f(wire->bytes()); f.next();) {
      }
    });
    if (!is_sound) std::abort();
    if (message[0] == 'G') {
      succeeds([&] { exercise(*GraphDef::read(wire, wire->bytes())); });
    } else {
      succeeds([&] { exercise(SavedModel::read(wire, "folder")->meta_graph()); });
    }
  }
  return 0;
}
