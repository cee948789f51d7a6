// TensorFlow ops that pick by computed indices: Gather, GatherV2, GatherNd, ReverseV2, ReverseSequence,
// InvertPermutation, UnravelIndex, DataFormatVecPermute, DataFormatDimMap.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/rearranged.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// The kernels take indices of 16, 32 and 64 bits; constants become 32.
ValueId indices_operand(Builder& b, ValueId indices) {
  const Type type = b.type(indices);
  const bool taken = type == Type::int16 || type == Type::int32 || type == Type::int64;
  return taken && b.constant_of(indices) == nullptr ? indices : int32_operand(b, indices);
}

ValueId gathered(const TfNode& n, Builder& b, ValueId x, ValueId indices, std::int64_t axis, std::int64_t batch_dims) {
  const ValueId at = indices_operand(b, indices);
  const Attrs attrs{{Attr::axis, axis}, {Attr::batch_dims, batch_dims}};
  const Type type = b.type(x);
  // The kernel takes strings from vectors only.
  if (type == Type::string && !(b.shape(x).ranked() && b.shape(x).rank() == 1))
    return rearranged(n, b, x, [&](ValueId positions) { return b(Op::GATHER, {positions, at}, attrs); });
  const ValueId from = carried(b, x, carrier_type(n, b, Op::GATHER, type));
  return carried(b, b(Op::GATHER, {from, at}, attrs), type);
}

Results gather_nd(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::GATHER_ND, type));
  return carried(b, b(Op::GATHER_ND, {x, indices_operand(b, n.in(1))}), type);
}

// The kernel turns around axes that lie next to each other: one op a group of them.
Results reversed(TfNode& n, Builder& b, std::vector<std::int64_t> axes) {
  const auto rank = static_cast<std::int64_t>(n.shape(0).rank());
  for (std::int64_t& axis : axes) {
    if (axis < 0) axis += rank;
    n.require(!n.shape(0).ranked() || (axis >= 0 && axis < rank), "an axis is outside the tensor");
  }
  std::sort(axes.begin(), axes.end());
  return rearranged(n, b, n.in(0), [&](ValueId x) {
    const Type type = b.type(x);
    ValueId y = carried(b, x, carrier_type(n, b, Op::REVERSE_V2, type));
    for (std::size_t i = 0; i < axes.size();) {
      std::vector<std::int64_t> group{axes[i++]};
      while (i < axes.size() && axes[i] == group.back() + 1) group.push_back(axes[i++]);
      y = b(Op::REVERSE_V2, {y, b.int32s(group)});
    }
    return carried(b, y, type);
  });
}

Results reverse_by_flags(TfNode& n, Builder& b) {
  const Tensor& flags = n.constant(1, "dims");
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 0; i < flags.element_count(); ++i) {
    if (element_as_int64(flags, i) != 0) axes.push_back(i);
  }
  return reversed(n, b, std::move(axes));
}

Results reverse_sequence(TfNode& n, Builder& b) {
  const auto rank = static_cast<std::int64_t>(n.shape(0).rank());
  const auto from_front = [&](std::int64_t axis) { return axis < 0 ? axis + rank : axis; };
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::REVERSE_SEQUENCE, type));
  const ValueId y = b(Op::REVERSE_SEQUENCE, {x, n.in(1)},
                      {{Attr::seq_dim, from_front(n.integer_attr("seq_dim"))},
                       {Attr::batch_dim, from_front(n.integer_attr("batch_dim"))}});
  return carried(b, y, type);
}

// Element p[i] of the result is i: the numbers of a range, scattered.
Results invert_permutation(TfNode& n, Builder& b) {
  const Shape shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() == 1, "the permutation is not a vector");
  const ValueId p = int32_operand(b, n.in(0));
  const ValueId indices = reshape(b, p, Shape{shape[0], 1});
  const ValueId size = b(Op::SHAPE, {p}, {{Attr::out_type, Type::int32}});
  const ValueId range = b(Op::RANGE, {b.int32(0), reshape(b, size, Shape{}), b.int32(1)});
  return cast_to(b, b(Op::SCATTER_ND, {indices, range, size}), n.type(0));
}

// The coordinates of elements of a tensor of that shape, a row a dimension.
Results unravel_index(TfNode& n, Builder& b) {
  const std::vector<std::int64_t> dims = n.integers(1, "dims");
  const auto rank = static_cast<std::int64_t>(dims.size());
  const Shape indices = n.shape(0);
  n.require(indices.ranked() && indices.rank() <= 1 && rank > 0, "its indices are not a vector");
  std::vector<std::int64_t> strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 0;) {
    n.require(dims[i] > 0 && strides[i] <= INT32_MAX / dims[i], "its dimensions are out of range");
    if (i > 0) strides[i - 1] = strides[i] * dims[i];
  }
  std::vector<std::int64_t> column{rank};
  if (indices.rank() == 1) column.push_back(1);
  const ValueId steps = b.constant(integer_tensor(Type::int32, column, strides));
  const ValueId sizes = b.constant(integer_tensor(Type::int32, column, dims));
  const ValueId whole = b(Op::FLOOR_DIV, {int32_operand(b, n.in(0)), steps});
  return cast_to(b, b(Op::FLOOR_MOD, {whole, sizes}), n.type(0));
}

struct LayoutChange {
  std::string from, to;

  explicit LayoutChange(const TfNode& n)
      : from(n.text_attr("src_format", "NHWC")), to(n.text_attr("dst_format", "NCHW")) {
    n.require(std::is_permutation(from.begin(), from.end(), to.begin(), to.end()), "its formats name other dimensions");
  }
};

// A list with an entry a dimension, or a spatial dimension, in another order.
Results layout_permute(TfNode& n, Builder& b) {
  LayoutChange change(n);
  const Shape& list = n.shape(0);
  n.require(list.ranked() && list.rank() >= 1 && list[0].known(), "the length of the list is not known");
  if (list[0].is(static_cast<std::int64_t>(change.from.size()) - 2)) {
    for (std::string* format : {&change.from, &change.to})
      std::erase_if(*format, [](char c) { return c == 'N' || c == 'C'; });
  }
  n.require(list[0].is(static_cast<std::int64_t>(change.from.size())), "the list does not fit its formats");
  std::vector<std::int64_t> order;
  for (const char c : change.to) order.push_back(static_cast<std::int64_t>(change.from.find(c)));
  return gathered(n, b, n.in(0), b.int32s(order), 0, 0);
}

// The number of each dimension in another order of the dimensions; a negative one counts from the end.
Results layout_dim_map(TfNode& n, Builder& b) {
  const LayoutChange change(n);
  std::vector<std::int64_t> numbers;
  for (const char c : change.from) numbers.push_back(static_cast<std::int64_t>(change.to.find(c)));
  const ValueId count = b.int32(static_cast<std::int64_t>(numbers.size()));
  const ValueId at = b(Op::FLOOR_MOD, {int32_operand(b, n.in(0)), count});
  return cast_to(b, gathered(n, b, b.int32s(numbers), at, 0, 0), n.type(0));
}

}  // namespace

void add_gather_translators(Translators& t) {
  t.add("DataFormatDimMap", layout_dim_map);
  t.add("DataFormatVecPermute", layout_permute);
  t.add("Gather", [](TfNode& n, Builder& b) -> Results { return gathered(n, b, n.in(0), n.in(1), 0, 0); });
  t.add("GatherV2", [](TfNode& n, Builder& b) -> Results {
    return gathered(n, b, n.in(0), n.in(1), n.integer(2, "axis"), n.integer_attr("batch_dims"));
  });
  t.add("GatherNd", gather_nd);
  t.add("ReverseV2", [](TfNode& n, Builder& b) -> Results { return reversed(n, b, n.integers(1, "axis")); });
  t.add("Reverse", reverse_by_flags);
  t.add("ReverseSequence", reverse_sequence);
  t.add("InvertPermutation", invert_permutation);
  t.add("UnravelIndex", unravel_index);
}

}  // namespace tolite::tensorflow
