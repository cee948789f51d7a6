// DEQUANTIZE: stored elements become float32. Of a constant the runtime computes it once, when it loads the model.
#include "lite/infer.h"
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/versions.h"

namespace tolite {
namespace {

/// 16-bit floats only; the other types have scales.
void eval_dequantize(Eval& n) {
  if (n.in(0).type != Type::float16) n.fail("quantized elements are not computed");
  map_elements<Half, float>(n, [](Half x) { return static_cast<float>(x); });
}

constexpr OpRow kDequantize{
    .op = Op::DEQUANTIZE,
    .name = "DEQUANTIZE",
    .options = {.builtin_options = 38},
    .infer = [](Infer& n) { n.output(0, Type::float32, n.shape(0)); },
    .eval = eval_dequantize,
    .version = {{input_is_any<Type::float8_e4m3fn, Type::float8_e5m2>, 9},
                {input_is<Type::uint4>, 8},
                {input_is<Type::int2>, 7},
                {input_is<Type::int4>, 6},
                {input_is_any<Type::float16, Type::int16>, 3},
                {input_is_per_channel<>, 5},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float16, Type::int8, Type::uint8, Type::int16, Type::int4, Type::int2, Type::uint4,
                Type::float8_e4m3fn, Type::float8_e5m2}},
};

}  // namespace

void add_dequantize_ops(OpTable& table) { table.add(kDequantize); }

}  // namespace tolite
