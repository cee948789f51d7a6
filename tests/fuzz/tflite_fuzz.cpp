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
  verify(model, op_table(), Legality::written);
  problems_of(model, op_table(), Legality::written);
  const auto file = std::make_shared<std::vector<std::byte>>(write::tflite_bytes(model, op_table()));
  const auto again =
      std::make_shared<std::vector<std::byte>>(write::tflite_bytes(read::tflite(*file, file, op_table()), op_table()));
  if (write::tflite_bytes(read::tflite(*again, again, op_table()), op_table()) != *again) std::abort();
  return 0;
}
