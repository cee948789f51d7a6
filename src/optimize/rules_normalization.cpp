// Softmax and normalisations that a source language wrote as arithmetic.
#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

/// The reduction keeps its dimension and runs over the last axis alone.
bool reduces_last_axis(const Match& m, ValueId v) {
  const NodeView n = m.view(m.graph()[v].producer);
  const auto axes = n.integers(1);
  if (!axes || axes->size() != 1 || !n.shape(0).ranked() || n.shape(0).rank() == 0) return false;
  return n.flag(Attr::keep_dims) &&
         (axes->front() == -1 || axes->front() == static_cast<std::int64_t>(n.shape(0).rank()) - 1);
}

Pattern last_axis(Op reduction, Pattern operand) {
  return op(reduction, {std::move(operand), any()}).where("it reduces the last axis and keeps it", reduces_last_axis);
}

bool is_small(const Match& m, ValueId v) {
  const auto n = splat_value(*m.tensor(v));
  return n && *n >= 0 && *n < 1e-3;
}

}  // namespace

std::vector<Rule> normalization_rules() {
  std::vector<Rule> rules;
  rules.push_back({"softmax_from_exp", op(Op::DIV, {op(Op::EXP, {x}).as(y).used(2), last_axis(Op::SUM, y)}),
                   [](Builder& b, const Match& m) {
                     return b(Op::SOFTMAX, {m[x]}, {{Attr::beta, 1.0F}});
                   }});
  rules.push_back({"softmax_needs_no_maximum", op(Op::SOFTMAX, {op(Op::SUB, {x, last_axis(Op::REDUCE_MAX, x)})}),
                   [](Builder& b, const Match& m) { return rebuild(b, m.root(), {m[x]}); }});
  const Pattern shifted = op(Op::SUB, {x, last_axis(Op::REDUCE_MAX, x)}).as(y).used(2);
  rules.push_back({"log_softmax_from_exp", op(Op::SUB, {shifted, op(Op::LOG, {last_axis(Op::SUM, op(Op::EXP, {y}))})}),
                   [](Builder& b, const Match& m) { return b(Op::LOG_SOFTMAX, {m[x]}); }});
  rules.push_back({"log_softmax_from_softmax", op(Op::LOG, {op(Op::SOFTMAX, {x})}), [](Builder& b, const Match& m) {
                     if (m.view(m.graph()[m.root().input(0)].producer).real(Attr::beta) != 1.0F)
                       return m.no("beta is not 1");
                     return b(Op::LOG_SOFTMAX, {m[x]});
                   }});
  // The kernel keeps the norm above 1e-6, whatever small number the source added.
  const Pattern sum = last_axis(Op::SUM, either({op(Op::SQUARE, {x}), op(Op::MUL, {x, x})}));
  const Pattern guarded =
      either({sum, op({Op::MAXIMUM, Op::ADD}, {sum, scalar(c).where("it is below 0.001", is_small)})});
  rules.push_back({"l2_normalization_from_rsqrt",
                   either({op(Op::MUL, {x, op(Op::RSQRT, {guarded})}), op(Op::DIV, {x, op(Op::SQRT, {guarded})})}),
                   [](Builder& b, const Match& m) { return b(Op::L2_NORMALIZATION, {m[x]}); }});
  return rules;
}

}  // namespace tolite::optimize
