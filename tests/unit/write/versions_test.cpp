// Op versions by our rules against those in files that TensorFlow wrote (tests/data/write/observed_versions.tsv). A
// lower version is allowed with a reason: older runtimes then load the file too.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "lite/node_view.h"
#include "ops/table.h"

namespace tolite {
namespace {

struct Case {
  std::string op;
  std::string operands;
  std::string results;
  std::string rank;
  auto operator<=>(const Case&) const = default;
};

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(line);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// The versions seen for each op and types: several where they depend on attributes.
std::map<Case, std::set<int>> observed() {
  std::map<Case, std::set<int>> cases;
  std::ifstream file(TOLITE_SOURCE_DIR "/tests/data/write/observed_versions.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::vector<std::string> fields = split(line, '\t');
    fields.resize(5);
    cases[{fields[0], fields[2], fields[3], fields[4]}].insert(std::stoi(fields[1]));
  }
  return cases;
}

int our_version(const OpRow& row, const Case& c) {
  Model model;
  Graph& graph = model[model.add_graph("main")];
  // Rank 5 and above count as one case; the SELECT that was seen had 6, and its rule is about 5 alone.
  const std::size_t rank = c.rank.empty() ? 4 : c.op == "SELECT" ? 6 : 5;
  const Shape shape(std::vector<Dim>(rank, Dim(2)));
  const Shape broadcast(std::vector<Dim>(rank, Dim(1)));  // what asks for a version is broadcasting at a high rank
  std::vector<ValueId> operands;
  for (const std::string& type : split(c.operands, ',')) {
    if (type == "...") {
      operands.push_back(operands.back());
    } else {
      const Shape& of = operands.empty() || c.rank.empty() ? shape : broadcast;
      operands.push_back(type == "-" ? ValueId() : graph.add_input(parse_type(type).value(), of, ""));
    }
  }
  std::vector<std::string> results = split(c.results, ',');
  std::erase(results, "...");
  const NodeId node = graph.add_node(row.op, operands, {}, results.size(), {});
  for (std::size_t i = 0; i < results.size(); ++i) {
    graph[graph.result(node, i)].type = parse_type(results[i]).value();
    graph[graph.result(node, i)].shape = shape;
  }
  return op_version(NodeView(model, graph, node, row));
}

// Why our version is lower than every one seen, by op.
const std::map<std::string, std::string> kLower = {
    {"RESIZE_BILINEAR", "half_pixel_centers asks for version 3, and the files seen all had it"},
};

TEST(Versions, AreThoseOfTensorFlow) {
  int checked = 0;
  for (const auto& [c, versions] : observed()) {
    const OpRow* row = op_table().find(c.op);
    if (row == nullptr) continue;
    ++checked;
    const int ours = our_version(*row, c);
    const std::string what = c.op + "(" + c.operands + ") -> " + c.results + " " + c.rank;
    if (ours < *versions.begin()) {
      EXPECT_TRUE(kLower.contains(c.op)) << what << ": " << ours << " is lower than " << *versions.begin();
    } else {
      EXPECT_TRUE(versions.contains(ours)) << what << ": " << ours << " against " << *versions.begin();
    }
  }
  EXPECT_GT(checked, 100);
}

}  // namespace
}  // namespace tolite
