// tolite calibrate MODEL --calibrate SAMPLES --stats-out FILE, and tolite merge-stats PART... -o FILE
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/quantization.h"
#include "tolite/calibration.h"

namespace tolite::cli {
namespace {

struct CalibrateArguments {
  std::string model;
  std::string statistics;
  bool resume = false;
  bool quiet = false;
  QuantizationArguments quantization;
  Options options;
};

int run(CalibrateArguments& arguments) {
  take_quantization(arguments.quantization, arguments.options.quantization);
  Progress progress(!arguments.quiet);
  arguments.options.on_stage = [&](std::string_view stage) { progress.stage(stage); };
  calibrate(arguments.model, arguments.options, arguments.statistics, arguments.resume);
  return 0;
}

}  // namespace

void add_calibrate(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<CalibrateArguments>();
  CLI::App* command = app.add_subcommand("calibrate", "Gather the ranges of a model's values on samples.");
  command->add_option("model", arguments->model, "what is to be converted later")->required();
  add_calibration(*command, arguments->quantization, arguments->options.quantization);
  command->get_option("--calibrate")->required();
  command->add_option("--stats-out", arguments->statistics, "the file to write")->required();
  command->add_flag("--resume", arguments->resume, "go on from what the file holds");
  command->add_option("--target-runtime", arguments->options.target_runtime, "as in the conversion");
  command->add_option("--threads", arguments->options.threads, "threads to use (default: one a core)");
  command->add_flag("-q,--quiet", arguments->quiet, "print errors only");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

void add_merge_stats(CLI::App& app, Action& action) {
  struct Arguments {
    std::vector<std::string> parts;
    std::string merged;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("merge-stats", "Add up what several calibrations of one model gathered.");
  command->add_option("parts", arguments->parts, "files of `tolite calibrate`")->required();
  command->add_option("-o,--out", arguments->merged, "the file to write")->required();
  command->callback([arguments, &action] {
    action = [arguments] {
      merge_statistics(arguments->parts, arguments->merged);
      return 0;
    };
  });
}

}  // namespace tolite::cli
