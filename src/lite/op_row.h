// What there is to know of an op, as data with a small, fixed set of hooks. The rows stand in ops/, one file a family.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "lite/attrs.h"
#include "lite/op.h"
#include "lite/type.h"

namespace tolite {

class NodeView;
class Infer;
class Eval;
class Permute;

/// How an attribute is stored in the options table, printed and checked.
enum class AttrKind : std::uint8_t {
  int8_enum,   ///< int8 enumeration, printed as a number
  padding,     ///< Padding, printed by name
  activation,  ///< ActivationFunctionType, printed by name
  type,        ///< TensorType, printed by name
  boolean,
  int32,
  uint32,
  int64,
  float32,
  string,
  int32_list,
  int64_list,
  float32_list,
  graph,  ///< int32 index of a subgraph
  bytes,  ///< opaque bytes, printed as length and hash
};

struct AttrSpec {
  Attr attr{};
  AttrKind kind{};
  double default_value = 0;  ///< the schema's default
  bool inside = false;       ///< known to the language only: no field of the options table, never written
  std::uint8_t slot = 0;     ///< field number in the options table; filled in by AttrList from the position

  constexpr bool in_table() const { return !inside; }
};

/// The fields of an options table in the schema's order.
class AttrList {
 public:
  constexpr AttrList() = default;
  constexpr AttrList(std::initializer_list<AttrSpec> specs) {
    std::uint8_t slot = 0;
    for (AttrSpec spec : specs) {
      spec.slot = spec.in_table() ? slot++ : std::uint8_t{0};
      specs_[size_++] = spec;
    }
  }
  constexpr const AttrSpec* begin() const { return specs_.data(); }
  constexpr const AttrSpec* end() const { return specs_.data() + size_; }
  constexpr std::size_t size() const { return size_; }
  const AttrSpec* find(Attr attr) const {
    for (const AttrSpec& spec : *this) {
      if (spec.attr == attr) return &spec;
    }
    return nullptr;
  }

 private:
  std::array<AttrSpec, 20> specs_{};
  std::size_t size_ = 0;
};

/// Which member of which options union holds the attributes.
struct OptionsTable {
  std::uint8_t builtin_options = 0;    ///< member number in the union BuiltinOptions, or 0
  std::uint8_t builtin_options_2 = 0;  ///< member number in the union BuiltinOptions2, or 0
};

/// Version `version` is needed when `when` holds; the first rule that holds decides, otherwise it is 1.
struct VersionRule {
  bool (*when)(const NodeView&) = nullptr;
  std::uint8_t version = 1;
};

class VersionRules {
 public:
  constexpr VersionRules() = default;
  constexpr VersionRules(std::initializer_list<VersionRule> rules) {
    for (const VersionRule& rule : rules) rules_[size_++] = rule;
  }
  constexpr const VersionRule* begin() const { return rules_.data(); }
  constexpr const VersionRule* end() const { return rules_.data() + size_; }

 private:
  std::array<VersionRule, 12> rules_{};
  std::size_t size_ = 0;
};

/// Element types (without quantization) of one operand that the runtime's CPU kernel computes with. With any other type
/// the runtime fails or crashes: such a node must never be written. An empty set: any type.
struct KernelTypes {
  TypeSet types{};
  std::uint8_t operand = 0;  ///< the operand that decides, where it is not the first
};

/// What an op does to variables, tables and whatever else outlives the node.
enum class StateUse : std::uint8_t {
  none,
  reads,    ///< has its place among the changes
  changes,  ///< is never dropped
};

/// Where an op with weights keeps them: operand numbers, and axes of the weights. Rank 0: it has none.
struct WeightLayout {
  std::size_t data = 0;
  std::size_t weights = 0;
  std::size_t bias = 0;
  std::size_t rank = 0;
  std::size_t output_axis = 0;
  std::size_t input_axis = 0;
};

/// real = scale * (stored - zero point). Scale 0: not fixed.
struct FixedScale {
  float scale = 0;
  std::int32_t zero_point = 0;
};

/// Operands beyond these bounds give the result that the bounds give, to half a step of the stored result.
struct UsefulOperands {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// How the scale of a quantized result comes about.
enum class ResultScale : std::uint8_t {
  own,     ///< from the range of the result
  shared,  ///< the kernel computes with stored elements as they are: results and data operands have one scale
  chosen,  ///< the same, and each element of a result is one of an operand: what lies outside the results' range is
           ///< never looked at but to be passed over
};

/// What quantization has to know of an op. Data operands are the float32 operands that are neither weights nor bias.
struct QuantizationSpec {
  /// What data operands and results may be stored as, all alike: int8, and int16 with zero point 0. The runtime's
  /// kernel computes with these. Empty: the op stays float.
  TypeSet stored{};
  ResultScale result = ResultScale::own;
  /// The scale that the kernel demands of its result.
  FixedScale int8_result{};
  FixedScale int16_result{};
  UsefulOperands int8_useful{};
  UsefulOperands int16_useful{};
  /// Elements so far below the greatest of their row along the last axis add nothing. 0: all do.
  float int8_reach = 0;
  float int16_reach = 0;
  /// Operand 0 plus (+1) or minus (-1) operand 1: neither has to tell apart what saturates in the result.
  std::int8_t sum_sign = 0;
  /// Weights may be int8 while the data is float32: the kernel quantizes the data as it goes.
  bool hybrid = false;
  /// The operand that is worth storing with fewer bits where it is constant and the op has no WeightLayout: a factor, a
  /// table. -1: none.
  std::int8_t constant = -1;
  /// The runtime's integer kernel, bit for bit; null: the row's `eval` takes stored elements as they are.
  void (*eval)(Eval&) = nullptr;
};

/// A row of the op table.
struct OpRow {
  Op op{};
  std::string_view name;  ///< as in the schema: "CONV_2D"
  OptionsTable options{};
  AttrList attrs{};
  std::uint8_t results = 1;         ///< 0: depends on attributes, given when the node is made
  void (*infer)(Infer&) = nullptr;  ///< sets types, shapes and known elements of the results
  void (*eval)(Eval&) = nullptr;    ///< computes the results from tensors: the reference kernel
  /// Rewrites the node so that it takes its data operands before a transpose instead of after it; null: it does not
  /// commute with transposes.
  bool (*permute)(Permute&) = nullptr;
  VersionRules version{};
  KernelTypes kernel{};
  WeightLayout weights{};
  QuantizationSpec quantization{};
  bool pure = true;  ///< same operands, same results, no effect: may be folded, merged and dropped
  /// Of variables and tables; a node that runs graphs does what their nodes do.
  StateUse state = StateUse::none;
};

/// The rows by op.
class OpTable {
 public:
  void add(const OpRow& row);
  const OpRow* find(Op op) const;
  const OpRow& operator[](Op op) const;  ///< throws Error(internal) for an op without a row
  const OpRow* find(std::string_view name) const;
  template <typename F>
  void for_each(F f) const {
    for (const OpRow* row : rows_) {
      if (row != nullptr) f(*row);
    }
  }

 private:
  std::array<const OpRow*, 1024> rows_{};
};

/// Version of the op that a node needs.
int op_version(const NodeView& node);

}  // namespace tolite
