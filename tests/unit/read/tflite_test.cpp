// Models written and read again are the same in the text form; damaged files are Errors, whatever byte is damaged.
#include "read/tflite.h"

#include <gtest/gtest.h>

#include <cstring>

#include "lite/text.h"
#include "lite/verify.h"
#include "ops/table.h"
#include "tolite/error.h"
#include "write/tflite.h"

namespace tolite {
namespace {

std::shared_ptr<std::vector<std::byte>> file_of(const std::string& text, const write::Options& options = {}) {
  const Model model = parse_model(text, op_table());
  return std::make_shared<std::vector<std::byte>>(write::tflite_bytes(model, op_table(), options));
}

Model read_back(const std::shared_ptr<std::vector<std::byte>>& file) { return read::tflite(*file, file, op_table()); }

const char* const kModel = R"(description "a test"
metadata "min_runtime_version" "1.13.1\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
metadata "note" "kept"
signature "serving_default" @main ("y": 1, "x": 0) -> ("out": 1, "again": 0, "same": 1)

graph @main(%0: float32[?0, 8] "serving_default_x:0", %1: int8[2, 3] quant(scale [0.5, 0.1, 2], zero_point [0, -3, 0], min [-1], max [1], axis 1) "serving_default_y:0") {
  %2: variable float32[1, 4] "state"
  %3 = LEAKY_RELU(%0) {alpha=0.2} : float32[?0, 8] "y"
  %4 = float32[3] {1, -0.5, 1e-20} "weights"
  %5 = int4[5] {1, -2, 3, -4, 5} "narrow"
  %6 = string[2] {"", "words"} "words"
  %7 = float32[0, 2] {} "empty"
  %8 = CUSTOM(%4, none, %5, %6, %7, %2) {custom_code="Mine", custom_options="\x01\x02"} : float32[*] "z"
  %9, %10 = CUSTOM(%4) {custom_code="Two", custom_options=""} : int32[2] "t", float32[] "u"
  return %3, %8
}
)";

TEST(ReadTflite, WhatWasWrittenIsRead) {
  EXPECT_EQ(print_model(read_back(file_of(kModel)), op_table()), kModel);
  write::Options small;
  small.most_flatbuffer_bytes = 4000;  // weights behind the FlatBuffer
  const std::string with_large = "graph @main() {\n  %0 = float32[5000] #0123456789abcdef \"w\"\n  return %0\n}\n";
  const Model model = parse_model(with_large, op_table());
  const Model again = read_back(file_of(with_large, small));
  EXPECT_TRUE(same_tensor(model.constants[0], again.constants[0]));
  EXPECT_EQ(again.metadata.back().name, "buffer_location");
}

TEST(ReadTflite, WritingAgainGivesTheSameBytes) {
  const auto file = file_of(kModel);
  EXPECT_EQ(write::tflite_bytes(read_back(file), op_table()), *file);
}

TEST(ReadTflite, UnknownSizesAreRelatedByInference) {
  const Model model = read_back(file_of("graph @main(%x: float32[?0, 8] \"x\") { %y = LEAKY_RELU(%x)  return %y }"));
  const Graph& g = model.graphs[0];
  EXPECT_EQ(g[g.outputs()[0]].shape, g[g.inputs()[0]].shape);
}

TEST(ReadTflite, ConstantsAreViewsOfTheFile) {
  const auto file = file_of("graph @main() {\n  return float32[5000] #1\n}\n");
  const Model model = read_back(file);
  EXPECT_GE(model.constants[0].bytes.data(), file->data());
  EXPECT_LE(model.constants[0].bytes.data() + 20000, file->data() + file->size());
}

TEST(ReadTflite, IntermediatesAreResultsBeyondTheRow) {
  const std::string text = R"(graph @main(%0: float32[2] "x") {
  %1, %2 = LEAKY_RELU(%0) : float32[2] "y", int8[] quant(scale [0.5], zero_point [1]) "scratch"
  return %1
}
)";
  const std::string again = print_model(read_back(file_of(text)), op_table());
  EXPECT_NE(again.find(text.substr(text.find("%1, %2"))), std::string::npos) << again;
}

/// Reading must end in a model that verifies, or in an Error.
void read_damaged(const std::vector<std::byte>& bytes) {
  try {
    const auto owner = std::make_shared<std::vector<std::byte>>(bytes);
    Model model = read::tflite(*owner, owner, op_table());
    verify(model, op_table(), Legality::written);
    print_model(model, op_table());
  } catch (const Error& e) {
    EXPECT_NE(e.code(), Code::internal) << e.what();
  }
}

TEST(ReadTflite, TruncatedFilesAreErrors) {
  const auto file = file_of(kModel);
  for (std::size_t size = 0; size < file->size(); size += 3)
    read_damaged({file->begin(), file->begin() + static_cast<std::ptrdiff_t>(size)});
}

TEST(ReadTflite, DamagedFilesAreErrorsOrModels) {
  const auto file = file_of(kModel);
  for (std::size_t i = 0; i < file->size(); ++i) {
    for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0xFFU}) {
      std::vector<std::byte> damaged = *file;
      damaged[i] = static_cast<std::byte>(value);
      read_damaged(damaged);
    }
  }
}

TEST(ReadTflite, NotATfliteFile) {
  const auto file = std::make_shared<std::vector<std::byte>>(64);
  try {
    read_back(file);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::not_a_model);
  }
}

}  // namespace
}  // namespace tolite
