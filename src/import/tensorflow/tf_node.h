// A TensorFlow node as its translator sees it: operands already in the language, attributes by name. Translators never
// see the file format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lite/builder.h"

namespace tolite::read {
struct Node;
}

namespace tolite::tensorflow {

/// A node has no lite form, for this reason: thrown by TfNode::refuse. Import collects refusals and goes on.
struct Refusal {
  std::string reason;
  std::string way_out;
};

class TfNode {
 public:
  TfNode(const read::Node& def, std::vector<ValueId> inputs, Builder& builder)
      : def_(def), inputs_(std::move(inputs)), builder_(builder) {}

  std::string_view name() const;
  std::string_view op() const;

  // Data operands.
  std::size_t input_count() const { return inputs_.size(); }
  ValueId in(std::size_t i) const;
  const std::vector<ValueId>& inputs() const { return inputs_; }
  Type type(std::size_t i) const { return builder_.type(in(i)); }
  const Shape& shape(std::size_t i) const { return builder_.shape(in(i)); }
  /// Elements of operand i, a constant; refuses the node if it is not one. `what` names it: "axis", "paddings".
  const Tensor& constant(std::size_t i, const char* what) const;
  /// Elements of integer operand i, a constant; refuses the node if it is not one.
  std::vector<std::int64_t> integers(std::size_t i, const char* what) const;
  /// The same for a single number.
  std::int64_t integer(std::size_t i, const char* what) const;

  // Attributes, with the op definition's default for files that leave defaults out.
  std::int64_t integer_attr(std::string_view name, std::int64_t default_value = 0) const;
  float real_attr(std::string_view name, float default_value = 0) const;
  bool flag_attr(std::string_view name, bool default_value = false) const;
  std::string text_attr(std::string_view name, std::string_view default_value = {}) const;
  std::vector<std::string> texts_attr(std::string_view name) const;
  std::vector<std::int64_t> integers_attr(std::string_view name) const;
  std::vector<float> reals_attr(std::string_view name) const;
  Type type_attr(std::string_view name, Type default_value = Type::none) const;
  /// The type that the attribute names, 16-bit floats as such.
  Type stored_type_attr(std::string_view name) const;
  /// Whether the attribute names half or bfloat16, which are float32 inside a graph.
  bool is_narrow_float(std::string_view name) const;
  std::vector<Type> types_attr(std::string_view name) const;
  Shape shape_attr(std::string_view name) const;
  bool has_attr(std::string_view name) const;

  /// The same node with another operand: a step of several that it names.
  TfNode on(ValueId operand) const { return TfNode(def_, {operand}, builder_); }

  /// This node cannot be translated. The reason completes "<op> cannot be converted: <reason>"; the way out, if there
  /// is one, tells the user what to do instead.
  [[noreturn]] void refuse(std::string reason, std::string way_out = {}) const;
  void require(bool condition, const char* reason) const {
    if (!condition) refuse(reason);
  }

 private:
  const read::Node& def_;
  std::vector<ValueId> inputs_;
  Builder& builder_;
};

/// Results of a translator: one value, or one a result of the node.
struct Results {
  std::vector<ValueId> values;
  Results(ValueId value) : values{value} {}                        // NOLINT: one result reads best unwrapped
  Results(std::vector<ValueId> list) : values(std::move(list)) {}  // NOLINT
};

/// Writes the node in the language; throws Refusal (by n.refuse) or Error.
using Translator = Results (*)(TfNode& n, Builder& b);

/// Translators by TensorFlow op name. Filled by one function a family file, listed in translators.cpp.
template <typename T>
class ByOpName {
 public:
  void add(std::string_view op, T translator) { rows_.insert({op, translator}); }
  /// The op has no translator, for a reason that holds whatever its operands are.
  void refuse(std::string_view op, Refusal refusal) { refusals_.insert({op, std::move(refusal)}); }
  /// Null if the op has no translator.
  T find(std::string_view op) const {
    const auto at = rows_.find(op);
    return at != rows_.end() ? at->second : nullptr;
  }
  /// Why the op has none.
  Refusal refusal(std::string_view op) const {
    const auto at = refusals_.find(op);
    return at != refusals_.end() ? at->second : Refusal{"there is no builtin for this operation", {}};
  }
  /// Names of all ops with a translator, sorted.
  std::vector<std::string_view> ops() const {
    std::vector<std::string_view> names;
    for (const auto& [op, translator] : rows_) names.push_back(op);
    return names;
  }

 private:
  std::map<std::string_view, T> rows_;
  std::map<std::string_view, Refusal> refusals_;
};
using Translators = ByOpName<Translator>;

/// The translators of all families. Made once, never changed.
const Translators& translators();

// One function a family file.
void add_activation_translators(Translators& t);
void add_pass_through_translators(Translators& t);
void add_reshape_translators(Translators& t);
void add_join_translators(Translators& t);
void add_slice_translators(Translators& t);
void add_slice_update_translators(Translators& t);
void add_split_translators(Translators& t);
void add_gather_translators(Translators& t);
void add_scatter_translators(Translators& t);
void add_segment_translators(Translators& t);
void add_diagonal_translators(Translators& t);
void add_unique_translators(Translators& t);
void add_space_translators(Translators& t);
void add_pad_translators(Translators& t);
void add_tile_translators(Translators& t);
void add_transpose_translators(Translators& t);
void add_arg_translators(Translators& t);
void add_binary_translators(Translators& t);
void add_bitwise_translators(Translators& t);
void add_cast_translators(Translators& t);
void add_comparison_translators(Translators& t);
void add_creation_translators(Translators& t);
void add_loss_translators(Translators& t);
void add_reduction_translators(Translators& t);
void add_select_translators(Translators& t);
void add_complex_translators(Translators& t);
void add_count_translators(Translators& t);
void add_fourier_translators(Translators& t);
void add_linear_algebra_translators(Translators& t);
void add_random_translators(Translators& t);
void add_scan_translators(Translators& t);
void add_special_function_translators(Translators& t);
void add_trigonometry_translators(Translators& t);
void add_unary_translators(Translators& t);
void add_convolution_translators(Translators& t);
void add_einsum_translators(Translators& t);
void add_matmul_translators(Translators& t);
void add_xla_convolution_translators(Translators& t);
void add_xla_gather_translators(Translators& t);
void add_fake_quantization_translators(Translators& t);
void add_normalization_translators(Translators& t);
void add_pooling_translators(Translators& t);
void add_resize_translators(Translators& t);
void add_combined_suppression_translators(Translators& t);
void add_detection_translators(Translators& t);
void add_color_translators(Translators& t);
void add_patch_translators(Translators& t);
void add_sampling_translators(Translators& t);
void add_partition_translators(Translators& t);
void add_sparse_translators(Translators& t);

}  // namespace tolite::tensorflow
