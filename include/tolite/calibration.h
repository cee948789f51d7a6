// Ranges of a model's values, gathered on samples: once or in parts, here or on many machines.
#pragma once

#include <string>
#include <vector>

#include "tolite/options.h"

namespace tolite {

/// Runs the samples of options.quantization and writes what they show, to be given to a conversion as
/// options.quantization.statistics. The file is brought up to date every few seconds; `resume`: goes on from it where a
/// run before was stopped. Throws Error.
void calibrate(const std::string& model, const Options& options, const std::string& statistics, bool resume = false);

/// Adds statistics of one model up; the result does not depend on how the samples were split. Throws Error.
void merge_statistics(const std::vector<std::string>& parts, const std::string& merged);

}  // namespace tolite
