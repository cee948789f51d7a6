// A graph of the model in the making: a branch of an If, the body or condition of a While.
#pragma once

#include <optional>
#include <string>

#include "import/tensorflow/graph_importer.h"

namespace tolite::tensorflow {

class Region {
 public:
  Region(ImportSession& session, std::string name, OriginId origin);
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  GraphId graph() const { return graph_; }
  Builder& builder() { return builder_; }
  GraphImporter& importer() { return importer_; }

  /// An item of the outer graph as a constant of this one, or as it is; nothing if it has to be handed in at run time.
  std::optional<Item> capture(Builder& outer, const Item& item);
  /// The same item handed in: an input of this graph with the outer value's type, and this shape.
  Item take(Builder& outer, const Item& item, const Shape& shape);

 private:
  ImportSession& session_;
  GraphId graph_;
  Builder builder_;
  GraphImporter importer_;
};

/// Whether the call's node is nested too deep: the runtime recurses into graphs, and so does import.
class DepthGuard {
 public:
  DepthGuard(ImportSession& session, const read::Node& node);
  ~DepthGuard();
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

 private:
  ImportSession& session_;
};

}  // namespace tolite::tensorflow
