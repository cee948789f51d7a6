// Element-wise arithmetic of one operand, and the error functions that only exist inside.
#include <cmath>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/known.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

template <typename F>
void map_numbers(Eval& n, F f) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    map_elements<T>(n, [f](T x) { return f(static_cast<Computed<T>>(x)); });
  });
}

constexpr OpRow unary(Op op, std::string_view name, std::uint8_t options, void (*eval)(Eval&), TypeSet types,
                      VersionRules version = {}, QuantizationSpec quantization = {}) {
  return {.op = op,
          .name = name,
          .options = {.builtin_options = options},
          .infer = same_as_input,
          .eval = eval,
          .permute = permute_element_wise,
          .version = version,
          .kernel = {types},
          .quantization = quantization};
}

constexpr TypeSet kFloat32{Type::float32};
constexpr TypeSet kFloat32And16{Type::float32, Type::float16};

template <typename T>
T negated(T x) {
  if constexpr (std::is_integral_v<T>) {
    return wrapping_sub(T(0), x);
  } else {
    return -x;
  }
}

template <typename T>
T absolute(T x) {
  if constexpr (std::is_integral_v<T>) {
    return x < 0 ? negated(x) : x;
  } else {
    return std::abs(x);
  }
}

constexpr OpRow kAbs = unary(
    Op::ABS, "ABS", 78, [](Eval& n) { map_numbers(n, [](auto x) { return absolute(x); }); },
    {Type::float32, Type::int16, Type::int32},
    {{input_is<Type::int32>, 5},
     {input_is_quantized<Type::int16>, 3},
     {input_is_plain<Type::int16>, 4},
     {input_is_any<Type::int8, Type::uint8>, 2}},
    computes_int8_and_16(quantized::abs));

constexpr OpRow kNeg = {
    .op = Op::NEG,
    .name = "NEG",
    .options = {.builtin_options = 42},
    .infer =
        [](Infer& n) {
          same_as_input(n);
          infer_known_map(n, [](Symbols& s, Dim a) { return s.sub(0, a); });
        },
    .eval = [](Eval& n) { map_numbers(n, [](auto x) { return negated(x); }); },
    .permute = permute_element_wise,
    .kernel = {{Type::float32, Type::float16, Type::int8, Type::int16, Type::int32, Type::int64}},
};

constexpr OpRow kSign =
    unary(Op::SIGN, "SIGN", 123,
          [](Eval& n) {
            map_numbers(n, [](auto x) {
              using T = decltype(x);
              return static_cast<T>(x > 0 ? T(1) : x < 0 ? T(-1) : x);  // zero and NaN are their own sign
            });
          },
          {Type::float32, Type::float64, Type::int32}, {{input_is<Type::int32>, 2}});

constexpr OpRow kSquare = unary(
    Op::SQUARE, "SQUARE", 66, [](Eval& n) { map_numbers(n, [](auto x) { return wrapping_mul(x, x); }); }, kFloat32);

constexpr OpRow kExp = unary(
    Op::EXP, "EXP", 33, [](Eval& n) { map_floats(n, [](auto x) { return std::exp(x); }); }, kFloat32,
    {{input_is_any<Type::int8, Type::int16>, 2}}, computes_int8_and_16(quantized::exp));

constexpr OpRow kLog = unary(
    Op::LOG, "LOG", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::log(x); }); }, kFloat32,
    {{input_is_any<Type::int8, Type::int16>, 2}}, computes_int8_and_16(quantized::log));

// The kernels fail if an element is negative: with int16, whose zero point is 0, one may be by a rounding error.
constexpr OpRow kSqrt = unary(
    Op::SQRT, "SQRT", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::sqrt(x); }); }, kFloat32,
    {{input_is_any<Type::int8, Type::int16>, 2}}, computes_int8(quantized::sqrt));

constexpr OpRow kRsqrt = unary(
    Op::RSQRT, "RSQRT", 0, [](Eval& n) { map_floats(n, [](auto x) { return decltype(x)(1) / std::sqrt(x); }); },
    kFloat32, {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}}, computes_int8(quantized::rsqrt));

constexpr OpRow kSin = unary(Op::SIN, "SIN", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::sin(x); }); },
                             kFloat32And16, {{input_is<Type::float16>, 2}});

constexpr OpRow kCos = unary(Op::COS, "COS", 84, [](Eval& n) { map_floats(n, [](auto x) { return std::cos(x); }); },
                             kFloat32And16, {{input_is<Type::float16>, 2}});

constexpr OpRow kCeil = unary(
    Op::CEIL, "CEIL", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::ceil(x); }); }, kFloat32);

constexpr OpRow kFloor = unary(
    Op::FLOOR, "FLOOR", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::floor(x); }); }, kFloat32And16);

// Half to even: the rounding mode that every thread starts with.
constexpr OpRow kRound = unary(
    Op::ROUND, "ROUND", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::nearbyint(x); }); }, kFloat32And16);

constexpr OpRow kErf =
    unary(Op::TF_ERF, "TF_ERF", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::erf(x); }); }, {});

constexpr OpRow kErfc =
    unary(Op::TF_ERFC, "TF_ERFC", 0, [](Eval& n) { map_floats(n, [](auto x) { return std::erfc(x); }); }, {});

}  // namespace

void add_unary_ops(OpTable& table) {
  for (const OpRow* row : {&kAbs, &kNeg, &kSign, &kSquare, &kExp, &kLog, &kSqrt, &kRsqrt, &kSin, &kCos, &kCeil, &kFloor,
                           &kRound, &kErf, &kErfc}) {
    table.add(*row);
  }
}

}  // namespace tolite
