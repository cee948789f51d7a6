// Hash tables: what the model's initialiser puts into each.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lite/tensor.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {

struct HashTable {
  std::string name;
  Type key_type = Type::none;
  Type value_type = Type::none;
  Tensor keys;  ///< vectors of one length; empty before the initialiser ran
  Tensor values;
  bool is_filled = false;
  std::string obstacle;  ///< why the contents are not known; empty if they are
};

class HashTables {
 public:
  /// The table behind a handle node; handles with one shared name are one table.
  std::uint32_t of_handle(const read::Node& handle);
  HashTable& operator[](std::uint32_t table) { return tables_[table]; }

 private:
  std::vector<HashTable> tables_;
  std::map<std::string, std::uint32_t> by_name_;
};

}  // namespace tolite::tensorflow
