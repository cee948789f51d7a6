// QUANTIZE and DEQUANTIZE: the steps of a scale, its ends, scales along an axis, and what has none.
#include <limits>

#include "lite/text.h"
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

Tensor run(const std::string& text, const Tensor& x) {
  const Model model = parse_model(text, op_table());
  return evaluate::Evaluator(model, op_table(), evaluate::Evaluator::Kernels::reference)
      .run(GraphId(std::size_t{0}), std::vector<Tensor>{x})[0];
}

using Numbers = std::vector<double>;

TEST(Quantize, RoundsHalvesAwayFromZeroAndStaysInTheType) {
  const std::string text = R"(
graph @main(%0: float32[10] "x") {
  %1 = QUANTIZE(%0) {type=int8} : int8[10] quant(scale [0.5], zero_point [-3])
  return %1
}
)";
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Tensor x = floats({10}, {0, 0.25, -0.25, 0.24, 1, 65.4, 1e30, -1e30, infinity, -infinity});
  EXPECT_EQ(values_of(run(text, x)), (Numbers{-3, -2, -4, -3, -1, 127, 127, -128, 127, -128}));
}

TEST(Quantize, TakesAScaleForEachSliceOfAnAxis) {
  const std::string text = R"(
graph @main(%0: float32[2, 3, 2] "x") {
  %1 = QUANTIZE(%0) {type=int16} : int16[2, 3, 2] quant(scale [1, 0.5, 0.25], axis 1)
  %2 = DEQUANTIZE(%1) : float32[2, 3, 2]
  return %1
}
)";
  const Tensor x = floats({2, 3, 2}, Numbers(12, 3));
  EXPECT_EQ(values_of(run(text, x)), (Numbers{3, 3, 6, 6, 12, 12, 3, 3, 6, 6, 12, 12}));
}

TEST(Dequantize, UndoesIt) {
  const std::string text = R"(
graph @main(%0: float32[2, 2] "x") {
  %1 = QUANTIZE(%0) {type=uint8} : uint8[2, 2] quant(scale [0.5, 2], zero_point [128, 10], axis 1)
  %2 = DEQUANTIZE(%1) : float32[2, 2]
  return %2
}
)";
  EXPECT_EQ(values_of(run(text, floats({2, 2}, {-64.2, -19.5, 63.5, 1000}))), (Numbers{-64, -20, 63.5, 490}));
}

TEST(Dequantize, NeedsAScale) {
  OneOp t(Op::DEQUANTIZE, {integer_tensor(Type::int8, {1}, std::vector<std::int64_t>{1})}, {});
  EXPECT_THROW(t.run(), Error);
}

TEST(Quantize, HasNoConstantWithoutAScale) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId stored = b(Op::QUANTIZE, {b.constant(floats({1}, {1}))}, {{Attr::type, Type::int8}});
  EXPECT_EQ(b.constant_of(stored), nullptr);
}

}  // namespace
}  // namespace tolite
