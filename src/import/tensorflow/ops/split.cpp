// TensorFlow ops that cut a tensor into several: Split, SplitV, Unpack.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/moving.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

std::optional<std::size_t> axis_in(const TfNode& n, std::int64_t axis, const Shape& x) {
  if (!x.ranked()) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(x.rank());
  n.require(axis >= -rank && axis < rank, "the axis is outside the tensor");
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

// x[..., from : from + size, ...], or x[..., from, ...], of any type.
ValueId part(Builder& b, ValueId x, std::size_t axis, std::int64_t from, std::int64_t size, bool shrink) {
  const std::size_t count = axis + 1;
  std::vector<std::int64_t> begin(count, 0);
  std::vector<std::int64_t> end(count, 0);
  begin[axis] = from;
  end[axis] = from + size;
  const std::int64_t whole = (std::int64_t{1} << axis) - 1;
  return b(Op::STRIDED_SLICE, {x, b.int32s(begin), b.int32s(end), b.int32s(std::vector<std::int64_t>(count, 1))},
           {{Attr::begin_mask, whole},
            {Attr::end_mask, whole},
            {Attr::shrink_axis_mask, shrink ? std::int64_t{1} << axis : 0}});
}

bool takes(const Builder& b, Op op, Type type) { return b.table()[op].kernel.types.has(type); }

// The operands of SPLIT or SPLIT_V with x in a type its kernel takes, and the results back in their own.
Results split_carried(const TfNode& n, Builder& b, Op op, std::size_t data, std::vector<ValueId> operands,
                      std::size_t count) {
  const Type type = b.type(operands[data]);
  operands[data] = carried(b, operands[data], carrier_type(n, b, op, type));
  std::vector<ValueId> parts = b.many(op, operands, {{Attr::num_splits, static_cast<std::int64_t>(count)}}, count);
  for (ValueId& v : parts) v = carried(b, v, type);
  return parts;
}

std::size_t result_count(const TfNode& n, const char* attr) {
  const std::int64_t count = n.integer_attr(attr);
  constexpr std::int64_t kMostResults = 1 << 20;
  n.require(count > 0 && count <= kMostResults, "the number of results is out of range");
  return static_cast<std::size_t>(count);
}

Results split(TfNode& n, Builder& b) {
  const std::size_t count = result_count(n, "num_split");
  const ValueId x = n.in(1);
  if (count == 1) return x;
  const auto axis = b.integers(n.in(0));
  if (axis && axis->size() == 1 && !takes(b, Op::SPLIT, b.type(x))) {
    const auto at = axis_in(n, axis->front(), b.shape(x));
    if (at && b.shape(x)[*at].known()) {
      const std::int64_t d = b.shape(x)[*at].number;
      n.require(d % static_cast<std::int64_t>(count) == 0, "the axis cannot be split into equal parts");
      const std::int64_t size = d / static_cast<std::int64_t>(count);
      std::vector<ValueId> parts;
      for (std::size_t i = 0; i < count; ++i)
        parts.push_back(part(b, x, *at, static_cast<std::int64_t>(i) * size, size, false));
      return parts;
    }
  }
  return split_carried(n, b, Op::SPLIT, 1, {int32_operand(b, n.in(0)), x}, count);
}

Results split_v(TfNode& n, Builder& b) {
  const std::size_t count = result_count(n, "num_split");
  const ValueId x = n.in(0);
  if (count == 1) return x;
  const ValueId sizes = int32_operand(b, n.in(1));
  return split_carried(n, b, Op::SPLIT_V, 0, {x, sizes, int32_operand(b, n.in(2))}, count);
}

Results unpack(TfNode& n, Builder& b) {
  const std::int64_t num = n.integer_attr("num");
  if (num == 0) return std::vector<ValueId>{};
  const std::size_t count = result_count(n, "num");
  const ValueId x = n.in(0);
  const std::int64_t axis = n.integer_attr("axis");
  const auto at = axis_in(n, axis, b.shape(x));
  if (at && (count == 1 || !takes(b, Op::UNPACK, b.type(x)))) {
    n.require(*at < 31, "the rank of the tensor is too high");
    n.require(!b.shape(x)[*at].known() || b.shape(x)[*at].is(num), "the axis has another size than there are results");
    if (count == 1) {
      const ValueId y = b(Op::SQUEEZE, {x}, {{Attr::squeeze_dims, std::vector<std::int64_t>{axis}}});
      return reshape_target(b.shape(y)) ? reshape(b, x, Shape(b.shape(y))) : y;
    }
    std::vector<ValueId> parts;
    for (std::int64_t i = 0; i < num; ++i) parts.push_back(part(b, x, *at, i, 1, true));
    return parts;
  }
  const Type type = b.type(x);
  const Type carrier = carrier_type(n, b, Op::UNPACK, type);
  std::vector<ValueId> parts =
      b.many(Op::UNPACK, {carried(b, x, carrier)}, {{Attr::num, num}, {Attr::axis, axis}}, count);
  for (ValueId& v : parts) v = carried(b, v, type);
  return parts;
}

}  // namespace

void add_split_translators(Translators& t) {
  t.add("Split", split);
  t.add("SplitV", split_v);
  t.add("Unpack", unpack);
}

}  // namespace tolite::tensorflow
