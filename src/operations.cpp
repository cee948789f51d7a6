// The list of TensorFlow's ops with what the converter makes of each.
#include "tolite/operations.h"

#include "import/tensorflow/import.h"
#include "import/tensorflow/op_registry.h"

namespace tolite {

std::vector<Operation> operations() {
  using tensorflow::OpRegistry;
  std::vector<Operation> list;
  for (const std::string_view op : OpRegistry::registered())
    list.push_back({std::string(op), tensorflow::is_imported(op), OpRegistry::runs_in_flex(op)});
  return list;
}

}  // namespace tolite
