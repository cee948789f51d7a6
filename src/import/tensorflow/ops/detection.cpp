// TensorFlow's choice among overlapping boxes: NonMaxSuppression, versions 1 to 5, NonMaxSuppressionWithOverlaps.
#include "import/tensorflow/ops/detection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/loop.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {

ValueId exclusive_threshold(Builder& b, ValueId threshold) {
  if (const Tensor* constant = b.constant_of(threshold)) {
    const auto value = static_cast<float>(element_as_double(*constant, 0));
    return b.scalar(Type::float32, std::nextafter(std::max(value, std::numeric_limits<float>::min()), 1.0F));
  }
  const ValueId least = b(Op::MAXIMUM, {threshold, b.scalar(Type::float32, std::numeric_limits<float>::min())});
  const ValueId bits = b(Op::BITCAST, {least}, {{Attr::type, Type::int32}});
  const ValueId next = b(Op::BITCAST, {b(Op::ADD, {bits, b.int32(1)})}, {{Attr::type, Type::float32}});
  return b(Op::MINIMUM, {next, b.scalar(Type::float32, 1)});
}

ValueId any_score(Builder& b) { return b.scalar(Type::float32, std::numeric_limits<float>::lowest()); }

ValueId float_operand(Builder& b, ValueId v) { return cast_to(b, v, Type::float32); }

namespace {

// The first `count` rows: TensorFlow gives as many as it chose, the runtime fills up with zeros.
ValueId first_rows(Builder& b, ValueId rows, ValueId count) {
  return b(Op::SLICE, {rows, b.int32s({0}), b(Op::RESHAPE, {count, b.int32s({1})})});
}

/// Indices and their number.
std::vector<ValueId> choose_boxes(TfNode& n, Builder& b, ValueId overlap, ValueId score) {
  return b.many(Op::NON_MAX_SUPPRESSION_V4,
                {float_operand(b, n.in(0)), float_operand(b, n.in(1)), int32_operand(b, n.in(2)),
                 exclusive_threshold(b, float_operand(b, overlap)), float_operand(b, score)},
                {});
}

Results suppression_v1(TfNode& n, Builder& b) {
  const ValueId overlap = b.scalar(Type::float32, n.real_attr("iou_threshold", 0.5F));
  const std::vector<ValueId> chosen = choose_boxes(n, b, overlap, any_score(b));
  return first_rows(b, chosen[0], chosen[1]);
}

Results suppression_v2(TfNode& n, Builder& b) {
  const std::vector<ValueId> chosen = choose_boxes(n, b, n.in(3), any_score(b));
  return first_rows(b, chosen[0], chosen[1]);
}

Results suppression_v3(TfNode& n, Builder& b) {
  const std::vector<ValueId> chosen = choose_boxes(n, b, n.in(3), n.in(4));
  return first_rows(b, chosen[0], chosen[1]);
}

Results suppression_v4(TfNode& n, Builder& b) {
  const std::vector<ValueId> chosen = choose_boxes(n, b, n.in(3), n.in(4));
  if (n.flag_attr("pad_to_max_output_size")) return chosen;
  return std::vector<ValueId>{first_rows(b, chosen[0], chosen[1]), chosen[1]};
}

// With a sigma, TensorFlow lowers scores and drops no box for its overlap.
Results suppression_v5(TfNode& n, Builder& b) {
  const ValueId sigma = float_operand(b, n.in(5));
  const ValueId hard = exclusive_threshold(b, float_operand(b, n.in(3)));
  const ValueId zero = b.scalar(Type::float32, 0);
  const ValueId whole = b.scalar(Type::float32, 1);
  const ValueId overlap = b(Op::SELECT_V2, {b(Op::GREATER, {sigma, zero}), whole, hard});
  const std::vector<ValueId> chosen = b.many(Op::NON_MAX_SUPPRESSION_V5,
                                             {float_operand(b, n.in(0)), float_operand(b, n.in(1)),
                                              int32_operand(b, n.in(2)), overlap, float_operand(b, n.in(4)), sigma},
                                             {});
  const Type type = n.type(1);
  if (n.flag_attr("pad_to_max_output_size"))
    return std::vector<ValueId>{chosen[0], cast_to(b, chosen[1], type), chosen[2]};
  return std::vector<ValueId>{first_rows(b, chosen[0], chosen[2]),
                              cast_to(b, first_rows(b, chosen[1], chosen[2]), type), chosen[2]};
}

// Overlaps come as a matrix: the box of the best score is chosen and those that overlap it too much are taken out,
// until there are enough or none is left.
Results suppression_with_overlaps(TfNode& n, Builder& b) {
  const ValueId most = int32_operand(b, n.in(2));
  const ValueId none = b(Op::FILL, {b(Op::RESHAPE, {most, b.int32s({1})}), b.int32(0)});
  const LoopState start{{b.int32(0), none, float_operand(b, n.in(1))},
                        {float_operand(b, n.in(0)), most, float_operand(b, n.in(3)), float_operand(b, n.in(4))}};
  const auto is_left = [](Builder& inner, const LoopState& s) {
    const ValueId best = inner(Op::REDUCE_MAX, {s.variables[2], inner.int32s({0})}, {{Attr::keep_dims, false}});
    const ValueId more = inner(Op::LESS, {s.variables[0], s.read[1]});
    return inner(Op::LOGICAL_AND, {more, inner(Op::GREATER, {best, s.read[3]})});
  };
  const auto step = [](Builder& inner, const LoopState& s) {
    const ValueId scores = s.variables[2];
    const ValueId best = inner(Op::ARG_MAX, {scores, inner.int32(0)}, {{Attr::output_type, Type::int32}});
    const ValueId at = inner(Op::RESHAPE, {s.variables[0], inner.int32s({1})});
    const ValueId chosen = inner(Op::RESHAPE, {best, inner.int32s({1})});
    const ValueId overlaps = inner(Op::GATHER, {s.read[0], best}, {{Attr::axis, 1}, {Attr::batch_dims, 0}});
    const ValueId places = numbers_below(inner, axis_size(inner, scores, 0));
    const ValueId too_much = inner(Op::GREATER, {overlaps, s.read[2]});
    const ValueId out = inner(Op::LOGICAL_OR, {too_much, inner(Op::EQUAL, {places, best})});
    const ValueId list = inner(Op::DYNAMIC_UPDATE_SLICE, {s.variables[1], chosen, at});
    const ValueId count = inner(Op::ADD, {s.variables[0], inner.int32(1)});
    return std::vector<ValueId>{count, list, inner(Op::SELECT_V2, {out, any_score(inner), scores})};
  };
  const std::vector<ValueId> last = loop(n, b, start, is_left, step);
  return first_rows(b, last[1], last[0]);
}

}  // namespace

void add_detection_translators(Translators& t) {
  t.add("NonMaxSuppression", suppression_v1);
  t.add("NonMaxSuppressionV2", suppression_v2);
  t.add("NonMaxSuppressionV3", suppression_v3);
  t.add("NonMaxSuppressionV4", suppression_v4);
  t.add("NonMaxSuppressionV5", suppression_v5);
  t.add("NonMaxSuppressionWithOverlaps", suppression_with_overlaps);
}

}  // namespace tolite::tensorflow
