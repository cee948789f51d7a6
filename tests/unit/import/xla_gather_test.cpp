// XlaGather whose dimension numbers contradict the operands, or are cut off: refused by name, whatever they say.
#include <gtest/gtest.h>

#include "import/tensorflow/import.h"
#include "lite/node_view.h"
#include "ops/table.h"
#include "read/text_format.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

constexpr const char* kRows[] = {"\\012\\001\\001", "\\022\\001\\000", "\\032\\001\\000", "\\040\\001"};

/// Slices of float32[5,4] at int32[3]; `numbers` in the text form of bytes.
std::string graph_of(const std::string& numbers, const std::string& sizes = "int_val: 1 int_val: 4") {
  const auto placeholder = [](const std::string& name, const std::string& type, const std::string& dims) {
    return "node { name: \"" + name + "\" op: \"Placeholder\" attr { key: \"dtype\" value { type: " + type +
           " } } attr { key: \"shape\" value { shape { " + dims + " } } } } ";
  };
  return placeholder("x", "DT_FLOAT", "dim { size: 5 } dim { size: 4 }") +
         placeholder("i", "DT_INT32", "dim { size: 3 }") +
         "node { name: \"s\" op: \"Const\" attr { key: \"dtype\" value { type: DT_INT32 } } attr { key: \"value\" "
         "value { "
         "tensor { dtype: DT_INT32 tensor_shape { dim { size: 2 } } " +
         sizes + " } } } } node { name: \"y\" op: \"XlaGather\" input: \"x\" input: \"i\" input: \"s\" " +
         "attr { key: \"T\" value { type: DT_FLOAT } } attr { key: \"Tindices\" value { type: DT_INT32 } } " +
         "attr { key: \"indices_are_sorted\" value { b: false } } attr { key: \"dimension_numbers\" value { s: \"" +
         numbers + "\" } } }";
}

/// The reason why it is refused; empty if it is not.
std::string refusal(const std::string& graph) {
  const auto buffer = read::text_to_wire(*read::Buffer::own(graph, "test"), "GraphDef");
  import::Issues issues;
  const Model model = import_graph_def(read::GraphDef::read(buffer, buffer->bytes()), op_table(), {}, issues);
  return issues.empty() ? "" : issues.list().front().reason;
}

std::string joined(const std::string& offset, const std::string& collapsed, const std::string& map,
                   const std::string& vector) {
  return offset + collapsed + map + vector;
}

TEST(XlaGather, RowsAreTaken) { EXPECT_EQ(refusal(graph_of(joined(kRows[0], kRows[1], kRows[2], kRows[3]))), ""); }

TEST(XlaGather, NumbersThatDoNotFitAreRefused) {
  const auto& [offset, collapsed, map, vector] = kRows;
  const std::string rank = "its dimensions do not fit the rank";
  const std::string components = "the components of an index do not fit the dimensions that it names";
  EXPECT_EQ(refusal(graph_of("")), components);
  EXPECT_EQ(refusal(graph_of(joined("\\012\\001\\007", collapsed, map, vector))), rank);
  EXPECT_EQ(refusal(graph_of(joined("\\012\\002\\001\\001", collapsed, map, vector))), rank);
  EXPECT_EQ(refusal(graph_of(joined(offset, "\\022\\001\\001", map, vector))),
            "it leaves out dimensions in which a slice has more than one element");
  EXPECT_EQ(refusal(graph_of(joined(offset, "\\022\\001\\011", map, vector))),
            "it leaves out dimensions in which a slice has more than one element");
  EXPECT_EQ(refusal(graph_of(joined(offset, collapsed, "\\032\\001\\002", vector))), components);
  EXPECT_EQ(refusal(graph_of(joined(offset, collapsed, "\\032\\002\\000\\000", vector))), components);
  EXPECT_EQ(refusal(graph_of(joined(offset, collapsed, map, "\\040\\002"))),
            "its indices do not have the dimension that it names");
  EXPECT_EQ(refusal(graph_of(joined(offset, collapsed, map, "\\040\\001") + "\\052\\001\\000")),
            "it has dimensions that the operand and the indices share");
  for (const char* sizes : {"int_val: 6 int_val: 4", "int_val: 0 int_val: 4", "int_val: -1 int_val: 4"})
    EXPECT_EQ(refusal(graph_of(joined(offset, collapsed, map, vector), sizes)),
              "the size of a slice is computed at run time, 0 or too large");
}

TEST(XlaGather, NumbersThatAreCutOffAreAnError) {
  const std::string whole = joined(kRows[0], kRows[1], kRows[2], kRows[3]);
  for (std::size_t bytes = 1; bytes < whole.size() / 4; ++bytes) {
    try {
      EXPECT_NE(refusal(graph_of(whole.substr(0, 4 * bytes))), "") << bytes;
    } catch (const Error& e) {
      EXPECT_TRUE(e.code() == Code::truncated || e.code() == Code::malformed) << e.what();
    }
  }
}

}  // namespace
}  // namespace tolite::tensorflow
