// TensorFlow's choice among overlapping boxes: NonMaxSuppression, versions 1 to 5,
// CombinedNonMaxSuppression.
#include <algorithm>
#include <cmath>
#include <limits>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

// TensorFlow drops a box that overlaps by more than the threshold, the runtime one that overlaps by as much: its
// threshold is the next number. But not above 1: by that it tells that a box is chosen already. So of boxes that are
// the same it keeps one only, whatever the threshold.
ValueId above(Builder& b, ValueId threshold) {
  if (const Tensor* constant = b.constant_of(threshold)) {
    const auto value = static_cast<float>(element_as_double(*constant, 0));
    return b.scalar(Type::float32, std::nextafter(std::max(value, std::numeric_limits<float>::min()), 1.0F));
  }
  const ValueId least = b(Op::MAXIMUM, {threshold, b.scalar(Type::float32, std::numeric_limits<float>::min())});
  const ValueId bits = b(Op::BITCAST, {least}, {{Attr::type, Type::int32}});
  const ValueId next = b(Op::BITCAST, {b(Op::ADD, {bits, b.int32(1)})}, {{Attr::type, Type::float32}});
  return b(Op::MINIMUM, {next, b.scalar(Type::float32, 1)});
}

// The first `count` rows: TensorFlow gives as many as it chose, the runtime fills up with zeros.
ValueId first_rows(Builder& b, ValueId rows, ValueId count) {
  return b(Op::SLICE, {rows, b.int32s({0}), b(Op::RESHAPE, {count, b.int32s({1})})});
}

ValueId float_operand(Builder& b, ValueId v) { return cast_to(b, v, Type::float32); }

/// Indices and their number.
std::vector<ValueId> choose_boxes(TfNode& n, Builder& b, ValueId overlap, ValueId score) {
  return b.many(Op::NON_MAX_SUPPRESSION_V4,
                {float_operand(b, n.in(0)), float_operand(b, n.in(1)), int32_operand(b, n.in(2)),
                 above(b, float_operand(b, overlap)), float_operand(b, score)},
                {});
}

// Versions 1 and 2 take any score. A score that is the lowest number cannot be chosen.
ValueId any_score(Builder& b) { return b.scalar(Type::float32, std::numeric_limits<float>::lowest()); }

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
  const ValueId hard = above(b, float_operand(b, n.in(3)));
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

struct Combination {
  std::int64_t batches, boxes, box_classes, classes;
  std::int64_t per_class;  // boxes that a class may have
  std::int64_t total;      // rows of the result
};

Combination combination(TfNode& n) {
  const Shape& boxes = n.shape(0);
  const Shape& scores = n.shape(1);
  n.require(boxes.ranked() && boxes.rank() == 4 && scores.ranked() && scores.rank() == 3,
            "the boxes do not have a known rank of 4, or the scores of 3");
  if (!boxes.is_static() || !scores.is_static())
    n.refuse("the number of images, boxes or classes is not known", "give the model a fixed input shape");
  Combination c{boxes[0].number, boxes[1].number, boxes[2].number, scores[2].number, 0, 0};
  n.require(scores[0].is(c.batches) && scores[1].is(c.boxes) && (c.box_classes == 1 || c.box_classes == c.classes) &&
                boxes[3].is(4) && c.classes > 0 && c.boxes > 0 && c.batches > 0,
            "its boxes and scores do not fit");
  // One suppression is written for each class of each image.
  constexpr std::int64_t kMostSuppressions = 4096;
  n.require(c.classes <= kMostSuppressions && c.batches <= kMostSuppressions / c.classes,
            "it has too many images and classes to write one suppression for each");
  const std::int64_t per_class = n.integer(2, "max_output_size_per_class");
  c.total = n.integer(3, "max_total_size");
  n.require(per_class > 0 && c.total > 0 && per_class <= INT32_MAX && c.total <= INT32_MAX,
            "a number of results is out of range");
  if (n.flag_attr("pad_per_class")) c.total = std::min(c.total, per_class * c.classes);
  c.per_class = std::min(per_class, c.boxes);
  return c;
}

struct Chosen {
  ValueId boxes, scores, classes, count;
};

// The best of what each class of one image keeps. `boxes` has a row a box (a block of rows a class if each has its
// own), `scores` a row a class.
Chosen best_of_image(TfNode& n, Builder& b, const Combination& c, ValueId boxes, ValueId scores) {
  const std::int64_t candidates = c.classes * c.per_class;
  const std::vector<ValueId> rows =
      b.many(Op::UNPACK, {scores}, {{Attr::num, c.classes}, {Attr::axis, 0}}, static_cast<std::size_t>(c.classes));
  const ValueId overlap = above(b, float_operand(b, n.in(4)));
  std::vector<ValueId> indices;
  std::vector<ValueId> found;
  std::vector<ValueId> counts;
  for (std::int64_t k = 0; k < c.classes; ++k) {
    ValueId own = boxes;
    if (c.box_classes > 1) own = b(Op::SLICE, {boxes, b.int32s({k * c.boxes, 0}), b.int32s({c.boxes, 4})});
    const std::vector<ValueId> chosen = b.many(Op::NON_MAX_SUPPRESSION_V5,
                                               {own, rows[static_cast<std::size_t>(k)], b.int32(c.per_class), overlap,
                                                float_operand(b, n.in(5)), b.scalar(Type::float32, 0)},
                                               {});
    indices.push_back(chosen[0]);
    found.push_back(chosen[1]);
    counts.push_back(chosen[2]);
  }
  const auto joined = [&](std::vector<ValueId>& parts) {
    return parts.size() == 1 ? parts.front() : b(Op::CONCATENATION, parts, {{Attr::axis, 0}});
  };
  const ValueId index = joined(indices);
  const ValueId score = joined(found);
  const ValueId count = b(Op::PACK, counts, {{Attr::values_count, c.classes}, {Attr::axis, 0}});

  // What a class did not fill ranks behind everything.
  const ValueId position = numbers_below(b, b.int32(c.per_class));
  const ValueId column = b(Op::RESHAPE, {count, b.int32s({c.classes, 1})});
  const ValueId filled = b(Op::RESHAPE, {b(Op::LESS, {position, column}), b.int32s({candidates})});
  const ValueId ranked = b(Op::SELECT_V2, {filled, score, any_score(b)});
  const std::int64_t kept = std::min(c.total, candidates);
  const std::vector<ValueId> best = b.many(Op::TOPK_V2, {ranked, b.int32(kept)}, {});

  const ValueId sum = b(Op::SUM, {count, b.int32s({0})}, {{Attr::keep_dims, false}});
  const ValueId valid = b(Op::MINIMUM, {sum, b.int32(kept)});
  const ValueId is_valid = b(Op::LESS, {numbers_below(b, b.int32(kept)), valid});
  const ValueId class_of = b(Op::FLOOR_DIV, {best[1], b.int32(c.per_class)});
  const Attrs first_axis{{Attr::axis, 0}, {Attr::batch_dims, 0}};
  ValueId row = b(Op::GATHER, {index, best[1]}, first_axis);
  if (c.box_classes > 1) row = b(Op::ADD, {row, b(Op::MUL, {class_of, b.int32(c.boxes)})});
  const ValueId zero = b.scalar(Type::float32, 0);
  const ValueId is_valid_row = b(Op::RESHAPE, {is_valid, b.int32s({kept, 1})});
  return {b(Op::SELECT_V2, {is_valid_row, b(Op::GATHER, {boxes, row}, first_axis), zero}),
          b(Op::SELECT_V2, {is_valid, best[0], zero}),
          b(Op::SELECT_V2, {is_valid, cast_to(b, class_of, Type::float32), zero}), valid};
}

Results combined_suppression(TfNode& n, Builder& b) {
  const Combination c = combination(n);
  const ValueId by_class = b(Op::TRANSPOSE, {float_operand(b, n.in(1)), b.int32s({0, 2, 1})});
  ValueId boxes = float_operand(b, n.in(0));
  if (c.box_classes > 1) boxes = b(Op::TRANSPOSE, {boxes, b.int32s({0, 2, 1, 3})});
  boxes = b(Op::RESHAPE, {boxes, b.int32s({c.batches, c.box_classes * c.boxes, 4})});
  const auto images = [&](ValueId v) {
    return b.many(Op::UNPACK, {v}, {{Attr::num, c.batches}, {Attr::axis, 0}}, static_cast<std::size_t>(c.batches));
  };
  const std::vector<ValueId> image_boxes = images(boxes);
  const std::vector<ValueId> image_scores = images(by_class);
  std::vector<ValueId> all_boxes;
  std::vector<ValueId> all_scores;
  std::vector<ValueId> all_classes;
  std::vector<ValueId> all_counts;
  for (std::size_t i = 0; i < image_boxes.size(); ++i) {
    const Chosen chosen = best_of_image(n, b, c, image_boxes[i], image_scores[i]);
    all_boxes.push_back(chosen.boxes);
    all_scores.push_back(chosen.scores);
    all_classes.push_back(chosen.classes);
    all_counts.push_back(chosen.count);
  }
  const auto packed = [&](const std::vector<ValueId>& list) {
    return b(Op::PACK, list, {{Attr::values_count, c.batches}, {Attr::axis, 0}});
  };
  // Rows beyond what all classes together can give are empty.
  const std::int64_t missing = std::max<std::int64_t>(0, c.total - c.classes * c.per_class);
  const auto padded = [&](ValueId v, std::int64_t rank) {
    if (missing == 0) return v;
    std::vector<std::int64_t> paddings(static_cast<std::size_t>(2 * rank), 0);
    paddings[3] = missing;
    return b(Op::PAD, {v, b.constant(integer_tensor(Type::int32, {rank, 2}, paddings))});
  };
  ValueId found = packed(all_boxes);
  if (n.flag_attr("clip_boxes", true)) {
    found = b(Op::MAXIMUM, {b(Op::MINIMUM, {found, b.scalar(Type::float32, 1)}), b.scalar(Type::float32, 0)});
  }
  const ValueId scores = packed(all_scores);
  const ValueId classes = packed(all_classes);
  return std::vector<ValueId>{padded(found, 3), padded(scores, 2), padded(classes, 2), packed(all_counts)};
}

}  // namespace

void add_detection_translators(Translators& t) {
  t.add("CombinedNonMaxSuppression", combined_suppression);
  t.add("NonMaxSuppression", suppression_v1);
  t.add("NonMaxSuppressionV2", suppression_v2);
  t.add("NonMaxSuppressionV3", suppression_v3);
  t.add("NonMaxSuppressionV4", suppression_v4);
  t.add("NonMaxSuppressionV5", suppression_v5);
}

}  // namespace tolite::tensorflow
