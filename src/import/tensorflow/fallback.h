// What becomes of a node that no translator takes: a Select TF op, which TensorFlow's own kernel runs inside the
// runtime, or a custom op, whose kernel the app brings; as far as the caller allows either.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/tensorflow/op_registry.h"
#include "import/tensorflow/tf_node.h"
#include "tolite/error.h"

namespace tolite::tensorflow {

struct FallbackOptions {
  enum class Select {
    never,
    needed,     ///< ops without a builtin form
    preferred,  ///< every op that the Flex delegate runs
  };
  Select select = Select::never;
  /// Further ops that the runtime's Flex delegate is built with.
  std::vector<std::string> select_user_ops;
  bool allow_custom = false;
  /// OpDefs in protobuf's text form of ops that TensorFlow does not register.
  std::vector<std::string> op_definitions;
};

class Fallback {
 public:
  explicit Fallback(FallbackOptions options);

  /// Whether the op is to be a Select TF op though there may be a translator.
  bool goes_before_builtins(std::string_view op) const;

  /// Wires the node as a Select TF or custom op and returns its results: 16-bit floats widened, as everywhere in a
  /// graph. `function`: the one it stands in, empty for the main graph, none if the op keeps no place. Throws Refusal,
  /// with the reason if the node does not fit its definition, and without if no option allows it to be either.
  std::vector<ValueId> wire(Builder& b, const read::Node& node, std::optional<std::string_view> function,
                            std::span<const ValueId> inputs) const;

  /// Whether the caller has described an op of this name, which is not TensorFlow's, and allows it.
  bool is_described(std::string_view op) const;
  bool allows_custom() const { return options_.allow_custom; }

  /// Which list the op would have to be taken from, as an error code, and the option that does it added to `refusal`.
  Code advise(std::string_view op, Refusal& refusal) const;

 private:
  enum class Form { none, select, custom };
  Form form(std::string_view op) const;
  bool is_select_op(std::string_view op) const;

  FallbackOptions options_;
  OpRegistry registry_;
};

/// A custom op of these operand and result types. `call`: the node that it stands for, whose exporter may have noted
/// the shapes of its results. The results are widened. Throws Refusal if the types are not those of the inputs.
std::vector<ValueId> wire_custom(Builder& b, const read::Node& call, std::string code, std::string options,
                                 const std::vector<read::DataType>& takes, std::span<const ValueId> inputs,
                                 const std::vector<read::DataType>& gives);

}  // namespace tolite::tensorflow
