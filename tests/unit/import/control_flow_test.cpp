// Import of branches and loops: what is folded, what is refused.
#include <gtest/gtest.h>

#include <string>

#include "import/tensorflow/import.h"
#include "lite/subgraphs.h"
#include "ops/table.h"
#include "read/text_format.h"
#include "tolite/error.h"

namespace tolite {
namespace {

Model import_text(const std::string& text, import::Issues& issues) {
  const auto buffer = read::text_to_wire(*read::Buffer::own(std::string(text), "test"), "GraphDef");
  return tensorflow::import_graph_def(read::GraphDef::read(buffer, buffer->bytes()), op_table(), {}, issues);
}

std::vector<Op> ops(const Graph& graph) {
  std::vector<Op> list;
  for (const NodeId node : graph.order()) list.push_back(graph[node].op);
  return list;
}

Code error_of(const std::string& text) {
  try {
    import::Issues issues;
    import_text(text, issues);
  } catch (const Error& e) {
    return e.code();
  }
  return Code::internal;
}

std::string placeholder(const std::string& name, const std::string& type, const std::string& shape) {
  return "node { name: \"" + name + "\" op: \"Placeholder\" attr { key: \"dtype\" value { type: " + type +
         " } } attr { key: \"shape\" value { shape { " + shape + " } } } }\n";
}

const std::string kCondition = placeholder("p", "DT_BOOL", "");
const std::string kRows = placeholder("x", "DT_FLOAT", "dim { size: -1 } dim { size: 4 }");

std::string unary(const std::string& name, const std::string& op, const std::string& input) {
  return "{ name: \"" + name + "\" op: \"" + op + "\" input: \"" + input +
         "\" attr { key: \"T\" value { type: DT_FLOAT } } }\n";
}

std::string if_node(const std::string& name, const std::string& condition, const std::string& input,
                    const std::string& then_branch, const std::string& else_branch) {
  return "{ name: \"" + name + "\" op: \"If\" input: \"" + condition + "\" input: \"" + condition + "\" input: \"" +
         input + "\" attr { key: \"then_branch\" value { func { name: \"" + then_branch +
         "\" } } } attr { key: \"else_branch\" value { func { name: \"" + else_branch + "\" } } } }\n";
}

/// A function of a condition "p" and a value "a" with one node.
std::string branch(const std::string& name, const std::string& node, const std::string& returned) {
  return "library { function { signature { name: \"" + name +
         "\" input_arg { name: \"p\" type: DT_BOOL } input_arg { name: \"a\" type: DT_FLOAT } "
         "output_arg { name: \"r\" type: DT_FLOAT } } node_def " +
         node + " ret { key: \"r\" value: \"" + returned + "\" } } }\n";
}

const std::string kBranches =
    branch("relu", unary("n", "Relu", "a"), "n:activations:0") + branch("tanh", unary("n", "Tanh", "a"), "n:y:0");

TEST(ImportControlFlow, ABranchIsAGraph) {
  import::Issues issues;
  const Model model =
      import_text(kCondition + kRows + "node " + if_node("y", "p", "x", "relu", "tanh") + kBranches, issues);
  ASSERT_TRUE(issues.empty());
  ASSERT_EQ(model.graphs.size(), 3U);
  EXPECT_EQ(ops(model.graphs[0]), std::vector<Op>{Op::IF});
  EXPECT_EQ(ops(model.graphs[1]), std::vector<Op>{Op::RELU});
  EXPECT_EQ(ops(model.graphs[2]), std::vector<Op>{Op::TANH});
  // The batch is the same unknown before and behind the branch.
  const Graph& main = model.graphs[0];
  EXPECT_EQ(main[main.outputs()[0]].shape, main[main.inputs()[1]].shape);
}

TEST(ImportControlFlow, AConstantConditionLeavesOneBranch) {
  const std::string no =
      "node { name: \"p\" op: \"Const\" attr { key: \"dtype\" value { type: DT_BOOL } } "
      "attr { key: \"value\" value { tensor { dtype: DT_BOOL tensor_shape { } bool_val: false } } } }\n";
  import::Issues issues;
  const Model model = import_text(no + kRows + "node " + if_node("y", "p", "x", "relu", "tanh") + kBranches, issues);
  ASSERT_EQ(model.graphs.size(), 1U);
  EXPECT_EQ(ops(model.graphs[0]), std::vector<Op>{Op::TANH});
}

TEST(ImportControlFlow, AConditionThatCannotBeConvertedIsReportedAlone) {
  import::Issues issues;
  import_text(kRows + "node " + unary("p", "Quux", "x") + "node " + if_node("y", "p", "x", "relu", "tanh") + kBranches,
              issues);
  ASSERT_EQ(issues.list().size(), 1U);
  EXPECT_EQ(issues.list().front().op, "Quux");
}

TEST(ImportControlFlow, RefusesNestingThatTheRuntimeCouldNotFollow) {
  std::string text = kCondition + kRows + "node " + if_node("y", "p", "x", "f0", "tanh") + kBranches;
  for (int i = 0; i < 300; ++i)
    text += branch("f" + std::to_string(i), if_node("c", "p", "a", "f" + std::to_string(i + 1), "tanh"), "c:output:0");
  text += branch("f300", unary("n", "Relu", "a"), "n:activations:0");
  EXPECT_EQ(error_of(text), Code::too_deep);
}

TEST(ImportControlFlow, RefusesABranchThatTakesItself) {
  EXPECT_EQ(error_of(kCondition + kRows + "node " + if_node("y", "p", "x", "f", "tanh") + kBranches +
                     branch("f", if_node("c", "p", "a", "f", "tanh"), "c:output:0")),
            Code::recursive_function);
}

/// A loop over (p, a): the body gives p as it is and the result of `node` for a.
std::string loop(const std::string& node, const std::string& returned) {
  const std::string arguments = "input_arg { name: \"p\" type: DT_BOOL } input_arg { name: \"a\" type: DT_FLOAT } ";
  return "node { name: \"w\" op: \"While\" input: \"p\" input: \"x\" "
         "attr { key: \"cond\" value { func { name: \"cond\" } } } "
         "attr { key: \"body\" value { func { name: \"body\" } } } }\n"
         "node { name: \"y\" op: \"Relu\" input: \"w:1\" attr { key: \"T\" value { type: DT_FLOAT } } }\n"
         "library { function { signature { name: \"cond\" " +
         arguments + "output_arg { name: \"c\" type: DT_BOOL } } ret { key: \"c\" value: \"p\" } } " +
         "function { signature { name: \"body\" " + arguments +
         "output_arg { name: \"q\" type: DT_BOOL } output_arg { name: \"r\" type: DT_FLOAT } } node_def " + node +
         " ret { key: \"q\" value: \"p\" } ret { key: \"r\" value: \"" + returned + "\" } } }\n";
}

TEST(ImportControlFlow, ALoopKeepsTheShapesThatItsStepsKeep) {
  import::Issues issues;
  const Model model = import_text(kCondition + kRows + loop(unary("n", "Tanh", "a"), "n:y:0"), issues);
  ASSERT_TRUE(issues.empty());
  const Graph& main = model.graphs[0];
  EXPECT_EQ(main[main.outputs()[0]].shape, main[main.inputs()[1]].shape);
}

TEST(ImportControlFlow, ALoopOfGrowingShapesLeavesThemUnknown) {
  import::Issues issues;
  const std::string twice =
      "{ name: \"axis\" op: \"Const\" attr { key: \"dtype\" value { type: DT_INT32 } } attr { key: \"value\" value { "
      "tensor { dtype: DT_INT32 tensor_shape { } int_val: 1 } } } } node_def { name: \"n\" op: \"ConcatV2\" input: "
      "\"a\" input: \"a\" input: \"axis:output:0\" attr { key: \"N\" value { i: 2 } } attr { key: \"T\" value { type: "
      "DT_FLOAT } } }";
  const Model model = import_text(kCondition + kRows + loop(twice, "n:output:0"), issues);
  ASSERT_TRUE(issues.empty());
  const Graph& main = model.graphs[0];
  const Shape& shape = main[main.outputs()[0]].shape;
  ASSERT_TRUE(shape.ranked());
  EXPECT_EQ(shape[0], main[main.inputs()[1]].shape[0]);
  EXPECT_FALSE(shape[1].known());
}

TEST(ImportControlFlow, ReportsAStepThatGivesAnotherType) {
  import::Issues issues;
  const std::string cast =
      "{ name: \"n\" op: \"Cast\" input: \"a\" attr { key: \"SrcT\" value { type: DT_FLOAT } } "
      "attr { key: \"DstT\" value { type: DT_INT32 } } }";
  import_text(kCondition + kRows + loop(cast, "n:y:0"), issues);
  ASSERT_FALSE(issues.empty());
  EXPECT_EQ(issues.list()[0].op, "While");
}

}  // namespace
}  // namespace tolite
