// TensorFlow's CombinedNonMaxSuppression: a suppression for each class of each image, and the best of all classes.
#include <algorithm>
#include <array>

#include "import/tensorflow/ops/detection.h"
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/loop.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"

namespace tolite::tensorflow {
namespace {

struct Combination {
  Dim images;
  std::int64_t boxes, box_classes, classes;
  std::int64_t per_class;  // boxes that a class may have
  std::int64_t total;      // rows of the result

  std::int64_t candidates() const { return classes * per_class; }
  std::int64_t kept() const { return std::min(total, candidates()); }
};

Combination combination(TfNode& n) {
  const Shape& boxes = n.shape(0);
  const Shape& scores = n.shape(1);
  n.require(boxes.ranked() && boxes.rank() == 4 && scores.ranked() && scores.rank() == 3,
            "the boxes do not have a known rank of 4, or the scores of 3");
  if (!scores[1].known() || !scores[2].known() || !boxes[2].known())
    n.refuse("the number of boxes or classes is not known", "give the model a fixed input shape");
  Combination c{boxes[0].known() ? boxes[0] : scores[0], scores[1].number, boxes[2].number, scores[2].number, 0, 0};
  // One suppression is written for each class.
  constexpr std::int64_t kMostClasses = 4096;
  n.require((c.box_classes == 1 || c.box_classes == c.classes) && c.boxes > 0 && c.classes > 0 &&
                c.classes <= kMostClasses && c.boxes <= INT32_MAX / c.classes,
            "its numbers of boxes and classes are out of range");
  const std::int64_t per_class = n.integer(2, "max_output_size_per_class");
  c.total = n.integer(3, "max_total_size");
  n.require(per_class > 0 && c.total > 0 && per_class <= INT32_MAX && c.total <= INT32_MAX,
            "a number of results is out of range");
  if (n.flag_attr("pad_per_class")) c.total = std::min(c.total, per_class * c.classes);
  c.per_class = std::min(per_class, c.boxes);
  return c;
}

/// Of one image or of all: boxes with a row each (a block of rows a class if each class has its own), scores with a row
/// a class, and the limits of overlap and score.
struct Candidates {
  ValueId boxes, scores, overlap, score;
};

struct Chosen {
  ValueId boxes, scores, classes, count;
};

const Attrs& along_first() {
  static const Attrs attrs{{Attr::axis, 0}, {Attr::batch_dims, 0}};
  return attrs;
}

// What the classes of one image keep, one class after the other, each in as many rows as a class may have.
Chosen kept_by_classes(Builder& b, const Combination& c, const Candidates& from) {
  const std::vector<ValueId> rows =
      b.many(Op::UNPACK, {from.scores}, {{Attr::num, c.classes}, {Attr::axis, 0}}, static_cast<std::size_t>(c.classes));
  std::vector<ValueId> indices;
  std::vector<ValueId> scores;
  std::vector<ValueId> counts;
  for (std::int64_t k = 0; k < c.classes; ++k) {
    ValueId own = from.boxes;
    if (c.box_classes > 1) own = b(Op::SLICE, {own, b.int32s({k * c.boxes, 0}), b.int32s({c.boxes, 4})});
    const std::vector<ValueId> chosen = b.many(Op::NON_MAX_SUPPRESSION_V5,
                                               {own, rows[static_cast<std::size_t>(k)], b.int32(c.per_class),
                                                from.overlap, from.score, b.scalar(Type::float32, 0)},
                                               {});
    indices.push_back(chosen[0]);
    scores.push_back(chosen[1]);
    counts.push_back(chosen[2]);
  }
  const auto joined = [&](std::vector<ValueId>& parts) {
    return parts.size() == 1 ? parts.front() : b(Op::CONCATENATION, parts, {{Attr::axis, 0}});
  };
  const ValueId index = joined(indices);
  const ValueId score = joined(scores);
  return {index, score, {}, b(Op::PACK, counts, {{Attr::values_count, c.classes}, {Attr::axis, 0}})};
}

Chosen best_of_image(Builder& b, const Combination& c, const Candidates& from) {
  const Chosen all = kept_by_classes(b, c, from);
  // What a class did not fill ranks behind everything.
  const ValueId position = numbers_below(b, b.int32(c.per_class));
  const ValueId column = b(Op::RESHAPE, {all.count, b.int32s({c.classes, 1})});
  const ValueId filled = b(Op::RESHAPE, {b(Op::LESS, {position, column}), b.int32s({c.candidates()})});
  const ValueId ranked = b(Op::SELECT_V2, {filled, all.scores, any_score(b)});
  const std::vector<ValueId> best = b.many(Op::TOPK_V2, {ranked, b.int32(c.kept())}, {});

  const ValueId sum = b(Op::SUM, {all.count, b.int32s({0})}, {{Attr::keep_dims, false}});
  const ValueId valid = b(Op::MINIMUM, {sum, b.int32(c.kept())});
  const ValueId is_valid = b(Op::LESS, {numbers_below(b, b.int32(c.kept())), valid});
  const ValueId class_of = b(Op::FLOOR_DIV, {best[1], b.int32(c.per_class)});
  ValueId row = b(Op::GATHER, {all.boxes, best[1]}, along_first());
  if (c.box_classes > 1) row = b(Op::ADD, {row, b(Op::MUL, {class_of, b.int32(c.boxes)})});
  const ValueId zero = b.scalar(Type::float32, 0);
  const ValueId is_valid_row = b(Op::RESHAPE, {is_valid, b.int32s({c.kept(), 1})});
  const ValueId boxes = b(Op::SELECT_V2, {is_valid_row, b(Op::GATHER, {from.boxes, row}, along_first()), zero});
  const ValueId scores = b(Op::SELECT_V2, {is_valid, best[0], zero});
  return {boxes, scores, b(Op::SELECT_V2, {is_valid, cast_to(b, class_of, Type::float32), zero}), valid};
}

// A few images one after the other.
Chosen best_unrolled(Builder& b, const Combination& c, const Candidates& from) {
  const std::int64_t images = c.images.number;
  const auto unpacked = [&](ValueId v) {
    return b.many(Op::UNPACK, {v}, {{Attr::num, images}, {Attr::axis, 0}}, static_cast<std::size_t>(images));
  };
  const std::vector<ValueId> boxes = unpacked(from.boxes);
  const std::vector<ValueId> scores = unpacked(from.scores);
  std::vector<Chosen> chosen;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    chosen.push_back(best_of_image(b, c, {boxes[i], scores[i], from.overlap, from.score}));
  const auto packed = [&](ValueId Chosen::*part) {
    std::vector<ValueId> list;
    for (const Chosen& image : chosen) list.push_back(image.*part);
    return b(Op::PACK, list, {{Attr::values_count, images}, {Attr::axis, 0}});
  };
  const ValueId all_boxes = packed(&Chosen::boxes);
  const ValueId all_scores = packed(&Chosen::scores);
  const ValueId all_classes = packed(&Chosen::classes);
  return {all_boxes, all_scores, all_classes, packed(&Chosen::count)};
}

// An unknown number of images, or many: a loop, whose steps put their results into the rows of one image.
Chosen best_in_loop(const TfNode& n, Builder& b, const Combination& c, const Candidates& from) {
  const ValueId images = axis_size(b, from.boxes, 0);
  const auto zeros = [&](std::vector<std::int64_t> dims, Type type) {
    std::vector<ValueId> sizes{images};
    for (const std::int64_t d : dims) sizes.push_back(b.int32(d));
    const ValueId shape =
        b(Op::PACK, sizes, {{Attr::values_count, static_cast<std::int64_t>(sizes.size())}, {Attr::axis, 0}});
    return b(Op::FILL, {shape, b.scalar(type, 0)});
  };
  const ValueId no_boxes = zeros({c.kept(), 4}, Type::float32);
  const ValueId no_scores = zeros({c.kept()}, Type::float32);
  const LoopState start{{b.int32(0), no_boxes, no_scores, no_scores, zeros({}, Type::int32)},
                        {from.boxes, from.scores, from.overlap, from.score, images}};
  const auto is_left = [](Builder& inner, const LoopState& s) { return inner(Op::LESS, {s.variables[0], s.read[4]}); };
  const auto step = [&c](Builder& inner, const LoopState& s) {
    const ValueId i = s.variables[0];
    const ValueId boxes = inner(Op::GATHER, {s.read[0], i}, along_first());
    const ValueId scores = inner(Op::GATHER, {s.read[1], i}, along_first());
    const Chosen image = best_of_image(inner, c, {boxes, scores, s.read[2], s.read[3]});
    const auto put = [&](ValueId all, ValueId one) {
      std::vector<ValueId> place{i};
      place.resize(inner.shape(all).rank(), inner.int32(0));
      const auto rank = static_cast<std::int64_t>(place.size());
      const ValueId at = inner(Op::PACK, place, {{Attr::values_count, rank}, {Attr::axis, 0}});
      const ValueId row = inner(Op::EXPAND_DIMS, {one, inner.int32(0)});
      return inner(Op::DYNAMIC_UPDATE_SLICE, {all, row, at});
    };
    std::vector<ValueId> next{inner(Op::ADD, {i, inner.int32(1)})};
    for (std::size_t k = 0; k < 4; ++k) {
      const ValueId one = std::array{image.boxes, image.scores, image.classes, image.count}[k];
      next.push_back(put(s.variables[k + 1], one));
    }
    return next;
  };
  const std::vector<ValueId> last = loop(n, b, start, is_left, step);
  return {last[1], last[2], last[3], last[4]};
}

Results combined_suppression(TfNode& n, Builder& b) {
  const Combination c = combination(n);
  const ValueId by_class = b(Op::TRANSPOSE, {float_operand(b, n.in(1)), b.int32s({0, 2, 1})});
  ValueId boxes = float_operand(b, n.in(0));
  if (c.box_classes > 1) boxes = b(Op::TRANSPOSE, {boxes, b.int32s({0, 2, 1, 3})});
  boxes = reshaped(n, b, boxes, Shape{c.images, c.box_classes * c.boxes, 4});
  const ValueId overlap = exclusive_threshold(b, float_operand(b, n.in(4)));
  const Candidates from{boxes, by_class, overlap, float_operand(b, n.in(5))};
  constexpr std::int64_t kMostUnrolled = 256;
  const bool few = c.images.known() && c.images.number > 0 && c.images.number <= kMostUnrolled / c.classes;
  const Chosen chosen = few || c.images.is(1) ? best_unrolled(b, c, from) : best_in_loop(n, b, c, from);

  ValueId found = chosen.boxes;
  if (n.flag_attr("clip_boxes", true)) {
    found = b(Op::MAXIMUM, {b(Op::MINIMUM, {found, b.scalar(Type::float32, 1)}), b.scalar(Type::float32, 0)});
  }
  // Rows beyond what all classes together can give are empty.
  const std::int64_t missing = c.total - c.kept();
  const auto padded = [&](ValueId v, std::int64_t rank) {
    if (missing == 0) return v;
    std::vector<std::int64_t> paddings(static_cast<std::size_t>(2 * rank), 0);
    paddings[3] = missing;
    return b(Op::PAD, {v, b.constant(integer_tensor(Type::int32, {rank, 2}, paddings))});
  };
  const ValueId all_boxes = padded(found, 3);
  const ValueId all_scores = padded(chosen.scores, 2);
  return std::vector<ValueId>{all_boxes, all_scores, padded(chosen.classes, 2), chosen.count};
}

}  // namespace

void add_combined_suppression_translators(Translators& t) { t.add("CombinedNonMaxSuppression", combined_suppression); }

}  // namespace tolite::tensorflow
