// Access to the items of a node.
#include "import/tensorflow/item_node.h"

#include <fmt/core.h>

#include "import/tensorflow/graph_importer.h"
#include "read/graph_def.h"
#include "tolite/error.h"

namespace tolite::tensorflow {

ItemNode::ItemNode(const read::Node& def, std::vector<Item> items, std::vector<ValueId> values, GraphImporter& importer,
                   std::uint32_t outputs_used)
    : TfNode(def, std::move(values), importer.builder()),
      def_(def),
      items_(std::move(items)),
      importer_(importer),
      outputs_used_(outputs_used) {}

const Item& ItemNode::item(std::size_t i) const {
  if (i >= items_.size())
    throw Error(Code::malformed, fmt::format("a {} node lacks input {}", def_.op, i), std::string(def_.name));
  return items_[i];
}

const Item& ItemNode::item(std::size_t i, Item::Kind kind, const char* what) const {
  if (item(i).kind != kind) refuse(fmt::format("its operand {} is not {}", i, what));
  return items_[i];
}

}  // namespace tolite::tensorflow
