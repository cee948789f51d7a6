// Error texts on stderr.
#include "cli/print_error.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace tolite::cli {

void print_error(const Error& error) {
  fmt::print(stderr, "error {}: {}\n", code_name(error.code()), error.message());
  if (!error.where().empty() && error.message().find(error.where()) == std::string::npos)
    fmt::print(stderr, "  at {}\n", error.where());
  for (const std::string& note : error.notes()) fmt::print(stderr, "  {}\n", note);
}

void print_unconverted(const Report& report) {
  constexpr std::size_t kNamesShown = 3;
  for (const Unconverted& group : report.unconverted) {
    fmt::print(stderr, "  {} x{}: {}\n", group.op, group.nodes.size(), group.reason);
    for (std::size_t i = 0; i < std::min(kNamesShown, group.nodes.size()); ++i)
      fmt::print(stderr, "      {}\n", group.nodes[i]);
    if (group.nodes.size() > kNamesShown) fmt::print(stderr, "      and {} more\n", group.nodes.size() - kNamesShown);
    if (!group.way_out.empty()) fmt::print(stderr, "      way out: {}\n", group.way_out);
  }
}

}  // namespace tolite::cli
