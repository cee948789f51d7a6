// The text form: any text parses or is refused; what parses prints, and what was printed parses to the same text.
#include <cstdlib>

#include "lite/text.h"
#include "lite/verify.h"
#include "ops/table.h"
#include "tolite/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite;
  constexpr std::uint64_t kMostBytes = 1U << 20U;
  Blobs blobs;
  std::string text;
  try {
    Model model = parse_model({reinterpret_cast<const char*>(data), size}, op_table(), {&blobs, kMostBytes});
    problems_of(model, op_table(), Legality::written);
    text = print_model(model, op_table(), {.origins = true, .blobs = &blobs});
  } catch (const Error& e) {
    if (e.code() == Code::internal) std::abort();
    return 0;
  }
  const Model again = parse_model(text, op_table(), {.blobs = &blobs});
  if (print_model(again, op_table(), {.origins = true, .blobs = &blobs}) != text) std::abort();
  return 0;
}
