// TF1 control flow in any shape: four bytes a node say its op, two inputs, and how they are taken. What comes out must
// be whole: no node of TF1 control flow, no input that names nothing.
#include <array>
#include <cstdlib>
#include <set>
#include <string>

#include "import/tensorflow/flow_graph.h"
#include "import/tensorflow/functionalize.h"
#include "read/wire_writer.h"
#include "unit/read/exercise.h"

namespace {

using namespace tolite;
using namespace tolite::read;

constexpr std::array kOps = {
    "Switch", "Merge", "Enter", "Exit",        "NextIteration",       "LoopCond", "Identity",  "Const",
    "Relu",   "Add",   "Less",  "Placeholder", "AssignAddVariableOp", "NoOp",     "RefSwitch", "Print"};

/// Byte 0: op and frame; bytes 1 and 2: producers; byte 3: which outputs, data or control or not at all.
std::string graph_of(const std::uint8_t* data, std::size_t count) {
  const auto name = [](std::size_t i) { return "s/n" + std::to_string(i); };
  Wire graph;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* bytes = data + 4 * i;
    Wire node;
    node.text(1, name(i)).text(2, kOps[bytes[0] % kOps.size()]);
    for (unsigned k = 0; k < 2; ++k) {
      const unsigned how = (bytes[3] >> (4 * k)) & 15U;
      const std::string producer = name(bytes[1 + k] % count);
      if ((how & 3U) == 3) continue;
      node.text(3, (how & 3U) == 2 ? "^" + producer : (how & 3U) == 1 ? producer + ":1" : producer);
    }
    node.entry(5, "T", Wire().varint(6, 1));
    node.entry(5, "frame_name", Wire().text(2, std::string(1, static_cast<char>('a' + bytes[0] / 16))));
    graph.message(1, node);
  }
  return graph.str();
}

void check(const NodeList& nodes, std::set<std::string, std::less<>> names, const FunctionLibrary& library) {
  for (const Node& node : nodes) {
    if (!names.emplace(node.name).second) std::abort();
  }
  for (const Node& node : nodes) {
    if (tensorflow::flow_of(node.op) != tensorflow::Flow::none) std::abort();
    for (const std::string_view input : node.inputs) {
      if (!names.contains(parse_input(input).node)) std::abort();
    }
    for (const char* function : {"then_branch", "else_branch", "cond", "body"}) {
      if (node.attributes.has(function) && !library.has(node.attributes[function].function().name)) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::size_t count = size / 4;
  if (count == 0 || count > 256) return 0;
  const auto buffer = Buffer::own(graph_of(data, count), "fuzz.pb");
  std::shared_ptr<const GraphDef> graph;
  if (!succeeds([&] { graph = tensorflow::functionalize(GraphDef::read(buffer, buffer->bytes())); })) return 0;
  check(graph->nodes(), {}, graph->library());
  for (const std::string_view name : graph->library().names()) {
    const Function& function = *graph->library().find(name);
    std::set<std::string, std::less<>> arguments;
    for (const Argument& argument : function.inputs) arguments.emplace(argument.name);
    check(function.nodes, arguments, graph->library());
    for (const Node& node : function.nodes) arguments.emplace(node.name);
    for (const auto& [output, value] : function.returns) {
      if (!arguments.contains(parse_input(value).node)) std::abort();
    }
  }
  return 0;
}
