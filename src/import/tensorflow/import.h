// TensorFlow models into the language: SavedModels and frozen graphs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "import/issue.h"
#include "import/tensorflow/fallback.h"
#include "lite/model.h"
#include "lite/op_row.h"
#include "read/saved_model.h"

namespace tolite::tensorflow {

struct ImportOptions {
  /// Signatures to convert; empty: all of the model but its initialiser.
  std::vector<std::string> signatures;
  /// Tags of the MetaGraph; empty: the one for serving.
  std::vector<std::string> tags;
  /// Inputs and outputs of a graph without signatures, as "node" or "node:1"; empty: its placeholders, and the nodes
  /// nobody uses.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  /// Shapes of inputs, by argument or tensor name; -1 for a dimension that stays unknown.
  std::map<std::string, std::vector<std::int64_t>> input_shapes;
  /// Whether every float64 is float32, and every complex128 complex64.
  bool narrow_float64 = false;
  /// What becomes of nodes without a builtin form.
  FallbackOptions fallback;
};

/// From here on TF1 control flow is If and While, calls are inlined, variables are constants, and every node is an op
/// of the language; nodes without a translation are TF_NODEs and stand in `issues`.
Model import_saved_model(const read::SavedModel& saved_model, const OpTable& table, const ImportOptions& options,
                         import::Issues& issues);
Model import_graph_def(std::shared_ptr<const read::GraphDef> graph_def, const OpTable& table,
                       const ImportOptions& options, import::Issues& issues);

/// Whether nodes of the op become builtins, shape the graph or are left out: whether there is a translator, not
/// whether it takes every type and shape.
bool is_imported(std::string_view op);

}  // namespace tolite::tensorflow
