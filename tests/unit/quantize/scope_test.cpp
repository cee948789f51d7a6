// Patterns over the author's names.
#include "quantize/scope.h"

#include <gtest/gtest.h>

namespace tolite::quantize {
namespace {

TEST(Scope, FitsRunsOfParts) {
  EXPECT_TRUE(Scope("dense_1").fits("call/model/dense_1/MatMul"));
  EXPECT_TRUE(Scope("dense_1").fits("dense_1"));
  EXPECT_FALSE(Scope("dense_1").fits("call/model/dense_11/MatMul"));
  EXPECT_TRUE(Scope("model/dense_1").fits("call/model/dense_1/MatMul"));
  EXPECT_FALSE(Scope("call/dense_1").fits("call/model/dense_1/MatMul"));
}

TEST(Scope, StarsStandForPartsOfNames) {
  EXPECT_TRUE(Scope("dense_*").fits("call/dense_12/MatMul"));
  EXPECT_TRUE(Scope("*/MatMul").fits("call/dense_12/MatMul"));
  EXPECT_FALSE(Scope("call/*/Add").fits("call/a/b/Add"));
  EXPECT_TRUE(Scope("call/**/Add").fits("call/a/b/Add"));
  EXPECT_TRUE(Scope("call/**/Add").fits("call/Add"));
  EXPECT_FALSE(Scope("a*b*c").fits("abd"));
}

TEST(Scope, WorkIsBounded) {
  const std::string name(20000, 'a');
  EXPECT_FALSE(Scope("*a*a*a*a*a*a*a*a*a*ab").fits(name));
}

TEST(Scope, NearMisses) {
  Model model;
  model.add_origin("call/model/block_1_expand/Conv2D");
  model.add_origin("call/model/head/MatMul");
  EXPECT_EQ(near_misses(model, Scope("blok_1_expand")), std::vector<std::string>{"block_1_expand"});
  EXPECT_TRUE(near_misses(model, Scope("something_else_altogether")).empty());
}

}  // namespace
}  // namespace tolite::quantize
