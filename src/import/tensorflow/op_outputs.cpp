// Output arguments by op: the table in op_outputs.def, walked from name to number and back.
#include "import/tensorflow/op_outputs.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

struct OutputArguments {
  std::string_view op;
  std::string_view arguments;
};

constexpr auto kOutputArguments = std::to_array<OutputArguments>({
#define TOLITE_OUTPUTS(op, arguments) {op, arguments},
#include "import/tensorflow/op_outputs.def"
#undef TOLITE_OUTPUTS
});

/// The row's arguments; nothing if the op has a single one.
std::optional<std::string_view> arguments_of(std::string_view op) {
  const auto* row = std::lower_bound(kOutputArguments.begin(), kOutputArguments.end(), op,
                                     [](const OutputArguments& r, std::string_view name) { return r.op < name; });
  if (row == kOutputArguments.end() || row->op != op) return std::nullopt;
  return row->arguments;
}

/// Calls take(name, first, count) for each argument until it returns true.
template <typename Take>
bool each_argument(const read::Node& node, std::string_view arguments, Take take) {
  std::size_t first = 0;
  while (!arguments.empty()) {
    const std::size_t space = std::min(arguments.find(' '), arguments.size());
    const std::string_view argument = arguments.substr(0, space);
    arguments.remove_prefix(std::min(space + 1, arguments.size()));
    const std::size_t mark = argument.find_first_of("*@");
    std::size_t count = 1;
    if (mark != std::string_view::npos) {
      const read::Attribute& number = node.attributes[argument.substr(mark + 1)];
      count = argument[mark] == '@' ? number.types().size()
                                    : static_cast<std::size_t>(std::max<std::int64_t>(0, number.integer()));
    }
    if (take(argument.substr(0, mark), first, count)) return true;
    first += count;
  }
  return false;
}

}  // namespace

std::uint32_t argument_offset(const read::Node& node, std::string_view wanted) {
  const auto arguments = arguments_of(node.op);
  std::size_t offset = 0;
  if (!arguments) return 0;
  const bool found =
      each_argument(node, *arguments, [&](std::string_view name, std::size_t first, std::size_t /*count*/) {
        offset = first;
        return name == wanted;
      });
  if (!found)
    throw Error(Code::malformed, fmt::format("a {} node has no output \"{}\"", node.op, wanted),
                std::string(node.name));
  return static_cast<std::uint32_t>(offset);
}

std::string output_name(const read::Node& node, std::uint32_t output) {
  const auto arguments = arguments_of(node.op);
  if (!arguments) return fmt::format("output:{}", output);
  std::string text;
  const bool found = each_argument(node, *arguments, [&](std::string_view name, std::size_t first, std::size_t count) {
    if (output - first >= count) return false;
    text = fmt::format("{}:{}", name, output - first);
    return true;
  });
  if (!found)
    throw Error(Code::malformed, fmt::format("a {} node has no output {}", node.op, output), std::string(node.name));
  return text;
}

}  // namespace tolite::tensorflow
