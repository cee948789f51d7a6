// .tflite files: any bytes are read or refused; what was read verifies, prints, is written again, and is read from
// there with the same text.
#include <cstdlib>

#include "lite/text.h"
#include "lite/verify.h"
#include "ops/table.h"
#include "read/tflite.h"
#include "tolite/error.h"
#include "write/tflite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite;
  Model model;
  try {
    model = read::tflite(std::as_bytes(std::span(data, size)), nullptr, op_table());
  } catch (const Error& e) {
    if (e.code() == Code::internal) std::abort();
    return 0;
  }
  verify(model, op_table(), Legality::optimized);  // whether kernels take its types is the file's to say
  problems_of(model, op_table(), Legality::written);
  std::shared_ptr<std::vector<std::byte>> file;
  try {
    file = std::make_shared<std::vector<std::byte>>(write::tflite_bytes(model, op_table()));
  } catch (const Error& e) {
    // Read as it stands, and refused here: a node without an operand that its op must have, a shape past int32.
    if (e.code() != Code::invalid_node && e.code() != Code::size_overflow) std::abort();
    return 0;
  }
  const auto again =
      std::make_shared<std::vector<std::byte>>(write::tflite_bytes(read::tflite(*file, file, op_table()), op_table()));
  if (write::tflite_bytes(read::tflite(*again, again, op_table()), op_table()) != *again) std::abort();
  return 0;
}
