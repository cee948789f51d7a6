// The optimizer's entry: from a translated model to one that is small and fast, with the same inputs, outputs and
// answers.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/stats.h"
#include "lite/model.h"
#include "lite/op_row.h"
#include "ops/releases.h"
#include "tolite/report.h"

namespace tolite::optimize {

/// What the loop of an LSTM layer becomes.
enum class LstmForm : std::uint8_t {
  loop,                 ///< a lean WHILE
  fused,                ///< UNIDIRECTIONAL_SEQUENCE_LSTM that starts from zero at every call
  fused_keeping_state,  ///< the op as it is: it starts from where the call before ended
};

struct OptimizeOptions {
  /// The runtime for which newer ops are written with older ones; none: the newest.
  std::optional<Release> target;
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

/// What was done.
struct OptimizeReport {
  std::uint64_t rewrites = 0;
  std::vector<RecurrentLoop> recurrent_loops;
};

/// A node that the target runtime does not load.
struct TooNew {
  std::string op;
  int version = 1;
  std::string_view first_release;  ///< the first that does; empty if none is known
  std::string node;
};
std::vector<TooNew> newer_than(const Release& target, const Model& model, const OpTable& table);

OptimizeReport optimize(Model& model, const OpTable& table, const OptimizeOptions& options, Stats& stats);

}  // namespace tolite::optimize
