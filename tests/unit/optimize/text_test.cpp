// Text tests of the optimizer: tests/text/<topic>/*.test. A file holds cases; a case is a title, what to run, a graph
// before and the graph expected after:
//
//   === fuses an activation into the convolution before it
//   run: fuse_activation
//   --- before
//   graph @main(%0: float32[1, 4]) { ... }
//   --- after
//   graph @main(%0: float32[1, 4]) { ... }
//
// `run` names rules, separated by spaces, or one of the passes: optimize, layout, merge, fold, dead. A case without an
// `after` part is a near miss: nothing may change. Constants are compared by value, small ones as text and large ones
// by hash. TOLITE_UPDATE_TEXT=1 writes what came out into the files, to be read before it is committed.
#include "lite/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ops/table.h"
#include "optimize/driver.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string title;
  std::string run;
  std::string before;
  std::string after;  ///< empty: nothing changes
};

std::vector<Case> read_cases(const fs::path& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  std::string* part = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), {}, {}, {}});
      part = nullptr;
    } else if (line.starts_with("run: ")) {
      cases.back().run = line.substr(5);
    } else if (line == "--- before") {
      part = &cases.back().before;
    } else if (line == "--- after") {
      part = &cases.back().after;
    } else if (part != nullptr) {
      *part += line + "\n";
    }
  }
  return cases;
}

void write_cases(const fs::path& path, const std::vector<Case>& cases) {
  std::ifstream old_file(path);
  std::ostringstream text;
  for (std::string line; std::getline(old_file, line) && !line.starts_with("=== ");) text << line << "\n";
  old_file.close();
  for (const Case& c : cases) {
    text << "=== " << c.title << "\nrun: " << c.run << "\n--- before\n" << c.before;
    if (!c.after.empty()) text << "--- after\n" << c.after;
  }
  std::ofstream(path) << text.str();
}

void run_pass(Model& model, const std::string& what) {
  const OpTable& table = op_table();
  Stats stats;
  if (what == "optimize") {
    optimize(model, table, {}, stats);
    return;
  }
  for (std::size_t i = 0; i < model.graphs.size(); ++i) {
    const GraphId graph(i);
    if (what == "layout") {
      cancel_transposes(model, graph, table);
    } else if (what == "merge") {
      merge_equal(model, graph, table);
    } else if (what == "fold") {
      fold_constants(model, graph, table);
    } else if (what == "dead") {
      remove_dead_code(model, graph, table);
    } else {
      std::vector<Rule> chosen;
      std::istringstream names(what);
      for (std::string name; names >> name;) {
        for (const Rule& rule : all_rules()) {
          if (rule.name == name) chosen.push_back(rule);
        }
        ASSERT_TRUE(!chosen.empty() && chosen.back().name == name) << "no rule " << name;
      }
      const OptimizeOptions options;
      RewriteState state{options};
      apply_rules(RuleSet(chosen), model, graph, table, state);
    }
  }
}

/// As text without leading and trailing blank lines.
std::string normal(const std::string& text) {
  Blobs blobs;
  const std::string printed =
      print_model(parse_model(text, op_table(), {.blobs = &blobs}), op_table(), {.most_elements = 32, .blobs = &blobs});
  return printed.substr(std::min(printed.find_first_not_of('\n'), printed.size()));
}

TEST(TextTests, GiveWhatTheyExpect) {
  const bool update = std::getenv("TOLITE_UPDATE_TEXT") != nullptr;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(TOLITE_SOURCE_DIR) / "tests/text")) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    std::vector<Case> cases = read_cases(file);
    for (Case& c : cases) {
      const std::string where = file.filename().string() + ": " + c.title;
      Blobs blobs;
      try {
        Model model = parse_model(c.before, op_table(), {.blobs = &blobs});
        run_pass(model, c.run);
        std::string came = print_model(model, op_table(), {.most_elements = 32, .blobs = &blobs});
        came = came.substr(std::min(came.find_first_not_of('\n'), came.size()));
        const bool near_miss = came == normal(c.before);
        if (update) {
          c.after = near_miss ? "" : came;
        } else {
          EXPECT_EQ(came, normal(c.after.empty() ? c.before : c.after)) << where;
        }
      } catch (const std::exception& e) {
        ADD_FAILURE() << where << ": " << e.what();
      }
    }
    if (update) write_cases(file, cases);
  }
}

}  // namespace
}  // namespace tolite::optimize
