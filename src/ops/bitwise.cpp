// Bits of integers: BITWISE_XOR, RIGHT_SHIFT, and the two StableHLO ops that the runtime has kernels for.
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"

namespace tolite {
namespace {

template <typename F>
void zip_integers(Eval& n, F f) {
  with_type(n, n.in(0).type, IntegerTypes{}, [&](auto tag) {
    using T = decltype(tag);
    zip_elements<T>(n, [f](T a, T b) { return f(a, b); });
  });
}

/// The runtime limits the distance of a shift to the bits there are.
template <typename T>
int shift_distance(T b) {
  constexpr int last = static_cast<int>(sizeof(T)) * 8 - 1;
  if constexpr (std::is_signed_v<T>) {
    if (b < 0) return 0;
  }
  return b > static_cast<T>(last) ? last : static_cast<int>(b);
}

constexpr OpRow kBitwiseXor{
    .op = Op::BITWISE_XOR,
    .name = "BITWISE_XOR",
    .options = {.builtin_options = 125},
    .infer = broadcast_inputs,
    .eval = [](Eval& n) { zip_integers(n, [](auto a, auto b) { return a ^ b; }); },
    .kernel = {{Type::int8, Type::int16, Type::int32, Type::uint8, Type::uint16, Type::uint32}},
};

constexpr OpRow kRightShift{
    .op = Op::RIGHT_SHIFT,
    .name = "RIGHT_SHIFT",
    .options = {.builtin_options = 126},
    .infer = broadcast_inputs,
    .eval = [](Eval& n) { zip_integers(n, [](auto a, auto b) { return a >> shift_distance(b); }); },
    .kernel = {{Type::int8, Type::int16, Type::int32, Type::uint8, Type::uint16, Type::uint32}},
};

/// StableHLO's operands have the same shape; there is no broadcasting.
void infer_same_shapes(Infer& n) {
  n.require(n.type(0) == n.type(1), "operands have different types");
  n.output(0, n.type(0), n.shape(0).is_static() ? n.shape(0) : n.shape(1));
}

constexpr OpRow kAnd{
    .op = Op::STABLEHLO_AND,
    .name = "STABLEHLO_AND",
    .infer = infer_same_shapes,
    .eval =
        [](Eval& n) {
          if (n.in(0).type == Type::boolean) return zip_elements<Bool>(n, [](bool a, bool b) { return a && b; });
          zip_integers(n, [](auto a, auto b) { return a & b; });
        },
    .kernel = {{Type::boolean, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8, Type::uint16,
                Type::uint32, Type::uint64}},
};

constexpr OpRow kShiftLeft{
    .op = Op::STABLEHLO_SHIFT_LEFT,
    .name = "STABLEHLO_SHIFT_LEFT",
    .options = {.builtin_options_2 = 22},
    .infer = infer_same_shapes,
    .eval =
        [](Eval& n) {
          zip_integers(n, [](auto a, auto b) {
            using T = decltype(a);
            return static_cast<T>(std::uint64_t{static_cast<std::make_unsigned_t<T>>(a)} << shift_distance(b));
          });
        },
    .kernel = {{Type::int8, Type::int16, Type::int32}},
};

}  // namespace

void add_bitwise_ops(OpTable& table) {
  for (const OpRow* row : {&kBitwiseXor, &kRightShift, &kAnd, &kShiftLeft}) table.add(*row);
}

}  // namespace tolite
