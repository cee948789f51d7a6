// The stage of a conversion that stores weights and activations with fewer bits.
#pragma once

#include <functional>

#include "lite/model.h"
#include "lite/op_row.h"
#include "quantize/statistics.h"
#include "tolite/options.h"
#include "tolite/report.h"

namespace tolite {

/// Ranges from samples and from statistics files. Throws Error(bad_input_data), Error(cannot_evaluate).
quantize::Statistics calibrated(const Model& model, const OpTable& table, const QuantizationOptions& options,
                                const std::function<void(std::size_t done, std::size_t of)>& on_sample);

/// Says in the report what stays float. Throws Error(cannot_quantize) if something does and only integers are wanted,
/// Error(bad_option) if the options contradict each other.
void quantize_model(Model& model, const OpTable& table, const Options& options, Report& report);

/// The schema's ModelOptimizationMode of what was done; empty if nothing was.
std::vector<std::int32_t> optimization_modes(const QuantizationOptions& options);

}  // namespace tolite
