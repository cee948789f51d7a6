// Carries out a plan.
#pragma once

#include "quantize/plan.h"

namespace tolite::quantize {

/// Stores values and constants as planned, with conversions (QUANTIZE, DEQUANTIZE) where integers meet floats or
/// another scale, one for each value and form. The graphs' inputs and outputs keep their names.
void apply_plan(Model& model, const OpTable& table, const Plan& plan, const PlanOptions& options);

}  // namespace tolite::quantize
