// Pooling: AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D.
#include <cmath>

#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/pool.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

void infer_pool(Infer& n) {
  const std::vector<Dim> x = dims_of_rank(n, 0, 4);
  n.output(0, n.type(0),
           Shape{x[0], window_output(n, x[1], n.integer(Attr::filter_height), n.integer(Attr::stride_h), 1),
                 window_output(n, x[2], n.integer(Attr::filter_width), n.integer(Attr::stride_w), 1), x[3]});
}

template <typename T>
void largest(Eval& n) {
  const ActivationRange clamp(n);
  pool<T, T>(
      n, std::numeric_limits<T>::lowest(), [](T most, T x) { return std::max(most, x); },
      [clamp](T most, std::int64_t) { return clamp(most); });
}

void eval_max(Eval& n) {
  switch (n.in(0).type) {
    case Type::float32:
      return largest<float>(n);
    case Type::int8:
      return largest<std::int8_t>(n);
    case Type::uint8:
      return largest<std::uint8_t>(n);
    case Type::int16:
      return largest<std::int16_t>(n);
    default:
      n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  }
}

template <typename Add, typename Finish>
void pool_floats(Eval& n, Add add, Finish finish) {
  if (n.in(0).type != Type::float32) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  const ActivationRange clamp(n);
  pool<float, float>(n, 0, add, [clamp, finish](float sum, std::int64_t count) {
    return clamp(finish(sum, static_cast<float>(count)));
  });
}

constexpr AttrList kPoolAttrs{
    {Attr::padding, AttrKind::padding},     {Attr::stride_w, AttrKind::int32},
    {Attr::stride_h, AttrKind::int32},      {Attr::filter_width, AttrKind::int32},
    {Attr::filter_height, AttrKind::int32}, {Attr::fused_activation_function, AttrKind::activation}};

constexpr KernelTypes kPoolTypes{{Type::float32, Type::int8, Type::uint8, Type::int16}};

constexpr OpRow kAveragePool2D{
    .op = Op::AVERAGE_POOL_2D,
    .name = "AVERAGE_POOL_2D",
    .options = {.builtin_options = 5},
    .attrs = kPoolAttrs,
    .infer = infer_pool,
    .eval =
        [](Eval& n) {
          pool_floats(
              n, [](float sum, float x) { return sum + x; }, [](float sum, float count) { return sum / count; });
        },
    .version = {{input_is<Type::int16>, 2}, {input_is<Type::int8>, 2}},
    .kernel = kPoolTypes,
    .quantization = shares_int8_and_16(quantized::average_pool),
};

constexpr OpRow kMaxPool2D{
    .op = Op::MAX_POOL_2D,
    .name = "MAX_POOL_2D",
    .options = {.builtin_options = 5},
    .attrs = kPoolAttrs,
    .infer = infer_pool,
    .eval = eval_max,
    .version = {{input_is<Type::int16>, 2}, {input_is<Type::int8>, 2}},
    .kernel = kPoolTypes,
    .quantization = passes_int8_and_16(quantized::max_pool),
};

constexpr OpRow kL2Pool2D{
    .op = Op::L2_POOL_2D,
    .name = "L2_POOL_2D",
    .options = {.builtin_options = 5},
    .attrs = kPoolAttrs,
    .infer = infer_pool,
    .eval =
        [](Eval& n) {
          pool_floats(
              n, [](float sum, float x) { return sum + x * x; },
              [](float sum, float count) { return std::sqrt(sum / count); });
        },
    .kernel = {{Type::float32}},
};

}  // namespace

void add_pooling_ops(OpTable& table) {
  for (const OpRow* row : {&kAveragePool2D, &kMaxPool2D, &kL2Pool2D}) table.add(*row);
}

}  // namespace tolite
