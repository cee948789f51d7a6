// GraphDef, NodeDef and FunctionDef from their wire form.
#include "read/graph_def.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "read/protobuf.h"
#include "read/text_format.h"

namespace tolite::read {

InputName parse_input(std::string_view text) {
  InputName input;
  std::string_view rest = text;
  if (rest.starts_with('^')) {
    input.is_control = true;
    rest.remove_prefix(1);
  }
  const std::size_t first = rest.find(':');
  input.node = rest.substr(0, first);
  if (input.node.empty()) throw Error(Code::malformed, fmt::format("input '{}' names no node", text));
  if (first == std::string_view::npos) return input;
  rest.remove_prefix(first + 1);
  if (const std::size_t second = rest.find(':'); second != std::string_view::npos) {
    input.output = rest.substr(0, second);
    rest.remove_prefix(second + 1);
  }
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), input.index);
  if (error != std::errc() || end != rest.data() + rest.size() || input.index < 0) {
    throw Error(Code::malformed, fmt::format("input '{}' has no output number", text));
  }
  return input;
}

/// Collects nodes into a NodeList. Its tables move while they grow, so spans into them are made at the end.
class NodeListReader {
 public:
  void add(Bytes wire, const Buffer& buffer) {
    Node node;
    node.wire = wire;
    Part part;
    part.attribute = list_.attributes_.size();
    inputs_.clear();
    names_.clear();
    functions_.clear();
    for (Fields f(wire); f.next();) {
      switch (f.number()) {
        case 1:
          node.name = f.text();
          break;
        case 2:
          node.op = f.text();
          break;
        case 3:
          inputs_.push_back(f.text());
          break;
        case 4:
          node.device = f.text();
          break;
        case 5:
          add_attribute(map_entry(f.bytes()), buffer);
          break;
        case 6:
          read_origin(f.bytes());
          break;
        default:
          break;
      }
    }
    part.inputs = append(inputs_);
    part.names = append(names_);
    part.functions = append(functions_);
    parts_.push_back(part);
    list_.nodes_.push_back(node);
  }

  NodeList finish() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const Part& part = parts_[i];
      const std::size_t end = i + 1 < parts_.size() ? parts_[i + 1].attribute : list_.attributes_.size();
      Node& node = list_.nodes_[i];
      node.inputs = texts(part.inputs);
      node.original_names = texts(part.names);
      node.original_functions = texts(part.functions);
      node.attributes = Attributes({list_.attributes_.data() + part.attribute, end - part.attribute});
    }
    return std::move(list_);
  }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Part {
    Range inputs, names, functions;
    std::size_t attribute = 0;
  };

  void add_attribute(MapEntry entry, const Buffer& buffer) {
    list_.attributes_.push_back({entry.key, Attribute(entry.value, &buffer)});
  }
  void read_origin(Bytes wire) {
    for (Fields f(wire); f.next();) {
      if (f.number() == 1) names_.push_back(f.text());
      if (f.number() == 2) functions_.push_back(f.text());
    }
  }
  Range append(const std::vector<std::string_view>& texts) {
    const Range range{list_.texts_.size(), texts.size()};
    list_.texts_.insert(list_.texts_.end(), texts.begin(), texts.end());
    return range;
  }
  std::span<const std::string_view> texts(Range range) const { return {list_.texts_.data() + range.begin, range.size}; }

  NodeList list_;
  std::vector<Part> parts_;
  std::vector<std::string_view> inputs_, names_, functions_;  // of the node at hand
};

namespace {

Argument read_argument(Bytes wire) {
  Argument argument;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        argument.name = f.text();
        break;
      case 3:
        argument.type = data_type_of(f.int64());
        break;
      case 4:
        argument.type_attr = f.text();
        break;
      case 5:
        argument.number_attr = f.text();
        break;
      case 6:
        argument.type_list_attr = f.text();
        break;
      default:
        break;
    }
  }
  return argument;
}

using NamePairs = std::vector<std::pair<std::string_view, std::string_view>>;

std::pair<std::string_view, std::string_view> read_name_pair(Bytes wire) {
  const MapEntry entry = map_entry(wire);
  return {entry.key, as_text(entry.value)};
}

/// The entries of a map in the order of the names they must have.
NamePairs in_order(const std::vector<std::string_view>& names, const NamePairs& map, std::string_view function) {
  std::unordered_map<std::string_view, std::string_view> by_name;
  for (const auto& [name, value] : map) by_name[name] = value;
  NamePairs ordered;
  ordered.reserve(names.size());
  for (const std::string_view name : names) {
    const auto at = by_name.find(name);
    if (at == by_name.end()) {
      throw Error(Code::malformed, fmt::format("function '{}' does not say what it returns as '{}'", function, name));
    }
    ordered.emplace_back(name, at->second);
  }
  return ordered;
}

std::string_view function_name(Bytes wire) {
  for (Fields f(wire); f.next();) {
    if (f.number() != 1) continue;
    for (Fields signature(f.bytes()); signature.next();) {
      if (signature.number() == 1) return signature.text();
    }
  }
  return {};
}

}  // namespace

/// Reads one FunctionDef.
class FunctionReader {
 public:
  explicit FunctionReader(const Buffer& buffer) : buffer_(buffer) {}

  std::unique_ptr<const Function> read(Bytes wire) {
    for (Fields f(wire); f.next();) {
      switch (f.number()) {
        case 1:
          read_signature(f.bytes());
          break;
        case 3:
          nodes_.add(f.bytes(), buffer_);
          break;
        case 4:
          function_->returns.push_back(read_name_pair(f.bytes()));
          break;
        case 5:
          add_attribute(f.bytes(), kWhole);
          break;
        case 6:
          function_->control_returns.push_back(read_name_pair(f.bytes()));
          break;
        case 7:
          read_input_attributes(f.bytes());
          break;
        default:
          break;
      }
    }
    function_->nodes = nodes_.finish();
    order_returns();
    place_attributes();
    return std::move(function_);
  }

 private:
  static constexpr std::size_t kWhole = 0;  // owner of the function's own attributes; input i is owner i + 1

  void read_signature(Bytes wire) {
    Function& function = *function_;
    for (Fields f(wire); f.next();) {
      switch (f.number()) {
        case 1:
          function.name = f.text();
          break;
        case 2:
          function.inputs.push_back(read_argument(f.bytes()));
          break;
        case 3:
          function.outputs.push_back(read_argument(f.bytes()));
          break;
        case 17:
          function.is_stateful = f.boolean();
          break;
        case 20:
          function.control_outputs.push_back(f.text());
          break;
        default:
          break;
      }
    }
  }

  void add_attribute(Bytes wire, std::size_t owner) {
    const MapEntry entry = map_entry(wire);
    attributes_.push_back({owner, {entry.key, Attribute(entry.value, &buffer_)}});
  }

  void read_input_attributes(Bytes wire) {
    std::uint64_t index = 0;
    Bytes value;
    for (Fields f(wire); f.next();) {
      if (f.number() == 1) index = f.varint();
      if (f.number() == 2) value = f.bytes();
    }
    for (Fields f(value); f.next();) {
      if (f.number() == 1) add_attribute(f.bytes(), static_cast<std::size_t>(index) + 1);
    }
  }

  void order_returns() {
    Function& function = *function_;
    std::vector<std::string_view> names;
    for (const Argument& output : function.outputs) names.push_back(output.name);
    function.returns = in_order(names, function.returns, function.name);
    function.control_returns = in_order(function.control_outputs, function.control_returns, function.name);
  }

  void place_attributes() {
    Function& function = *function_;
    std::stable_sort(attributes_.begin(), attributes_.end(),
                     [](const Owned& a, const Owned& b) { return a.owner < b.owner; });
    function.storage_.reserve(attributes_.size());
    for (const Owned& attribute : attributes_) function.storage_.push_back(attribute.attribute);
    function.input_attributes.resize(function.inputs.size());
    for (std::size_t begin = 0; begin < attributes_.size();) {
      std::size_t end = begin + 1;
      while (end < attributes_.size() && attributes_[end].owner == attributes_[begin].owner) ++end;
      const Attributes attributes({function.storage_.data() + begin, end - begin});
      const std::size_t owner = attributes_[begin].owner;
      if (owner == kWhole) {
        function.attributes = attributes;
      } else if (owner <= function.inputs.size()) {
        function.input_attributes[owner - 1] = attributes;
      }
      begin = end;
    }
  }

  struct Owned {
    std::size_t owner;
    NamedAttribute attribute;
  };
  const Buffer& buffer_;
  NodeListReader nodes_;
  std::unique_ptr<Function> function_ = std::make_unique<Function>();
  std::vector<Owned> attributes_;
};

std::string_view Function::implements() const {
  const std::string_view name = attributes.string("_implements", {});
  return name.empty() ? attributes.string("api_implements", {}) : name;
}

const Function* FunctionLibrary::find(std::string_view name) const {
  const auto at = entries_.find(name);
  if (at == entries_.end()) return nullptr;
  const Entry& entry = at->second;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!entry.function) {
    try {
      entry.function = FunctionReader(*entry.buffer).read(entry.wire);
    } catch (const Error& error) {
      throw error.at(fmt::format("function {}", name)).at(entry.buffer->name());
    }
  }
  return entry.function.get();
}

Bytes FunctionLibrary::wire(std::string_view name) const {
  const auto at = entries_.find(name);
  return at == entries_.end() ? Bytes() : at->second.wire;
}

std::string_view FunctionLibrary::gradient_of(std::string_view function) const {
  const auto at = gradients_.find(function);
  return at == gradients_.end() ? std::string_view{} : at->second;
}

void GraphDef::read_library(Bytes wire) {
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) {
      const std::string_view name = function_name(f.bytes());
      if (name.empty()) throw Error(Code::malformed, "a function has no name");
      if (library_.entries_.try_emplace(name, FunctionLibrary::Entry{f.bytes(), buffer_.get(), nullptr}).second) {
        library_.order_.push_back(name);
      }
    }
    if (f.number() == 2) {
      const auto [function, gradient] = read_name_pair(f.bytes());
      library_.gradients_[function] = gradient;
    }
  }
}

std::shared_ptr<const GraphDef> GraphDef::read(std::shared_ptr<const Buffer> buffer, Bytes wire) {
  std::shared_ptr<GraphDef> graph(new GraphDef);
  graph->buffer_ = std::move(buffer);
  try {
    NodeListReader nodes;
    for (Fields f(wire); f.next();) {
      switch (f.number()) {
        case 1:
          nodes.add(f.bytes(), *graph->buffer_);
          break;
        case 2:
          graph->read_library(f.bytes());
          break;
        case 4:
          for (Fields versions(f.bytes()); versions.next();) {
            if (versions.number() == 1) graph->producer_ = versions.int32();
            if (versions.number() == 2) graph->min_consumer_ = versions.int32();
          }
          break;
        case 5:
          graph->debug_info_ = f.bytes();
          break;
        default:
          break;
      }
    }
    graph->nodes_ = nodes.finish();
  } catch (const Error& error) {
    throw error.at(graph->buffer_->name());
  }
  return graph;
}

std::shared_ptr<const GraphDef> GraphDef::rebuilt(std::shared_ptr<const GraphDef> base, std::span<const Bytes> nodes,
                                                  std::span<const Bytes> functions,
                                                  std::shared_ptr<const Buffer> made) {
  std::shared_ptr<GraphDef> graph(new GraphDef);
  const auto lies_in = [](const Buffer& buffer, Bytes wire) {
    const std::less<const std::byte*> before;
    const Bytes all = buffer.bytes();
    return !before(wire.data(), all.data()) && before(wire.data(), all.data() + all.size());
  };
  const auto buffer_of = [&](Bytes wire) -> const Buffer& {
    if (lies_in(*made, wire)) return *made;
    const GraphDef* from = base.get();
    while (from->base_ != nullptr && !lies_in(*from->buffer_, wire)) from = from->base_.get();
    return *from->buffer_;
  };
  NodeListReader list;
  for (const Bytes wire : nodes) list.add(wire, buffer_of(wire));
  graph->nodes_ = list.finish();
  FunctionLibrary& library = graph->library_;
  const auto add = [&](std::string_view name, Bytes wire) {
    if (library.entries_.try_emplace(name, FunctionLibrary::Entry{wire, &buffer_of(wire), nullptr}).second)
      library.order_.push_back(name);
  };
  for (const Bytes wire : functions) add(function_name(wire), wire);
  for (const std::string_view name : base->library_.order_) add(name, base->library_.wire(name));
  library.gradients_ = base->library_.gradients_;
  graph->producer_ = base->producer_;
  graph->min_consumer_ = base->min_consumer_;
  graph->debug_info_ = base->debug_info_;
  graph->buffer_ = std::move(made);
  graph->base_ = std::move(base);
  return graph;
}

std::shared_ptr<const GraphDef> GraphDef::open(const std::string& path) {
  std::shared_ptr<const Buffer> buffer = Buffer::map(path);
  if (is_text_format(buffer->bytes())) buffer = text_to_wire(*buffer, "GraphDef");
  const Bytes wire = buffer->bytes();
  return read(std::move(buffer), wire);
}

}  // namespace tolite::read
