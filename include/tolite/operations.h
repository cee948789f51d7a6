// Which TensorFlow operations can be converted, and how.
#pragma once

#include <string>
#include <vector>

namespace tolite {

struct Operation {
  std::string name;
  /// Becomes builtins (or shapes the graph, or is left out), for the types and shapes that docs/coverage.md tells.
  bool builtin = false;
  /// The Flex delegate runs it: see Options::select_tf_ops.
  bool select = false;
};

/// The ops that TensorFlow 2.21 registers, sorted by name.
std::vector<Operation> operations();

}  // namespace tolite
