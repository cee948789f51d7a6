// QUANTIZE and DEQUANTIZE: real numbers become stored ones, real = scale * (stored - zero point), and float32 again.
// The scales stand with the value that is stored. Of a constant the runtime dequantizes once, when it loads the model.
#include <algorithm>
#include <cmath>
#include <limits>

#include "lite/infer.h"
#include "lite/permute.h"
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

using StoredTypes = TypeList<std::int8_t, std::uint8_t, std::int16_t>;

/// How result 0 is stored; null if it is not quantized.
const Quantization* of_result(const NodeView& n) {
  const QuantizationId id = n.graph()[n.graph().result(n.id())].quantization;
  return id ? &n.model().quantizations[id.index] : nullptr;
}

/// The scale and zero point of each element of a tensor.
class Scales {
 public:
  Scales(Eval& n, const Quantization* q, const Tensor& x) {
    if (q == nullptr || q->scales.empty()) n.fail("the stored elements have no scale");
    scales_ = q->scales;
    zero_points_.assign(scales_.size(), 0);
    if (!q->zero_points.empty()) zero_points_ = q->zero_points;
    const auto axis = static_cast<std::size_t>(q->axis);
    const bool fits = scales_.size() == 1 || (q->axis >= 0 && axis < x.dims.size() &&
                                              x.dims[axis] == static_cast<std::int64_t>(scales_.size()));
    if (!fits || zero_points_.size() != scales_.size()) n.fail("the scales do not fit the elements");
    for (std::size_t i = axis + 1; scales_.size() > 1 && i < x.dims.size(); ++i)
      inner_ *= static_cast<std::size_t>(x.dims[i]);
  }

  /// y[i] = f(i, scale, zero point) for every element.
  template <typename R, typename F>
  void write(R* y, std::size_t count, F f) const {
    parallel_ranges(count, kElementGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t channel = scales_.size() == 1 ? 0 : i / inner_ % scales_.size();
        y[i] = f(i, scales_[channel], static_cast<double>(zero_points_[channel]));
      }
    });
  }

 private:
  std::vector<float> scales_;
  std::vector<std::int64_t> zero_points_;
  std::size_t inner_ = 1;
};

/// Halves are rounded away from zero; what is out of range, or no number, is stored as an end of it.
void eval_quantize(Eval& n) {
  if (n.in(0).type != Type::float32) n.fail("there is no kernel for " + std::string(type_name(n.in(0).type)));
  const Elements<float> x = elements<float>(n.in(0));
  const Scales scales(n, of_result(n), n.in(0));
  with_type(n, n.output_type(), StoredTypes{}, [&](auto tag) {
    using T = decltype(tag);
    constexpr double low = std::numeric_limits<T>::min();
    constexpr double high = std::numeric_limits<T>::max();
    T* y = n.out_as<T>(0, type_of<T>, n.in(0).dims);
    scales.write(y, x.size(), [&](std::size_t i, float scale, double zero_point) {
      const double stored = static_cast<double>(std::round(x[i] / scale)) + zero_point;
      return static_cast<T>(stored > low ? std::min(stored, high) : low);
    });
  });
}

void eval_dequantize(Eval& n) {
  if (n.in(0).type == Type::float16) return map_elements<Half, float>(n, [](Half x) { return static_cast<float>(x); });
  const Scales scales(n, n.quantization(0), n.in(0));
  with_type(n, n.in(0).type, StoredTypes{}, [&](auto tag) {
    const Elements<decltype(tag)> x = elements<decltype(tag)>(n.in(0));
    float* y = n.out_as<float>(0, Type::float32, n.in(0).dims);
    scales.write(y, x.size(), [&](std::size_t i, float scale, double zero_point) {
      return scale * static_cast<float>(static_cast<double>(x[i]) - zero_point);
    });
  });
}

/// Scales along an axis would go with it.
bool permute_one_scale(Permute& n, const Quantization* q) { return q != nullptr && q->scales.size() == 1 && n.data(0); }

template <Type T>
bool gives(const NodeView& n) {
  return n.output_type() == T;
}

bool gives_per_channel(const NodeView& n) {
  const Quantization* q = of_result(n);
  return q != nullptr && q->scales.size() > 1;
}

constexpr OpRow kQuantize{
    .op = Op::QUANTIZE,
    .name = "QUANTIZE",
    .options = {.builtin_options = 89},
    .attrs = {{.attr = Attr::type, .kind = AttrKind::type, .inside = true}},
    .infer = [](Infer& n) { n.output(0, n.element_type(Attr::type), n.shape(0)); },
    .eval = eval_quantize,
    .permute = [](Permute& n) { return permute_one_scale(n, of_result(n)); },
    .version = {{gives<Type::uint4>, 5}, {gives<Type::int4>, 4}, {gives_per_channel, 3}, {gives<Type::int16>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::uint8, Type::int16, Type::int32}},
    .quantization = {.eval = quantized::requantize},
};

constexpr OpRow kDequantize{
    .op = Op::DEQUANTIZE,
    .name = "DEQUANTIZE",
    .options = {.builtin_options = 38},
    .infer = [](Infer& n) { n.output(0, Type::float32, n.shape(0)); },
    .eval = eval_dequantize,
    .permute = [](Permute& n) { return permute_one_scale(n, n.quantization(0)); },
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

void add_quantization_ops(OpTable& table) {
  table.add(kQuantize);
  table.add(kDequantize);
}

}  // namespace tolite
