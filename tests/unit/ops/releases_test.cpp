// The table of releases against the rows: what is written for the newest runtime loads in it.
#include "ops/releases.h"

#include <gtest/gtest.h>

#include "ops/table.h"
#include "tolite/error.h"

namespace tolite {
namespace {

TEST(Releases, EveryRowLoadsInTheNewest) {
  const Release newest = Release::named("newest");
  op_table().for_each([&](const OpRow& row) {
    if (!is_builtin(row.op)) return;
    int highest = 1;
    for (const VersionRule& rule : row.version) highest = std::max(highest, int{rule.version});
    EXPECT_GE(newest.highest_version(row.op), highest) << row.name;
    EXPECT_FALSE(row.op != Op::CUSTOM && first_release_with(row.op, highest).empty()) << row.name;
  });
}

TEST(Releases, AreKnownByName) {
  for (const std::string& name : Release::names()) EXPECT_EQ(Release::named(name).name(), name);
  EXPECT_EQ(Release::named("2.9").highest_version(Op::ATAN2), 0);
  EXPECT_EQ(Release::named("2.10").highest_version(Op::ATAN2), 1);
  EXPECT_EQ(first_release_with(Op::GELU, 1), "2.8");
  try {
    Release::named("play-services");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::bad_option);
  }
}

}  // namespace
}  // namespace tolite
