// Decides what is stored as what: which nodes compute with integers, and the scale of each value.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lite/node_view.h"
#include "lite/op_row.h"
#include "quantize/parameters.h"

namespace tolite::quantize {

struct PlanOptions {
  Type stored = Type::int8;  ///< of activations: int8, or int16 with int8 weights
  /// Every node that can computes with integers, even where it costs more conversions than it saves.
  bool everything = false;
  RangeMethod method = RangeMethod::min_max;
  /// Of the graphs' inputs and outputs; float32 or integers.
  Type input_type = Type::float32;
  Type output_type = Type::float32;
  /// Whether biases make up for what storing weights does to the means of results.
  bool correct_biases = true;
  /// Whether the author wants the node to stay float.
  std::function<bool(const NodeView&)> keep_float;
};

/// A node that stays float though quantization was asked for.
struct KeptFloat {
  GraphId graph;
  NodeId node;
  std::string reason;
};

struct GraphPlan {
  std::vector<bool> is_integer;                     ///< by node
  std::vector<std::optional<Quantization>> scales;  ///< by value: of results and inputs that are stored as integers
  std::vector<std::optional<Quantization>>
      wanted;  ///< by node: the one scale of operands and results, where it has one
  /// By value: means of its channels, where they are known and biases are to be corrected.
  std::vector<std::vector<double>> means;
};

struct Plan {
  Type stored = Type::int8;
  std::vector<GraphPlan> graphs;
  std::vector<KeptFloat> kept_float;
};

Plan make_plan(const Model& model, const OpTable& table, const Statistics& statistics, const PlanOptions& options);

/// Operands of a node that quantization treats as data: float32, and neither weights nor bias.
std::vector<std::size_t> data_operands(const NodeView& n);

}  // namespace tolite::quantize
