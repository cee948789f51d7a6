// What stands in the report about a model: inputs, outputs, ops.
#pragma once

#include "lite/model.h"
#include "lite/op_row.h"
#include "tolite/report.h"

namespace tolite::report {

/// Fills report.graphs and report.min_runtime_version.
void describe(const Model& model, const OpTable& table, Report& report);

/// Fills report.foreign_ops.
void describe_foreign_ops(const Model& model, const OpTable& table, Report& report);

}  // namespace tolite::report
