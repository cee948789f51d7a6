// float32 constants as float16.
#include "lite/float16.h"

#include <atomic>
#include <cmath>

#include "base/half.h"
#include "base/thread_pool.h"

namespace tolite {

std::optional<Tensor> as_float16(const Tensor& wide) {
  constexpr float kMostFloat16 = 65504;
  NewTensor narrow = new_tensor(Type::float16, wide.dims);
  const Elements<float> from(wide.bytes);
  auto* to = reinterpret_cast<std::uint16_t*>(narrow.writable.data());
  std::atomic<bool> fits = true;
  parallel_ranges(from.size(), 1U << 15U, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (std::abs(from[i]) > kMostFloat16 && std::isfinite(from[i])) fits = false;
      to[i] = float_to_half(from[i]);
    }
  });
  if (!fits) return std::nullopt;
  return std::move(narrow.tensor);
}

}  // namespace tolite
