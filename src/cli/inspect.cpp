// tolite inspect FILE
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "tolite/model.h"

namespace tolite::cli {

void add_inspect(CLI::App& app, Action& action) {
  struct Arguments {
    std::string model;
    bool json = false;
    Options options;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("inspect", "Print a .tflite file or a source model as text.");
  command->add_option("model", arguments->model, "the model")->required();
  command->add_option("--signature", arguments->options.signatures, "only this signature (repeatable)");
  command->add_flag("--json", arguments->json, "print JSON");
  command->callback([arguments, &action] {
    action = [arguments] {
      fmt::print("{}", inspect(arguments->model, arguments->options, arguments->json));
      return 0;
    };
  });
}

}  // namespace tolite::cli
