// The text form of protobuf.
#include "read/text_format.h"

#include <gtest/gtest.h>

#include "lite/tensor.h"
#include "read/graph_def.h"
#include "read/protobuf.h"
#include "unit/read/test_files.h"

namespace tolite::read {
namespace {

std::shared_ptr<const GraphDef> graph_of(std::string_view text) {
  const auto wire = text_to_wire(*Buffer::own(std::string(text), "test.pbtxt"), "GraphDef");
  return GraphDef::read(wire, wire->bytes());
}

/// The attribute "a" of a node, given as text.
Attribute attribute_of(std::shared_ptr<const GraphDef>& graph, std::string_view value) {
  graph = graph_of("node { name: 'n' op: 'Op' attr { key: 'a' value { " + std::string(value) + " } } }");
  return graph->nodes()[0].attributes["a"];
}

TEST(TextFormat, FormsOfTheSameThing) {
  for (const char* text : {
           "node { name: \"n\" op: \"Op\" input: \"a\" input: \"b\" }",
           "node: { name: 'n', op: 'Op'; input: ['a', 'b'] }",
           "node < name:'n'op:'O' 'p' input:[ 'a' , 'b' ] >",
           "# comment\nnode {\n  name: 'n' # more\n  op: \"\\117\\x70\"\n  input: 'a'\n  input: \"\\u0062\"\n}\n",
           "node [{ name: 'n' op: 'Op' input: 'a' input: 'b' unknown: 5 also_unknown { x: [1, 'y'] [a.b/c] { z: 1 } } "
           "}]",
       }) {
    const auto graph = graph_of(text);
    ASSERT_EQ(graph->nodes().size(), 1U) << text;
    const Node& node = graph->nodes()[0];
    EXPECT_EQ(node.name, "n") << text;
    EXPECT_EQ(node.op, "Op") << text;
    ASSERT_EQ(node.inputs.size(), 2U) << text;
    EXPECT_EQ(node.inputs[1], "b") << text;
  }
}

TEST(TextFormat, Values) {
  std::shared_ptr<const GraphDef> graph;
  EXPECT_EQ(attribute_of(graph, "i: -12").integer(), -12);
  EXPECT_EQ(attribute_of(graph, "i: 0x1F").integer(), 31);
  EXPECT_EQ(attribute_of(graph, "i: 017").integer(), 15);
  EXPECT_EQ(attribute_of(graph, "i: -9223372036854775808").integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(attribute_of(graph, "f: 1.5").real(), 1.5F);
  EXPECT_EQ(attribute_of(graph, "f: -1e-3f").real(), -1e-3F);
  EXPECT_EQ(attribute_of(graph, "f: 2").real(), 2.0F);
  EXPECT_EQ(attribute_of(graph, "f: -inf").real(), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(attribute_of(graph, "f: 1e999").real(), std::numeric_limits<float>::infinity());
  EXPECT_NE(attribute_of(graph, "f: nan").real(), attribute_of(graph, "f: nan").real());
  EXPECT_TRUE(attribute_of(graph, "b: true").boolean());
  EXPECT_EQ(attribute_of(graph, "type: DT_HALF").type(), DataType::half);
  EXPECT_EQ(attribute_of(graph, "type: DT_FLOAT_REF").type(), DataType::float32);
  EXPECT_EQ(attribute_of(graph, "type: 9").type(), DataType::int64);
  EXPECT_EQ(attribute_of(graph, "s: \"\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\?\\0\\377\\U0001F600\"").string(),
            std::string_view("\a\b\f\n\r\t\v\\'\"?\0\377\xF0\x9F\x98\x80", 17));
  EXPECT_EQ(attribute_of(graph, "list { i: [1, 2] i: 3 }").integers(), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(attribute_of(graph, "list { i: [] }").integers().size(), 0U);
  EXPECT_EQ(attribute_of(graph, "shape { dim { size: -1 } dim { size: 2 } }").shape(), (PartialShape{true, {-1, 2}}));
  const Tensor tensor =
      attribute_of(graph, "tensor { dtype: DT_INT32 tensor_shape { dim { size: 2 } } int_val: 4 }").tensor();
  EXPECT_EQ(element_as_int64(tensor, 1), 4);
}

TEST(TextFormat, MistakesAreRefusedWithTheirLine) {
  for (const char* text : {
           "\nnode {",
           "\nnode { name: }",
           "\nnode { name: 'n }",
           "\nnode { name: 'n\n' }",
           "\nnode { name 'n' }",
           "\nnode { name: 5 }",
           "\nnode: 5",
           "\nnode { name { } }",
           "\nnode { name: '\\q' }",
           "\nnode { name: '\\x' }",
           "\nnode { name: '\\u12' }",
           "\nnode { name: '\\UFFFFFFFF' }",
           "\nnode { attr { value { b: maybe } } }",
           "\nnode { attr { value { i: 1.5 } } }",
           "\nnode { attr { value { i: 9223372036854775808 } } }",
           "\nnode { attr { value { f: 1.2.3 } } }",
           "\nnode { attr { value { type: DT_NONSENSE } } }",
           "\nversion: 3000000000",
           "\n}",
           "\nnode { } }",
           "\nnode [ { }",
           "\n[a.b",
           "\nnode { name: 'n' ] }",
       }) {
    try {
      graph_of(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::malformed) << text;
      EXPECT_NE(error.message().find("line "), std::string::npos) << text;
      EXPECT_EQ(error.message().find("line 1:"), std::string::npos) << text;
    }
  }
}

TEST(TextFormat, NestingIsBounded) {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "x{";
    return text + std::string(static_cast<std::size_t>(depth), '}');
  };
  EXPECT_NO_THROW(graph_of(nested(kMaxNesting)));
  EXPECT_EQ(code_of([&] { graph_of(nested(100000)); }), Code::too_deep);
}

TEST(TextFormat, TextIsToldFromWire) {
  EXPECT_TRUE(is_text_format(as_bytes("\nnode {\n  name: \"x\"\n}\n")));
  EXPECT_TRUE(is_text_format(as_bytes(file_bytes(data_path("frozen.pbtxt")))));
  EXPECT_FALSE(is_text_format(as_bytes(file_bytes(data_path("frozen.pb")))));
  EXPECT_FALSE(is_text_format({}));
}

TEST(TextFormat, EveryPrefixIsReadOrRefused) {
  const std::string whole = file_bytes(data_path("frozen.pbtxt"));
  for (std::size_t size = 0; size < whole.size(); size += 3) {
    code_of([&] { graph_of(std::string_view(whole).substr(0, size)); });
  }
}

}  // namespace
}  // namespace tolite::read
