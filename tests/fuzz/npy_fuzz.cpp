// NumPy's .npy and .npz, which hold the samples that a user verifies with.
#include <memory>

#include "read/npy.h"
#include "unit/read/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite;
  const auto owner = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  const Bytes file(reinterpret_cast<const std::byte*>(owner->data()), size);
  std::size_t sum = 0;
  const auto touch = [&](const Tensor& t) {
    for (const std::byte b : t.bytes) sum += std::to_integer<std::size_t>(b);
  };
  read::succeeds([&] { touch(read::npy(file, owner, "fuzz.npy")); });
  read::succeeds([&] {
    for (const auto& [name, tensor] : read::npz(file, owner, "fuzz.npz")) touch(tensor);
  });
  volatile std::size_t kept = sum;  // so that the reads are not left out
  static_cast<void>(kept);
  return 0;
}
