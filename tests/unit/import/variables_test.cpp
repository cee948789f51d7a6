// Variables of TF1 graphs, as restore operations tell them, from hostile files.
#include "import/tensorflow/variables.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "import/tensorflow/import.h"
#include "ops/table.h"
#include "tolite/error.h"

namespace tolite {
namespace {

namespace fs = std::filesystem;

/// What the import of a SavedModel with this graph ends in.
Code failure_of(const std::string& graph) {
  const fs::path folder = fs::temp_directory_path() / ("tolite_variables_test_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "saved_model.pbtxt")
      << "saved_model_schema_version: 1 meta_graphs { meta_info_def { tags: \"serve\" } graph_def {" << graph << "} "
      << "signature_def { key: \"serving_default\" value { outputs { key: \"y\" value { name: \"read:0\" "
      << "dtype: DT_FLOAT } } } } }";
  Code code = Code::internal;
  try {
    import::Issues issues;
    tensorflow::import_saved_model(*read::SavedModel::open(folder.string()), op_table(), {}, issues);
  } catch (const Error& e) {
    code = e.code();
  }
  fs::remove_all(folder);
  return code;
}

std::string node(const std::string& name, const std::string& op, const std::vector<std::string>& inputs) {
  std::string text = "node { name: \"" + name + "\" op: \"" + op + "\" ";
  for (const std::string& input : inputs) text += "input: \"" + input + "\" ";
  return text + "attr { key: \"dtype\" value { type: DT_FLOAT } } }\n";
}

std::string text_constant(const std::string& name, const std::string& text) {
  return "node { name: \"" + name +
         "\" op: \"Const\" attr { key: \"value\" value { tensor { dtype: DT_STRING tensor_shape { dim { size: 1 } } "
         "string_val: \"" +
         text + "\" } } } }\n";
}

std::string restored_variable(const std::string& slice) {
  return node("v", "VarHandleOp", {}) + node("read", "ReadVariableOp", {"v"}) + text_constant("names", "v") +
         text_constant("slices", slice) + text_constant("prefix", "") +
         node("restore", "RestoreV2", {"prefix", "names", "slices"}) +
         node("set", "AssignVariableOp", {"v", "restore"});
}

TEST(Variables, IdentitiesInACircleAreNoValue) {
  EXPECT_EQ(
      failure_of(node("v", "VarHandleOp", {}) + node("read", "ReadVariableOp", {"v"}) + node("a", "Identity", {"b"}) +
                 node("b", "Identity", {"a"}) + node("set", "AssignVariableOp", {"v", "a"})),
      Code::missing_variable);
}

TEST(Variables, MalformedSlicesAreErrors) {
  EXPECT_EQ(failure_of(restored_variable("")), Code::missing_variable);  // the whole of v, which is stored nowhere
  EXPECT_EQ(failure_of(restored_variable("4 4 0,2:-")), Code::missing_variable);
  for (const char* slice : {"-:-:x", "4 0", "4 0,", "4 ,2", "4 0,-1", "4 0,2::0,2", "0,99999999999999999999"}) {
    EXPECT_EQ(failure_of(restored_variable(slice)), Code::malformed) << slice;
  }
}

}  // namespace
}  // namespace tolite
