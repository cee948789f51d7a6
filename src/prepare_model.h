// The first half of the story: from a model's bytes to an optimized float graph.
#pragma once

#include "base/stats.h"
#include "lite/model.h"
#include "tolite/options.h"
#include "tolite/report.h"

namespace tolite {

/// Imports and optimizes; every node is a builtin, custom or Select TF op that the target runtime can run. `imported`,
/// if not null, is given the model as it was before any rewrite. Throws Error with what cannot be converted in the
/// report.
Model prepared_model(const std::string& path, const Options& options, Report& report, Stats& stats, Model* imported);

}  // namespace tolite
