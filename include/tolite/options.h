// What the caller wants of a conversion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tolite/quantization.h"

namespace tolite {

struct Options {
  /// Signatures to convert; empty: all of them.
  std::vector<std::string> signatures;
  /// Tags of the MetaGraph of a SavedModel; empty: the one for serving.
  std::vector<std::string> tags;
  /// Inputs and outputs of a frozen graph, "node" or "node:1"; empty: its placeholders, and the nodes nobody uses.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  /// Shapes of inputs by argument or tensor name; -1 for a dimension that stays unknown.
  std::map<std::string, std::vector<std::int64_t>> input_shapes;
  /// Make every float64 of a TensorFlow model float32 and every complex128 complex64: constants and variables are
  /// rounded, inputs and outputs change their type.
  bool narrow_float64 = false;
  /// Ops without a builtin form may be left to TensorFlow's own kernels, which need the Flex delegate in the app.
  enum class SelectTfOps {
    never,
    needed,     ///< those without a builtin form
    preferred,  ///< every op that the Flex delegate runs, builtin form or not
  };
  SelectTfOps select_tf_ops = SelectTfOps::never;
  /// Further ops that the app's Flex delegate is built with.
  std::vector<std::string> select_user_ops;
  /// Whether what is left may become custom ops, whose kernels the app brings.
  bool allow_custom_ops = false;
  /// OpDefs, in protobuf's text form, of ops that are not TensorFlow's own.
  std::vector<std::string> custom_op_defs;
  /// The oldest runtime that has to load the file: "2.5" ... "2.21" (TensorFlow Lite), "litert-1.0" ..., "newest";
  /// empty: LiteRT 1.0, but what has no form for it is written for a newer one.
  std::string target_runtime;
  /// Threads to use; 0: one a core. The output never depends on it.
  unsigned threads = 0;
  /// Write LSTM layers as UNIDIRECTIONAL_SEQUENCE_LSTM where that is exact, not as loops.
  bool fuse_lstm = false;
  /// The fused op keeps its state from call to call: what it is by itself, and the layer is not.
  bool keep_lstm_state = false;
  /// An .npz with one array per input (first axis: samples) and, optionally, the expected outputs under their names;
  /// empty: the result is not verified.
  std::string verify_samples;
  /// Greatest error of an output in verification, as a part of the output's range.
  double verify_tolerance = 1e-4;
  QuantizationOptions quantization;
  /// Called when a stage begins. May be called from any thread, never from two at once.
  std::function<void(std::string_view stage)> on_stage;

  // To find a faulty rewrite: stop after so many, or tell why a rule does not match at a node.
  std::size_t rewrite_limit = SIZE_MAX;
  std::string explain_rule;
  std::string explain_node;
  std::function<void(std::string_view line)> on_explanation;
};

}  // namespace tolite
