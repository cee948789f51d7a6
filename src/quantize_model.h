// The stage of a conversion that stores weights and activations with fewer bits.
#pragma once

#include "lite/model.h"
#include "lite/op_row.h"
#include "quantize/calibrate.h"
#include "tolite/options.h"
#include "tolite/report.h"

namespace tolite {

quantize::CalibrateOptions calibrate_options(const QuantizationOptions& options);

/// The statistics, if they are of this model. Throws Error(bad_input_data) naming the file if not.
quantize::Statistics of_model(quantize::Statistics statistics, const Model& model, const OpTable& table,
                              const std::string& file);

/// Says in the report what stays float. Throws Error(cannot_quantize) if something does and only integers are wanted,
/// Error(bad_option) if the options contradict each other.
void quantize_model(Model& model, const OpTable& table, const Options& options, Report& report);

/// The schema's ModelOptimizationMode of what was done; empty if nothing was.
std::vector<std::int32_t> optimization_modes(const QuantizationOptions& options);

}  // namespace tolite
