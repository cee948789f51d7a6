// What must hold of every graph, tried on random ones over the whole op table.
#include <gtest/gtest.h>

#include "lite/text.h"
#include "lite/verify.h"
#include "read/tflite.h"
#include "unit/lite/random_graph.h"
#include "write/tflite.h"

namespace tolite {
namespace {

constexpr int kGraphs = 40;
constexpr int kTries = 600;

TEST(Properties, RandomGraphsKeepTheirMeaningThroughTextAndFile) {
  std::size_t nodes = 0;
  std::size_t files = 0;
  for (std::uint32_t seed = 1; seed <= kGraphs; ++seed) {
    SCOPED_TRACE(seed);
    Model model = testing_graphs::RandomGraph(seed).make(kTries);
    nodes += model.graphs[0].order().size();

    EXPECT_EQ(problems_of(model, op_table(), Legality::imported), std::vector<std::string>{});

    Blobs blobs;
    const PrintOptions print{.origins = true, .blobs = &blobs};
    const std::string text = print_model(model, op_table(), print);
    Model parsed = parse_model(text, op_table(), {.blobs = &blobs});
    EXPECT_EQ(print_model(parsed, op_table(), print), text);
    EXPECT_EQ(problems_of(parsed, op_table(), Legality::imported), std::vector<std::string>{});

    try {
      const auto file = std::make_shared<std::vector<std::byte>>(write::tflite_bytes(model, op_table()));
      EXPECT_EQ(write::tflite_bytes(model, op_table()), *file);
      Model again = read::tflite(*file, file, op_table());
      EXPECT_EQ(problems_of(again, op_table(), Legality::imported), std::vector<std::string>{});
      EXPECT_EQ(write::tflite_bytes(again, op_table()), *file);
      ++files;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Code::cannot_convert) << e.what();  // internal ops among the random ones
    }
  }
  EXPECT_GT(nodes, 20U * kGraphs);
  RecordProperty("nodes", static_cast<int>(nodes));
  RecordProperty("files", static_cast<int>(files));
}

}  // namespace
}  // namespace tolite
