// A rule: a pattern, and what to put in its place.
#pragma once

#include <string_view>
#include <vector>

#include "ops/releases.h"
#include "optimize/match.h"

namespace tolite::optimize {

/// Builds the replacement of the root's result, or returns m.no("reason"). The driver has checked the pattern, that
/// inner results have no other users, and checks afterwards that type and shape are kept; it passes names and origins
/// on.
using RightSide = ValueId (*)(Builder& b, const Match& m);

struct Rule {
  std::string_view name;
  Pattern left;
  RightSide right = nullptr;
};

// Rules by topic, one function a file.
std::vector<Rule> activation_rules();        ///< activations written as arithmetic
std::vector<Rule> normalization_rules();     ///< softmax and normalisations written as arithmetic
std::vector<Rule> arithmetic_rules();        ///< identities, constants drawn together
std::vector<Rule> cast_rules();              ///< casts
std::vector<Rule> shape_rules();             ///< reshapes, transposes, reductions, broadcasts
std::vector<Rule> slice_rules();             ///< slices, gathers, joins
std::vector<Rule> affine_rules();            ///< arithmetic with constants into weights and biases
std::vector<Rule> convolution_rules();       ///< padding and dilation into convolutions
std::vector<Rule> matrix_rules();            ///< matrix products and what stands around them
std::vector<Rule> fused_activation_rules();  ///< activations into the op before them
std::vector<Rule> error_function_rules();    ///< error functions in builtins
std::vector<Rule> final_form_rules();        ///< the operand forms that the runtime and its delegates take
std::vector<Rule> older_runtime_rules();     ///< what a target runtime lacks, by ops that it has
std::vector<Rule> older_kernel_rules();      ///< what kernels of older runtimes refuse, by operands that they take
std::vector<Rule> older_kernel_rules(const Release& target);  ///< those of them that the target needs

/// The rules of all topics.
std::vector<Rule> all_rules();

/// The node again with other operands and some attributes changed.
ValueId rebuild(Builder& b, const NodeView& node, std::vector<ValueId> operands, std::vector<AttrEntry> changes = {});

}  // namespace tolite::optimize
