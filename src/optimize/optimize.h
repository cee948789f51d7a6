// The optimizer's entry: from a translated model to one that is small and fast, with the same inputs, outputs and
// answers.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "base/stats.h"
#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite::optimize {

/// What the loop of an LSTM layer becomes.
enum class LstmForm : std::uint8_t {
  loop,                 ///< a lean WHILE
  fused,                ///< UNIDIRECTIONAL_SEQUENCE_LSTM that starts from zero at every call
  fused_keeping_state,  ///< the op as it is: it starts from where the call before ended
};

struct OptimizeOptions {
  /// Stops after so many rewrites, to find the one that breaks a model.
  std::uint64_t rewrite_limit = std::numeric_limits<std::uint64_t>::max();
  /// Tells where the pattern of this rule fails ...
  std::string explain_rule;
  /// ... at nodes of which the origin contains this text.
  std::string explain_at;
  /// Takes the lines of the explanation.
  std::function<void(std::string_view)> explain;
  LstmForm lstm = LstmForm::loop;
};

/// What was done, by rule name.
struct OptimizeReport {
  std::uint64_t rewrites = 0;
};

OptimizeReport optimize(Model& model, const OpTable& table, const OptimizeOptions& options, Stats& stats);

}  // namespace tolite::optimize
