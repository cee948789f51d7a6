// Quantization from end to end on the digits example: what each mode keeps of the answers, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "tolite/calibration.h"
#include "tolite/converter.h"
#include "tolite/model.h"

namespace tolite {
namespace {

namespace fs = std::filesystem;
using Mode = QuantizationOptions::Mode;

const std::string kDigits = TOLITE_SOURCE_DIR "/examples/digits/saved_model";
const std::string kImages = TOLITE_SOURCE_DIR "/examples/digits/test.npz";

std::string temporary(const std::string& name) { return (fs::temp_directory_path() / name).string(); }

/// An .npz with this many images under the input's name.
std::string samples(std::int64_t count) {
  std::map<std::string, Array> images{{"pixels", read_arrays(kImages).at("pixels")}};
  Array& pixels = images.at("pixels");
  pixels.bytes.resize(pixels.bytes.size() / static_cast<std::size_t>(pixels.shape[0]) *
                      static_cast<std::size_t>(count));
  pixels.shape[0] = count;
  const std::string path = temporary("digits_samples_" + std::to_string(count) + ".npz");
  write_arrays(path, images);
  return path;
}

Options quantized(Mode mode) {
  Options options;
  options.quantization.mode = mode;
  if (mode == Mode::int8 || mode == Mode::int16x8) options.quantization.samples = {samples(64)};
  return options;
}

/// Rows of float scores.
std::vector<std::vector<float>> scores(const std::vector<std::byte>& model) {
  Runner runner{std::span<const std::byte>(model)};
  const auto results = runner.run({{runner.input_names().front(), read_arrays(kImages).at("pixels")}});
  const Array& array = results.begin()->second;
  const auto width = static_cast<std::size_t>(array.shape[1]);
  std::vector<std::vector<float>> rows(static_cast<std::size_t>(array.shape[0]), std::vector<float>(width));
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(rows[i].data(), array.bytes.data() + i * width * sizeof(float), width * sizeof(float));
  return rows;
}

/// Part of the images that both take for the same digit.
double agreement(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
  const auto left = scores(a);
  const auto right = scores(b);
  const auto digit = [](const std::vector<float>& row) {
    return std::max_element(row.begin(), row.end()) - row.begin();
  };
  double same = 0;
  for (std::size_t i = 0; i < left.size(); ++i) same += digit(left[i]) == digit(right[i]) ? 1 : 0;
  return same / static_cast<double>(left.size());
}

Code failure_of(const Options& options) {
  try {
    Converter(kDigits, options).convert();
  } catch (const Error& e) {
    return e.code();
  }
  return Code::internal;
}

TEST(Quantize, EveryModeKeepsTheAnswers) {
  const std::vector<std::byte> real = Converter(kDigits).convert();
  for (const Mode mode : {Mode::dynamic, Mode::float16, Mode::int8, Mode::int16x8, Mode::weights8}) {
    const std::vector<std::byte> stored = Converter(kDigits, quantized(mode)).convert();
    EXPECT_LT(stored.size(), real.size() * 3 / 4) << static_cast<int>(mode);
    EXPECT_GT(agreement(real, stored), 0.99) << static_cast<int>(mode);
  }
}

TEST(Quantize, PartsOfACalibrationGiveTheSameFile) {
  const std::string all = temporary("digits_all.json");
  calibrate(kDigits, quantized(Mode::int8), all);
  Options by_statistics = quantized(Mode::int8);
  by_statistics.quantization.samples.clear();
  by_statistics.quantization.statistics = {all};
  EXPECT_EQ(Converter(kDigits, by_statistics).convert(), Converter(kDigits, quantized(Mode::int8)).convert());
}

TEST(Quantize, StatisticsOfAnotherModelAreRefused) {
  const std::string file = temporary("digits_other.json");
  calibrate(kDigits, quantized(Mode::int8), file);
  Options options = quantized(Mode::int8);
  options.quantization.statistics = {file};
  options.input_shapes["pixels"] = {3, 8, 8, 1};
  EXPECT_EQ(failure_of(options), Code::bad_input_data);
}

TEST(Quantize, WhatWouldStayFloatIsNamedWhereOnlyIntegersAreWanted) {
  Options options = quantized(Mode::int8);
  options.quantization.integers_only = true;
  EXPECT_EQ(failure_of(options), Code::internal);  // it converts
  options.quantization.keep_float = {"**"};
  Converter converter(kDigits, options);
  try {
    converter.convert();
    FAIL() << "it converts";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::cannot_quantize);
  }
  ASSERT_FALSE(converter.report().kept_float.empty());
  EXPECT_FALSE(converter.report().kept_float.front().nodes.empty());
}

TEST(Quantize, ScopesThatFitNothingAreWarnedOf) {
  Options options = quantized(Mode::int8);
  options.quantization.keep_float = {"no_such_layer_at_all"};
  Converter converter(kDigits, options);
  converter.convert();
  ASSERT_EQ(converter.report().warnings.size(), 1U);
  EXPECT_NE(converter.report().warnings[0].find("no_such_layer_at_all"), std::string::npos);
}

TEST(Quantize, OptionsThatContradictAreRefused) {
  Options options = quantized(Mode::int8);
  options.quantization.samples.clear();
  EXPECT_EQ(failure_of(options), Code::bad_option);
  options = quantized(Mode::float16);
  options.quantization.input_type = "int8";
  EXPECT_EQ(failure_of(options), Code::bad_option);
}

}  // namespace
}  // namespace tolite
