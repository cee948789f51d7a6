// What the writer lays out: sound FlatBuffers, equal weights once, weights aligned, the same bytes for any thread
// count.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "base/thread_pool.h"
#include "lite/builder.h"
#include "ops/table.h"
#include "tolite/error.h"
#include "write/tflite.h"

namespace tolite {
namespace {

Tensor ramp(std::size_t count, float first) {
  NewTensor made = new_tensor(Type::float32, {static_cast<std::int64_t>(count)});
  for (std::size_t i = 0; i < count; ++i) store(made.writable.data() + 4 * i, first + static_cast<float>(i));
  return made.tensor;
}

/// outputs: the constants as they are, and an activation.
Model with_constants(std::vector<Tensor> tensors) {
  Model model;
  Builder b(model, model.add_graph("main"), op_table());
  const ValueId x = b.input(Type::float32, Shape{b.dims().fresh(), 8}, "serving_default_x:0");
  const ValueId y = b(Op::LEAKY_RELU, {x}, {{Attr::alpha, 0.25F}});
  b.graph()[y].name = "StatefulPartitionedCall:0";
  b.graph().add_output(y);
  for (Tensor& tensor : tensors) b.graph().add_output(b.constant(std::move(tensor)));
  model.signatures.push_back({"serving_default", GraphId(0U), {{"x", x}}, {0}, {"y"}});
  return model;
}

std::size_t find(const std::vector<std::byte>& file, Bytes part) {
  return static_cast<std::size_t>(std::search(file.begin(), file.end(), part.begin(), part.end()) - file.begin());
}

TEST(TfliteWriter, WeightsAreAlignedAndWrittenOnce) {
  const Model model = with_constants({ramp(40000, 1), ramp(7, 0.5F), ramp(40000, 1), ramp(40000, 3)});
  const std::vector<std::byte> file = write::tflite_bytes(model, op_table());
  EXPECT_LT(file.size(), 2 * 160000U + 2000U);
  for (const std::size_t i : {0U, 1U, 3U}) {
    const std::size_t at = find(file, model.constants[i].bytes);
    ASSERT_LT(at, file.size());
    EXPECT_EQ(at % 16, 0U);
    EXPECT_EQ(load<std::uint32_t>(file.data() + at - 4), model.constants[i].bytes.size());
  }
  EXPECT_EQ(std::memcmp(file.data() + 4, "TFL3", 4), 0);
}

TEST(TfliteWriter, SampledPlacesDoNotDecideEquality) {
  Tensor a = ramp(100000, 1);
  NewTensor b = new_tensor(Type::float32, a.dims);
  std::memcpy(b.writable.data(), a.bytes.data(), a.bytes.size());
  store(b.writable.data() + 4 * 77, 1e9F);  // agrees with `a` wherever the sample looks
  const Model model = with_constants({a, b.tensor});
  EXPECT_GT(write::tflite_bytes(model, op_table()).size(), 800000U);
}

TEST(TfliteWriter, SameBytesForAnyThreadCountAndToAFile) {
  const Model model = with_constants({ramp(3000000, 1), ramp(3000000, 2), ramp(5, 1)});
  const std::vector<std::byte> file = write::tflite_bytes(model, op_table());
  const std::string path = testing::TempDir() + "/writer_test_" + std::to_string(::getpid()) + ".tflite";
  for (const unsigned threads : {1U, 2U, 8U}) {
    set_thread_count(threads);
    EXPECT_EQ(write::tflite(model, op_table(), path), file.size());
    const auto mapped = MappedFile::open(path);
    EXPECT_TRUE(std::equal(file.begin(), file.end(), mapped->bytes().begin(), mapped->bytes().end()));
  }
  set_thread_count(0);
  ::unlink(path.c_str());
}

TEST(TfliteWriter, LargeModelsKeepWeightsBehindTheFlatBuffer) {
  const Model model = with_constants({ramp(40000, 1), ramp(7, 0.5F), ramp(50000, 3)});
  write::Options options;
  options.most_flatbuffer_bytes = 20000;
  const std::vector<std::byte> file = write::tflite_bytes(model, op_table(), options);
  for (const std::size_t i : {0U, 2U}) {
    const std::size_t at = find(file, model.constants[i].bytes);
    ASSERT_LT(at, file.size());
    EXPECT_EQ(at % 16, 0U);
    // The tables hold the 64-bit offset.
    const std::uint64_t offset = at;
    EXPECT_LT(find(file, Bytes(reinterpret_cast<const std::byte*>(&offset), 8)), 20000U);
  }
  options.most_flatbuffer_bytes = 100;
  EXPECT_THROW(write::tflite_bytes(model, op_table(), options), Error);
}

TEST(TfliteWriter, RefusesNodesWithoutAForm) {
  Model model = with_constants({});
  Builder b(model, GraphId(0U), op_table());
  b.set_origin(model.add_origin("model/odd"));
  const auto results = b.many(Op::TF_NODE, {}, {{Attr::tensorflow_op, std::string("Unheard")}}, 1);
  b.graph().add_output(results[0]);
  try {
    write::tflite_bytes(model, op_table());
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::cannot_convert);
    ASSERT_EQ(e.notes().size(), 1U);
    EXPECT_EQ(e.notes()[0], "Unheard: 1, the first is 'model/odd'");
  }
}

}  // namespace
}  // namespace tolite
