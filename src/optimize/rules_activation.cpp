// Activations that a source language wrote as arithmetic, and activations of what they do not change.
#include <cmath>

#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

// The kernels of these ops compute floats; clamps of integers stay MAXIMUM and MINIMUM.
bool is_float32(const Match& m, ValueId v) { return m.type(v) == Type::float32; }

Pattern float_op(Op o, std::vector<Pattern> operands) {
  return op(o, std::move(operands)).where("the type is float32", is_float32);
}

const std::vector<Op> kSelects{Op::SELECT, Op::SELECT_V2};

void add_clamps(std::vector<Rule>& rules) {
  rules.push_back({"relu_from_maximum", float_op(Op::MAXIMUM, {x, number(0)}),
                   [](Builder& b, const Match& m) { return b(Op::RELU, {m[x]}); }});
  const Pattern minimum_6 =
      either({op(Op::MINIMUM, {op(Op::RELU, {x}), number(6)}), op(Op::RELU, {op(Op::MINIMUM, {x, number(6)})})});
  rules.push_back({"relu6_from_clamp", minimum_6, [](Builder& b, const Match& m) { return b(Op::RELU6, {m[x]}); }});
  rules.push_back({"relu_n1_to_1_from_clamp",
                   either({float_op(Op::MINIMUM, {op(Op::MAXIMUM, {x, number(-1)}), number(1)}),
                           float_op(Op::MAXIMUM, {op(Op::MINIMUM, {x, number(1)}), number(-1)})}),
                   [](Builder& b, const Match& m) { return b(Op::RELU_N1_TO_1, {m[x]}); }});
  rules.push_back(
      {"relu_0_to_1_from_clamp",
       either({op(Op::MINIMUM, {op(Op::RELU, {x}), number(1)}), op(Op::RELU, {op(Op::MINIMUM, {x, number(1)})})}),
       [](Builder& b, const Match& m) { return b(Op::RELU_0_TO_1, {m[x]}); }});
  rules.push_back({"relu_of_nonnegative",
                   op(Op::RELU, {op({Op::RELU, Op::RELU6, Op::RELU_0_TO_1, Op::LOGISTIC, Op::SOFTMAX, Op::SQUARE,
                                     Op::ABS, Op::EXP, Op::SQUARED_DIFFERENCE, Op::SQRT})
                                     .as(x)
                                     .shared()}),
                   [](Builder&, const Match& m) { return m[x]; }});
  rules.push_back({"relu6_of_relu", op(Op::RELU6, {op(Op::RELU, {x})}),
                   [](Builder& b, const Match& m) { return b(Op::RELU6, {m[x]}); }});
}

ValueId leaky_relu(Builder& b, const Match& m) {
  const double alpha = m.number(c);
  return b(Op::LEAKY_RELU, {m[x]}, {{Attr::alpha, static_cast<float>(alpha)}});
}

/// exp - 1 of what `once` matches, as plain arithmetic or as the import writes Expm1, tanh(v / 2) (exp(v) + 1), which
/// uses it twice: as `first` and as `again`.
Pattern exp_less_one(const Pattern& once, const Pattern& first, const Pattern& again) {
  return either({op(Op::SUB, {op(Op::EXP, {once}), number(1)}), op(Op::ADD, {op(Op::EXP, {once}), number(-1)}),
                 op(Op::MUL, {op(Op::TANH, {op(Op::MUL, {first, number(0.5)})}),
                              op(Op::ADD, {op(Op::EXP, {again}), number(1)})})});
}

void add_leaky(std::vector<Rule>& rules) {
  rules.push_back({"leaky_relu_from_maximum", float_op(Op::MAXIMUM, {x, op(Op::MUL, {x, scalar(c)})}),
                   [](Builder& b, const Match& m) {
                     if (!(m.number(c) > 0 && m.number(c) < 1)) return m.no("the slope is not between 0 and 1");
                     return leaky_relu(b, m);
                   }});
  rules.push_back({"leaky_relu_from_select",
                   op(kSelects, {op({Op::GREATER_EQUAL, Op::GREATER}, {x, number(0)}), x, op(Op::MUL, {x, scalar(c)})}),
                   [](Builder& b, const Match& m) {
                     return m.type(x) == Type::float32 ? leaky_relu(b, m) : m.no("the type is not float32");
                   }});
  // relu(x) + (-a) * relu(-x), as Keras writes PReLU.
  rules.push_back({"prelu_from_relus",
                   op(Op::ADD, {op(Op::RELU, {x}), op(Op::MUL, {op(Op::RELU, {op(Op::NEG, {x})}), constant(c)})}),
                   [](Builder& b, const Match& m) {
                     // The kernel wants one slope an element without the batch dimension.
                     if (!m.shape(x).ranked() || m.shape(c).rank() + 1 != m.shape(x).rank())
                       return m.no("the slopes do not have the rank of the input less one");
                     return b(Op::PRELU, {m[x], b(Op::NEG, {m[c]})});
                   }});
  rules.push_back({"elu_from_select", op(kSelects, {op(Op::GREATER, {x, number(0)}), x, exp_less_one(x, x, x)}),
                   [](Builder& b, const Match& m) { return b(Op::ELU, {m[x]}); }});
  const Pattern clipped = op(kSelects, {op(Op::GREATER, {x, number(0)}), number(0), x});
  rules.push_back(
      {"elu_from_selects",
       op(kSelects, {op(Op::GREATER, {x, number(0)}), x, exp_less_one(clipped, Pattern(clipped).as(z).used(2), z)}),
       [](Builder& b, const Match& m) { return b(Op::ELU, {m[x]}); }});
}

void add_sigmoids(std::vector<Rule>& rules) {
  rules.push_back({"logistic_from_exp",
                   op(Op::DIV, {number(1), op(Op::ADD, {number(1), op(Op::EXP, {op(Op::NEG, {x})})})}),
                   [](Builder& b, const Match& m) { return b(Op::LOGISTIC, {m[x]}); }});
  const Pattern clipped = activated(Op::RELU6, Op::ADD, {x, number(3)});
  const Pattern clipped_unit = op(Op::RELU_0_TO_1, {op(Op::ADD, {op(Op::MUL, {x, number(1.0 / 6)}), number(0.5)})});
  rules.push_back(
      {"hard_swish_from_relu6",
       either({op(Op::MUL, {x, op(Op::MUL, {clipped, number(1.0 / 6)})}),
               op(Op::MUL, {op(Op::MUL, {x, clipped}), number(1.0 / 6)}),
               op(Op::MUL, {op(Op::MUL, {x, number(1.0 / 6)}), clipped}),
               op(Op::MUL, {x, op(Op::DIV, {clipped, number(6)})}), op(Op::DIV, {op(Op::MUL, {x, clipped}), number(6)}),
               op(Op::MUL, {op(Op::DIV, {x, number(6)}), clipped}), op(Op::MUL, {x, clipped_unit})}),
       [](Builder& b, const Match& m) {
         return m.type(x) == Type::float32 ? b(Op::HARD_SWISH, {m[x]}) : m.no("the type is not float32");
       }});
}

/// a * b * c in every order of multiplying.
Pattern product(const Pattern& a, const Pattern& b, const Pattern& c) {
  return either({op(Op::MUL, {op(Op::MUL, {a, b}), c}), op(Op::MUL, {op(Op::MUL, {a, c}), b}),
                 op(Op::MUL, {a, op(Op::MUL, {b, c})})});
}

void add_gelu(std::vector<Rule>& rules) {
  const Pattern cube = either(
      {op(Op::POW, {x, number(3)}), op(Op::MUL, {x, op(Op::MUL, {x, x})}), op(Op::MUL, {x, op(Op::SQUARE, {x})})});
  const Pattern cubic = either({op(Op::MUL, {cube, number(0.044715)}),
                                op(Op::MUL, {x, op(Op::MUL, {x, op(Op::MUL, {x, number(0.044715)})})}),
                                op(Op::MUL, {op(Op::MUL, {x, x}), op(Op::MUL, {x, number(0.044715)})})});
  const Pattern tanh = op(Op::TANH, {op(Op::MUL, {op(Op::ADD, {x, cubic}), number(0.7978845608)})});
  rules.push_back(
      {"gelu_from_tanh", product(number(0.5), x, op(Op::ADD, {tanh, number(1)})), [](Builder& b, const Match& m) {
         return b(Op::GELU, {m[x]}, {{Attr::approximate, true}});
       }});
  const Pattern scaled = either({op(Op::MUL, {x, number(0.7071067812)}), op(Op::DIV, {x, number(1.4142135624)})});
  rules.push_back({"gelu_from_erf", product(number(0.5), x, op(Op::ADD, {op(Op::TF_ERF, {scaled}), number(1)})),
                   [](Builder& b, const Match& m) {
                     return b(Op::GELU, {m[x]}, {{Attr::approximate, false}});
                   }});
  const Pattern negated = either({op(Op::MUL, {op(Op::NEG, {x}), number(0.7071067812)}), op(Op::NEG, {scaled}),
                                  op(Op::MUL, {x, number(-0.7071067812)})});
  rules.push_back(
      {"gelu_from_erfc", product(number(0.5), x, op(Op::TF_ERFC, {negated})), [](Builder& b, const Match& m) {
         return b(Op::GELU, {m[x]}, {{Attr::approximate, false}});
       }});
}

}  // namespace

std::vector<Rule> activation_rules() {
  std::vector<Rule> rules;
  add_clamps(rules);
  add_leaky(rules);
  add_sigmoids(rules);
  add_gelu(rules);
  return rules;
}

}  // namespace tolite::optimize
