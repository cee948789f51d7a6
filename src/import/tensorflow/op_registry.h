// The ops that TensorFlow registers and those that the user describes: what a node of each takes and gives, and which
// of them the Flex delegate runs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "read/op_def.h"

namespace tolite::tensorflow {

class OpRegistry {
 public:
  OpRegistry() = default;
  /// `definitions`: OpDefs in protobuf's text form. They go before TensorFlow's own. Throws Error(bad_option).
  explicit OpRegistry(const std::vector<std::string>& definitions);

  /// Null for an op that nobody describes.
  const read::OpDef* find(std::string_view op) const;
  /// Whether TensorFlow registers the op.
  static bool is_of_tensorflow(std::string_view op);
  /// Whether the op is on the Flex delegate's list.
  static bool runs_in_flex(std::string_view op);
  /// Whether the op is one of TensorFlow's that have no result.
  static bool gives_nothing(std::string_view op);
  /// Names of the ops that TensorFlow registers, sorted.
  static std::vector<std::string_view> registered();

 private:
  mutable std::map<std::string, read::OpDef, std::less<>> definitions_;  // TensorFlow's as they are asked for
};

}  // namespace tolite::tensorflow
