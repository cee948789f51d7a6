// The public converter from end to end on the digits example: its report, its verification, its refusals.
#include "tolite/converter.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tolite/model.h"

namespace tolite {
namespace {

namespace fs = std::filesystem;

const std::string kDigits = TOLITE_SOURCE_DIR "/examples/digits/saved_model";
const std::string kSamples = TOLITE_SOURCE_DIR "/examples/digits/test.npz";

std::string temporary(const std::string& name) { return (fs::temp_directory_path() / name).string(); }

Code failure_of(Converter converter, const std::string& output) {
  try {
    converter.convert(output);
  } catch (const Error& e) {
    return e.code();
  }
  return Code::internal;
}

/// The samples' images under the input's name, and what the converted model makes of them.
std::map<std::string, Array> samples_and_answers(Runner& runner) {
  std::map<std::string, Array> arrays = read_arrays(kSamples);
  const std::string input = runner.input_names().at(0);
  std::map<std::string, Array> inputs;
  for (auto& [name, array] : arrays) {
    if (array.shape.size() == 4) inputs[input] = array;
  }
  std::map<std::string, Array> all = runner.run(inputs);
  all[input] = inputs.at(input);
  return all;
}

TEST(Converter, ConvertsDigits) {
  Converter converter(kDigits);
  const std::vector<std::byte> model = converter.convert();
  EXPECT_EQ(converter.report().output_bytes, model.size());
  ASSERT_EQ(converter.report().graphs.size(), 1U);
  EXPECT_EQ(converter.report().graphs[0].signature, "serving_default");
  EXPECT_LE(converter.report().graphs[0].op_count(), 9U);
  EXPECT_EQ(Converter(kDigits).convert(), model);
}

TEST(Converter, VerifiesAgainstExpectedOutputs) {
  const std::vector<std::byte> model = Converter(kDigits).convert();
  Runner runner{std::span<const std::byte>(model)};
  std::map<std::string, Array> samples = samples_and_answers(runner);
  const std::string good = temporary("tolite_verify_good.npz");
  write_arrays(good, samples);
  Options options;
  options.verify_samples = good;
  Converter converter(kDigits, options);
  converter.convert(temporary("tolite_verify.tflite"));
  ASSERT_EQ(converter.report().verification.size(), 2U);
  EXPECT_TRUE(converter.report().verification[0].passed);
  EXPECT_TRUE(converter.report().verification[1].passed);

  Array& answers = samples.at(runner.output_names().at(0));
  answers.bytes[3] = std::byte{0x42};  // the first answer is now 32 or more
  const std::string bad = temporary("tolite_verify_bad.npz");
  write_arrays(bad, samples);
  options.verify_samples = bad;
  const std::string output = temporary("tolite_not_verified.tflite");
  fs::remove(output);
  EXPECT_EQ(failure_of(Converter(kDigits, options), output), Code::verification_failed);
  EXPECT_FALSE(fs::exists(output));
}

TEST(Converter, NamesTheSignaturesThereAre) {
  Options options;
  options.signatures = {"predict"};
  try {
    Converter(kDigits, options).convert();
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::no_such_signature);
    ASSERT_EQ(e.notes().size(), 1U);
    EXPECT_NE(e.notes()[0].find("serving_default"), std::string::npos);
  }
}

TEST(Converter, SaysThatItCannotWrite) {
  EXPECT_EQ(failure_of(Converter(kDigits), temporary("no_such_folder/x.tflite")), Code::cannot_write);
}

TEST(Converter, ReportsWhatIsLeftWithoutABuiltin) {
  const std::string path = temporary("tolite_zeta.pbtxt");
  std::ofstream(path) << R"(node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
    attr { key: "shape" value { shape { dim { size: 4 } } } } }
    node { name: "layer/zeta" op: "Zeta" input: "x" input: "x" attr { key: "T" value { type: DT_FLOAT } } })";
  Converter converter(path);
  try {
    converter.convert();
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::needs_custom_op);
  }
  ASSERT_EQ(converter.report().unconverted.size(), 1U);
  EXPECT_EQ(converter.report().unconverted[0].nodes, (std::vector<std::string>{"layer/zeta"}));
}

TEST(Runner, RefusesInputsThatDoNotFit) {
  const std::vector<std::byte> model = Converter(kDigits).convert();
  Runner runner{std::span<const std::byte>(model)};
  Array wrong{"float32", {1}, std::vector<std::byte>(4), {}};
  try {
    runner.run({{runner.input_names().at(0), wrong}});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::bad_input_data);
  }
}

}  // namespace
}  // namespace tolite
