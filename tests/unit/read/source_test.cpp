// Kinds of models are told by what is in them.
#include "read/source.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "unit/read/table_writer.h"
#include "unit/read/test_files.h"

namespace tolite::read {
namespace {

TEST(Source, Models) {
  EXPECT_EQ(look(data_path("module")).kind, SourceKind::saved_model);
  EXPECT_EQ(look(data_path("v1_text")).kind, SourceKind::saved_model);
  EXPECT_EQ(look(data_path("frozen.pb")).kind, SourceKind::graph_def);
  EXPECT_EQ(look(data_path("frozen.pbtxt")).kind, SourceKind::graph_def);
  const Source inside = look(data_path("module/saved_model.pb"));
  EXPECT_EQ(inside.kind, SourceKind::saved_model);
  EXPECT_EQ(inside.path, data_path("module"));
  EXPECT_EQ(look(data_path("v1_text/saved_model.pbtxt")).kind, SourceKind::saved_model);
}

TEST(Source, NamesDoNotMatter) {
  const std::string folder = fresh_folder();
  std::filesystem::copy(data_path("frozen.pb"), folder + "/model.bin");
  EXPECT_EQ(look(folder + "/model.bin").kind, SourceKind::graph_def);
  put_file(folder + "/model.pb", std::string("\x1C\0\0\0TFL3....", 12));
  EXPECT_EQ(look(folder + "/model.pb").kind, SourceKind::tflite);
}

TEST(Source, NothingThere) {
  EXPECT_EQ(code_of([] { look(data_path("nothing")); }), Code::cannot_read);
  const std::string folder = fresh_folder();
  EXPECT_EQ(code_of([&] { look(folder); }), Code::not_a_model);
  put_file(folder + "/empty", "");
  EXPECT_EQ(code_of([&] { look(folder + "/empty"); }), Code::truncated);
}

TEST(Source, AFolderAboveAModelSaysWhereItIs) {
  const std::string folder = fresh_folder();
  put_file(folder + "/1/saved_model.pb", "x");
  try {
    look(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_a_model);
    ASSERT_EQ(error.notes().size(), 1U);
    EXPECT_NE(error.notes()[0].find("/1"), std::string::npos);
  }
}

TEST(Source, KindsThatCannotBeConverted) {
  const std::string folder = fresh_folder();
  const auto code = [&](const std::string& bytes) {
    put_file(folder + "/file", bytes);
    return code_of([&] { look(folder + "/file"); });
  };
  EXPECT_EQ(code("PK\x03\x04...."), Code::unsupported_format);
  EXPECT_EQ(code("\x89HDF\r\n\x1A\n...."), Code::unsupported_format);
  EXPECT_EQ(code("ML\xEFR...."), Code::unsupported_format);
  EXPECT_EQ(code(TableWriter().write({{"", "x"}})), Code::unsupported_format);
  EXPECT_EQ(code("\x0A\x05\x12\x03..."), Code::unsupported_format);  // a TensorFlow 1 MetaGraph
  EXPECT_EQ(code("hello world"), Code::not_a_model);
  EXPECT_EQ(code("\x01\x02\x03\x04"), Code::not_a_model);
  EXPECT_EQ(code("\x08\x01\x12\x00"), Code::not_a_model);  // a SavedModel under another name
  EXPECT_EQ(look(TOLITE_SOURCE_DIR "/examples/digits/saved_model").kind, SourceKind::saved_model);
  EXPECT_EQ(code_of([] { look(TOLITE_SOURCE_DIR "/examples/digits/digits.keras"); }), Code::unsupported_format);
  EXPECT_EQ(code_of([] { look(TOLITE_SOURCE_DIR "/examples/digits/digits.h5"); }), Code::unsupported_format);
  put_file(folder + "/chunks/saved_model.cpb", "x");
  EXPECT_EQ(code_of([&] { look(folder + "/chunks"); }), Code::unsupported_format);
}

}  // namespace
}  // namespace tolite::read
