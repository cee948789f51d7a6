// What becomes of nodes without a builtin form: Select TF ops, custom ops, or a refusal that says how to allow them.
// The bytes of the options are held against TensorFlow's own in tests/select_tf.
#include "import/tensorflow/fallback.h"

#include <gtest/gtest.h>

#include "import/tensorflow/import.h"
#include "import/tensorflow/tf_node.h"
#include "lite/node_view.h"
#include "ops/table.h"
#include "read/text_format.h"
#include "tolite/error.h"
#include "tolite/operations.h"

namespace tolite::tensorflow {
namespace {

using Select = FallbackOptions::Select;

std::string placeholder(const std::string& type) {
  return R"(node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: )" + type +
         R"( } } attr { key: "shape" value { shape { dim { size: -1 } dim { size: 4 } dim { size: 4 } } } } } )";
}

std::string node(const std::string& name, const std::string& op, const std::string& type,
                 const std::string& more = {}) {
  return "node { name: \"" + name + "\" op: \"" + op + "\" input: \"x\" attr { key: \"T\" value { type: " + type +
         " } } " + more + " } ";
}

struct Imported {
  Model model;
  import::Issues issues;

  Imported(const std::string& text, FallbackOptions fallback) {
    const auto buffer = read::text_to_wire(*read::Buffer::own(text, "test"), "GraphDef");
    const auto graph = read::GraphDef::read(buffer, buffer->bytes());
    model = import_graph_def(graph, op_table(), {.fallback = std::move(fallback)}, issues);
  }
  const Graph& graph() const { return model.graphs.front(); }
  std::vector<Op> ops() const {
    std::vector<Op> list;
    for (const NodeId id : graph().order()) list.push_back(graph()[id].op);
    return list;
  }
  NodeView first(Op op) const {
    for (const NodeId id : graph().order()) {
      if (graph()[id].op == op) return {model, graph(), id, op_table()[op]};
    }
    throw Error(Code::internal, "there is no such node");
  }
};

TEST(Fallback, SelectOpKeepsTypeAndSymbolsOfItsOperand) {
  const Imported imported(placeholder("DT_DOUBLE") + node("y", "Cholesky", "DT_DOUBLE"), {.select = Select::needed});
  ASSERT_EQ(imported.ops(), std::vector<Op>{Op::CUSTOM});
  const NodeView select = imported.first(Op::CUSTOM);
  EXPECT_EQ(select.text(Attr::custom_code), "FlexCholesky");
  EXPECT_EQ(select.output_type(), Type::float64);
  EXPECT_EQ(select.output_shape(), select.shape(0));
  EXPECT_TRUE(imported.issues.empty());
}

TEST(Fallback, NarrowFloatsStayNarrowAroundTheOpAlone) {
  const Imported imported(placeholder("DT_HALF") + node("y", "Qr", "DT_HALF"), {.select = Select::needed});
  const NodeView select = imported.first(Op::CUSTOM);
  EXPECT_EQ(select.type(0), Type::float16);
  EXPECT_EQ(select.output_type(), Type::float16);
  // In, in as it was, both results widened, and the output as it was.
  EXPECT_EQ(imported.ops(), (std::vector<Op>{Op::CAST, Op::CAST, Op::CUSTOM, Op::CAST, Op::CAST, Op::CAST}));
}

TEST(Fallback, AllResultsOfTheDefinitionAreThere) {
  const Imported imported(
      placeholder("DT_FLOAT") + node("qr", "Qr", "DT_FLOAT") +
          R"(node { name: "y" op: "Relu" input: "qr:1" attr { key: "T" value { type: DT_FLOAT } } })",
      {.select = Select::needed});
  EXPECT_EQ(imported.first(Op::CUSTOM).output_count(), 2U);
}

TEST(Fallback, ShapesThatTheExporterNoted) {
  const Imported imported(
      placeholder("DT_FLOAT") + node("y", "MatrixDeterminant", "DT_FLOAT",
                                     "attr { key: \"_output_shapes\" value { list { shape { dim { size: -1 } } } } }"),
      {.select = Select::preferred});
  const NodeView select = imported.first(Op::CUSTOM);
  ASSERT_EQ(select.output_shape().rank(), 1U);
  EXPECT_EQ(select.text(Attr::custom_options).find("_output_shapes"), std::string::npos);
}

TEST(Fallback, PreferredTakesOpsThatHaveABuiltin) {
  const std::string graph = placeholder("DT_FLOAT") + node("y", "Relu", "DT_FLOAT");
  EXPECT_EQ(Imported(graph, {.select = Select::needed}).ops(), std::vector<Op>{Op::RELU});
  const Imported preferred(graph, {.select = Select::preferred});
  EXPECT_EQ(preferred.first(Op::CUSTOM).text(Attr::custom_code), "FlexRelu");
}

TEST(Fallback, CustomOpWhereTheDelegateHasNone) {
  const Imported imported(placeholder("DT_FLOAT") + node("y", "Lu", "DT_FLOAT"),
                          {.select = Select::needed, .allow_custom = true});
  EXPECT_EQ(imported.first(Op::CUSTOM).text(Attr::custom_code), "Lu");
  const Imported user(placeholder("DT_FLOAT") + node("y", "Lu", "DT_FLOAT"),
                      {.select = Select::needed, .select_user_ops = {"Lu"}, .allow_custom = true});
  EXPECT_EQ(user.first(Op::CUSTOM).text(Attr::custom_code), "FlexLu");
}

Code code_of(const std::string& op, FallbackOptions fallback = {}) {
  const Imported imported(placeholder("DT_FLOAT") + node("y", op, "DT_FLOAT"), std::move(fallback));
  return imported.issues.empty() ? Code::internal : imported.issues.list().front().code;
}

TEST(Fallback, EachRefusalHasItsCode) {
  EXPECT_EQ(code_of("Qr"), Code::needs_select_op);
  EXPECT_EQ(code_of("Lu"), Code::needs_custom_op);
  EXPECT_EQ(code_of("Lu", {.select = Select::needed}), Code::needs_custom_op);
  EXPECT_EQ(code_of("Smooth", {.allow_custom = true}), Code::unknown_op);
}

TEST(Fallback, DefinitionThatCannotBeRead) {
  try {
    const Fallback fallback({.op_definitions = {"name: \"Smooth"}});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::bad_option);
  }
}

TEST(Fallback, NodeThatContradictsItsDefinition) {
  const Imported imported(placeholder("DT_INT32") + node("y", "Cholesky", "DT_DOUBLE"), {.select = Select::needed});
  ASSERT_FALSE(imported.issues.empty());
  EXPECT_NE(imported.issues.list().front().reason.find("operand 0 is int32"), std::string::npos);
}

/// A node without a T: its inputs, a '^' in front of those it only waits for.
std::string file_node(const std::string& name, const std::string& op, const std::vector<std::string>& inputs,
                      const std::string& attributes = {}) {
  std::string text = "node { name: \"" + name + "\" op: \"" + op + "\" ";
  for (const std::string& input : inputs) text += "input: \"" + input + "\" ";
  return text + attributes + "} ";
}

const std::string kPath = file_node("path", "Const", {},
                                    R"(attr { key: "dtype" value { type: DT_STRING } } attr { key: "value" value {
                                       tensor { dtype: DT_STRING tensor_shape {} string_val: "file" } } } )");

/// A call of a function that gives sin(x) and says what it implements.
std::string implementing(const std::string& attribute) {
  return placeholder("DT_FLOAT") +
         R"(node { name: "y" op: "PartitionedCall" input: "x" attr { key: "f" value { func { name: "g" } } } }
            library { function { signature { name: "g" input_arg { name: "a" type: DT_FLOAT }
                                             output_arg { name: "r" type: DT_FLOAT } }
              node_def { name: "n" op: "Sin" input: "a" attr { key: "T" value { type: DT_FLOAT } } }
              ret { key: "r" value: "n:y:0" } attr { key: "_implements" value { )" +
         attribute + " } } } }";
}

const std::string kFusable = R"(func { name: "My" attr { key: "tfl_fusable_op" value { b: true } } })";
const std::string kMy = R"(name: "My" input_arg { name: "x" type: DT_FLOAT } output_arg { name: "y" type: DT_FLOAT })";

TEST(Composite, WhatTheRuntimeHasBecomesACustomOp) {
  const Imported imported(implementing(kFusable), {});
  ASSERT_EQ(imported.ops(), std::vector<Op>{Op::CUSTOM});
  EXPECT_EQ(imported.first(Op::CUSTOM).text(Attr::custom_code), "My");
  EXPECT_EQ(imported.first(Op::CUSTOM).output_type(), Type::float32);
}

TEST(Composite, WhatTheUserDescribesBecomesACustomOpWhereThatIsAllowed) {
  for (const char* attribute : {R"(s: "My")", R"(func { name: "My" })"}) {
    EXPECT_EQ(Imported(implementing(attribute), {.allow_custom = true, .op_definitions = {kMy}}).ops(),
              std::vector<Op>{Op::CUSTOM});
    EXPECT_EQ(Imported(implementing(attribute), {.op_definitions = {kMy}}).ops(), std::vector<Op>{Op::SIN});
    EXPECT_EQ(Imported(implementing(attribute), {.allow_custom = true}).ops(), std::vector<Op>{Op::SIN});
  }
}

TEST(Composite, OpsOfTextAreCustomOpsWhereTheseAreAllowed) {
  const std::string text = implementing(R"(func { name: "tftext:custom:SgnnProjection" })");
  EXPECT_EQ(Imported(text, {.allow_custom = true}).ops(), std::vector<Op>{Op::CUSTOM});
  EXPECT_EQ(Imported(text, {}).ops(), std::vector<Op>{Op::SIN});
}

TEST(Composite, OperandsThatDoNotFitLeaveTheBody) {
  for (const char* name : {"embedding_matmul", "non_max_suppression_padded_v2"})
    EXPECT_EQ(Imported(implementing("s: \"" + std::string(name) + "\""), {}).ops(), std::vector<Op>{Op::SIN});
}

TEST(Fallback, WhatGivesNothingRunsForItsEffectAndInItsOrder) {
  // The file is read, then written, then read again; nobody takes what the first reading gives.
  const Imported imported(kPath + file_node("before", "ReadFile", {"path"}) +
                              file_node("write", "WriteFile", {"path", "path", "^before"}) +
                              file_node("y", "ReadFile", {"path", "^write"}),
                          {.select = Select::needed});
  ASSERT_TRUE(imported.issues.empty());
  std::string codes;
  for (const NodeId id : imported.graph().order())
    codes += NodeView(imported.model, imported.graph(), id, op_table()[Op::CUSTOM]).text(Attr::custom_code) + " ";
  EXPECT_EQ(codes, "FlexReadFile FlexWriteFile FlexReadFile ");
}

TEST(Fallback, AnEffectThatNoOptionAllowsIsReported) {
  const Imported imported(
      kPath + file_node("write", "WriteFile", {"path", "path"}) +
          file_node("y", "Identity", {"path", "^write"}, R"(attr { key: "T" value { type: DT_STRING } } )"),
      {});
  ASSERT_FALSE(imported.issues.empty());
  EXPECT_EQ(imported.issues.list().front().op, "WriteFile");
}

TEST(Fallback, LettingGoIsNoEffect) {
  const Imported imported(placeholder("DT_FLOAT") + file_node("gone", "DeleteSessionTensor", {"path"}) + kPath +
                              node("y", "Relu", "DT_FLOAT", "input: \"^gone\""),
                          {});
  EXPECT_TRUE(imported.issues.empty());
  EXPECT_EQ(imported.ops(), std::vector<Op>{Op::RELU});
}

TEST(OpRegistry, KnowsWhatGivesNothing) {
  EXPECT_TRUE(OpRegistry::gives_nothing("SaveV2"));
  EXPECT_FALSE(OpRegistry::gives_nothing("Cholesky"));
  EXPECT_FALSE(OpRegistry::gives_nothing("Saved"));
}

TEST(OpRegistry, FindsEachEndOfTheTable) {
  const OpRegistry registry;
  for (const char* op : {"A", "Abort", "Cholesky", "_XlaSendFromHost", "Zeta"})
    EXPECT_NE(registry.find(op), nullptr) << op;
  for (const char* op : {"", "0", "Cholesk", "Choleskyy", "~"}) EXPECT_EQ(registry.find(op), nullptr) << op;
  EXPECT_TRUE(OpRegistry::runs_in_flex("Cholesky"));
  EXPECT_FALSE(OpRegistry::runs_in_flex("Lu"));
  EXPECT_FALSE(OpRegistry::runs_in_flex("Choles"));
}

TEST(Fallback, OpThatIsAlwaysRefusedHasNoBuiltinForm) {
  EXPECT_TRUE(is_imported("RandomUniform"));
  EXPECT_FALSE(is_imported("StatelessRandomUniform"));
  EXPECT_EQ(translators().find("StatelessRandomUniform"), nullptr);
  EXPECT_EQ(translators().refusal("StatelessRandomUniform").reason,
            "no builtin gives the numbers that belong to its seed operand");
  EXPECT_EQ(translators().refusal("Cholesky2").reason, "there is no builtin for this operation");
  for (const Operation& op : operations()) {
    if (op.name == "StatelessMultinomial") EXPECT_FALSE(op.builtin);
  }
}

}  // namespace
}  // namespace tolite::tensorflow
