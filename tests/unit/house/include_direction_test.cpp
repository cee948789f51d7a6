// Dependencies point one way. Reads every #include of the sources and holds it against the rooms' order; see
// docs/architecture.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

/// Which rooms a room may include, besides itself. A file right under src/ is of the room "convert".
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"base", {}},
    {"lite", {"base"}},
    {"ops", {"base", "lite"}},
    {"read", {"base", "lite", "ops"}},
    {"import", {"base", "lite", "ops", "read"}},
    {"optimize", {"base", "lite", "ops"}},
    {"evaluate", {"base", "lite", "ops"}},
    {"quantize", {"base", "lite", "ops", "evaluate"}},
    {"write", {"base", "lite", "ops"}},
    {"report", {"base", "lite", "ops"}},
    {"convert", {"base", "lite", "ops", "read", "import", "optimize", "evaluate", "quantize", "write", "report"}},
    {"cli", {"base", "convert"}},
};

std::string room_of(const std::string& path) {
  const std::size_t slash = path.find('/');
  return slash == std::string::npos ? "convert" : path.substr(0, slash);
}

/// Why `file` (relative to src/) must not include `included`; empty if it may.
std::string objection(const std::string& file, const std::string& included) {
  if (included.starts_with("tolite/")) return {};
  const std::string from = room_of(file);
  const std::string to = room_of(included);
  const auto rooms = kMayInclude.find(from);
  if (rooms == kMayInclude.end()) return "the room " + from + " is not in the plan";
  if (!kMayInclude.contains(to)) return {};  // another library's header
  if (from == to || rooms->second.contains(to)) return {};
  return from + " must not include " + to;
}

TEST(IncludeDirection, SourcesKeepToThePlan) {
  const fs::path root = fs::path(TOLITE_SOURCE_DIR) / "src";
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".h") continue;
    ++files;
    const std::string file = fs::relative(entry.path(), root).generic_string();
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with("#include \"")) continue;
      const std::string included = line.substr(10, line.find('"', 10) - 10);
      const std::string why = objection(file, included);
      EXPECT_TRUE(why.empty()) << "src/" << file << " includes " << included << ": " << why;
    }
  }
  EXPECT_GT(files, 50U);
}

TEST(IncludeDirection, SeesAViolation) {
  EXPECT_EQ(objection("lite/graph.h", "ops/table.h"), "lite must not include ops");
  EXPECT_EQ(objection("optimize/fold.cpp", "write/tflite.h"), "optimize must not include write");
  EXPECT_EQ(objection("import/tensorflow/import.cpp", "read/graph_def.h"), "");
}

TEST(IncludeDirection, OnlyReadAndWriteSeeTheGeneratedSchema) {
  // The generated header costs seconds a translation unit.
  const fs::path root = fs::path(TOLITE_SOURCE_DIR) / "src";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory()) continue;
    const std::string file = fs::relative(entry.path(), root).generic_string();
    if (file.starts_with("write/") || file.starts_with("read/tflite")) continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      EXPECT_EQ(line.find("_generated.h\""), std::string::npos) << "src/" << file << ": " << line;
  }
}

}  // namespace
