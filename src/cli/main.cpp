// The program: parses the command line, runs a sub-command, turns errors into text on stderr and an exit status.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/commands.h"
#include "cli/print_error.h"
#include "tolite/converter.h"

namespace tolite {
namespace {

int run(int argc, char** argv) {
  CLI::App app("tolite: TensorFlow models to TensorFlow Lite, natively.", "tolite");
  app.set_version_flag("--version", std::string("tolite ") + version());
  app.require_subcommand(1);
  cli::Action action;
  cli::add_convert(app, action);
  cli::add_quantize(app, action);
  cli::add_calibrate(app, action);
  cli::add_merge_stats(app, action);
  cli::add_inspect(app, action);
  cli::add_ops(app, action);
  cli::add_run(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_status(Code::bad_option);
  }
  try {
    return action();
  } catch (const Error& e) {
    cli::print_error(e);
    return exit_status(e.code());
  }
}

}  // namespace
}  // namespace tolite

int main(int argc, char** argv) {
  try {
    return tolite::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("error: not enough memory\n", stderr);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
  } catch (...) {
    std::fputs("error: unknown\n", stderr);
  }
  return tolite::exit_status(tolite::Code::internal);
}
