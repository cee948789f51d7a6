// Along one axis: ARG_MAX, ARG_MIN, TOPK_V2, CUMSUM.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/checked.h"
#include "ops/axes.h"
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/quantization_specs.h"
#include "ops/versions.h"

namespace tolite {
namespace {

/// A tensor seen as [outer, size, inner], the axis in the middle.
struct AxisView {
  std::size_t axis = 0;
  std::size_t outer = 1;
  std::size_t size = 1;
  std::size_t inner = 1;

  AxisView(const Eval& n, const Tensor& tensor, std::int64_t at) {
    const auto resolved = resolve_axis(at, tensor.dims.size());
    if (!resolved) n.fail("axis " + std::to_string(at) + " does not exist");
    axis = *resolved;
    for (std::size_t i = 0; i < axis; ++i) outer *= static_cast<std::size_t>(tensor.dims[i]);
    size = static_cast<std::size_t>(tensor.dims[axis]);
    for (std::size_t i = axis + 1; i < tensor.dims.size(); ++i) inner *= static_cast<std::size_t>(tensor.dims[i]);
  }
};

// ---- ARG_MAX, ARG_MIN: of equal elements the first.

void infer_arg(Infer& n) {
  const Type type = n.element_type(Attr::output_type);
  n.require(type == Type::int32 || type == Type::int64, "the output type is neither int32 nor int64");
  const Shape& shape = n.shape(0);
  const auto axis = n.integers(1);
  if (!shape.ranked()) return n.output(0, type, Shape::unranked());
  n.require(shape.rank() > 0, "the input is a scalar");
  std::vector<Dim> dims = shape.dims();
  if (axis && axis->size() == 1) {
    const auto at = resolve_axis(axis->front(), shape.rank());
    n.require(at.has_value(), "the axis does not exist");
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(*at));
  } else {
    dims.pop_back();
    for (Dim& d : dims) d = n.dims().fresh();
  }
  n.output(0, type, Shape(std::move(dims)));
}

template <typename R, typename F>
void arg(Eval& n, F better) {
  const Tensor& input = n.in(0);
  const AxisView view(n, input, n.in_integer(1));
  if (view.size == 0) n.fail("the axis has no elements");
  std::vector<std::int64_t> dims = input.dims;
  dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(view.axis));
  R* y = n.out_as<R>(0, type_of<R>, std::move(dims));
  with_type(n, input.type, AllTypes{}, [&](auto tag) {
    using T = decltype(tag);
    const Elements<T> x = elements<T>(input);
    parallel_ranges(view.outer * view.inner, std::max<std::size_t>(1, kElementGrain / view.size),
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t i = begin; i < end; ++i) {
                        const std::size_t from = i / view.inner * view.size * view.inner + i % view.inner;
                        std::size_t best = 0;
                        for (std::size_t k = 1; k < view.size; ++k) {
                          if (better(static_cast<Computed<T>>(x[from + k * view.inner]),
                                     static_cast<Computed<T>>(x[from + best * view.inner]))) {
                            best = k;
                          }
                        }
                        y[i] = static_cast<R>(best);
                      }
                    });
  });
}

template <typename F>
void eval_arg(Eval& n, F better) {
  if (n.element_type(Attr::output_type) == Type::int64) return arg<std::int64_t>(n, better);
  arg<std::int32_t>(n, better);
}

constexpr TypeSet kArgTypes{Type::float32, Type::int32, Type::int8, Type::uint8, Type::boolean};

constexpr OpRow kArgMax{
    .op = Op::ARG_MAX,
    .name = "ARG_MAX",
    .options = {.builtin_options = 40},
    .attrs = {{Attr::output_type, AttrKind::type}},
    .infer = infer_arg,
    .eval = [](Eval& n) { eval_arg(n, [](auto a, auto b) { return a > b; }); },
    .version = {{input_is<Type::boolean>, 3}, {input_is<Type::int8>, 2}},
    .kernel = {kArgTypes},
    .quantization = {.stored = kInt8},
};

constexpr OpRow kArgMin{
    .op = Op::ARG_MIN,
    .name = "ARG_MIN",
    .options = {.builtin_options = 57},
    .attrs = {{Attr::output_type, AttrKind::type}},
    .infer = infer_arg,
    .eval = [](Eval& n) { eval_arg(n, [](auto a, auto b) { return a < b; }); },
    .version = {{input_is<Type::boolean>, 3}, {input_is<Type::int8>, 2}},
    .kernel = {kArgTypes},
    .quantization = {.stored = kInt8},
};

// ---- TOPK_V2: along the last axis, largest first; of equal elements the first.

void infer_top_k(Infer& n) {
  Shape shape = n.shape(0);
  if (shape.ranked()) {
    n.require(shape.rank() > 0, "the input is a scalar");
    const auto k = n.known(1);
    const bool known = k && k->size() == 1;
    if (known && k->front().known()) {
      n.require(k->front().number >= 0, "k is negative");
      n.require(!shape.last().known() || k->front().number <= shape.last().number, "k exceeds the last dimension");
    }
    shape[shape.rank() - 1] = known ? k->front() : n.dims().fresh();
  }
  n.output(0, n.type(0), shape);
  n.output(1, Type::int32, shape);
}

/// A strict order even with NaN, which counts as the smallest.
template <typename T>
bool ranks_before(T a, T b) {
  if constexpr (!std::is_integral_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
  }
  return a > b;
}

void eval_top_k(Eval& n) {
  const Tensor& input = n.in(0);
  const AxisView view(n, input, -1);
  const std::int64_t k = n.in_integer(1);
  if (k < 0 || k > static_cast<std::int64_t>(view.size)) n.fail("k exceeds the last dimension");
  std::vector<std::int64_t> dims = input.dims;
  dims.back() = k;
  with_type(n, input.type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    const Elements<T> x = elements<T>(input);
    T* values = n.out_as<T>(0, input.type, dims);
    auto* indices = n.out_as<std::int32_t>(1, Type::int32, dims);
    const auto count = static_cast<std::size_t>(k);
    parallel_ranges(view.outer, std::max<std::size_t>(1, kElementGrain / std::max<std::size_t>(1, view.size)),
                    [&](std::size_t begin, std::size_t end) {
                      std::vector<std::int32_t> order(view.size);
                      for (std::size_t row = begin; row < end; ++row) {
                        const std::size_t from = row * view.size;
                        const auto value = [&](std::int32_t i) {
                          return static_cast<Computed<T>>(x[from + static_cast<std::size_t>(i)]);
                        };
                        std::iota(order.begin(), order.end(), 0);
                        std::partial_sort(order.begin(), order.begin() + k, order.end(),
                                          [&](std::int32_t a, std::int32_t b) {
                                            if (ranks_before(value(a), value(b))) return true;
                                            return !ranks_before(value(b), value(a)) && a < b;
                                          });
                        for (std::size_t i = 0; i < count; ++i) {
                          values[row * count + i] = x[from + static_cast<std::size_t>(order[i])];
                          indices[row * count + i] = order[i];
                        }
                      }
                    });
  });
}

bool top_k_of_int16(const NodeView& n) {
  return n.type(0) == Type::int16 || n.type(1) == Type::int16 || n.output_type(1) == Type::int16;
}

constexpr OpRow kTopK{
    .op = Op::TOPK_V2,
    .name = "TOPK_V2",
    .options = {.builtin_options = 34},
    .results = 2,
    .infer = infer_top_k,
    .eval = eval_top_k,
    .version = {{top_k_of_int16, 3}, {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::uint8, Type::int16, Type::int32, Type::int64}},
    .quantization = kSharesInt8,
};

// ---- CUMSUM.

void eval_cumsum(Eval& n) {
  const Tensor& input = n.in(0);
  const AxisView view(n, input, n.in_integer(1));
  const bool exclusive = n.flag(Attr::exclusive);
  const bool reverse = n.flag(Attr::reverse);
  with_type(n, input.type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    const Elements<T> x = elements<T>(input);
    T* y = n.out_as<T>(0, input.type, input.dims);
    for (std::size_t o = 0; o < view.outer; ++o) {
      for (std::size_t i = 0; i < view.inner; ++i) {
        Computed<T> sum = 0;
        for (std::size_t step = 0; step < view.size; ++step) {
          const std::size_t k = reverse ? view.size - 1 - step : step;
          const std::size_t at = (o * view.size + k) * view.inner + i;
          if (exclusive) y[at] = static_cast<T>(sum);
          sum = wrapping_add<Computed<T>>(sum, static_cast<Computed<T>>(x[at]));
          if (!exclusive) y[at] = static_cast<T>(sum);
        }
      }
    }
  });
}

constexpr OpRow kCumsum{
    .op = Op::CUMSUM,
    .name = "CUMSUM",
    .options = {.builtin_options = 102},
    .attrs = {{Attr::exclusive, AttrKind::boolean}, {Attr::reverse, AttrKind::boolean}},
    .infer = same_as_input,
    .eval = eval_cumsum,
    .kernel = {{Type::float32, Type::int32, Type::int64}},
};

}  // namespace

void add_arg_ops(OpTable& table) {
  for (const OpRow* row : {&kArgMax, &kArgMin, &kTopK, &kCumsum}) table.add(*row);
}

}  // namespace tolite
