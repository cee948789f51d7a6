// GraphDef: nodes, attributes, functions, and damaged files.
#include "read/graph_def.h"

#include <gtest/gtest.h>

#include "read/wire_writer.h"
#include "unit/read/exercise.h"
#include "unit/read/test_files.h"

namespace tolite::read {
namespace {

const Node& find_node(const NodeList& nodes, std::string_view name) {
  for (const Node& node : nodes) {
    if (node.name == name) return node;
  }
  throw Error(Code::internal, "the test looks for a node that is not there");
}

std::shared_ptr<const GraphDef> graph_of(const std::string& wire) {
  const auto buffer = Buffer::own(wire, "test.pb");
  return GraphDef::read(buffer, buffer->bytes());
}

TEST(GraphDef, ReadsAFrozenGraph) {
  const auto graph = GraphDef::open(data_path("frozen.pb"));
  const Node& matmul = find_node(graph->nodes(), "MatMul");
  EXPECT_EQ(matmul.op, "MatMul");
  ASSERT_EQ(matmul.inputs.size(), 2U);
  EXPECT_EQ(matmul.inputs[0], "x");
  EXPECT_EQ(matmul.inputs[1], "w");
  EXPECT_FALSE(matmul.attributes.boolean("transpose_a", true));
  EXPECT_EQ(matmul.attributes["T"].type(), DataType::float32);
  const Node& x = find_node(graph->nodes(), "x");
  EXPECT_EQ(x.attributes["shape"].shape(), (PartialShape{true, {-1, 2}}));
  const Tensor w = find_node(graph->nodes(), "w").attributes["value"].tensor();
  EXPECT_EQ(w.dims, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(element_as_double(w, 5), 6.0);
  EXPECT_GT(graph->producer(), 1000);
}

TEST(GraphDef, TheTextFormIsTheSameGraph) {
  const auto wire = GraphDef::open(data_path("frozen.pb"));
  const auto text = GraphDef::open(data_path("frozen.pbtxt"));
  ASSERT_EQ(wire->nodes().size(), text->nodes().size());
  for (std::size_t i = 0; i < wire->nodes().size(); ++i) {
    const Node& a = wire->nodes()[i];
    const Node& b = text->nodes()[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.op, b.op);
    EXPECT_TRUE(std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end()));
    ASSERT_EQ(a.attributes.size(), b.attributes.size());
    for (const NamedAttribute& attribute : a.attributes) {
      const Attribute& other = b.attributes[attribute.name];
      EXPECT_EQ(attribute.value.kind(), other.kind());
      if (attribute.value.kind() == Attribute::Kind::tensor) {
        EXPECT_TRUE(same_tensor(attribute.value.tensor(), other.tensor())) << a.name;
      }
    }
  }
}

TEST(GraphDef, ReadsFunctions) {
  const auto model = SavedModel::open(data_path("module"));
  const MetaGraph meta = model->meta_graph();
  const FunctionLibrary& library = meta.graph->library();
  const Function* square = nullptr;
  for (const std::string_view name : library.names()) {
    const Function* function = library.find(name);
    ASSERT_NE(function, nullptr);
    EXPECT_EQ(function->name, name);
    EXPECT_EQ(function->returns.size(), function->outputs.size());
    EXPECT_EQ(function->input_attributes.size(), function->inputs.size());
    if (function->implements() == "tolite.square") square = function;
  }
  ASSERT_NE(square, nullptr);
  ASSERT_EQ(square->inputs.size(), 1U);
  EXPECT_EQ(square->inputs[0].name, "x");
  EXPECT_EQ(square->inputs[0].type, DataType::float32);
  EXPECT_EQ(square->input_attributes[0].string("_user_specified_name", ""), "x");
  EXPECT_EQ(square->outputs[0].name, "identity");
  EXPECT_EQ(square->returns[0].second, "Identity:output:0");
  EXPECT_EQ(find_node(square->nodes, "mul").op, "Mul");
  EXPECT_EQ(library.find("no such function"), nullptr);
  EXPECT_EQ(library.find(square->name), square);  // read once
}

TEST(GraphDef, InputsAreParsed) {
  const InputName plain = parse_input("node");
  EXPECT_EQ(plain.node, "node");
  EXPECT_EQ(plain.index, 0);
  EXPECT_FALSE(plain.is_control);
  EXPECT_EQ(parse_input("scope/node:12").index, 12);
  const InputName body = parse_input("split:output:3");
  EXPECT_EQ(body.node, "split");
  EXPECT_EQ(body.output, "output");
  EXPECT_EQ(body.index, 3);
  const InputName control = parse_input("^init");
  EXPECT_EQ(control.node, "init");
  EXPECT_TRUE(control.is_control);
  for (const char* bad : {"", "^", ":0", "a:", "a:b", "a:-1", "a:1x", "a:b:", "a:99999999999"}) {
    EXPECT_EQ(code_of([&] { parse_input(bad); }), Code::malformed) << bad;
  }
}

TEST(GraphDef, AttributesOfEveryKind) {
  const Wire function = Wire().text(1, "f").entry(2, "T", Wire().varint(6, 101));
  const Wire list = Wire().text(2, "a").text(2, "b");
  const Wire numbers = Wire().text(3, "\x01\x02").varint(3, 3);
  const Wire node = Wire()
                        .text(1, "n")
                        .text(2, "Op")
                        .entry(5, "s", Wire().text(2, "text"))
                        .entry(5, "i", Wire().varint(3, static_cast<std::uint64_t>(-5)))
                        .entry(5, "f", Wire().fixed(4, 1.5F))
                        .entry(5, "b", Wire().varint(5, 1))
                        .entry(5, "type", Wire().varint(6, 103))
                        .entry(5, "shape", Wire().message(7, Wire().varint(3, 1)))
                        .entry(5, "placeholder", Wire().text(9, "T"))
                        .entry(5, "func", Wire().message(10, function))
                        .entry(5, "strings", Wire().message(1, list))
                        .entry(5, "integers", Wire().message(1, numbers))
                        .entry(5, "functions", Wire().message(1, Wire().message(9, function)))
                        .entry(5, "empty", Wire().message(1, Wire()))
                        .entry(5, "none", Wire());
  const auto graph = graph_of(Wire().message(1, node).str());
  const Attributes& a = graph->nodes()[0].attributes;
  EXPECT_EQ(a["s"].string(), "text");
  EXPECT_EQ(a["i"].integer(), -5);
  EXPECT_EQ(a["f"].real(), 1.5F);
  EXPECT_TRUE(a["b"].boolean());
  EXPECT_EQ(a["type"].type(), DataType::int32);  // a reference type
  EXPECT_FALSE(a["shape"].shape().known_rank);
  EXPECT_EQ(a["placeholder"].placeholder(), "T");
  EXPECT_EQ(a["func"].function().name, "f");
  EXPECT_EQ(a["func"].function().attributes.at(0).value.type(), DataType::float32);
  EXPECT_EQ(a["strings"].strings(), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(a["integers"].integers(), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(a["functions"].functions().at(0).name, "f");
  EXPECT_TRUE(a["empty"].integers().empty());
  EXPECT_TRUE(a["empty"].strings().empty());
  EXPECT_EQ(a["none"].kind(), Attribute::Kind::none);
  EXPECT_EQ(a.integer("absent", 7), 7);
  EXPECT_EQ(a.string("s", ""), "text");
  EXPECT_EQ(code_of([&] { a["absent"]; }), Code::malformed);
  EXPECT_EQ(code_of([&] { a["s"].integer(); }), Code::malformed);
  EXPECT_EQ(code_of([&] { a["i"].string(); }), Code::malformed);
  EXPECT_EQ(code_of([&] { a["strings"].integers(); }), Code::malformed);
  EXPECT_EQ(code_of([&] { a["none"].boolean(); }), Code::malformed);
}

TEST(GraphDef, WhereNodesComeFrom) {
  const Wire origin = Wire().text(1, "layer/conv").text(2, "call");
  const Wire node = Wire().text(1, "n").text(2, "Op").message(6, origin);
  const auto graph = graph_of(Wire().message(1, node).str());
  ASSERT_EQ(graph->nodes()[0].original_names.size(), 1U);
  EXPECT_EQ(graph->nodes()[0].original_names[0], "layer/conv");
  EXPECT_EQ(graph->nodes()[0].original_functions[0], "call");
}

TEST(GraphDef, StacksOfNodes) {
  const Wire frame = Wire().varint(1, 0).varint(2, 42).text(4, "build").text(5, "x = relu(y)");
  const std::uint64_t frame_id = 7;
  const std::uint64_t trace_id = 9;
  std::string ids(reinterpret_cast<const char*>(&frame_id), 8);
  const Wire info = Wire()
                        .text(1, "model.py")
                        .message(4, Wire().fixed(1, frame_id).message(2, frame))
                        .message(5, Wire().text(1, "relu@f").fixed(2, trace_id))
                        .message(6, Wire().fixed(1, trace_id).message(2, Wire().text(2, ids)))
                        .entry(2, "old", Wire().message(1, frame));
  const auto graph = graph_of(Wire().message(5, info).str());
  const DebugInfo debug = graph->debug_info();
  ASSERT_EQ(debug.stack("relu", "f").size(), 1U);
  EXPECT_EQ(debug.stack("relu", "f")[0].file, "model.py");
  EXPECT_EQ(debug.stack("relu", "f")[0].line, 42);
  EXPECT_EQ(debug.stack("old").at(0).function, "build");
  EXPECT_TRUE(debug.stack("relu", "g").empty());
}

TEST(GraphDef, AFunctionMustSayWhatItReturns) {
  const Wire signature = Wire().text(1, "f").message(3, Wire().text(1, "out").varint(3, 1));
  const auto graph = graph_of(Wire().message(2, Wire().message(1, Wire().message(1, signature))).str());
  EXPECT_TRUE(graph->library().has("f"));
  EXPECT_EQ(code_of([&] { graph->library().find("f"); }), Code::malformed);
}

TEST(GraphDef, ErrorsNameTheFile) {
  try {
    graph_of("\x0A\x05");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::truncated);
    EXPECT_NE(error.where().find("test.pb"), std::string::npos);
  }
}

TEST(GraphDef, EveryPrefixIsReadOrRefused) {
  const std::string whole = file_bytes(data_path("frozen.pb"));
  std::size_t refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    refused += succeeds([&] { exercise(*graph_of(whole.substr(0, size))); }) ? 0 : 1;
  }
  EXPECT_GT(refused, whole.size() * 9 / 10);  // but those that end between nodes
}

TEST(GraphDef, EveryFlippedBitIsSurvived) {
  const std::string whole = file_bytes(data_path("frozen.pb"));
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    succeeds([&] { exercise(*graph_of(damaged)); });
  }
}

}  // namespace
}  // namespace tolite::read
