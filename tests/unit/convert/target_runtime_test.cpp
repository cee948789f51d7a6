// Files for older runtimes: down-levelled, or refused with the op, its version and the first runtime that has it.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lite/text.h"
#include "ops/releases.h"
#include "ops/table.h"
#include "optimize/optimize.h"
#include "read/tflite.h"
#include "tolite/converter.h"
#include "write/tflite.h"

namespace tolite {
namespace {

namespace fs = std::filesystem;

Model parsed(const char* text) { return parse_model(text, op_table()); }

/// Optimized for the release; what it does not load is left.
std::vector<optimize::TooNew> leftover(Model& model, const char* release) {
  Stats stats;
  optimize::OptimizeOptions options;
  options.target = Release::named(release);
  optimize::optimize(model, op_table(), options, stats);
  return optimize::newer_than(*options.target, model, op_table());
}

std::size_t count(const Model& model, Op op) {
  std::size_t n = 0;
  for (const NodeId node : model.graphs[0].order()) n += model.graphs[0][node].op == op ? 1U : 0U;
  return n;
}

TEST(TargetRuntime, WhatIsNewerIsWrittenWithOlderOps) {
  const char* text = "graph @main(%0: float32[2,3] \"x\") {\n  %1 = SIGN(%0) : float32[2,3]\n  return %1\n}\n";
  Model newest = parsed(text);
  EXPECT_TRUE(leftover(newest, "newest").empty());
  EXPECT_EQ(count(newest, Op::SIGN), 1U);
  Model older = parsed(text);
  EXPECT_TRUE(leftover(older, "2.8").empty());
  EXPECT_EQ(count(older, Op::SIGN), 0U);
  EXPECT_EQ(count(older, Op::SELECT_V2), 2U);
}

TEST(TargetRuntime, ElementsThatAnOlderKernelDoesNotTakeTravelInAnotherType) {
  const char* text =
      "graph @main(%0: uint8[3,4] \"x\", %1: uint8[2,2] \"update\", %2: int32[2] \"start\") {\n"
      "  %3 = DYNAMIC_UPDATE_SLICE(%0, %1, %2) : uint8[3,4]\n  return %3\n}\n";
  Model newest = parsed(text);
  EXPECT_TRUE(leftover(newest, "newest").empty());
  EXPECT_EQ(count(newest, Op::CAST), 0U);
  Model older = parsed(text);
  EXPECT_TRUE(leftover(older, "litert-1.0").empty());
  EXPECT_EQ(count(older, Op::CAST), 3U);
}

TEST(TargetRuntime, WhatHasNoOlderFormIsNamed) {
  Model model = parsed("graph @main(%0: float32[2] \"x\") {\n  %1 = ATAN2(%0, %0) : float32[2]\n  return %1\n}\n");
  const std::vector<optimize::TooNew> left = leftover(model, "2.5");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].op, "ATAN2");
  EXPECT_EQ(left[0].version, 1);
  EXPECT_EQ(left[0].first_release, "2.10");
}

TEST(TargetRuntime, ALiteFileIsTakenToo) {
  const fs::path file = fs::temp_directory_path() / "tolite_target_runtime_test.tflite";
  write::tflite(parsed("graph @main(%0: float32[2] \"x\") {\n  %1 = ATAN2(%0, %0) : float32[2]\n  return %1\n}\n"),
                op_table(), file.string(), {});
  Options options;
  options.target_runtime = "2.10";
  EXPECT_FALSE(Converter(file.string(), options).convert().empty());
  options.target_runtime = "2.9";
  Converter converter(file.string(), options);
  try {
    converter.convert();
    ADD_FAILURE() << "ATAN2 is newer than 2.9";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::runtime_too_old);
  }
  ASSERT_EQ(converter.report().unconverted.size(), 1U);
  EXPECT_EQ(converter.report().unconverted[0].op, "ATAN2");
  fs::remove(file);
}

}  // namespace
}  // namespace tolite
