// Comparisons of stored elements. Both operands are brought to reals with eight bits after the point, so that numbers
// which differ by less compare as equal, as they do in the runtime.
#include "ops/element_wise.h"
#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {
namespace {

constexpr int kBits = 8;

template <typename F>
void compare(Eval& n, F f) {
  if (n.in(0).type != n.in(1).type) n.fail("the operands are not stored as one type");
  with_stored(n, 0, [&](auto tag) {
    using T = decltype(tag);
    const Storage x = storage_of_operand(n, 0);
    const Storage y = storage_of_operand(n, 1);
    const Multiplier a = multiplier_of(x.scale);
    const Multiplier b = multiplier_of(y.scale);
    if (a.shift > 0 || b.shift > 0) n.fail("there is no kernel for scales of 1 and above");
    zip_elements<T, Bool>(n, [=](T p, T q) {
      return f(quantized::multiply((p - x.zero_point) * (1 << kBits), a),
               quantized::multiply((q - y.zero_point) * (1 << kBits), b));
    });
  });
}

}  // namespace

void equal(Eval& n) {
  compare(n, [](std::int32_t a, std::int32_t b) { return a == b; });
}
void not_equal(Eval& n) {
  compare(n, [](std::int32_t a, std::int32_t b) { return a != b; });
}
void less(Eval& n) {
  compare(n, [](std::int32_t a, std::int32_t b) { return a < b; });
}
void less_equal(Eval& n) {
  compare(n, [](std::int32_t a, std::int32_t b) { return a <= b; });
}
void greater(Eval& n) {
  compare(n, [](std::int32_t a, std::int32_t b) { return a > b; });
}
void greater_equal(Eval& n) {
  compare(n, [](std::int32_t a, std::int32_t b) { return a >= b; });
}

}  // namespace tolite::quantized
