// Opens a model of any kind and brings it into the language.
#pragma once

#include <string>

#include "import/issue.h"
#include "lite/model.h"
#include "lite/op_row.h"
#include "tolite/options.h"

namespace tolite {

/// Finds the kind by looking. What has no translation stays as TF_NODE and stands in `issues`.
/// `kind` is set to the kind's name as soon as it is known.
Model open_model(const std::string& path, const OpTable& table, const Options& options, std::string& kind,
                 import::Issues& issues);

}  // namespace tolite
