// TensorFlow's Pad, PadV2, MirrorPad and XlaPad.
#include <algorithm>
#include <utility>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

constexpr std::size_t kMostRank = 5;  // of the runtime's kernels of PAD and PADV2

bool all_zero(const std::vector<std::int64_t>& list) {
  return std::all_of(list.begin(), list.end(), [](std::int64_t v) { return v == 0; });
}

// A padding value whose bytes are all zero is what PAD fills in. (-0.0 is not.)
bool is_zero(const Tensor* value) {
  return value != nullptr &&
         std::all_of(value->bytes.begin(), value->bytes.end(), [](std::byte v) { return v == std::byte{0}; });
}

ValueId matrix(Builder& b, const std::vector<std::int64_t>& pairs) {
  return b.constant(integer_tensor(Type::int32, {static_cast<std::int64_t>(pairs.size()) / 2, 2}, pairs));
}

ValueId pad(Builder& b, ValueId x, ValueId paddings, ValueId value) {
  return value ? b(Op::PADV2, {x, paddings, value}) : b(Op::PAD, {x, paddings});
}

// Beyond the rank of the kernels: each padded axis between the dimensions before and after it taken as one.
ValueId pad_axis_by_axis(const TfNode& n, Builder& b, ValueId x, const std::vector<std::int64_t>& paddings,
                         ValueId value) {
  for (std::size_t axis = 0; 2 * axis < paddings.size(); ++axis) {
    const std::vector<std::int64_t> along{paddings[2 * axis], paddings[2 * axis + 1]};
    if (all_zero(along)) continue;
    const Shape shape = b.shape(x);
    Dim before = 1;
    Dim after = 1;
    for (std::size_t i = 0; i < axis; ++i) before = b.dims().mul(before, shape[i]);
    for (std::size_t i = axis + 1; i < shape.rank(); ++i) after = b.dims().mul(after, shape[i]);
    Shape result = shape;
    result[axis] = b.dims().add(b.dims().add(shape[axis], along[0]), along[1]);
    const Shape flat{before, shape[axis], after};
    n.require(reshape_target(flat) && reshape_target(result),
              "the runtime pads up to 5 dimensions, and more than one of them is unknown");
    const ValueId padded = pad(b, reshape(b, x, flat), matrix(b, {0, 0, along[0], along[1], 0, 0}), value);
    x = reshape(b, padded, result);
  }
  return x;
}

Results pad_node(TfNode& n, Builder& b, ValueId value) {
  const ValueId x = n.in(0);
  const auto paddings = b.integers(n.in(1));
  if (paddings && all_zero(*paddings)) return x;
  const Type type = b.type(x);
  if (value && is_zero(b.constant_of(value))) value = ValueId();
  const Type carrier = carrier_type(n, b, value ? Op::PADV2 : Op::PAD, type);
  const ValueId carried_x = carried(b, x, carrier);
  if (value) value = carried(b, value, carrier);
  if (b.shape(x).rank() > kMostRank) {
    n.require(paddings.has_value(), "the runtime pads up to 5 dimensions by computed paddings");
    return carried(b, pad_axis_by_axis(n, b, carried_x, *paddings, value), type);
  }
  const ValueId by = paddings ? int32_operand(b, n.in(1)) : n.in(1);
  return carried(b, pad(b, carried_x, by, value), type);
}

// What is negative is cut off. Between the elements nothing can be put.
Results xla_pad(TfNode& n, Builder& b) {
  const std::vector<std::int64_t> low = n.integers(2, "padding_low");
  const std::vector<std::int64_t> high = n.integers(3, "padding_high");
  n.require(all_zero(n.integers(4, "padding_interior")), "it pads between the elements");
  const std::size_t rank = low.size();
  n.require(n.shape(0).ranked() && n.shape(0).rank() == rank && high.size() == rank && rank <= kMostRank,
            "the rank of the operand is not known, or more than 5");
  const auto are_small = [](const std::vector<std::int64_t>& list) {
    return std::all_of(list.begin(), list.end(), [](std::int64_t v) { return std::in_range<std::int32_t>(v); });
  };
  n.require(are_small(low) && are_small(high), "its paddings are not int32 numbers");
  std::vector<std::int64_t> paddings;
  std::vector<std::int64_t> begin;
  std::vector<std::int64_t> end;
  std::int64_t end_mask = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    paddings.insert(paddings.end(), {std::max<std::int64_t>(low[i], 0), std::max<std::int64_t>(high[i], 0)});
    begin.push_back(low[i] < 0 ? -low[i] : 0);
    end.push_back(std::min<std::int64_t>(high[i], 0));
    if (high[i] >= 0) end_mask |= std::int64_t{1} << i;
  }
  const Type type = n.type(0);
  const bool with_zero = is_zero(b.constant_of(n.in(1)));
  const Type carrier = carrier_type(n, b, with_zero ? Op::PAD : Op::PADV2, type);
  const ValueId value = with_zero ? ValueId() : carried(b, n.in(1), carrier);
  ValueId y = n.in(0);
  if (!all_zero(paddings)) y = carried(b, pad(b, carried(b, y, carrier), matrix(b, paddings), value), type);
  if (all_zero(begin) && all_zero(end)) return y;
  const std::vector<std::int64_t> ones(rank, 1);
  const ValueId from = b.int32s(begin);
  const ValueId to = b.int32s(end);
  const ValueId source = carried(b, y, carrier_type(n, b, Op::STRIDED_SLICE, type));
  return carried(b, b(Op::STRIDED_SLICE, {source, from, to, b.int32s(ones)}, {{Attr::end_mask, end_mask}}), type);
}

Results mirror_pad(TfNode& n, Builder& b) {
  const std::string mode = n.text_attr("mode");
  n.require(mode == "REFLECT" || mode == "SYMMETRIC", "its mode is neither REFLECT nor SYMMETRIC");
  const auto paddings = b.integers(n.in(1));
  if (paddings && all_zero(*paddings)) return n.in(0);
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::MIRROR_PAD, type));
  const ValueId by = paddings ? int32_operand(b, n.in(1)) : n.in(1);
  return carried(b, b(Op::MIRROR_PAD, {x, by}, {{Attr::mode, mode == "REFLECT" ? 0 : 1}}), type);
}

}  // namespace

void add_pad_translators(Translators& t) {
  t.add("Pad", [](TfNode& n, Builder& b) -> Results { return pad_node(n, b, ValueId()); });
  t.add("PadV2", [](TfNode& n, Builder& b) -> Results { return pad_node(n, b, n.in(2)); });
  t.add("MirrorPad", mirror_pad);
  t.add("XlaPad", xla_pad);
}

}  // namespace tolite::tensorflow
