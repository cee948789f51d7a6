// Fields that pass from one message to another.
#include "read/wire_writer.h"

#include "read/protobuf.h"

namespace tolite::read {

Wire& Wire::field(const Fields& from) {
  switch (from.wire_type()) {
    case WireType::varint:
      return varint(from.number(), from.varint());
    case WireType::fixed32:
      return fixed(from.number(), from.fixed32());
    case WireType::fixed64:
      return fixed(from.number(), from.fixed64());
    case WireType::bytes:
      break;
  }
  return bytes(from.number(), from.bytes());
}

}  // namespace tolite::read
