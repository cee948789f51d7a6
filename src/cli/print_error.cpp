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

namespace {

void print_nodes(const std::string& op, const std::string& reason, const std::vector<std::string>& nodes) {
  constexpr std::size_t kNamesShown = 3;
  fmt::print(stderr, "  {} x{}: {}\n", op, nodes.size(), reason);
  for (std::size_t i = 0; i < std::min(kNamesShown, nodes.size()); ++i) fmt::print(stderr, "      {}\n", nodes[i]);
  if (nodes.size() > kNamesShown) fmt::print(stderr, "      and {} more\n", nodes.size() - kNamesShown);
}

}  // namespace

void print_unconverted(const Report& report) {
  for (const Unconverted& group : report.unconverted) {
    print_nodes(group.op, group.reason, group.nodes);
    if (!group.way_out.empty()) fmt::print(stderr, "      way out: {}\n", group.way_out);
  }
}

void print_kept_float(const Report& report) {
  for (const KeptFloat& group : report.kept_float) print_nodes(group.op, group.reason, group.nodes);
}

}  // namespace tolite::cli
