// QUANTIZE of what is stored already: another type or scale.
#include "ops/element_wise.h"
#include "ops/quantized/fixed_point.h"
#include "ops/quantized/kernels.h"
#include "ops/quantized/storage.h"

namespace tolite::quantized {
namespace {

/// The runtime's pairs of types.
bool has_kernel(Type from, Type to) {
  switch (from) {
    case Type::int8:
    case Type::uint8:
      return to == Type::int8 || to == Type::uint8 || to == Type::int16;
    case Type::int16:
      return to == Type::int8 || to == Type::int16 || to == Type::int32;
    case Type::int32:
      return to == Type::int8 || to == Type::int16;
    default:
      return false;
  }
}

}  // namespace

void requantize(Eval& n) {
  using Types = TypeList<std::int8_t, std::uint8_t, std::int16_t, std::int32_t>;
  const Storage in = storage_of_operand(n, 0);
  const Storage out = storage_of_result(n);
  if (!has_kernel(in.type, out.type))
    n.fail("no kernel from " + std::string(type_name(in.type)) + " to " + std::string(type_name(out.type)));
  const StoredRange range(out.type);
  const Multiplier factor = multiplier_of(double{in.scale} / double{out.scale});
  with_type(n, in.type, Types{}, [&](auto from) {
    with_type(n, out.type, Types{}, [&](auto to) {
      map_elements<decltype(from), decltype(to)>(n, [=](std::int32_t x) {
        return range(wrapping_sum(multiply(wrapping_sum(x, -in.zero_point), factor), out.zero_point));
      });
    });
  });
}

}  // namespace tolite::quantized
