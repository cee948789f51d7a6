// A TensorFlow node whose operands or results are not all values: control flow, variables, tables, tensor lists.
#pragma once

#include <vector>

#include "import/tensorflow/item.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

class GraphImporter;

class ItemNode : public TfNode {
 public:
  /// `values` are those of the items, references read; none where an item has no value.
  ItemNode(const read::Node& def, std::vector<Item> items, std::vector<ValueId> values, GraphImporter& importer,
           std::uint32_t outputs_used);

  const read::Node& def() const { return def_; }
  GraphImporter& importer() { return importer_; }
  const std::vector<Item>& items() const { return items_; }
  const Item& item(std::size_t i) const;
  /// Item i, which has to be of this kind.
  const Item& item(std::size_t i, Item::Kind kind, const char* what) const;
  /// One more than the highest result that is used: 0 for a node that runs for its effect alone.
  std::uint32_t outputs_used() const { return outputs_used_; }

 private:
  const read::Node& def_;
  std::vector<Item> items_;
  GraphImporter& importer_;
  std::uint32_t outputs_used_;
};

/// Writes the node in the language; throws Refusal (by n.refuse) or Error.
using ItemTranslator = std::vector<Item> (*)(ItemNode& n);
using ItemTranslators = ByOpName<ItemTranslator>;

/// The item translators of all families. Made once, never changed.
const ItemTranslators& item_translators();

// One function a family file.
void add_control_flow_translators(ItemTranslators& t);
void add_variable_translators(ItemTranslators& t);
void add_hash_table_translators(ItemTranslators& t);
void add_tensor_list_translators(ItemTranslators& t);
void add_tensor_array_translators(ItemTranslators& t);

}  // namespace tolite::tensorflow
