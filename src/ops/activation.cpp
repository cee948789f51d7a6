// Activations: RELU, RELU6, RELU_N1_TO_1, LEAKY_RELU, LOGISTIC, TANH, ...
#include <algorithm>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/versions.h"

namespace tolite {
namespace {

constexpr OpRow kLeakyRelu{
    .op = Op::LEAKY_RELU,
    .name = "LEAKY_RELU",
    .options = {.builtin_options = 75},
    .attrs = {{Attr::alpha, AttrKind::float32}},
    .infer = same_as_input,
    .eval =
        [](Eval& n) {
          const float alpha = n.real(Attr::alpha);
          map_elements<float>(n, [alpha](float x) { return x < 0 ? x * alpha : x; });
        },
    .version = {{input_is<Type::int8>, 2}, {input_is<Type::int16>, 2}},
};

}  // namespace

void add_activation_ops(OpTable& table) { table.add(kLeakyRelu); }

}  // namespace tolite
