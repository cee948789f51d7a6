// Normalisation across channels: LOCAL_RESPONSE_NORMALIZATION. (Batch normalisation is arithmetic.)
#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "lite/eval.h"
#include "ops/families.h"
#include "ops/inference.h"

namespace tolite {
namespace {

// y = x * (bias + alpha * sum of the squares within `radius` channels) ^ -beta
void eval_local_response(Eval& n) {
  const Tensor& input = n.in(0);
  if (input.type != Type::float32) n.fail("there is no kernel for " + std::string(type_name(input.type)));
  if (input.dims.empty()) n.fail("the operand is a scalar");
  const Elements<float> x = elements<float>(input);
  const std::int64_t channels = input.dims.back();
  const std::int64_t radius = n.integer(Attr::radius);
  const float bias = n.real(Attr::bias);
  const float alpha = n.real(Attr::alpha);
  const float beta = n.real(Attr::beta);
  float* y = n.out_as<float>(0, Type::float32, input.dims);
  if (x.size() == 0) return;
  parallel_for(x.size() / static_cast<std::size_t>(channels), static_cast<std::size_t>(channels) * 32,
               [&](std::size_t pixel) {
                 const std::size_t from = pixel * static_cast<std::size_t>(channels);
                 for (std::int64_t c = 0; c < channels; ++c) {
                   float sum = 0;
                   const std::int64_t end = std::min(channels, c + radius + 1);
                   for (std::int64_t k = std::max<std::int64_t>(0, c - radius); k < end; ++k) {
                     const float v = x[from + static_cast<std::size_t>(k)];
                     sum += v * v;
                   }
                   const std::size_t i = from + static_cast<std::size_t>(c);
                   y[i] = x[i] * std::pow(bias + alpha * sum, -beta);
                 }
               });
}

constexpr OpRow kLocalResponseNormalization{
    .op = Op::LOCAL_RESPONSE_NORMALIZATION,
    .name = "LOCAL_RESPONSE_NORMALIZATION",
    .options = {.builtin_options = 13},
    .attrs = {{Attr::radius, AttrKind::int32},
              {Attr::bias, AttrKind::float32},
              {Attr::alpha, AttrKind::float32},
              {Attr::beta, AttrKind::float32}},
    .infer = same_as_input,
    .eval = eval_local_response,
    .kernel = {{Type::float32}},
};

}  // namespace

void add_normalization_ops(OpTable& table) { table.add(kLocalResponseNormalization); }

}  // namespace tolite
