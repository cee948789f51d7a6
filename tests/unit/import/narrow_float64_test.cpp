// --narrow-float64: graphs that say float64, as the importer sees them.
#include "import/tensorflow/narrow_float64.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "import/tensorflow/import.h"
#include "lite/node_view.h"
#include "ops/table.h"
#include "read/text_format.h"
#include "read/wire_writer.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

using read::DataType;
using Select = FallbackOptions::Select;

std::shared_ptr<const read::GraphDef> graph_of(const std::string& text) {
  const auto buffer = read::text_to_wire(*read::Buffer::own(text, "test"), "GraphDef");
  return read::GraphDef::read(buffer, buffer->bytes());
}

const std::string kInput =
    R"(node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_DOUBLE } }
         attr { key: "shape" value { shape { dim { size: -1 } dim { size: 2 } } } } } )";

std::string node(const std::string& op, const std::string& inputs, const std::string& attributes) {
  return "node { name: \"y\" op: \"" + op + "\" " + inputs + attributes + " } ";
}

std::string type(const std::string& name, const std::string& value) {
  return " attr { key: \"" + name + "\" value { type: " + value + " } } ";
}

std::string constant(const std::string& tensor) {
  return R"(node { name: "c" op: "Const" attr { key: "dtype" value { type: DT_DOUBLE } }
              attr { key: "value" value { tensor { dtype: DT_DOUBLE )" +
         tensor + " } } } } ";
}

struct Imported {
  Model model;
  import::Issues issues;

  explicit Imported(const std::string& text, Select select = Select::never, bool narrow = true) {
    model = import_graph_def(graph_of(text), op_table(), {.narrow_float64 = narrow, .fallback = {.select = select}},
                             issues);
  }
  Type output() const { return model.graphs.front()[model.graphs.front().outputs().front()].type; }
  Type input() const { return model.graphs.front()[model.graphs.front().inputs().front()].type; }
};

const read::Node& node_of(const read::GraphDef& graph, std::string_view name) {
  for (const read::Node& node : graph.nodes()) {
    if (node.name == name) return node;
  }
  throw Error(Code::internal, "there is no such node");
}

const std::string kSum = node("AddV2", R"(input: "x" input: "c" )", type("T", "DT_DOUBLE"));

TEST(NarrowFloat64, InputsConstantsAndResults) {
  const Imported imported(kInput + constant("tensor_shape { dim { size: 2 } } double_val: 0.1 double_val: -2") + kSum);
  EXPECT_TRUE(imported.issues.empty());
  EXPECT_EQ(imported.input(), Type::float32);
  EXPECT_EQ(imported.output(), Type::float32);
  ASSERT_EQ(imported.model.constants.size(), 1U);
  const Tensor& c = imported.model.constants.front();
  EXPECT_EQ(c.type, Type::float32);
  EXPECT_EQ(element_as_double(c, 0), 0.1F);
  EXPECT_EQ(element_as_double(c, 1), -2);
}

TEST(NarrowFloat64, WithoutItNothingChanges) {
  const Imported imported(kInput + constant("tensor_shape { } double_val: 0.1") + kSum, Select::never, false);
  EXPECT_EQ(imported.input(), Type::float64);
}

TEST(NarrowFloat64, TensorsInEveryForm) {
  const std::string doubles(R"(\000\000\000\000\000\000\370\077\000\000\000\000\000\000\360\277)");  // 1.5, -1
  const auto elements = [](const std::string& tensor) {
    const auto graph = narrow_float64(graph_of(constant(tensor)));
    const Tensor value = node_of(*graph, "c").attributes["value"].tensor();
    EXPECT_EQ(value.type, Type::float32);
    std::vector<double> list;
    for (std::int64_t i = 0; i < value.element_count(); ++i) list.push_back(element_as_double(value, i));
    return list;
  };
  EXPECT_EQ(elements("tensor_shape { dim { size: 2 } } tensor_content: \"" + doubles + "\""),
            (std::vector<double>{1.5, -1}));
  EXPECT_EQ(elements("tensor_shape { dim { size: 3 } } double_val: 1.5"), (std::vector<double>{1.5, 1.5, 1.5}));
  EXPECT_EQ(elements("tensor_shape { dim { size: 2 } }"), (std::vector<double>{0, 0}));
  EXPECT_TRUE(elements("tensor_shape { dim { size: 0 } }").empty());
  EXPECT_TRUE(std::isinf(elements("tensor_shape { } double_val: inf").front()));
  EXPECT_TRUE(std::isnan(elements("tensor_shape { } double_val: nan").front()));
}

TEST(NarrowFloat64, AConstantBeyondFloat32IsRefusedByName) {
  for (const char* value : {"1e39", "-1e300"}) {
    const Imported imported(kInput + constant("tensor_shape { } double_val: " + std::string(value)) + kSum);
    ASSERT_EQ(imported.issues.list().size(), 1U);
    const import::Issue& issue = imported.issues.list().front();
    EXPECT_EQ(issue.op, "Const");
    EXPECT_NE(issue.reason.find("beyond the range of float32"), std::string::npos) << issue.reason;
    EXPECT_EQ(issue.nodes, std::vector<std::string>{"c"});
  }
}

TEST(NarrowFloat64, AConstantBeyondFloat32ThatNobodyUsesIsInNobodysWay) {
  const Imported imported(kInput + constant("tensor_shape { } double_val: 1e300") +
                          node("Neg", "input: \"x\"", type("T", "DT_DOUBLE")));
  EXPECT_TRUE(imported.issues.empty());
}

TEST(NarrowFloat64, AttributesOfEveryKind) {
  const auto graph = narrow_float64(graph_of(node("Op", "", R"(
      attr { key: "Tin" value { list { type: DT_DOUBLE type: DT_INT32 type: DT_COMPLEX128 type: DT_DOUBLE_REF } } }
      attr { key: "of" value { func { name: "f" attr { key: "T" value { type: DT_DOUBLE } } } } }
      attr { key: "all" value { list { func { name: "f" attr { key: "T" value { type: DT_DOUBLE } } } } } }
      attr { key: "n" value { i: 2 } })")));
  const read::Attributes& attributes = node_of(*graph, "y").attributes;
  EXPECT_EQ(attributes["Tin"].types(),
            (std::vector{DataType::float32, DataType::int32, DataType::complex64, DataType::float32}));
  EXPECT_EQ(attributes["of"].function().attributes.front().value.type(), DataType::float32);
  EXPECT_EQ(attributes["all"].functions().front().attributes.front().value.type(), DataType::float32);
  EXPECT_EQ(attributes["n"].integer(), 2);
}

TEST(NarrowFloat64, FunctionsWithTheirSignatures) {
  const auto base = graph_of(R"(library { function {
      signature { name: "f" input_arg { name: "a" type: DT_DOUBLE } output_arg { name: "b" type: DT_DOUBLE } }
      node_def { name: "n" op: "Neg" input: "a" attr { key: "T" value { type: DT_DOUBLE } } }
      ret { key: "b" value: "n:y:0" } }
    function { signature { name: "g" input_arg { name: "a" type: DT_INT32 } } } })");
  const auto graph = narrow_float64(base);
  const read::Function* f = graph->library().find("f");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->inputs.front().type, DataType::float32);
  EXPECT_EQ(f->outputs.front().type, DataType::float32);
  EXPECT_EQ(f->nodes[0].attributes["T"].type(), DataType::float32);
  EXPECT_EQ(f->returns.front().second, "n:y:0");
  // What has no float64 keeps its place in the file.
  EXPECT_EQ(graph->library().wire("g").data(), base->library().wire("g").data());
}

TEST(NarrowFloat64, NestingIsBounded) {
  const auto message = [](const read::Wire& name_attr_list) { return read::Wire().message(10, name_attr_list); };
  read::Wire value = read::Wire().varint(6, 2);
  for (int i = 0; i < 200; ++i) value = message(read::Wire().text(1, "f").entry(2, "T", value));
  const auto buffer = read::Buffer::own(
      read::Wire().message(1, read::Wire().text(1, "y").text(2, "Op").entry(5, "f", value)).str(), "test");
  const auto graph = read::GraphDef::read(buffer, buffer->bytes());
  try {
    narrow_float64(graph);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::too_deep);
  }
}

TEST(NarrowFloat64, WhatDependsOnTheBytesIsRefused) {
  const Imported imported(kInput + node("Bitcast", "input: \"x\"", type("T", "DT_DOUBLE") + type("type", "DT_INT64")),
                          Select::needed);
  ASSERT_EQ(imported.issues.list().size(), 1U);
  EXPECT_EQ(imported.issues.list().front().op, "Bitcast");
  const Imported other(kInput + R"(node { name: "i" op: "Cast" input: "x" )" + type("SrcT", "DT_DOUBLE") +
                       type("DstT", "DT_INT32") + "} " +
                       node("Bitcast", "input: \"i\"", type("T", "DT_INT32") + type("type", "DT_FLOAT")));
  EXPECT_TRUE(other.issues.empty());
}

TEST(NarrowFloat64, SelectTfOpsAreToldFloat) {
  const std::string text =
      R"(node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_DOUBLE } }
           attr { key: "shape" value { shape { dim { size: 2 } dim { size: 2 } } } } } )" +
      node("Qr", "input: \"x\"", type("T", "DT_DOUBLE"));
  for (const bool narrow : {false, true}) {
    const Imported imported(text, Select::needed, narrow);
    EXPECT_TRUE(imported.issues.empty());
    const Graph& graph = imported.model.graphs.front();
    const NodeId id = graph.order().front();
    const NodeView select(imported.model, graph, id, op_table()[graph[id].op]);
    EXPECT_EQ(select.output_type(), narrow ? Type::float32 : Type::float64);
    const std::string attribute = read::Wire().entry(5, "T", read::Wire().varint(6, narrow ? 1 : 2)).str();
    EXPECT_NE(select.text(Attr::custom_options).find(attribute), std::string::npos);
  }
}

TEST(NarrowFloat64, VariablesAreRounded) {
  const Tensor wide = tensor_of(Type::float64, {2}, std::vector<double>{0.1, -1e-300});
  const Tensor narrow = narrowed(wide);
  EXPECT_EQ(narrow.type, Type::float32);
  EXPECT_EQ(element_as_double(narrow, 0), 0.1F);
  EXPECT_EQ(element_as_double(narrow, 1), 0);
  EXPECT_EQ(narrowed(narrow).type, Type::float32);
  try {
    narrowed(tensor_of(Type::float64, {1}, std::vector<double>{std::numeric_limits<double>::max()}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::cannot_convert);
  }
}

}  // namespace
}  // namespace tolite::tensorflow
