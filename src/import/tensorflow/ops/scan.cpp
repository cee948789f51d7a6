// TensorFlow's running products and logarithms of sums along an axis. The runtime has CUMSUM only; other scans double
// the reach of each element in every step, so an axis of n elements takes log2(n) steps.
#include <limits>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "ops/axes.h"

namespace tolite::tensorflow {
namespace {

/// An associative operation of two neighbouring stretches.
using Joined = ValueId (*)(const TfNode& n, Builder& b, ValueId x, ValueId y);

class Scan {
 public:
  Scan(TfNode& n, Builder& b) : n_(n), b_(b) {
    const Shape& shape = n.shape(0);
    n.require(shape.ranked(), "the rank of the input is not known");
    const auto axis = resolve_axis(n.integer(1, "axis"), shape.rank());
    n.require(axis.has_value(), "the axis does not exist");
    axis_ = *axis;
    if (!shape[axis_].known())
      n.refuse("the length of the axis is not known", "give the input a fixed length along it (--input-shape)");
    length_ = shape[axis_].number;
    rank_ = shape.rank();
  }

  ValueId operator()(ValueId x, Joined joined, double neutral) const {
    if (length_ == 0) return x;
    const bool reverse = n_.flag_attr("reverse");
    std::int64_t length = length_;
    ValueId edge;
    if (n_.flag_attr("exclusive")) {
      const ValueId shape = shape_of(b_, part(x, 0, 1));
      edge = b_(Op::FILL, {shape, scalar_like(b_, x, neutral)});
      if (length == 1) return edge;
      --length;
      x = reverse ? part(x, 1, length_) : part(x, 0, length);
    }
    for (std::int64_t reach = 1; reach < length; reach *= 2) {
      const ValueId front = part(x, 0, length - reach);
      const ValueId back = part(x, reach, length);
      const ValueId grown = joined(n_, b_, front, back);
      x = reverse ? join(grown, part(x, length - reach, length)) : join(part(x, 0, reach), grown);
    }
    if (!edge) return x;
    return reverse ? join(x, edge) : join(edge, x);
  }

 private:
  ValueId part(ValueId x, std::int64_t begin, std::int64_t end) const {
    std::vector<std::int64_t> from(rank_, 0);
    std::vector<std::int64_t> to(rank_, 0);
    from[axis_] = begin;
    to[axis_] = end;
    const auto others = static_cast<std::int64_t>(((std::uint64_t{1} << rank_) - 1) ^ (std::uint64_t{1} << axis_));
    const ValueId begins = b_.int32s(from);
    const ValueId ends = b_.int32s(to);
    const ValueId strides = b_.int32s(std::vector<std::int64_t>(rank_, 1));
    return b_(Op::STRIDED_SLICE, {x, begins, ends, strides}, {{Attr::begin_mask, others}, {Attr::end_mask, others}});
  }
  ValueId join(ValueId front, ValueId back) const {
    return b_(Op::CONCATENATION, {front, back}, {{Attr::axis, static_cast<std::int64_t>(axis_)}});
  }

  TfNode& n_;
  Builder& b_;
  std::size_t axis_ = 0;
  std::size_t rank_ = 0;
  std::int64_t length_ = 0;
};

Results cumprod(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  const Type compute = computing_type(b, Op::MUL, type, Exact::low_bits);
  if (compute == Type::none) {
    n.refuse("the runtime does not multiply elements of type " + std::string(type_name(type)),
             is_float(type) ? "cast to float32 in front of it" : "cast to int32 in front of it");
  }
  const Scan scan(n, b);
  const Joined product = [](const TfNode& node, Builder& builder, ValueId x, ValueId y) {
    return element_wise(node, builder, Op::MUL, {x, y}, {}, Exact::low_bits);
  };
  return cast_to(b, scan(cast_to(b, n.in(0), compute), product, 1), type);
}

/// log(exp(x) + exp(y)) = max(x, y) + log(1 + exp(-|x - y|)).
ValueId log_of_sum(const TfNode& n, Builder& b, ValueId x, ValueId y) {
  const ValueId larger = element_wise(n, b, Op::MAXIMUM, {x, y});
  const ValueId distance = element_wise(n, b, Op::ABS, {element_wise(n, b, Op::SUB, {x, y})});
  const ValueId smaller = element_wise(n, b, Op::EXP, {element_wise(n, b, Op::NEG, {distance})});
  const ValueId sum = element_wise(n, b, Op::ADD, {smaller, scalar_like(b, x, 1)});
  return element_wise(n, b, Op::ADD, {larger, element_wise(n, b, Op::LOG, {sum})});
}

Results cumulative_logsumexp(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32, "it is computed in float32 only");
  return Scan(n, b)(n.in(0), log_of_sum, -std::numeric_limits<double>::infinity());
}

}  // namespace

void add_scan_translators(Translators& t) {
  t.add("Cumprod", cumprod);
  t.add("CumulativeLogsumexp", cumulative_logsumexp);
}

}  // namespace tolite::tensorflow
