// Every error code has a section in docs/errors.md, and a test that triggers it somewhere under tests/.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tolite/error.h"

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Row {
  const char* name;
  tolite::Code code;
};

const Row kRows[] = {
#define TOLITE_ERROR(name, number, exit_status, title) {#name, tolite::Code::name},
#include "tolite/error_codes.def"
#undef TOLITE_ERROR
};

TEST(Errors, EachIsDocumented) {
  const std::string page = read_file(fs::path(TOLITE_SOURCE_DIR) / "docs" / "errors.md");
  for (const Row& row : kRows) {
    const std::string heading =
        "## " + tolite::code_name(row.code) + ": " + std::string(tolite::code_title(row.code)) + "\n";
    EXPECT_NE(page.find(heading), std::string::npos) << row.name << ": no section \"" << heading << "\"";
  }
}

TEST(Errors, EachIsTriggeredByATest) {
  std::string tests;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(TOLITE_SOURCE_DIR) / "tests")) {
    const std::string extension = entry.path().extension();
    if (entry.path().filename() == "errors_test.cpp") continue;
    if (extension == ".cpp" || extension == ".py") tests += read_file(entry.path());
  }
  for (const Row& row : kRows) {
    const bool named = tests.find("Code::" + std::string(row.name)) != std::string::npos ||
                       tests.find(tolite::code_name(row.code)) != std::string::npos;
    EXPECT_TRUE(named) << row.name << " is not triggered by any test";
  }
}

TEST(Error, PutsTheOuterPlaceBehindTheInner) {
  const tolite::Error inner(tolite::Code::malformed, "bad", "node a");
  EXPECT_EQ(inner.at("function f").where(), "node a, in function f");
  EXPECT_STREQ(inner.what(), "TL0103: bad (node a)");
}

}  // namespace
