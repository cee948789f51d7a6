// AVERAGE_POOL_2D and MAX_POOL_2D of stored elements. Operand and result have one scale.
#include "ops/pool.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {

// Halves are rounded away from zero of the stored numbers.
void average_pool(Eval& n) {
  require_one_type(n, 0, 0);
  const StoredRange range(n, storage_of_result(n));
  with_stored(n, 0, [&](auto tag) {
    using T = decltype(tag);
    pool<T, std::int32_t>(n, 0, wrapping_add<std::int32_t>, [&](std::int32_t sum, std::int64_t count) {
      if (count == 0) n.fail("a window lies outside of the image");
      const std::int64_t half = sum > 0 ? count / 2 : -(count / 2);
      return static_cast<T>(range(static_cast<std::int32_t>((sum + half) / count)));
    });
  });
}

void max_pool(Eval& n) {
  require_one_type(n, 0, 0);
  const StoredRange range(n, storage_of_result(n));
  with_type(n, n.in(0).type, TypeList<std::int8_t, std::uint8_t, std::int16_t>{}, [&](auto tag) {
    using T = decltype(tag);
    pool<T, T>(
        n, std::numeric_limits<T>::lowest(), [](T most, T x) { return std::max(most, x); },
        [range](T most, std::int64_t) { return static_cast<T>(range(most)); });
  });
}

}  // namespace tolite::quantized
