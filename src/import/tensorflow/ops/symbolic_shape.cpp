// Writes the arithmetic that symbols of dimensions stand for.
#include "import/tensorflow/ops/symbolic_shape.h"

#include <algorithm>

#include "import/tensorflow/ops/element_wise.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// Expressions over dimensions are as deep as the translator that made them; a bound all the same.
constexpr int kDeepestExpression = 16;

struct Operation {
  DimOp dim_op;
  Op op;
};
constexpr Operation kOperations[] = {{DimOp::add, Op::ADD},     {DimOp::sub, Op::SUB},
                                     {DimOp::mul, Op::MUL},     {DimOp::floor_div, Op::FLOOR_DIV},
                                     {DimOp::min, Op::MINIMUM}, {DimOp::max, Op::MAXIMUM}};

ValueId find_dim(Builder& b, Dim dim, std::span<const ValueId> sources, int depth) {
  if (dim.known()) return b.int32(dim.number);
  for (const ValueId source : sources) {
    const std::vector<Dim>& dims = b.shape(source).dims();
    const auto at = std::find(dims.begin(), dims.end(), dim);
    if (at != dims.end()) return axis_size(b, source, static_cast<std::size_t>(at - dims.begin()));
  }
  const Symbol symbol = b.dims()[dim.symbol];
  const auto* operation = std::find_if(std::begin(kOperations), std::end(kOperations),
                                       [&](const Operation& o) { return o.dim_op == symbol.op; });
  if (operation == std::end(kOperations) || depth == kDeepestExpression) return {};
  const ValueId left = find_dim(b, symbol.left, sources, depth + 1);
  const ValueId right = left ? find_dim(b, symbol.right, sources, depth + 1) : ValueId();
  return right ? b(operation->op, {left, right}) : ValueId();
}

ValueId packed(Builder& b, std::span<const ValueId> dims) {
  return b(Op::PACK, dims, {{Attr::values_count, static_cast<std::int64_t>(dims.size())}, {Attr::axis, 0}});
}

}  // namespace

ValueId shape_value(Builder& b, const Shape& shape) {
  if (shape.is_static()) return b.int32s(shape.numbers());
  std::vector<ValueId> sources;
  for (std::size_t i = 0; i < b.graph().value_count(); ++i) {
    const Value& value = b.graph()[ValueId(i)];
    if (value.alive && !value.constant && value.type != Type::none && value.type != Type::resource)
      sources.emplace_back(i);
  }
  std::vector<ValueId> dims;
  for (const Dim dim : shape.dims()) {
    dims.push_back(find_dim(b, dim, sources, 0));
    if (!dims.back()) return {};
  }
  return packed(b, dims);
}

ValueId axis_size(Builder& b, ValueId x, std::size_t axis) {
  if (const Shape& shape = b.shape(x); shape.ranked() && shape[axis].known()) return b.int32(shape[axis].number);
  const auto at = static_cast<std::int64_t>(axis);
  return b(Op::STRIDED_SLICE, {shape_of(b, x), b.int32s({at}), b.int32s({at + 1}), b.int32s({1})},
           {{Attr::shrink_axis_mask, 1}});
}

ValueId run_time_dim(const TfNode& n, Builder& b, Dim dim, std::initializer_list<ValueId> sources) {
  const ValueId found = find_dim(b, dim, sources, 0);
  n.require(found.valid(), "a size that it needs is not known");
  return found;
}

ValueId reshaped(const TfNode& n, Builder& b, ValueId x, const Shape& shape, std::initializer_list<ValueId> sources) {
  if (b.shape(x) == shape) return x;
  if (reshape_target(shape)) return reshape(b, x, shape);
  std::vector<ValueId> all{x};
  all.insert(all.end(), sources.begin(), sources.end());
  std::vector<ValueId> dims;
  bool inferred = false;  // one dimension may be left to the runtime
  for (const Dim dim : shape.dims()) {
    ValueId size = find_dim(b, dim, all, 0);
    if (!size && !inferred) {
      size = b.int32(-1);
      inferred = true;
    }
    n.require(size.valid(), "several of its sizes are not known");
    dims.push_back(size);
  }
  return b(Op::RESHAPE, {x, packed(b, dims)});
}

Dim product(Builder& b, const Shape& shape, std::size_t begin, std::size_t end) {
  Dim all = 1;
  for (std::size_t i = begin; i < end; ++i) all = b.dims().mul(all, shape[i]);
  return all;
}

ValueId numbers_below(Builder& b, ValueId count) { return b(Op::RANGE, {b.int32(0), count, b.int32(1)}); }

}  // namespace tolite::tensorflow
