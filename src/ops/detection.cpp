// Choice among overlapping boxes: NON_MAX_SUPPRESSION_V4 and _V5.
#include <algorithm>
#include <cmath>
#include <queue>

#include "ops/element_types.h"
#include "ops/families.h"
#include "ops/inference.h"

namespace tolite {
namespace {

struct Box {
  float top, left, bottom, right;
  float area() const { return (bottom - top) * (right - left); }
};

/// Corners may come in either order.
Box box_at(const Elements<float>& boxes, std::size_t i) {
  const float y[] = {boxes[4 * i], boxes[4 * i + 2]};
  const float x[] = {boxes[4 * i + 1], boxes[4 * i + 3]};
  return {std::min(y[0], y[1]), std::min(x[0], x[1]), std::max(y[0], y[1]), std::max(x[0], x[1])};
}

float intersection_over_union(const Box& a, const Box& b) {
  if (a.area() <= 0 || b.area() <= 0) return 0;
  const float height = std::max(std::min(a.bottom, b.bottom) - std::max(a.top, b.top), 0.0F);
  const float width = std::max(std::min(a.right, b.right) - std::max(a.left, b.left), 0.0F);
  const float common = height * width;
  return common / (a.area() + b.area() - common);
}

struct Candidate {
  std::int32_t index;
  float score;
  std::size_t compared;  ///< with how many of the chosen
};

/// The best first; of equals, the first.
bool is_worse(const Candidate& a, const Candidate& b) {
  return a.score < b.score || (a.score == b.score && a.index > b.index);
}

struct Limits {
  std::size_t most;
  float overlap;
  float score;
  float sigma;  ///< 0: boxes that overlap too much are dropped, others keep their score
};

/// Takes the best candidate until there are enough. One that overlaps a chosen box too much is dropped; with a sigma,
/// overlap lowers the score of the others, which then wait for their turn again.
std::vector<Candidate> chosen_boxes(const Elements<float>& boxes, const Elements<float>& scores, const Limits& limits) {
  std::priority_queue<Candidate, std::vector<Candidate>, decltype(&is_worse)> queue(is_worse);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > limits.score) queue.push({static_cast<std::int32_t>(i), scores[i], 0});
  }
  std::vector<Candidate> chosen;
  while (chosen.size() < limits.most && !queue.empty()) {
    Candidate next = queue.top();
    queue.pop();
    const float before = next.score;
    bool dropped = false;
    for (std::size_t j = chosen.size(); j > next.compared && !dropped; --j) {
      const float overlap = intersection_over_union(box_at(boxes, static_cast<std::size_t>(next.index)),
                                                    box_at(boxes, static_cast<std::size_t>(chosen[j - 1].index)));
      dropped = overlap >= limits.overlap;
      if (limits.sigma > 0) next.score *= std::exp(-0.5F / limits.sigma * overlap * overlap);
      dropped = dropped || next.score <= limits.score;
    }
    next.compared = chosen.size();
    if (dropped) continue;
    if (next.score == before) {
      chosen.push_back(next);
    } else {
      queue.push(next);
    }
  }
  return chosen;
}

template <bool with_scores>
void infer_suppression(Infer& n) {
  n.require(n.type(0) == Type::float32 && n.type(1) == Type::float32, "boxes and scores are not float32");
  n.require(!n.shape(0).ranked() || (n.shape(0).rank() == 2 && (!n.shape(0)[1].known() || n.shape(0)[1].is(4))),
            "the boxes are not a matrix of four columns");
  const auto most = n.known(2);
  const Shape chosen{most && most->size() == 1 ? most->front() : n.dims().fresh()};
  n.output(0, Type::int32, chosen);
  if (with_scores) n.output(1, Type::float32, chosen);
  n.output(with_scores ? 2 : 1, Type::int32, Shape{});
}

template <bool with_scores>
void eval_suppression(Eval& n) {
  const Elements<float> boxes = elements<float>(n.in(0));
  const Elements<float> scores = elements<float>(n.in(1));
  const std::int64_t most = n.in_integer(2);
  if (n.in(0).dims != std::vector<std::int64_t>{static_cast<std::int64_t>(scores.size()), 4} ||
      n.in(1).dims.size() != 1)
    n.fail("boxes and scores do not fit");
  if (most < 0) n.fail("the number of results is negative");
  const auto scalar = [&](std::size_t i) { return static_cast<float>(element_as_double(n.in(i), 0)); };
  const Limits limits{static_cast<std::size_t>(most), scalar(3), scalar(4), with_scores ? scalar(5) : 0};
  const std::vector<Candidate> chosen = chosen_boxes(boxes, scores, limits);
  auto* indices = n.out_as<std::int32_t>(0, Type::int32, {most});
  for (std::size_t i = 0; i < chosen.size(); ++i) indices[i] = chosen[i].index;
  if (with_scores) {
    auto* values = n.out_as<float>(1, Type::float32, {most});
    for (std::size_t i = 0; i < chosen.size(); ++i) values[i] = chosen[i].score;
  }
  *n.out_as<std::int32_t>(with_scores ? 2 : 1, Type::int32, {}) = static_cast<std::int32_t>(chosen.size());
}

constexpr OpRow kNonMaxSuppressionV4{
    .op = Op::NON_MAX_SUPPRESSION_V4,
    .name = "NON_MAX_SUPPRESSION_V4",
    .options = {.builtin_options = 95},
    .results = 2,
    .infer = infer_suppression<false>,
    .eval = eval_suppression<false>,
    .kernel = {{Type::float32}},
};

constexpr OpRow kNonMaxSuppressionV5{
    .op = Op::NON_MAX_SUPPRESSION_V5,
    .name = "NON_MAX_SUPPRESSION_V5",
    .options = {.builtin_options = 96},
    .results = 3,
    .infer = infer_suppression<true>,
    .eval = eval_suppression<true>,
    .kernel = {{Type::float32}},
};

}  // namespace

void add_detection_ops(OpTable& table) {
  table.add(kNonMaxSuppressionV4);
  table.add(kNonMaxSuppressionV5);
}

}  // namespace tolite
