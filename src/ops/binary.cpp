// Element-wise arithmetic of two operands with broadcasting, and ADD_N.
#include <cmath>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/inference.h"
#include "ops/known.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

template <KnownFunction known>
void infer_integers(Infer& n) {
  broadcast_inputs(n);
  infer_known(n, known);
}

std::optional<Dim> known_floor_div(Symbols& s, Dim a, Dim b) { return s.floor_div(a, b); }

/// DIV rounds towards zero, which is the same where nothing is negative.
std::optional<Dim> known_div(Symbols& s, Dim a, Dim b) {
  if (!never_negative(s, a) || !never_negative(s, b)) return std::nullopt;
  return s.floor_div(a, b);
}

std::optional<Dim> known_floor_mod(Symbols& s, Dim a, Dim b) { return s.sub(a, s.mul(s.floor_div(a, b), b)); }

/// Result 0 = activation(f(a, b)) for operands of the types in the list.
template <typename List, typename F>
void zip_types(Eval& n, List types, F f) {
  with_type(n, n.in(0).type, types, [&](auto tag) {
    using T = decltype(tag);
    zip_elements<T>(n, [f](T a, T b) { return f(static_cast<Computed<T>>(a), static_cast<Computed<T>>(b)); });
  });
}

template <typename F>
void zip_and_clamp(Eval& n, F f) {
  const ActivationRange activation(n);
  if (n.activation() == Activation::NONE) return zip_types(n, NumberTypes{}, f);
  zip_types(n, TypeList<float, Half, std::int32_t, std::int64_t>{},
            [f, activation](auto a, auto b) { return activation(f(a, b)); });
}

/// Division of integers by zero stops the runtime; here it stops the evaluation.
void forbid_zero_divisor(const Eval& n) {
  const Tensor& b = n.in(1);
  if (!is_integer(b.type)) return;
  for (std::int64_t i = 0; i < b.element_count(); ++i) {
    if (element_as_int64(b, i) == 0) n.fail("division by zero");
  }
}

template <typename T>
T power(T base, T exponent) {
  T result = 1;
  for (; exponent > 0; exponent = static_cast<T>(exponent / 2)) {
    if (exponent % 2 != 0) result = wrapping_mul(result, base);
    base = wrapping_mul(base, base);
  }
  return result;
}

void eval_pow(Eval& n) {
  if (!is_integer(n.in(0).type)) {
    return zip_types(n, FloatTypes{}, [](auto a, auto b) { return std::pow(a, b); });
  }
  const Tensor& exponent = n.in(1);
  for (std::int64_t i = 0; i < exponent.element_count(); ++i) {
    if (element_as_int64(exponent, i) < 0) n.fail("an integer has a negative exponent");
  }
  zip_types(n, IntegerTypes{}, [](auto a, auto b) { return power(a, b); });
}

bool int16_of_any_scale(const NodeView& n) { return n.type(0) == Type::int16 && !n.flag(Attr::pot_scale_int16); }

/// The product of the scales is not smaller than the result's scale.
bool scales_grow(const NodeView& n) {
  const Quantization* a = n.quantization(0);
  const Quantization* b = n.quantization(1);
  const QuantizationId out = n.graph()[n.graph().result(n.id())].quantization;
  if (a == nullptr || b == nullptr || !out || a->scales.empty() || b->scales.empty()) return false;
  const Quantization& c = n.model().quantizations[out.index];
  return !c.scales.empty() && c.scales[0] != 0 && a->scales[0] != 0 && b->scales[0] != 0 &&
         a->scales[0] * b->scales[0] / c.scales[0] >= 1;
}

constexpr OpRow kAdd{
    .op = Op::ADD,
    .name = "ADD",
    .options = {.builtin_options = 11},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation}, {Attr::pot_scale_int16, AttrKind::boolean, 1}},
    .infer = infer_integers<known_add>,
    .eval = [](Eval& n) { zip_and_clamp(n, [](auto a, auto b) { return wrapping_add(a, b); }); },
    .permute = permute_element_wise,
    .version = {{input_is<Type::float16>, 6},
                {input_is_plain<Type::int16>, 5},
                {input_is<Type::int64>, 4},
                {int16_of_any_scale, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::int16, Type::int32, Type::int64}},
    .quantization = {.stored = kInt8And16, .sum_sign = 1, .eval = quantized::add},
};

constexpr OpRow kSub{
    .op = Op::SUB,
    .name = "SUB",
    .options = {.builtin_options = 28},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation}, {Attr::pot_scale_int16, AttrKind::boolean, 1}},
    .infer = infer_integers<known_sub>,
    .eval = [](Eval& n) { zip_and_clamp(n, [](auto a, auto b) { return wrapping_sub(a, b); }); },
    .permute = permute_element_wise,
    .version = {{int16_of_any_scale, 5},
                {input_is<Type::int64>, 4},
                {broadcasts_beyond_rank_4, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int32, Type::int64}},
    .quantization = {.stored = kInt8And16, .sum_sign = -1, .eval = quantized::subtract},
};

constexpr OpRow kMul{
    .op = Op::MUL,
    .name = "MUL",
    .options = {.builtin_options = 21},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation}},
    .infer = infer_integers<known_mul>,
    .eval = [](Eval& n) { zip_and_clamp(n, [](auto a, auto b) { return wrapping_mul(a, b); }); },
    .permute = permute_element_wise,
    .version = {{input_is<Type::float16>, 8},
                {input_is_plain<Type::int16>, 7},
                {input_is<Type::uint32>, 7},
                {input_is<Type::complex64>, 6},
                {input_is<Type::int64>, 5},
                {input_is<Type::int16>, 4},
                {scales_grow, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::int16, Type::int32, Type::int64, Type::uint32, Type::complex64}},
    .quantization = computes_int8_and_16(quantized::multiply),
};

constexpr OpRow kDiv{
    .op = Op::DIV,
    .name = "DIV",
    .options = {.builtin_options = 29},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation}},
    .infer = infer_integers<known_div>,
    .eval =
        [](Eval& n) {
          forbid_zero_divisor(n);
          zip_and_clamp(n, [](auto a, auto b) { return truncating_div(a, b); });
        },
    .permute = permute_element_wise,
    .version = {{broadcasts_beyond_rank_4, 2}},
    .kernel = {{Type::float32, Type::int32}},
    .quantization = {.eval = quantized::divide},
};

constexpr OpRow kFloorDiv{
    .op = Op::FLOOR_DIV,
    .name = "FLOOR_DIV",
    .options = {.builtin_options = 65},
    .infer = infer_integers<known_floor_div>,
    .eval =
        [](Eval& n) {
          forbid_zero_divisor(n);
          zip_types(n, NumberTypes{}, [](auto a, auto b) { return floor_div(a, b); });
        },
    .permute = permute_element_wise,
    .version = {{input_is_any<Type::int8, Type::int16>, 3}, {input_is<Type::float32>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::int16, Type::int32}},
};

constexpr OpRow kFloorMod{
    .op = Op::FLOOR_MOD,
    .name = "FLOOR_MOD",
    .options = {.builtin_options = 72},
    .infer = infer_integers<known_floor_mod>,
    .eval =
        [](Eval& n) {
          forbid_zero_divisor(n);
          zip_types(n, NumberTypes{}, [](auto a, auto b) { return floor_mod(a, b); });
        },
    .permute = permute_element_wise,
    .version = {{input_is_any<Type::int8, Type::int16>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64}},
};

constexpr OpRow kPow{
    .op = Op::POW,
    .name = "POW",
    .options = {.builtin_options = 56},
    .infer = broadcast_inputs,
    .eval = eval_pow,
    .permute = permute_element_wise,
    .kernel = {{Type::float32, Type::int32}},
};

// With a NaN the comparison is false and the second operand wins, as in the runtime.
constexpr OpRow kMaximum{
    .op = Op::MAXIMUM,
    .name = "MAXIMUM",
    .options = {.builtin_options = 39},
    .infer = infer_integers<known_max>,
    .eval = [](Eval& n) { zip_types(n, NumberTypes{}, [](auto a, auto b) { return a > b ? a : b; }); },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 4}, {broadcasts_beyond_rank_4, 3}, {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64}},
    .quantization = kPassesInt8And16,
};

constexpr OpRow kMinimum{
    .op = Op::MINIMUM,
    .name = "MINIMUM",
    .options = {.builtin_options = 39},
    .infer = infer_integers<known_min>,
    .eval = [](Eval& n) { zip_types(n, NumberTypes{}, [](auto a, auto b) { return a < b ? a : b; }); },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int16>, 4}, {broadcasts_beyond_rank_4, 3}, {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64}},
    .quantization = kPassesInt8And16,
};

constexpr OpRow kSquaredDifference{
    .op = Op::SQUARED_DIFFERENCE,
    .name = "SQUARED_DIFFERENCE",
    .options = {.builtin_options = 76},
    .infer = broadcast_inputs,
    .eval =
        [](Eval& n) {
          zip_types(n, NumberTypes{}, [](auto a, auto b) {
            const auto d = wrapping_sub(a, b);
            return wrapping_mul(d, d);
          });
        },
    .permute = permute_element_wise,
    .version = {{input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int32}},
    .quantization = computes_int8(quantized::squared_difference),
};

constexpr OpRow kAtan2{
    .op = Op::ATAN2,
    .name = "ATAN2",
    .options = {.builtin_options = 122},
    .infer = broadcast_inputs,
    .eval = [](Eval& n) { zip_types(n, FloatTypes{}, [](auto a, auto b) { return std::atan2(a, b); }); },
    .permute = permute_element_wise,
    .kernel = {{Type::float32, Type::float16, Type::float64}},
};

void infer_add_n(Infer& n) {
  n.require(n.input_count() > 0, "no operands");
  Shape shape = n.shape(0);
  for (std::size_t i = 1; i < n.input_count(); ++i) {
    n.require(n.type(i) == n.type(0), "operands have different types");
    if (!shape.is_static()) shape = n.shape(i);
  }
  n.output(0, n.type(0), std::move(shape));
}

void eval_add_n(Eval& n) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    T* y = n.out_as<T>(0, n.in(0).type, n.in(0).dims);
    for (std::size_t k = 0; k < n.input_count(); ++k) {
      if (n.in(k).dims != n.in(0).dims || n.in(k).type != n.in(0).type) n.fail("operands have different shapes");
      const Elements<T> x = elements<T>(n.in(k));
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = wrapping_add<T>(y[i], x[i]);
    }
  });
}

constexpr OpRow kAddN{
    .op = Op::ADD_N,
    .name = "ADD_N",
    .options = {.builtin_options = 82},
    .infer = infer_add_n,
    .eval = eval_add_n,
    .permute = permute_element_wise,
    .kernel = {{Type::float32, Type::int32}},
};

}  // namespace

void add_binary_ops(OpTable& table) {
  for (const OpRow* row : {&kAdd, &kSub, &kMul, &kDiv, &kFloorDiv, &kFloorMod, &kPow, &kMaximum, &kMinimum,
                           &kSquaredDifference, &kAtan2, &kAddN}) {
    table.add(*row);
  }
}

}  // namespace tolite
