// Identities, and constants drawn together so that the folding pass can compute them.
#include <algorithm>

#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

ValueId keep_x(Builder&, const Match& m) {
  // Only where broadcasting with the other operand changed nothing.
  return m.shape(x) == m.root().output_shape() ? m[x] : m.no("the other operand broadcasts");
}

ValueId binary(Builder& b, const Match& m, Op op, ValueId left, ValueId right) {
  return b(op, {left, right}, {{Attr::fused_activation_function, m.root().activation()}});
}

void add_identities(std::vector<Rule>& rules) {
  rules.push_back({"nothing_added", op(Op::ADD, {x, number(0)}), keep_x});
  rules.push_back({"nothing_subtracted", op(Op::SUB, {x, number(0)}), keep_x});
  rules.push_back({"times_one", op(Op::MUL, {x, number(1)}), keep_x});
  rules.push_back({"divided_by_one", op(Op::DIV, {x, number(1)}), keep_x});
  rules.push_back({"double_negation", op({Op::NEG, Op::LOGICAL_NOT}, {op({Op::NEG, Op::LOGICAL_NOT}, {x})}),
                   [](Builder&, const Match& m) { return m[x]; }});
  rules.push_back({"sum_of_two", op(Op::ADD_N, {x, y}), [](Builder& b, const Match& m) {
                     return b(Op::ADD, {m[x], m[y]});
                   }});
  rules.push_back({"sum_of_one", op(Op::ADD_N, {x}), [](Builder&, const Match& m) { return m[x]; }});
}

void add_negations(std::vector<Rule>& rules) {
  rules.push_back({"negated_difference", op(Op::NEG, {op(Op::SUB, {x, y})}), [](Builder& b, const Match& m) {
                     return b(Op::SUB, {m[y], m[x]});
                   }});
  rules.push_back({"add_negation", op(Op::ADD, {x, op(Op::NEG, {y})}).any_activation(), [](Builder& b, const Match& m) {
                     // A constant is added, not subtracted: subtrahend_to_summand.
                     if (m.is_constant(m[y])) return m.no("the negated value is a constant");
                     return binary(b, m, Op::SUB, m[x], m[y]);
                   }});
  rules.push_back({"subtract_negation", op(Op::SUB, {x, op(Op::NEG, {y})}).any_activation(),
                   [](Builder& b, const Match& m) { return binary(b, m, Op::ADD, m[x], m[y]); }});
  rules.push_back({"negation_into_factor",
                   either({op(Op::NEG, {op(Op::MUL, {x, constant(c)})}),
                           op(Op::MUL, {op(Op::NEG, {x}), constant(c)}).any_activation()}),
                   [](Builder& b, const Match& m) {
                     const Activation a = m.root().op() == Op::MUL ? m.root().activation() : Activation::NONE;
                     return b(Op::MUL, {m[x], b(Op::NEG, {m[c]})}, {{Attr::fused_activation_function, a}});
                   }});
}

bool is_float32(const Match& m, ValueId v) { return m.type(v) == Type::float32; }

/// Not larger than the larger of the two constants: a sum of a row and a column must not become a matrix.
bool joins_small(const Match& m, ValueId joined_from_a, ValueId joined_from_b, const Builder&, const Shape& joined) {
  const auto a = m.shape(joined_from_a).element_count();
  const auto b = m.shape(joined_from_b).element_count();
  const auto n = joined.element_count();
  return a && b && n && *n <= std::max(*a, *b);
}

/// (x op c) op d becomes x op (c op d). With a constant x the result would be of the same form again, for ever: it is
/// left to folding.
template <Op kJoin, Op kResult>
ValueId join_constants(Builder& b, const Match& m, ValueId left, ValueId right, bool constant_first) {
  if (m.is_constant(m[x])) return m.no("all of it is constant");
  const ValueId joined = b(kJoin, {left, right});
  if (!joins_small(m, left, right, b, b.shape(joined))) return m.no("the constants broadcast to a larger one");
  return constant_first ? binary(b, m, kResult, joined, m[x]) : binary(b, m, kResult, m[x], joined);
}

/// Whether a whole number is made of the value, at once or after a sum. There the last place of a quotient decides,
/// which a product by the reciprocal does not have: 41 * (1 / 41) is less than 1.
bool becomes_whole(const Graph& graph, ValueId v, bool through_sum) {
  const std::vector<NodeId> users = graph.users(v);
  return std::any_of(users.begin(), users.end(), [&](NodeId user) {
    const Op op = graph[user].op;
    if (op == Op::FLOOR || op == Op::CEIL || op == Op::ROUND) return true;
    if (op == Op::CAST) return !is_float(graph[graph.result(user, 0)].type);
    return through_sum && (op == Op::ADD || op == Op::SUB) && becomes_whole(graph, graph.result(user, 0), false);
  });
}

void add_joins(std::vector<Rule>& rules) {
  rules.push_back({"divisor_to_factor",
                   op(Op::DIV, {x, constant(c)}).any_activation().where("the type is float32", is_float32),
                   [](Builder& b, const Match& m) {
                     if (becomes_whole(m.graph(), m.graph().result(m.root().id(), 0), true))
                       return m.no("a whole number is made of the quotient");
                     return binary(b, m, Op::MUL, m[x], b(Op::DIV, {b.scalar(Type::float32, 1), m[c]}));
                   }});
  rules.push_back({"subtrahend_to_summand",
                   op(Op::SUB, {x, constant(c)}).any_activation().where("the type is float32", is_float32),
                   [](Builder& b, const Match& m) { return binary(b, m, Op::ADD, m[x], b(Op::NEG, {m[c]})); }});
  rules.push_back(
      {"join_summands", op(Op::ADD, {op(Op::ADD, {x, constant(c)}), constant(d)}).any_activation(),
       [](Builder& b, const Match& m) { return join_constants<Op::ADD, Op::ADD>(b, m, m[c], m[d], false); }});
  rules.push_back(
      {"join_factors", op(Op::MUL, {op(Op::MUL, {x, constant(c)}), constant(d)}).any_activation(),
       [](Builder& b, const Match& m) { return join_constants<Op::MUL, Op::MUL>(b, m, m[c], m[d], false); }});
  rules.push_back(
      {"join_minuend", op(Op::ADD, {op(Op::SUB, {constant(c), x}), constant(d)}).any_activation(),
       [](Builder& b, const Match& m) { return join_constants<Op::ADD, Op::SUB>(b, m, m[c], m[d], true); }});
  rules.push_back(
      {"join_subtrahend", op(Op::SUB, {constant(d), op(Op::ADD, {x, constant(c)})}).any_activation(),
       [](Builder& b, const Match& m) { return join_constants<Op::SUB, Op::SUB>(b, m, m[d], m[c], true); }});
  // (x c + d) e = x (c e) + d e: two affine steps become one.
  rules.push_back(
      {"distribute_factor",
       op(Op::MUL, {op(Op::ADD, {op(Op::MUL, {x, constant(c)}), constant(d)}), constant(other)}).any_activation(),
       [](Builder& b, const Match& m) {
         const ValueId factor = b(Op::MUL, {m[c], m[other]});
         const ValueId summand = b(Op::MUL, {m[d], m[other]});
         if (!joins_small(m, m[c], m[other], b, b.shape(factor)) ||
             !joins_small(m, m[d], m[other], b, b.shape(summand)))
           return m.no("the constants broadcast to a larger one");
         return binary(b, m, Op::ADD, b(Op::MUL, {m[x], factor}), summand);
       }});
}

void add_powers(std::vector<Rule>& rules) {
  rules.push_back({"power_to_simpler_op", op(Op::POW, {x, scalar(c)}).where("the type is float32", is_float32),
                   [](Builder& b, const Match& m) {
                     const double exponent = m.number(c);
                     if (m.shape(x) != m.root().output_shape()) return m.no("the exponent broadcasts");
                     if (exponent == 1) return m[x];
                     if (exponent == 2) return b(Op::SQUARE, {m[x]});
                     if (exponent == 0.5) return b(Op::SQRT, {m[x]});
                     if (exponent == -0.5) return b(Op::RSQRT, {m[x]});
                     return m.no("the exponent is not 1, 2, 0.5 or -0.5");
                   }});
  rules.push_back({"reciprocal_square_root", op(Op::DIV, {number(1), op(Op::SQRT, {x})}),
                   [](Builder& b, const Match& m) { return b(Op::RSQRT, {m[x]}); }});
  rules.push_back({"squared_difference",
                   either({op(Op::SQUARE, {op(Op::SUB, {x, y})}), op(Op::MUL, {op(Op::SUB, {x, y}).as(z).used(2), z})}),
                   [](Builder& b, const Match& m) {
                     if (!m.table()[Op::SQUARED_DIFFERENCE].kernel.types.has(m.type(x)))
                       return m.no("the kernel does not take the type");
                     return b(Op::SQUARED_DIFFERENCE, {m[x], m[y]});
                   }});
}

void add_logic(std::vector<Rule>& rules) {
  const std::vector<Op> selects{Op::SELECT, Op::SELECT_V2};
  rules.push_back({"select_by_constant", op(selects, {scalar(c), x, y}), [](Builder&, const Match& m) {
                     const ValueId chosen = m.number(c) != 0 ? m[x] : m[y];
                     return m.shape(chosen) == m.root().output_shape() ? chosen : m.no("the other operands broadcast");
                   }});
  rules.push_back({"select_of_same", op(selects, {c, x, x}), keep_x});
  rules.push_back({"select_by_negation", op(selects, {op(Op::LOGICAL_NOT, {c}), x, y}), [](Builder& b, const Match& m) {
                     return b(m.root().op(), {m[c], m[y], m[x]});
                   }});
  rules.push_back({"and_true", op(Op::LOGICAL_AND, {x, number(1)}), keep_x});
  rules.push_back({"and_of_same", op(Op::LOGICAL_AND, {x, x}), keep_x});
  rules.push_back({"or_false", op(Op::LOGICAL_OR, {x, number(0)}), keep_x});
}

}  // namespace

std::vector<Rule> arithmetic_rules() {
  std::vector<Rule> rules;
  add_identities(rules);
  add_negations(rules);
  add_joins(rules);
  add_powers(rules);
  add_logic(rules);
  return rules;
}

}  // namespace tolite::optimize
