// The digits example comes in whole: calls inlined, variables found, every node translated.
#include <gtest/gtest.h>

#include "import/tensorflow/import.h"
#include "ops/table.h"

namespace tolite {
namespace {

TEST(ImportSavedModel, Digits) {
  import::Issues issues;
  const auto saved_model = read::SavedModel::open(TOLITE_SOURCE_DIR "/examples/digits/saved_model");
  const Model model = tensorflow::import_saved_model(*saved_model, op_table(), {}, issues);
  for (const import::Issue& issue : issues.list()) ADD_FAILURE() << issue.op << ": " << issue.reason;
  ASSERT_EQ(model.signatures.size(), 1U);
  EXPECT_EQ(model.signatures[0].key, "serving_default");
  EXPECT_EQ(model.signatures[0].inputs.size(), 1U);
  EXPECT_EQ(model.signatures[0].outputs, (std::vector<std::string>{"output_0"}));
  EXPECT_FALSE(model.constants.empty());
}

}  // namespace
}  // namespace tolite
