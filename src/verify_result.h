// --verify: does the optimized graph give the answers it should?
#pragma once

#include "lite/model.h"
#include "tolite/options.h"
#include "tolite/report.h"

namespace tolite {

/// Runs both graphs on the samples and compares the results, and with the expected outputs where the samples hold
/// them. Fills report.verification; throws Error(verification_failed).
void verify_result(const Model& source, const Model& result, const Options& options, Report& report);

}  // namespace tolite
