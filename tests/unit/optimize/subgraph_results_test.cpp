// The runtime's demands on what branches and loop bodies return.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lite/text.h"
#include "ops/table.h"
#include "optimize/passes.h"

namespace tolite {
namespace {

Model separated(std::string_view text) {
  Model model = parse_model(text, op_table());
  optimize::separate_results(model, op_table());
  return model;
}

TEST(SubgraphResults, ABranchReturnsNoTensorTwice) {
  const Model model = separated(R"(
graph @main(%0: bool[], %1: float32[2], %2: bool[2]) {
  %3, %4, %5, %6 = IF(%0, %1, %2) {then_subgraph_index=@then, else_subgraph_index=@else} : float32[2], float32[2], bool[2], bool[2]
  return %3, %4, %5, %6
}
graph @then(%0: float32[2], %1: bool[2]) {
  %2 = NEG(%0) : float32[2]
  return %2, %2, %1, %1
}
graph @else(%0: float32[2], %1: bool[2]) {
  %2 = NEG(%0) : float32[2]
  return %0, %2, %1, %1
}
)");
  for (const std::size_t branch : {1U, 2U}) {
    const std::vector<ValueId> outputs = model.graphs[branch].outputs();
    EXPECT_EQ(std::set<ValueId>(outputs.begin(), outputs.end()).size(), 4U);
  }
  EXPECT_EQ(model.graphs[2].outputs()[0], model.graphs[2].inputs()[0]);  // once is no harm
}

TEST(SubgraphResults, ABodyReturnsNoInputOfAnotherPlace) {
  const Model model = separated(R"(
graph @main(%0: int32[], %1: float32[2], %2: float32[2], %3: float32[2]) {
  %4, %5, %6, %7 = WHILE(%0, %1, %2, %3) {cond_subgraph_index=@cond, body_subgraph_index=@body} : int32[], float32[2], float32[2], float32[2]
  return %4, %5, %6, %7
}
graph @cond(%0: int32[], %1: float32[2], %2: float32[2], %3: float32[2]) {
  %4 = int32[] {3}
  %5 = LESS(%0, %4) : bool[]
  return %5
}
graph @body(%0: int32[], %1: float32[2], %2: float32[2], %3: float32[2]) {
  %4 = int32[] {1}
  %5 = ADD(%0, %4) : int32[]
  return %5, %2, %1, %3
}
)");
  const Graph& body = model.graphs[2];
  const std::vector<ValueId> outputs = body.outputs();
  for (const std::size_t place : {1U, 2U})
    EXPECT_EQ(std::count(body.inputs().begin(), body.inputs().end(), outputs[place]), 0);
  EXPECT_EQ(outputs[3], body.inputs()[3]);
}

}  // namespace
}  // namespace tolite
