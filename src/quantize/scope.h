// Which layers and tensors the author means: patterns over names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lite/node_view.h"

namespace tolite::quantize {

/// A pattern of names between slashes: `*` stands for any part of a name, `**` for any number of names. It fits any
/// run of a full name's parts: "dense_1" all in the layer dense_1, wherever that is.
class Scope {
 public:
  explicit Scope(std::string_view pattern);

  const std::string& pattern() const { return pattern_; }
  bool fits(std::string_view name) const;
  /// By where the node comes from, or the names of its results.
  bool fits(const NodeView& n) const;

 private:
  std::string pattern_;
  std::vector<std::string> parts_;
};

/// Names of the model that are most like a pattern that fits none: at most three.
std::vector<std::string> near_misses(const Model& model, const Scope& scope);

}  // namespace tolite::quantize
