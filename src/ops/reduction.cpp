// Reductions over axes: SUM, MEAN, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL.
#include <limits>

#include "ops/axes.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/known.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/reduce.h"
#include "ops/versions.h"

namespace tolite {
namespace {

// ---- Inference.

void infer_reduction(Infer& n) {
  const Shape& shape = n.shape(0);
  const auto axes = n.integers(1);
  const bool keep = n.flag(Attr::keep_dims);
  if (!shape.ranked() || (!axes && !keep)) return n.output(0, n.type(0), Shape::unranked());
  std::vector<bool> reduced(shape.rank(), !axes);  // axes that are not known yet: each may be
  if (axes) {
    for (const std::int64_t axis : *axes) {
      const auto at = resolve_axis(axis, shape.rank());
      if (!at) n.fail("axis " + std::to_string(axis) + " does not exist");
      reduced[*at] = true;
    }
  }
  std::vector<Dim> dims;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (!reduced[i]) {
      dims.push_back(shape[i]);
    } else if (keep) {
      dims.push_back(axes ? Dim(1) : n.dims().fresh());
    }
  }
  n.output(0, n.type(0), Shape(std::move(dims)));
}

template <KnownFunction known, int start>
void infer_known_sizes(Infer& n) {
  infer_reduction(n);
  infer_known_reduction(n, start, known);
}

// ---- Evaluation.

/// Floats are summed in double; integers wrap, and as their low bits do not depend on higher ones, so do wide sums.
template <typename T>
using Sum = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;

template <typename T, typename A>
T narrow(A a) {
  return static_cast<T>(static_cast<std::conditional_t<std::is_integral_v<T>, A, Computed<T>>>(a));
}

void eval_sum(Eval& n) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    using A = Sum<T>;
    reduce<T, A>(n, A(0), wrapping_add<A>, [](A a, std::size_t) { return narrow<T>(a); });
  });
}

void eval_mean(Eval& n) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    using A = Sum<T>;
    reduce<T, A>(n, A(0), wrapping_add<A>, [](A a, std::size_t count) {
      if (std::is_integral_v<T> && count == 0) return T(0);
      return narrow<T>(a / static_cast<A>(count));
    });
  });
}

void eval_prod(Eval& n) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    using A = Sum<T>;
    reduce<T, A>(n, A(1), wrapping_mul<A>, [](A a, std::size_t) { return narrow<T>(a); });
  });
}

template <typename F>
void extreme(Eval& n, bool from_lowest, F f) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    using A = Computed<T>;
    const A start = from_lowest ? std::numeric_limits<A>::lowest() : std::numeric_limits<A>::max();
    reduce<T, A>(n, start, f, [](A a, std::size_t) { return static_cast<T>(a); });
  });
}

constexpr AttrList kKeepDims{{Attr::keep_dims, AttrKind::boolean}};

constexpr OpRow reduction(Op op, std::string_view name, void (*infer)(Infer&), void (*eval)(Eval&), TypeSet types,
                          VersionRules version = {}, QuantizationSpec quantization = {}) {
  return {.op = op,
          .name = name,
          .options = {.builtin_options = 27},
          .attrs = kKeepDims,
          .infer = infer,
          .eval = eval,
          .permute = permute_reduction,
          .version = version,
          .kernel = {types},
          .quantization = quantization};
}

constexpr TypeSet kWide{Type::float32, Type::int32, Type::int64};
constexpr TypeSet kOrdered{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8};

constexpr OpRow kSum = reduction(Op::SUM, "SUM", infer_known_sizes<known_add, 0>, eval_sum, kWide,
                                 {{input_is<Type::int8>, 2}}, computes_int8_and_16(quantized::sum));
constexpr OpRow kMean =
    reduction(Op::MEAN, "MEAN", infer_reduction, eval_mean, kWide,
              {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}}, computes_int8_and_16(quantized::mean));
constexpr OpRow kProd =
    reduction(Op::REDUCE_PROD, "REDUCE_PROD", infer_known_sizes<known_mul, 1>, eval_prod, kWide,
              {{input_is_any<Type::int8, Type::int16>, 2}}, computes_int8_and_16(quantized::product));
constexpr OpRow kMax = reduction(
    Op::REDUCE_MAX, "REDUCE_MAX", infer_known_sizes<known_max, 0>,
    [](Eval& n) { extreme(n, true, [](auto a, auto b) { return a > b ? a : b; }); }, kOrdered,
    {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}}, kPassesInt8And16);
constexpr OpRow kMin = reduction(
    Op::REDUCE_MIN, "REDUCE_MIN", infer_known_sizes<known_min, 0>,
    [](Eval& n) { extreme(n, false, [](auto a, auto b) { return a < b ? a : b; }); }, kOrdered,
    {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}}, kPassesInt8And16);

template <bool start>
void eval_logic(Eval& n) {
  if (n.in(0).type != Type::boolean) n.fail("the operand is not bool");
  reduce<Bool, bool>(
      n, start, [](bool a, bool b) { return start ? a && b : a || b; }, [](bool a, std::size_t) { return Bool(a); });
}
constexpr OpRow kAny = reduction(Op::REDUCE_ANY, "REDUCE_ANY", infer_reduction, eval_logic<false>, {Type::boolean});
constexpr OpRow kAll = reduction(Op::REDUCE_ALL, "REDUCE_ALL", infer_reduction, eval_logic<true>, {Type::boolean});

}  // namespace

void add_reduction_ops(OpTable& table) {
  for (const OpRow* row : {&kSum, &kMean, &kProd, &kMax, &kMin, &kAny, &kAll}) table.add(*row);
}

}  // namespace tolite
