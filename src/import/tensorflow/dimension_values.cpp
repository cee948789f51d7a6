// Looks symbols up in the shapes of a graph.
#include "import/tensorflow/dimension_values.h"

#include <algorithm>

namespace tolite::tensorflow {
namespace {

// Expressions over symbols are as deep as a network changes a size; a file can make them deeper.
constexpr int kDeepest = 32;

/// Dimension `axis` of x as an int32 vector of one element.
ValueId dimension_of(Builder& b, ValueId x, std::size_t axis) {
  const ValueId shape = b(Op::SHAPE, {x}, {{Attr::out_type, Type::int32}});
  const auto begin = static_cast<std::int64_t>(axis);
  return b(Op::STRIDED_SLICE, {shape, b.int32s({begin}), b.int32s({begin + 1}), b.int32s({1})});
}

Op op_of(DimOp op) {
  switch (op) {
    case DimOp::add:
      return Op::ADD;
    case DimOp::sub:
      return Op::SUB;
    case DimOp::mul:
      return Op::MUL;
    case DimOp::floor_div:
      return Op::FLOOR_DIV;
    case DimOp::min:
      return Op::MINIMUM;
    default:
      return Op::MAXIMUM;
  }
}

ValueId dimension_value(Builder& b, Dim dim, int depth) {
  if (dim.known()) return b.int32s({dim.number});
  // Inputs first: they are there whatever becomes of the rest.
  for (std::size_t i = 0; i < b.graph().value_count(); ++i) {
    const ValueId v(i);
    const Value& value = b.graph()[v];
    if (!value.alive || value.constant || value.type == Type::none || value.type == Type::resource) continue;
    const auto& dims = value.shape.dims();
    const auto at = std::find(dims.begin(), dims.end(), dim);
    if (at != dims.end()) return dimension_of(b, v, static_cast<std::size_t>(at - dims.begin()));
  }
  const Symbol symbol = b.dims()[dim.symbol];
  if (symbol.op == DimOp::unknown || depth == 0) return {};
  const ValueId left = dimension_value(b, symbol.left, depth - 1);
  const ValueId right = left ? dimension_value(b, symbol.right, depth - 1) : ValueId();
  return right ? b(op_of(symbol.op), {left, right}) : ValueId();
}

}  // namespace

ValueId dimension_values(Builder& b, const std::vector<Dim>& dims) {
  const bool is_static = std::all_of(dims.begin(), dims.end(), [](const Dim& d) { return d.known(); });
  if (is_static) {
    std::vector<std::int64_t> numbers;
    for (const Dim& d : dims) numbers.push_back(d.number);
    return b.int32s(numbers);
  }
  std::vector<ValueId> parts;
  for (const Dim& d : dims) {
    parts.push_back(dimension_value(b, d, kDeepest));
    if (!parts.back()) return {};
  }
  return parts.size() == 1 ? parts[0] : b(Op::CONCATENATION, parts, {{Attr::axis, std::int64_t{0}}});
}

}  // namespace tolite::tensorflow
