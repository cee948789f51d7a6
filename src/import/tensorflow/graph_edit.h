// A graph made anew of another's nodes and functions: some as they are in the file, some written.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read/graph_def.h"

namespace tolite::tensorflow {

class GraphEdit {
 public:
  /// A node of the base that stays, with the bytes it has there.
  void keep_node(Bytes wire) { nodes_.push_back(wire); }
  void add_node(std::string_view wire) {
    made_nodes_.push_back(nodes_.size());
    nodes_.emplace_back();
    add(wire);
  }
  /// A further function, or one in place of the base's of the same name. All nodes come before.
  void add_function(std::string_view wire) { add(wire); }
  std::shared_ptr<const read::GraphDef> finish(std::shared_ptr<const read::GraphDef> base);

 private:
  void add(std::string_view wire) {
    places_.emplace_back(bytes_.size(), wire.size());
    bytes_ += wire;
  }

  std::vector<Bytes> nodes_;
  std::vector<std::size_t> made_nodes_;  // numbers in nodes_, whose bytes are the first places
  // Bytes of one buffer, added piece by piece: where they lie is known when all are there.
  std::string bytes_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;
};

}  // namespace tolite::tensorflow
