// What the graphs of a model share while they are imported.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "import/issue.h"
#include "import/tensorflow/fallback.h"
#include "import/tensorflow/function_body.h"
#include "import/tensorflow/hash_tables.h"
#include "import/tensorflow/variables.h"
#include "lite/builder.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {

/// What is known of the elements of a tensor list: the type, and what its maker says of the shape.
struct ElementSpec {
  Type type = Type::none;
  Shape shape = Shape::unranked();
  bool grows = false;  ///< an element beyond the last may be set
};

/// What has to be kept between calls. It is found by importing: whoever meets something new here notes it and goes on,
/// and the model is imported again.
struct State {
  std::set<std::uint32_t> changed_variables;
  bool has_tables = false;
  bool any() const { return has_tables || !changed_variables.empty(); }
  friend bool operator==(const State&, const State&) = default;
};

struct ImportSession {
  Model& model;
  const OpTable& table;
  const read::GraphDef& graph;
  const read::ObjectGraph* objects;  ///< null for TF1 and frozen graphs
  Variables& variables;
  HashTables& hash_tables;
  import::Issues& issues;
  State& state;
  const Fallback& fallback;
  std::map<std::string_view, std::string> assets{};  ///< files, by the node of the main graph that stands for the path

  Effects effects{graph.library()};
  std::map<std::string_view, std::unique_ptr<Body>> bodies;
  std::set<std::string_view> active_functions;
  std::vector<ElementSpec> element_specs;
  std::size_t nodes_imported = 0;
  bool is_initialization = false;  ///< a straight line in which a variable is what was assigned last
  std::size_t depth = 0;           ///< of graphs within graphs
  /// The graph that fills variables and tables before the first call; none if nothing is kept.
  GraphId initializer;
  std::set<std::uint32_t> initialized_variables;
  std::set<std::uint32_t> initialized_tables;
  std::map<std::string, std::uint32_t> variable_names;

  const Body& body_of(const read::Function& function) {
    std::unique_ptr<Body>& body = bodies[function.name];
    if (body == nullptr) body = std::make_unique<Body>(function_body(function, effects));
    return *body;
  }
  /// The author's name, made unique.
  std::string variable_name(std::uint32_t variable) {
    const std::string& name = variables.name(variable);
    const auto [at, is_new] = variable_names.try_emplace(name, variable);
    return is_new || at->second == variable ? name : name + "_" + std::to_string(variable);
  }
  std::uint32_t add_element_spec(ElementSpec spec) {
    element_specs.push_back(std::move(spec));
    return static_cast<std::uint32_t>(element_specs.size() - 1);
  }
};

}  // namespace tolite::tensorflow
