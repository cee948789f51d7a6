// Import of graphs written as text: calls, effects, refusals, contradictions.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "import/tensorflow/import.h"
#include "lite/builder.h"
#include "ops/table.h"
#include "read/text_format.h"
#include "tolite/error.h"

namespace tolite {
namespace {

struct Imported {
  Model model;
  import::Issues issues;
  const Graph& graph() const { return model.graphs.front(); }
  std::vector<Op> ops() const {
    std::vector<Op> list;
    for (const NodeId node : graph().order()) list.push_back(graph()[node].op);
    return list;
  }
};

Imported import_text(std::string_view text, const tensorflow::ImportOptions& options = {}) {
  const auto buffer = read::text_to_wire(*read::Buffer::own(std::string(text), "test"), "GraphDef");
  const auto graph = read::GraphDef::read(buffer, buffer->bytes());
  Imported imported;
  imported.model = tensorflow::import_graph_def(graph, op_table(), options, imported.issues);
  return imported;
}

Code error_of(std::string_view text, const tensorflow::ImportOptions& options = {}) {
  try {
    import_text(text, options);
  } catch (const Error& e) {
    return e.code();
  }
  return Code::internal;
}

constexpr std::string_view kPlaceholder = R"(
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: -1 } dim { size: 4 } } } } }
)";

std::string node(const std::string& name, const std::string& op, const std::vector<std::string>& inputs) {
  std::string text = "node { name: \"" + name + "\" op: \"" + op + "\" ";
  for (const std::string& input : inputs) text += "input: \"" + input + "\" ";
  return text + "attr { key: \"T\" value { type: DT_FLOAT } } }\n";
}

std::string call(const std::string& name, const std::string& function, const std::string& input) {
  return "node { name: \"" + name + "\" op: \"PartitionedCall\" input: \"" + input +
         "\" attr { key: \"f\" value { func { name: \"" + function + "\" } } } }\n";
}

/// A function of one argument "a" that returns what its single node gives.
std::string function(const std::string& name, const std::string& body_node, const std::string& returned) {
  return "library { function { signature { name: \"" + name +
         "\" input_arg { name: \"a\" type: DT_FLOAT } output_arg { name: \"r\" type: DT_FLOAT } } node_def " +
         body_node.substr(body_node.find('{')) + " ret { key: \"r\" value: \"" + returned + "\" } } }\n";
}

TEST(ImportGraph, TakesPlaceholdersAndUnusedNodesAsInputsAndOutputs) {
  const Imported imported = import_text(std::string(kPlaceholder) + node("y", "Relu", {"x"}));
  EXPECT_EQ(imported.ops(), std::vector<Op>{Op::RELU});
  const ValueId output = imported.graph().outputs().at(0);
  EXPECT_EQ(imported.graph()[output].name, "y");
  EXPECT_EQ(imported.graph()[output].shape, imported.graph()[imported.graph().inputs().at(0)].shape);
}

TEST(ImportGraph, CutsAtTheNamedInput) {
  const Imported imported = import_text(std::string(kPlaceholder) + node("h", "Relu", {"x"}) + node("y", "Tanh", {"h"}),
                                        {.inputs = {"h"}, .outputs = {"y:0"}});
  EXPECT_EQ(imported.ops(), std::vector<Op>{Op::TANH});
}

TEST(ImportGraph, InlinesNestedCalls) {
  const Imported imported = import_text(std::string(kPlaceholder) + call("y", "outer", "x") +
                                        function("outer", call("c", "inner", "a"), "c:output:0") +
                                        function("inner", node("n", "Relu", {"a"}), "n:activations:0"));
  EXPECT_EQ(imported.ops(), std::vector<Op>{Op::RELU});
  const NodeId relu = imported.graph().order().front();
  EXPECT_EQ(imported.model.origin_text(imported.graph()[relu].origin), "y/c/n");
}

TEST(ImportGraph, RefusesRecursion) {
  EXPECT_EQ(
      error_of(std::string(kPlaceholder) + call("y", "f", "x") + function("f", call("c", "f", "a"), "c:output:0")),
      Code::recursive_function);
}

TEST(ImportGraph, RefusesCallsThatExplode) {
  // 2^60 nodes, asked for by sixty small functions.
  std::string text = std::string(kPlaceholder) + call("y", "f0", "x");
  for (int i = 0; i < 60; ++i) {
    const std::string next = "f" + std::to_string(i + 1);
    const std::string first = call("c", next, "a");
    const std::string second = call("d", next, "c:output:0");
    text += "library { function { signature { name: \"f" + std::to_string(i) +
            "\" input_arg { name: \"a\" type: DT_FLOAT } output_arg { name: \"r\" type: DT_FLOAT } } node_def " +
            first.substr(first.find('{')) + " node_def " + second.substr(second.find('{')) +
            " ret { key: \"r\" value: \"d:output:0\" } } }\n";
  }
  text += function("f60", node("n", "Identity", {"a"}), "n:output:0");
  EXPECT_EQ(error_of(text), Code::too_deep);
}

TEST(ImportGraph, RefusesCycles) {
  EXPECT_EQ(error_of(std::string(kPlaceholder) + node("a", "Add", {"x", "b"}) + node("b", "Relu", {"a"}) +
                     node("y", "Relu", {"b"})),
            Code::cyclic_graph);
}

TEST(ImportGraph, ReportsEveryRefusalOnceAndNotWhatFollows) {
  const Imported imported =
      import_text(std::string(kPlaceholder) + node("p", "Quux", {"x"}) + node("q", "Quux", {"p"}) +
                  node("r", "Conv2D", {"p", "q"}) + node("s", "Frobnicate", {"r"}));
  ASSERT_EQ(imported.issues.list().size(), 2U);
  EXPECT_EQ(imported.issues.list()[0].op, "Quux");
  EXPECT_EQ(imported.issues.list()[0].nodes, (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(imported.issues.list()[1].op, "Frobnicate");
}

TEST(ImportGraph, ReportsContradictions) {
  const Imported imported =
      import_text(std::string(kPlaceholder) +
                  R"(node { name: "c" op: "Const" attr { key: "value" value { tensor { dtype: DT_FLOAT
         tensor_shape { dim { size: 3 } } float_val: 1 } } } attr { key: "dtype" value { type: DT_FLOAT } } })" +
                  node("y", "AddV2", {"x", "c"}));
  ASSERT_EQ(imported.issues.list().size(), 1U);
  EXPECT_NE(imported.issues.list()[0].reason.find("broadcast"), std::string::npos) << imported.issues.list()[0].reason;
}

TEST(ImportGraph, DropsAssertions) {
  const Imported imported = import_text(std::string(kPlaceholder) + node("bad", "Quux", {"x"}) +
                                            node("check", "Assert", {"bad"}) + node("y", "Relu", {"x", "^check"}),
                                        {.outputs = {"y"}});
  EXPECT_TRUE(imported.issues.empty());
  EXPECT_EQ(imported.ops(), std::vector<Op>{Op::RELU});
}

TEST(ImportGraph, AnAssignedVariableNeedsAValue) {
  const std::string handle = R"(node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } } })";
  EXPECT_EQ(error_of(std::string(kPlaceholder) + handle + node("set", "AssignVariableOp", {"v", "x"}) +
                     node("y", "Relu", {"x", "^set"})),
            Code::missing_variable);
}

TEST(ImportGraph, AVariableWithoutValueIsAnError) {
  const std::string handle = R"(node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } } })";
  EXPECT_EQ(error_of(std::string(kPlaceholder) + handle + node("read", "ReadVariableOp", {"v"}) +
                     node("y", "AddV2", {"x", "read"})),
            Code::missing_variable);
}

TEST(ImportGraph, GivesInputsTheShapesAsked) {
  const std::string text = std::string(kPlaceholder) + node("y", "Relu", {"x"});
  const Imported imported = import_text(text, {.input_shapes = {{"x", {7, -1}}}});
  EXPECT_EQ(imported.graph()[imported.graph().inputs().at(0)].shape, (Shape{7, 4}));
  EXPECT_EQ(error_of(text, {.input_shapes = {{"x", {7}}}}), Code::bad_input_shape);
  EXPECT_EQ(error_of(text, {.input_shapes = {{"x", {7, 5}}}}), Code::bad_input_shape);
  EXPECT_EQ(error_of(text, {.input_shapes = {{"z", {7}}}}), Code::no_such_tensor);
}

}  // namespace
}  // namespace tolite
