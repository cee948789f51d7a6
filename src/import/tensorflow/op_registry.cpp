// TensorFlow's ops are one text, sorted by name, searched in place: nothing is parsed but what a model asks for.
#include "import/tensorflow/op_registry.h"

#include <utility>

#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

constexpr std::string_view kOps =
#include "import/tensorflow/op_defs.def"
    ;

std::string_view name_in(std::string_view line) { return line.substr(0, line.find_first_of("* ")); }

/// The line of the op; empty if there is none.
std::string_view find_line(std::string_view op) {
  std::string_view left = kOps;  // whole lines, the wanted one among them if it exists
  while (!left.empty()) {
    const std::size_t middle = left.rfind('\n', left.size() / 2) + 1;  // npos + 1 is 0
    const std::size_t end = left.find('\n', middle);
    const std::string_view line = left.substr(middle, end - middle);
    const std::string_view name = name_in(line);
    if (name == op) return line;
    left = name < op ? left.substr(end + 1) : left.substr(0, middle);
  }
  return {};
}

}  // namespace

OpRegistry::OpRegistry(const std::vector<std::string>& definitions) {
  for (const std::string& text : definitions) {
    try {
      read::OpDef op = read::read_op_def(text);
      std::string name = op.name;
      definitions_.insert_or_assign(std::move(name), std::move(op));
    } catch (const Error& e) {
      throw Error(Code::bad_option, "an op definition cannot be read: " + e.message(), {},
                  {R"(it wants the text form of an OpDef: name: "Op" input_arg { name: "x" type: DT_FLOAT } ...)"});
    }
  }
}

const read::OpDef* OpRegistry::find(std::string_view op) const {
  const auto at = definitions_.find(op);
  if (at != definitions_.end()) return &at->second;
  const std::string_view line = find_line(op);
  if (line.empty()) return nullptr;
  return &definitions_.emplace(op, read::read_op_def_line(line)).first->second;
}

bool OpRegistry::is_of_tensorflow(std::string_view op) { return !find_line(op).empty(); }

std::vector<std::string_view> OpRegistry::registered() {
  std::vector<std::string_view> names;
  for (std::string_view left = kOps; !left.empty();) {
    const std::string_view line = left.substr(0, left.find('\n'));
    names.push_back(name_in(line));
    left.remove_prefix(line.size() + 1);
  }
  return names;
}

bool OpRegistry::runs_in_flex(std::string_view op) {
  const std::string_view line = find_line(op);
  return line.size() > op.size() && line[op.size()] == '*';
}

bool OpRegistry::gives_nothing(std::string_view op) {
  const std::string_view line = find_line(op);
  return !line.empty() && line.find(" -> ") == std::string_view::npos;
}

}  // namespace tolite::tensorflow
