// Handles of tables by name.
#include "import/tensorflow/hash_tables.h"

#include "import/tensorflow/types.h"

namespace tolite::tensorflow {

std::uint32_t HashTables::of_handle(const read::Node& handle) {
  std::string name(handle.attributes.string("shared_name", ""));
  if (name.empty()) name = handle.name;
  const auto [at, is_new] = by_name_.try_emplace(name, static_cast<std::uint32_t>(tables_.size()));
  if (is_new) {
    HashTable& table = tables_.emplace_back();
    table.name = name;
    table.key_type = graph_type(handle.attributes.type("key_dtype", read::DataType::invalid));
    table.value_type = graph_type(handle.attributes.type("value_dtype", read::DataType::invalid));
  }
  return at->second;
}

}  // namespace tolite::tensorflow
