// Options of quantization, which several sub-commands take.
#include "cli/quantization.h"

#include <CLI/CLI.hpp>
#include <map>

namespace tolite::cli {
namespace {

const std::map<std::string, QuantizationOptions::Mode> kModes{
    {"dynamic", QuantizationOptions::Mode::dynamic},   {"float16", QuantizationOptions::Mode::float16},
    {"int8", QuantizationOptions::Mode::int8},         {"int16x8", QuantizationOptions::Mode::int16x8},
    {"weights8", QuantizationOptions::Mode::weights8}, {"weights4", QuantizationOptions::Mode::weights4}};

const std::map<std::string, QuantizationOptions::Ranges> kRanges{
    {"min-max", QuantizationOptions::Ranges::min_max},
    {"moving-average", QuantizationOptions::Ranges::moving_average},
    {"percentile", QuantizationOptions::Ranges::percentile},
    {"mse", QuantizationOptions::Ranges::mse},
    {"kl", QuantizationOptions::Ranges::kl}};

}  // namespace

void add_calibration(CLI::App& command, QuantizationArguments& arguments, QuantizationOptions& options) {
  command
      .add_option("--calibrate", options.samples,
                  "samples: an .npz with an array per input (first axis: samples), a folder, or a list of files")
      ->group("Quantization");
  command.add_option("--ranges", arguments.ranges, "min-max (default), moving-average, percentile, mse or kl")
      ->check(CLI::IsMember(kRanges))
      ->group("Quantization");
}

void add_quantization(CLI::App& command, QuantizationArguments& arguments, QuantizationOptions& options) {
  command.add_option("--quantize", arguments.mode, "dynamic, float16, int8, int16x8, weights8 or weights4")
      ->check(CLI::IsMember(kModes))
      ->group("Quantization");
  add_calibration(command, arguments, options);
  command.add_option("--statistics", options.statistics, "what `tolite calibrate` has gathered (repeatable)")
      ->group("Quantization");
  command.add_flag("--int8-only", options.integers_only, "refuse a model of which some nodes would stay float")
      ->group("Quantization");
  command.add_option("--input-type", options.input_type, "float32 (default), int8, uint8 or int16")
      ->group("Quantization");
  command.add_option("--output-type", options.output_type, "float32 (default), int8, uint8 or int16")
      ->group("Quantization");
  command
      .add_option("--keep-float", options.keep_float, "layers or tensors that stay float, by name or pattern: 'head/*'")
      ->group("Quantization");
}

void take_quantization(const QuantizationArguments& arguments, QuantizationOptions& options) {
  if (!arguments.mode.empty()) options.mode = kModes.at(arguments.mode);
  options.ranges = kRanges.at(arguments.ranges);
}

}  // namespace tolite::cli
