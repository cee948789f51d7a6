// The text form of any model.
#include "lite/text.h"
#include "open_model.h"
#include "ops/table.h"
#include "report/model_json.h"
#include "tolite/model.h"

namespace tolite {

std::string inspect(const std::string& path, const Options& options, bool json) {
  std::string kind;
  import::Issues issues;  // shown where they are: as TF_NODEs
  const Model model = open_model(path, op_table(), options, kind, issues);
  return json ? report::model_json(model, op_table()) : print_model(model, op_table());
}

}  // namespace tolite
