// Pooling: AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D.
#include <cmath>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/quantization_specs.h"
#include "ops/versions.h"
#include "ops/window.h"

namespace tolite {
namespace {

void infer_pool(Infer& n) {
  const std::vector<Dim> x = dims_of_rank(n, 0, 4);
  n.output(0, n.type(0),
           Shape{x[0], window_output(n, x[1], n.integer(Attr::filter_height), n.integer(Attr::stride_h), 1),
                 window_output(n, x[2], n.integer(Attr::filter_width), n.integer(Attr::stride_w), 1), x[3]});
}

// Part of an axis that a window covers: padding is cut off, it counts neither as a value nor as an element.
struct Range {
  std::int64_t begin;
  std::int64_t end;
  Range(const Window& window, std::int64_t before, std::int64_t input, std::int64_t o)
      : begin(std::max<std::int64_t>(o * window.stride - before, 0)),
        end(std::min(input, o * window.stride - before + window.filter)) {}
  std::int64_t size() const { return std::max<std::int64_t>(end - begin, 0); }
};

// `add` takes an element into the accumulator, `finish` makes the result of it and the number of elements.
template <typename T, typename Add, typename Finish>
void pool(Eval& n, T start, Add add, Finish finish) {
  const Tensor& input = n.in(0);
  if (input.dims.size() != 4) n.fail("the operand does not have rank 4");
  const Window h{n.integer(Attr::filter_height), n.integer(Attr::stride_h), 1, n.padding()};
  const Window w{n.integer(Attr::filter_width), n.integer(Attr::stride_w), 1, n.padding()};
  if (!h.valid() || !w.valid()) n.fail("a filter or stride is not positive");
  const std::int64_t height = input.dims[1];
  const std::int64_t width = input.dims[2];
  const std::int64_t channels = input.dims[3];
  const std::int64_t rows = h.output(height);
  const std::int64_t columns = w.output(width);
  const Elements<T> x = elements<T>(input);
  const ActivationRange clamp(n);
  T* y = n.out_as<T>(0, input.type, {input.dims[0], rows, columns, channels});

  const auto work = static_cast<std::size_t>(width * channels) *
                    static_cast<std::size_t>(std::min(h.filter, height) * std::min(w.filter, width));
  parallel_for(static_cast<std::size_t>(checked_mul(input.dims[0], rows)), work, [&](std::size_t row) {
    const auto r = static_cast<std::int64_t>(row);
    const Range ys(h, h.before(height), height, r % rows);
    for (std::int64_t ox = 0; ox < columns; ++ox) {
      T* out = y + (r * columns + ox) * channels;
      std::fill(out, out + channels, start);
      const Range xs(w, w.before(width), width, ox);
      for (std::int64_t iy = ys.begin; iy < ys.end; ++iy) {
        for (std::int64_t ix = xs.begin; ix < xs.end; ++ix) {
          const auto from = static_cast<std::size_t>(((r / rows * height + iy) * width + ix) * channels);
          for (std::int64_t c = 0; c < channels; ++c) out[c] = add(out[c], x[from + static_cast<std::size_t>(c)]);
        }
      }
      const auto count = static_cast<float>(ys.size() * xs.size());
      for (std::int64_t c = 0; c < channels; ++c) out[c] = clamp(finish(out[c], count));
    }
  });
}

template <typename T>
void largest(Eval& n) {
  pool<T>(
      n, std::numeric_limits<T>::lowest(), [](T most, T x) { return std::max(most, x); },
      [](T most, float) { return most; });
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

// The mean of integers depends on their quantization.
template <typename Add, typename Finish>
void pool_floats(Eval& n, Add add, Finish finish) {
  if (n.in(0).type != Type::float32) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  pool<float>(n, 0, add, finish);
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
    .quantization = kPassesInt8And16,
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
    .quantization = kPassesInt8And16,
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
