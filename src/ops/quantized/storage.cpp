// Reads scales from a model and checks that the kernels can compute with them.
#include "ops/quantized/storage.h"

#include "lite/op_row.h"

namespace tolite::quantized {
namespace {

void require_scale(const Eval& n, float scale) {
  if (!(scale > 0) || !std::isfinite(scale)) n.fail("a scale is not positive");
}

Storage storage(const Eval& n, Type type, const Quantization* q) {
  if (q == nullptr || q->scales.size() != 1) n.fail("a stored operand or result does not have one scale");
  require_scale(n, q->scales[0]);
  const std::int64_t zero_point = q->zero_points.empty() ? 0 : q->zero_points[0];
  const StoredRange range(type);
  if (zero_point < range.low || zero_point > range.high) n.fail("a zero point lies outside of the type");
  if (type != Type::int8 && type != Type::uint8 && zero_point != 0) n.fail("the zero point is not 0");
  return {type, q->scales[0], static_cast<std::int32_t>(zero_point)};
}

}  // namespace

const Quantization* quantization_of_result(const NodeView& n) {
  const QuantizationId id = n.graph()[n.graph().result(n.id())].quantization;
  return id ? &n.model().quantizations[id.index] : nullptr;
}

Storage storage_of_operand(const Eval& n, std::size_t i) { return storage(n, n.in(i).type, n.quantization(i)); }

Storage storage_of_result(const Eval& n) { return storage(n, n.output_type(), quantization_of_result(n)); }

std::vector<float> weight_scales(const Eval& n, std::size_t operand, std::size_t axis, std::int64_t channels) {
  const Quantization* q = n.quantization(operand);
  if (q == nullptr || q->scales.empty()) n.fail("the weights have no scale");
  for (const float scale : q->scales) require_scale(n, scale);
  for (const std::int64_t zero_point : q->zero_points) {
    if (zero_point != 0) n.fail("the weights have a zero point");
  }
  if (q->scales.size() == 1) return std::vector<float>(static_cast<std::size_t>(channels), q->scales[0]);
  if (static_cast<std::int64_t>(q->scales.size()) != channels || q->axis != static_cast<std::int32_t>(axis))
    n.fail("the scales do not fit the output channels");
  return q->scales;
}

StoredRange::StoredRange(Type type) {
  switch (type) {
    case Type::int8:
      low = std::numeric_limits<std::int8_t>::min();
      high = std::numeric_limits<std::int8_t>::max();
      break;
    case Type::uint8:
      high = std::numeric_limits<std::uint8_t>::max();
      break;
    case Type::int16:
      low = std::numeric_limits<std::int16_t>::min();
      high = std::numeric_limits<std::int16_t>::max();
      break;
    default:
      low = std::numeric_limits<std::int32_t>::min();
      high = std::numeric_limits<std::int32_t>::max();
  }
}

StoredRange::StoredRange(const Eval& n, const Storage& result, float from, float to) : StoredRange(result.type) {
  const auto store = [&](float real) {
    const float steps = std::round(real / result.scale);
    if (!(std::abs(steps) < 2147483648.0F)) n.fail("the scale is too small for the activation");
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(std::int64_t{result.zero_point} + static_cast<std::int64_t>(steps), low, high));
  };
  if (std::isfinite(from)) low = store(from);
  if (std::isfinite(to)) high = store(to);
}

StoredRange::StoredRange(const Eval& n, const Storage& result) : StoredRange(result.type) {
  if (n.row().attrs.find(Attr::fused_activation_function) == nullptr) return;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (n.activation()) {
    case Activation::NONE:
      return;
    case Activation::RELU:
      *this = StoredRange(n, result, 0, kInfinity);
      return;
    case Activation::RELU6:
      *this = StoredRange(n, result, 0, 6);
      return;
    case Activation::RELU_N1_TO_1:
      *this = StoredRange(n, result, -1, 1);
      return;
    default:
      n.fail("no kernel for this fused activation");
  }
}

void require_one_type(Eval& n, std::size_t a, std::size_t b) {
  if (n.in(a).type != n.in(b).type || n.output_type() != n.in(a).type)
    n.fail("operands and result are not stored as one type");
}

}  // namespace tolite::quantized
