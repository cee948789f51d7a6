// A stage of the work: announced to the caller, and timed.
#pragma once

#include "base/stats.h"
#include "tolite/options.h"

namespace tolite {

/// Starts a stage: tells the caller, and times it until the end of the scope.
class Stage {
 public:
  Stage(const Options& options, Stats& stats, const char* name) : timer_(stats, name) {
    if (options.on_stage) options.on_stage(name);
  }

 private:
  StageTimer timer_;
};

}  // namespace tolite
