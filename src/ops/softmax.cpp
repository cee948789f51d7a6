// Normalisations along the last axis: SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION.
#include <algorithm>
#include <cmath>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/fused_activation.h"
#include "ops/inference.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

void infer_along_last_axis(Infer& n) {
  n.require(!n.shape(0).is_scalar(), "the input is a scalar: it has no last axis");
  same_as_input(n);
}

/// Calls f(row of operand 0, row of result 0, length), with rows of float or double in f's hands.
template <typename F>
void map_rows(Eval& n, F f) {
  with_type(n, n.in(0).type, FloatTypes{}, [&](auto tag) {
    using T = decltype(tag);
    using C = Computed<T>;
    const Tensor& input = n.in(0);
    if (input.dims.empty()) n.fail("the input is a scalar: it has no last axis");
    const Elements<T> x = elements<T>(input);
    T* y = n.out_as<T>(0, input.type, input.dims);
    const auto depth = static_cast<std::size_t>(input.dims.back());
    if (x.size() == 0) return;
    const std::size_t rows = x.size() / depth;
    parallel_ranges(rows, std::max<std::size_t>(1, kElementGrain / depth), [&](std::size_t begin, std::size_t end) {
      std::vector<C> row(depth);
      for (std::size_t r = begin; r < end; ++r) {
        for (std::size_t i = 0; i < depth; ++i) row[i] = static_cast<C>(x[r * depth + i]);
        f(std::span<C>(row));
        for (std::size_t i = 0; i < depth; ++i) y[r * depth + i] = static_cast<T>(row[i]);
      }
    });
  });
}

constexpr OpRow kSoftmax{
    .op = Op::SOFTMAX,
    .name = "SOFTMAX",
    .options = {.builtin_options = 9},
    .attrs = {{Attr::beta, AttrKind::float32}},
    .infer = infer_along_last_axis,
    .eval =
        [](Eval& n) {
          const float beta = n.real(Attr::beta);
          map_rows(n, [beta](auto row) {
            const auto most = *std::max_element(row.begin(), row.end());  // keeps exp() from overflowing
            std::remove_cv_t<decltype(most)> sum = 0;
            for (auto& v : row) sum += v = std::exp((v - most) * beta);
            for (auto& v : row) v /= sum;
          });
        },
    .permute = permute_last_stays,
    .version = {{input_is<Type::float16>, 4}, {input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16}},
    .quantization = {.stored = kInt8And16,
                     .int8_result = {1.0F / 256, -128},
                     .int16_result = {1.0F / 32768, 0},
                     .int8_reach = 12,  // a thousand of e^-12 are a step of the result
                     .int16_reach = 18,
                     .eval = quantized::softmax},
};

constexpr OpRow kLogSoftmax{
    .op = Op::LOG_SOFTMAX,
    .name = "LOG_SOFTMAX",
    .options = {.builtin_options = 36},
    .infer = infer_along_last_axis,
    .eval =
        [](Eval& n) {
          map_rows(n, [](auto row) {
            const auto most = *std::max_element(row.begin(), row.end());
            std::remove_cv_t<decltype(most)> sum = 0;
            for (const auto v : row) sum += std::exp(v - most);
            const auto log_sum = std::log(sum);
            for (auto& v : row) v = v - most - log_sum;
          });
        },
    .permute = permute_last_stays,
    .version = {{input_is<Type::int8>, 2}},
    .kernel = {{Type::float32}},
    .quantization = {.stored = kInt8, .int8_result = {16.0F / 256, 127}, .eval = quantized::log_softmax},
};

constexpr OpRow kL2Normalization{
    .op = Op::L2_NORMALIZATION,
    .name = "L2_NORMALIZATION",
    .options = {.builtin_options = 12},
    .attrs = {{Attr::fused_activation_function, AttrKind::activation}},
    .infer = infer_along_last_axis,
    .eval =
        [](Eval& n) {
          const ActivationRange activation(n);
          map_rows(n, [activation](auto row) {
            using C = std::remove_cvref_t<decltype(row[0])>;
            C squares = 0;
            for (const auto v : row) squares += v * v;
            const C norm = std::max(std::sqrt(squares), C(1e-6));  // the runtime's lower bound
            for (auto& v : row) v = activation(v / norm);
          });
        },
    .permute = permute_last_stays,
    .version = {{input_is<Type::int8>, 2}},
    .kernel = {{Type::float32}},
    .quantization = {.stored = kInt8, .int8_result = {1.0F / 128, 0}, .eval = quantized::l2_normalization},
};

}  // namespace

void add_softmax_ops(OpTable& table) {
  table.add(kSoftmax);
  table.add(kLogSoftmax);
  table.add(kL2Normalization);
}

}  // namespace tolite
