// tolite run FILE.tflite --input x=a.npy -o out.npz
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "tolite/model.h"

namespace tolite::cli {
namespace {

struct RunArguments {
  std::string model;
  std::string signature;
  std::vector<std::string> inputs;
  std::string output;
};

/// "x=a.npy" or "x=samples.npz" (the array called x), or a whole "samples.npz".
std::map<std::string, Array> read_inputs(const std::vector<std::string>& inputs,
                                         const std::vector<std::string>& names) {
  std::map<std::string, Array> arrays;
  for (const std::string& input : inputs) {
    const std::size_t equals = input.find('=');
    if (equals == std::string::npos) {
      for (auto& [name, array] : read_arrays(input)) {
        if (std::find(names.begin(), names.end(), name) != names.end()) arrays[name] = std::move(array);
      }
      continue;
    }
    const std::string name = input.substr(0, equals);
    std::map<std::string, Array> file = read_arrays(input.substr(equals + 1));
    const auto at = file.size() == 1 ? file.begin() : file.find(name);
    if (at == file.end())
      throw Error(Code::bad_input_data, fmt::format("{} has no array called {}", input.substr(equals + 1), name));
    arrays[name] = std::move(at->second);
  }
  return arrays;
}

int run(const RunArguments& arguments) {
  Runner runner(arguments.model, arguments.signature);
  const auto results = runner.run(read_inputs(arguments.inputs, runner.input_names()));
  if (!arguments.output.empty()) {
    write_arrays(arguments.output, results);
    return 0;
  }
  for (const auto& [name, array] : results) fmt::print("{}: {} [{}]\n", name, array.type, fmt::join(array.shape, ","));
  return 0;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Run a .tflite file in tolite's evaluator.");
  command->add_option("model", arguments->model, "the .tflite file")->required();
  command->add_option("--input", arguments->inputs, "NAME=FILE.npy, NAME=FILE.npz or FILE.npz (repeatable)");
  command->add_option("--signature", arguments->signature, "the signature to run");
  command->add_option("-o,--out", arguments->output, "write the results to this .npz (default: print their shapes)");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace tolite::cli
