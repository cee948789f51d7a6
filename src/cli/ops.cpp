// tolite ops [NAME...]
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "tolite/error.h"
#include "tolite/operations.h"

namespace tolite::cli {
namespace {

const char* form_of(const Operation& op) {
  if (op.builtin) return op.select ? "builtin or Select TF" : "builtin";
  return op.select ? "Select TF" : "custom";
}

void print(const std::vector<std::string>& names) {
  const std::vector<Operation> all = operations();
  const auto by_name = [](const Operation& op, const std::string& name) { return op.name < name; };
  if (names.empty())
    for (const Operation& op : all) fmt::print("{}\t{}\n", op.name, form_of(op));
  for (const std::string& name : names) {
    const auto at = std::lower_bound(all.begin(), all.end(), name, by_name);
    if (at == all.end() || at->name != name)
      throw Error(Code::bad_option, "TensorFlow registers no op " + name, {},
                  {"`tolite ops` lists them all; an op of your own is a custom op (--allow-custom-ops)"});
    fmt::print("{}\t{}\n", at->name, form_of(*at));
  }
}

}  // namespace

void add_ops(CLI::App& app, Action& action) {
  auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("ops", "List TensorFlow's operations and what becomes of each.");
  command->add_option("names", *names, "only these (default: all)");
  command->callback([names, &action] {
    action = [names] {
      print(*names);
      return 0;
    };
  });
}

}  // namespace tolite::cli
