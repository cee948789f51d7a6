// The sub-commands: each adds itself to the command line and says what runs when it is chosen.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace tolite::cli {

/// What to run once the command line is parsed; gives the exit status.
using Action = std::function<int()>;

void add_calibrate(CLI::App& app, Action& action);
void add_convert(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_merge_stats(CLI::App& app, Action& action);
void add_ops(CLI::App& app, Action& action);
void add_quantize(CLI::App& app, Action& action);
void add_run(CLI::App& app, Action& action);

}  // namespace tolite::cli
