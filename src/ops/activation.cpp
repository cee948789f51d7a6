// Activations of one operand, and PRELU.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr UsefulOperands kPositive{0, kInfinity};

constexpr KernelTypes kFloat32{{Type::float32}};
constexpr KernelTypes kFloat32And16{{Type::float32, Type::float16}};

// Comparisons are written so that NaN stays NaN, as in the runtime.
template <int Low, int High>
void clamp(Eval& n) {
  map_floats(n, [](auto x) {
    using T = decltype(x);
    return x > T(High) ? T(High) : x < T(Low) ? T(Low) : x;
  });
}

constexpr OpRow kRelu{
    .op = Op::RELU,
    .name = "RELU",
    .infer = same_as_input,
    .eval = [](Eval& n) { map_floats(n, [](auto x) { return x < 0 ? decltype(x)(0) : x; }); },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 3}, {input_is_any<Type::int8, Type::uint8>, 2}},
    .kernel = kFloat32,
    .quantization = {.stored = kInt8And16,
                     .int8_useful = kPositive,
                     .int16_useful = kPositive,
                     .eval = quantized::relu},
};

constexpr OpRow kRelu6{
    .op = Op::RELU6,
    .name = "RELU6",
    .infer = same_as_input,
    .eval = clamp<0, 6>,
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}},
    .kernel = kFloat32,
    .quantization = {.stored = kInt8And16, .int8_useful = {0, 6}, .int16_useful = {0, 6}, .eval = quantized::relu6},
};

constexpr OpRow kReluN1To1{
    .op = Op::RELU_N1_TO_1,
    .name = "RELU_N1_TO_1",
    .infer = same_as_input,
    .eval = clamp<-1, 1>,
    .permute = permute_element_wise,
    .kernel = kFloat32,
    .quantization = {.stored = kInt8, .int8_useful = {-1, 1}, .eval = quantized::relu_n1_to_1},
};

constexpr OpRow kRelu0To1{
    .op = Op::RELU_0_TO_1,
    .name = "RELU_0_TO_1",
    .infer = same_as_input,
    .eval = clamp<0, 1>,
    .permute = permute_element_wise,
    .kernel = kFloat32,
    .quantization = {.stored = kInt8, .int8_useful = {0, 1}, .eval = quantized::relu_0_to_1},
};

constexpr OpRow kLeakyRelu{
    .op = Op::LEAKY_RELU,
    .name = "LEAKY_RELU",
    .options = {.builtin_options = 75},
    .attrs = {{Attr::alpha, AttrKind::float32}},
    .infer = same_as_input,
    .eval =
        [](Eval& n) {
          const float alpha = n.real(Attr::alpha);
          map_floats(n, [alpha](auto x) { return x > 0 ? x : x * alpha; });
        },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 2}},
    .kernel = kFloat32,
    .quantization = computes_int8_and_16(quantized::leaky_relu),
};

constexpr OpRow kPrelu{
    .op = Op::PRELU,
    .name = "PRELU",
    .infer =
        [](Infer& n) {
          n.require(n.type(0) == n.type(1) || (n.type(0) == Type::int16 && n.type(1) == Type::int8),
                    "alpha has another type than the input");
          broadcast(n.dims(), n.shape(0), n.shape(1));  // for its check
          n.output(0, n.type(0), n.shape(0));
        },
    .eval =
        [](Eval& n) {
          with_type(n, n.in(0).type, FloatTypes{}, [&](auto tag) {
            using T = decltype(tag);
            zip_elements<T>(n, [](T x, T alpha) { return x >= T(0) ? x : static_cast<T>(x * alpha); });
          });
        },
    .permute = permute_element_wise,
    .kernel = kFloat32,
    .quantization = computes_int8(quantized::prelu),  // with int16 data the kernel takes int8 slopes
};

constexpr OpRow kElu{
    .op = Op::ELU,
    .name = "ELU",
    .infer = same_as_input,
    .eval = [](Eval& n) { map_floats(n, [](auto x) { return x < 0 ? std::expm1(x) : x; }); },
    .permute = permute_element_wise,
    .kernel = kFloat32,
    .quantization = computes_int8(quantized::elu),
};

constexpr OpRow kGelu{
    .op = Op::GELU,
    .name = "GELU",
    .options = {.builtin_options = 116},
    .attrs = {{Attr::approximate, AttrKind::boolean}},
    .infer = same_as_input,
    .eval =
        [](Eval& n) {
          if (n.flag(Attr::approximate)) {
            map_floats(n, [](auto x) {
              using T = decltype(x);
              const T c = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;  // sqrt(2 / pi)
              return T(0.5) * x * (T(1) + std::tanh(c * (x + T(0.044715) * x * x * x)));
            });
          } else {
            // erfc of the negated argument keeps its accuracy where 1 + erf would cancel.
            map_floats(n, [](auto x) {
              using T = decltype(x);
              return T(0.5) * x * std::erfc(-x / std::numbers::sqrt2_v<T>);
            });
          }
        },
    .permute = permute_element_wise,
    .version = {{input_is<Type::float16>, 3}, {input_is_any<Type::int8, Type::uint8>, 2}},
    .kernel = kFloat32And16,
    .quantization = computes_int8_and_16(quantized::gelu),
};

constexpr OpRow kHardSwish{
    .op = Op::HARD_SWISH,
    .name = "HARD_SWISH",
    .options = {.builtin_options = 91},
    .infer = same_as_input,
    .eval =
        [](Eval& n) {
          map_floats(n, [](auto x) {
            using T = decltype(x);
            return x * std::min(T(6), std::max(T(0), x + T(3))) / T(6);
          });
        },
    .permute = permute_element_wise,
    .kernel = kFloat32,
    .quantization = {.stored = kInt8, .int8_useful = {-3, kInfinity}, .eval = quantized::hard_swish},
};

constexpr OpRow kLogistic{
    .op = Op::LOGISTIC,
    .name = "LOGISTIC",
    .infer = same_as_input,
    .eval =
        [](Eval& n) {
          map_floats(n, [](auto x) {
            using T = decltype(x);
            return T(1) / (T(1) + std::exp(-x));
          });
        },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}},
    .kernel = kFloat32And16,
    .quantization = {.stored = kInt8And16,
                     .int8_result = {1.0F / 256, -128},
                     .int16_result = {1.0F / 32768, 0},
                     .int8_useful = {-6.24F, 6.24F},  // 1 / (1 + e^6.24) is half of 1/256
                     .int16_useful = {-11.1F, 11.1F},
                     .eval = quantized::logistic},
};

constexpr OpRow kTanh{
    .op = Op::TANH,
    .name = "TANH",
    .infer = same_as_input,
    .eval = [](Eval& n) { map_floats(n, [](auto x) { return std::tanh(x); }); },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}},
    .kernel = kFloat32And16,
    .quantization = {.stored = kInt8And16,
                     .int8_result = {1.0F / 128, 0},
                     .int16_result = {1.0F / 32768, 0},
                     .int8_useful = {-3.12F, 3.12F},  // 1 - tanh(3.12) is half of 1/128
                     .int16_useful = {-5.9F, 5.9F},
                     .eval = quantized::tanh},
};

}  // namespace

void add_activation_ops(OpTable& table) {
  table.add(kRelu);
  table.add(kRelu6);
  table.add(kReluN1To1);
  table.add(kRelu0To1);
  table.add(kLeakyRelu);
  table.add(kPrelu);
  table.add(kElu);
  table.add(kGelu);
  table.add(kHardSwish);
  table.add(kLogistic);
  table.add(kTanh);
}

}  // namespace tolite
