// The text form: what was printed parses to what prints the same; elements keep their bits; bad text is an Error.
#include "lite/text.h"

#include <gtest/gtest.h>

#include "lite/builder.h"
#include "ops/table.h"
#include "tolite/error.h"

namespace tolite {
namespace {

std::string round_trip(const std::string& text) {
  Blobs blobs;
  const Model model = parse_model(text, op_table(), {.blobs = &blobs});
  return print_model(model, op_table(), {.origins = true, .blobs = &blobs});
}

void expect_same(const std::string& text) { EXPECT_EQ(round_trip(text), text); }

TEST(Text, EveryPartPrintsAsItWasRead) {
  expect_same(R"(description "a \"model\"\\ \x0a"
metadata "note" "\x00\x01 text"
?2 = mul(?0, 8)
?3 = floor_div(?2, ?1)
signature "serving_default" @main ("x": 0, "y": 1) -> ("out": 1, "again": 0)

graph @main(%0: float32[?0, 8] "serving_default_x:0", %1: int8[?1, ?3] quant(scale [0.5, 0.1], zero_point [0, -3], min [-1], max [1], axis 1)) {
  %2: variable float32[1, 4] "state"
  %3 = LEAKY_RELU(%0) {alpha=0.2} : float32[?0, 8] "y" from "inner" in "outer"
  %4 = float32[3] {1, -0.5, 1e-20} "weights"
  %5 = CUSTOM(%4, none, int32[2] {1, 2}, float32[64, 64] #0123456789abcdef) {custom_code="Mine", custom_options="\x01\x02"} : float32[*] from "inner" in "outer"
  %6, %7 = CUSTOM(%2, %4) {custom_code="Two"} : int32[2] known [?0, 8], none[*]
  return %3, %5
}

graph @"strange name"() {
  %0 = float32[2] {1, 2}
  return %0
}
)");
}

TEST(Text, ElementsKeepTheirBits) {
  const std::string begin = "\ngraph @main() {\n  %0 = ";
  const std::string end = "\n  return %0\n}\n";
  for (const char* constant : {
           "float32[9] {0, -0, inf, -inf, nan, nan_7fc00001, nan_ffc00000, 0.1, 1.1754942e-38}",
           "float64[4] {0.1, nan, nan_7ff8000000000001, 5e-324}",
           "float16[6] {0.5, 65504, 5.9604645e-08, nan, nan_7e01, -inf}",
           "bfloat16[4] {1, 3.3895314e+38, nan, nan_ffc0}",
           "int64[2] {-9223372036854775808, 9223372036854775807}",
           "uint64[1] {18446744073709551615}",
           "int8[3] {-128, 0, 127}",
           "uint8[2] {0, 255}",
           "bool[2] {0, 1}",
           "int4[3] {-8, 7, -1}",
           "uint4[3] {0, 15, 1}",
           "int2[5] {-2, 1, 0, -1, 1}",
           "complex64[2] {1, -2, inf, nan}",
           "float8_e5m2[2] {60, 255}",
           "string[2, 2] {\"\", \"a\\\"b\", \"\\x00\", \"\\xff\"}",
           "float32[1000, 3] all {-2.5}",
           "int32[0, 4] {}",
           "float32[] {7}",
           "float32[17] #fedcba9876543210",
       }) {
    expect_same(begin + constant + end);
  }
}

TEST(Text, HexadecimalFloatsAreRead) {
  const Model model = parse_model("graph @main() { return float32[2] {0x1.8p+1, -0x1p-149} }", op_table());
  EXPECT_EQ(element_as_double(model.constants[0], 0), 3);
  EXPECT_EQ(element_as_double(model.constants[0], 1), -0x1p-149);
}

TEST(Text, TypesLeftOutAreInferred) {
  const Model model = parse_model("graph @main(%x: float32[?0, 4]) { %y = LEAKY_RELU(%x)  return %y }", op_table());
  const Graph& g = model.graphs[0];
  EXPECT_EQ(g[g.outputs()[0]].type, Type::float32);
  EXPECT_EQ(g[g.outputs()[0]].shape, g[g.inputs()[0]].shape);
}

TEST(Text, SymbolsAreRenumberedByUse) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  for (int i = 0; i < 5; ++i) model.symbols.fresh();
  const Dim n = model.symbols.fresh();
  const Dim m = model.symbols.mul(n, model.symbols.fresh());
  b.graph().add_output(b.input(Type::float32, Shape{m, n}, ""));
  EXPECT_EQ(print_model(model, op_table()), "?2 = mul(?0, ?1)\n\ngraph @main(%0: float32[?2, ?0]) {\n  return %0\n}\n");
}

TEST(Text, GraphsOfOneNameAreToldApart) {
  expect_same("signature \"a\" @g#1 () -> ()\n\ngraph @g#0() {\n  return\n}\n\ngraph @g#1() {\n  return\n}\n");
}

TEST(Text, LargeConstantsComeFromTheTable) {
  NewTensor made = new_tensor(Type::float32, {100});
  for (std::size_t i = 0; i < 100; ++i) store(made.writable.data() + 4 * i, static_cast<float>(i));
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  b.graph().add_output(b.constant(made.tensor));
  Blobs blobs;
  const std::string text = print_model(model, op_table(), {.blobs = &blobs});
  const Model again = parse_model(text, op_table(), {.blobs = &blobs});
  EXPECT_TRUE(same_tensor(again.constants[0], made.tensor));
  // Without the table the elements are others, but always the same.
  const Model other = parse_model(text, op_table());
  EXPECT_FALSE(same_tensor(other.constants[0], made.tensor));
  EXPECT_TRUE(same_tensor(other.constants[0], parse_model(text, op_table()).constants[0]));
}

TEST(Text, BadTextIsAnError) {
  for (const char* text : {
           "grph",
           "graph",
           "graph @g",
           "graph @g(",
           "graph @g() {",
           "graph @g() { return %x }",
           "graph @g(%x: float31[1]) { return }",
           "graph @g(%x: float32[-1]) { return }",
           "graph @g(%x: float32[1], %x: float32[1]) { return }",
           "graph @g(%x: float32[?99999999999]) { return }",
           "graph @g(%x: float32[?4000000]) { return }",
           "graph @g() { %y = NO_SUCH_OP() : float32[1] return }",
           "graph @g() { %y = LEAKY_RELU() return }",
           "graph @g(%x: float32[1]) { %y = LEAKY_RELU(%x) {beta=1} return }",
           "graph @g(%x: float32[1]) { %y = LEAKY_RELU(%x) {alpha=\"a\"} return }",
           "graph @g() { return float32[2] {1} }",
           "graph @g() { return float32[1] {1x} }",
           "graph @g() { return int8[1] {128} }",
           "graph @g() { return int4[1] {8} }",
           "graph @g() { return float16[1] {0.1} }",
           "graph @g() { return float32[?0] {1} }",
           "graph @g() { return float32[1000000, 1000000] all {0} }",
           "graph @g() { return float32[1000000000, 1000000000, 1000000000] #1 }",
           "graph @g() { return float32[4] #1g }",
           "graph @g() { return resource[1] {1} }",
           "description \"no end",
           "description \"\\q\"",
           "?0 = mul(?0, 1)",
           "?1 = power(?0, 1)",
           "?0 = mul(?1, 1)",
           "signature \"s\" @g () -> ()",
           "graph @g() { return } signature \"s\" @g (\"x\": 0) -> ()",
           "graph @g() { return } signature \"s\" @g () -> (\"x\": 0)",
           "\x01",
       }) {
    try {
      parse_model(text, op_table());
      ADD_FAILURE() << text;
    } catch (const Error& e) {
      EXPECT_TRUE(e.code() == Code::malformed || e.code() == Code::invalid_node || e.code() == Code::size_overflow)
          << text << ": " << e.what();
    }
  }
}

}  // namespace
}  // namespace tolite
