// The verifier accepts what the builder makes, and names what is broken.
#include "lite/verify.h"

#include <gtest/gtest.h>

#include "lite/text.h"
#include "ops/table.h"
#include "tolite/error.h"

namespace tolite {
namespace {

std::string first_problem(const std::string& text, Legality legality = Legality::written) {
  Model model = parse_model(text, op_table());
  const std::vector<std::string> problems = problems_of(model, op_table(), legality);
  return problems.empty() ? "" : problems.front();
}

TEST(Verify, SoundModelsHaveNoProblems) {
  EXPECT_EQ(first_problem("graph @g(%x: float32[?0, 4]) { %y = LEAKY_RELU(%x) {alpha=0.5}  return %y, %x }"), "");
  EXPECT_EQ(first_problem("graph @g(%x: float32[2]) { %y = CUSTOM(%x) : int8[?0]  return %y }"), "");
}

TEST(Verify, TypesAndShapesAreThoseOfInference) {
  EXPECT_EQ(first_problem("graph @g(%x: float32[2, 4]) { %y = LEAKY_RELU(%x) : float32[2, 5]  return %y }"),
            "@g: LEAKY_RELU (node 0), result 0 has shape [2, 5], by inference [2, 4]");
  EXPECT_EQ(first_problem("graph @g(%x: float32[2, 4]) { %y = LEAKY_RELU(%x) : int8[2, 4]  return %y }"),
            "@g: LEAKY_RELU (node 0), result 0 is int8, by inference float32");
  // An unknown agrees with everything.
  EXPECT_EQ(first_problem("graph @g(%x: float32[2, 4]) { %y = LEAKY_RELU(%x) : float32[?0, 4]  return %y }"), "");
}

TEST(Verify, StagesSayWhatMayRemain) {
  const std::string node = "graph @g(%x: float32[2]) { %y = TF_NODE(%x) : float32[2]  return %y }";
  EXPECT_EQ(first_problem(node, Legality::imported), "");
  EXPECT_EQ(first_problem(node, Legality::optimized), "");
  EXPECT_EQ(first_problem(node), "@g: TF_NODE (node 0) has no form in a file");
  const std::string internal = "graph @g(%x: float32[2]) { %y = TF_ERF(%x) : float32[2]  return %y }";
  if (op_table().find(Op::TF_ERF) == nullptr) GTEST_SKIP();
  EXPECT_EQ(first_problem(internal, Legality::imported), "");
  EXPECT_EQ(first_problem(internal, Legality::optimized), "@g: TF_ERF (node 0) should have become ops of the runtime");
}

TEST(Verify, QuantizationFitsItsValue) {
  EXPECT_EQ(first_problem("graph @g(%x: int8[2, 4] quant(scale [1, 2, 3], axis 1)) { return %x }"),
            "@g: value 0 has another number of scales than elements along the axis");
  EXPECT_EQ(first_problem("graph @g(%x: int8[2, 4] quant(scale [1, 2], axis 2)) { return %x }"),
            "@g: value 0 is quantized along an axis that it has not");
}

TEST(Verify, BrokenTablesAreFound) {
  Model model = parse_model("graph @g(%x: float32[2]) { %y = LEAKY_RELU(%x)  return %y }", op_table());
  Graph& g = model.graphs[0];
  g[g.inputs()[0]].use_count = 2;
  EXPECT_EQ(problems_of(model, op_table(), Legality::written).front(), "@g: value 0 counts 2 uses of 1");
  g[g.inputs()[0]].use_count = 1;
  g[NodeId(0U)].attrs.set(Attr::beta, 1.0F);
  EXPECT_EQ(problems_of(model, op_table(), Legality::written).front(),
            "@g: LEAKY_RELU (node 0) has an attribute beta that its row has not");
  EXPECT_THROW(verify(model, op_table(), Legality::written), Error);
}

TEST(Verify, CyclesAreFound) {
  Model model =
      parse_model("graph @g(%x: float32[2]) { %y = LEAKY_RELU(%x)  %z = LEAKY_RELU(%y)  return %z }", op_table());
  model.graphs[0].set_operand(NodeId(0U), 0, model.graphs[0].outputs()[0]);
  EXPECT_EQ(problems_of(model, op_table(), Legality::imported).front(), "@g: the graph contains a cycle");
}

TEST(Verify, SignaturesReferToTheirGraph) {
  Model model =
      parse_model("graph @g(%x: float32[2]) { return %x } signature \"s\" @g (\"x\": 0) -> (\"y\": 0)", op_table());
  model.signatures[0].outputs_slot[0] = 1;
  EXPECT_EQ(problems_of(model, op_table(), Legality::written).front(),
            "signature: s has an output that its graph has not");
}

}  // namespace
}  // namespace tolite
