// Model to text. Everything is numbered in the order of printing, so that the text does not depend on how the graph
// came to be.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "lite/node_view.h"
#include "lite/text.h"
#include "lite/text_elements.h"
#include "lite/text_names.h"

namespace tolite {
namespace {

constexpr std::size_t kMostTextBytes = 512;  // of opaque bytes printed as a string

void append_hash(std::string& out, std::uint64_t hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '#';
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(hash >> static_cast<unsigned>(shift)) & 15U];
}

bool is_word(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word_char(c); });
}

class Printer {
 public:
  Printer(const Model& model, const OpTable& table, const PrintOptions& options)
      : model_(model), table_(table), options_(options) {
    for (const Graph& graph : model.graphs) ++graph_names_[graph.name];
  }

  std::string print() {
    for (const Graph& graph : model_.graphs) orders_.push_back(graph.order());
    number_symbols();
    if (!model_.description.empty()) {
      out_ += "description ";
      print_string(out_, model_.description);
      out_ += '\n';
    }
    for (const MetadataEntry& entry : model_.metadata) metadata(entry);
    for (const auto& [id, number] : symbol_numbers_) symbol_definition(id);
    for (const Signature& s : model_.signatures) signature(s);
    for (std::size_t i = 0; i < model_.graphs.size(); ++i) graph(i);
    return std::move(out_);
  }

 private:
  // Symbols: those that are printed, and what they are made of.

  void number_symbols() {
    std::vector<bool> used(model_.symbols.size(), false);
    const auto use = [&](const Value& value) {
      for (const Dim& d : value.shape.dims()) use_symbol(used, d);
      if (value.known) {
        for (const Dim& d : *value.known) use_symbol(used, d);
      }
    };
    for (const Graph& graph : model_.graphs) {
      for (std::size_t i = 0; i < graph.value_count(); ++i) {
        const Value& value = graph[ValueId(i)];
        if (value.alive) use(value);
      }
    }
    std::uint32_t number = 0;
    for (std::uint32_t id = 0; id < used.size(); ++id) {
      if (used[id]) symbol_numbers_[id] = number++;
    }
  }

  void use_symbol(std::vector<bool>& used, Dim dim) {
    std::vector<Dim> pending{dim};
    while (!pending.empty()) {
      const Dim d = pending.back();
      pending.pop_back();
      if (d.known() || d.symbol >= used.size() || used[d.symbol]) continue;
      used[d.symbol] = true;
      const Symbol& s = model_.symbols[d.symbol];
      if (s.op == DimOp::unknown) continue;
      pending.push_back(s.left);
      pending.push_back(s.right);
    }
  }

  void dim(Dim d) {
    if (d.known()) {
      out_ += std::to_string(d.number);
    } else {
      out_ += '?';
      out_ += std::to_string(symbol_numbers_[d.symbol]);
    }
  }

  void symbol_definition(std::uint32_t id) {
    const Symbol& s = model_.symbols[id];
    if (s.op == DimOp::unknown) return;
    dim(Dim::of_symbol(id));
    out_ += " = ";
    out_ += dim_op_name(s.op);
    out_ += '(';
    dim(s.left);
    out_ += ", ";
    dim(s.right);
    out_ += ")\n";
  }

  // The head of the model.

  void opaque_bytes(const std::string& bytes) {
    if (bytes.size() <= kMostTextBytes) return print_string(out_, bytes);
    const Bytes view = as_bytes(bytes);
    if (options_.blobs != nullptr) {
      auto copy = std::make_shared<std::string>(bytes);
      const Bytes kept = as_bytes(*copy);
      append_hash(out_,
                  options_.blobs->add({Type::uint8, {static_cast<std::int64_t>(bytes.size())}, kept, std::move(copy)}));
    } else {
      append_hash(out_, content_hash(view));
    }
    out_ += '[' + std::to_string(bytes.size()) + ']';
  }

  void metadata(const MetadataEntry& entry) {
    out_ += "metadata ";
    print_string(out_, entry.name);
    out_ += ' ';
    opaque_bytes(entry.bytes);
    out_ += '\n';
  }

  void graph_name(std::size_t index) {
    const std::string& name = model_.graphs[index].name;
    out_ += '@';
    if (is_word(name)) {
      out_ += name;
    } else {
      print_string(out_, name);
    }
    if (graph_names_[name] > 1) out_ += '#' + std::to_string(index);
  }

  void signature(const Signature& s) {
    out_ += "signature ";
    print_string(out_, s.key);
    out_ += ' ';
    graph_name(s.graph.index);
    const Graph& graph = model_[s.graph];
    out_ += " (";
    for (std::size_t i = 0; i < s.inputs.size(); ++i) {
      if (i > 0) out_ += ", ";
      print_string(out_, s.inputs[i].name);
      const auto at = std::find(graph.inputs().begin(), graph.inputs().end(), s.inputs[i].value);
      out_ += ": " + std::to_string(at - graph.inputs().begin());
    }
    out_ += ") -> (";
    for (std::size_t i = 0; i < s.outputs.size(); ++i) {
      if (i > 0) out_ += ", ";
      print_string(out_, s.outputs[i]);
      out_ += ": " + std::to_string(s.outputs_slot[i]);
    }
    out_ += ")\n";
  }

  // A graph.

  void graph(std::size_t index) {
    graph_ = &model_.graphs[index];
    numbers_.clear();
    const Graph& g = *graph_;
    out_ += "\ngraph ";
    graph_name(index);
    out_ += '(';
    for (std::size_t i = 0; i < g.inputs().size(); ++i) {
      if (i > 0) out_ += ", ";
      new_value(g.inputs()[i]);
      out_ += ": ";
      typed(g.inputs()[i]);
    }
    out_ += ") {\n";
    for (std::size_t i = 0; i < g.value_count(); ++i) {
      const Value& value = g[ValueId(i)];
      const bool is_state = value.is_variable && !value.producer && !value.constant;
      if (!value.alive || !is_state || is_input(ValueId(i))) continue;
      out_ += "  ";
      new_value(ValueId(i));
      out_ += ": ";
      typed(ValueId(i));
      out_ += '\n';
    }
    for (const NodeId node : orders_[index]) {
      for (const ValueId v : g.operands(node)) constant_line(v, false);
      this->node(node);
    }
    const std::vector<ValueId> outputs = g.outputs();
    for (const ValueId v : outputs) constant_line(v, true);
    out_ += "  return";
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      out_ += i > 0 ? ", " : " ";
      reference(outputs[i]);
    }
    out_ += "\n}\n";
  }

  bool is_input(ValueId v) const {
    const auto& inputs = graph_->inputs();
    const std::uint32_t slot = (*graph_)[v].slot;
    return slot < inputs.size() && inputs[slot] == v;
  }

  void new_value(ValueId v) {
    const auto number = numbers_.size();
    numbers_.emplace(v, number);
    out_ += '%' + std::to_string(number);
  }

  void reference(ValueId v) {
    if (!v) {
      out_ += "none";
    } else if (const auto found = numbers_.find(v); found != numbers_.end()) {
      out_ += '%' + std::to_string(found->second);
    } else {
      out_ += "%dangling";
    }
  }

  void shape(const Shape& s) {
    out_ += '[';
    if (!s.ranked()) out_ += '*';
    for (std::size_t i = 0; i < s.rank(); ++i) {
      if (i > 0) out_ += ", ";
      dim(s[i]);
    }
    out_ += ']';
  }

  /// "float32[?0, 8] known [..] quant(..) "name"": everything of a value but its elements.
  void typed(ValueId v) {
    const Value& value = (*graph_)[v];
    if (value.is_variable) out_ += "variable ";
    out_ += type_name(value.type);
    shape(value.shape);
    remarks(value);
  }

  void remarks(const Value& value) {
    if (value.known) {
      out_ += " known ";
      shape(Shape(*value.known));
    }
    if (value.quantization) quantization(model_.quantizations[value.quantization.index]);
    if (!value.name.empty()) {
      out_ += ' ';
      print_string(out_, value.name);
    }
  }

  template <typename T>
  void list(const std::vector<T>& values) {
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ", ";
      if constexpr (std::is_same_v<T, float>) {
        print_float(out_, values[i]);
      } else {
        out_ += std::to_string(values[i]);
      }
    }
    out_ += ']';
  }

  void quantization(const Quantization& q) {
    out_ += " quant(";
    const std::size_t begin = out_.size();
    const auto part = [&](std::string_view name, const auto& values) {
      if (values.empty()) return;
      if (out_.size() > begin) out_ += ", ";
      out_ += name;
      out_ += ' ';
      list(values);
    };
    part("scale", q.scales);
    part("zero_point", q.zero_points);
    part("min", q.min);
    part("max", q.max);
    if (q.axis != 0) {
      if (out_.size() > begin) out_ += ", ";
      out_ += "axis " + std::to_string(q.axis);
    }
    out_ += ')';
  }

  // Constants: in place where only one node uses them and nothing is said of them, otherwise on a line of their own.

  bool is_inline(const Value& value) const {
    return value.use_count == 1 && !value.quantization && !value.known && value.name.empty();
  }

  void constant_line(ValueId v, bool for_output) {
    if (!v) return;
    const Value& value = (*graph_)[v];
    if (!value.constant || (is_inline(value) && !for_output) || numbers_.contains(v)) return;
    out_ += "  ";
    new_value(v);
    out_ += " = ";
    constant(value);
    remarks(value);
    out_ += '\n';
  }

  void constant(const Value& value) {
    const Tensor& tensor = model_[value.constant];
    out_ += type_name(value.type);
    shape(value.shape);
    out_ += ' ';
    const auto count = static_cast<std::size_t>(scalar_count(tensor.type, tensor.element_count()));
    const bool is_splat = count > 1 && splat_value(tensor).has_value();
    if (!is_splat && count > options_.most_elements) {
      append_hash(out_, options_.blobs != nullptr ? options_.blobs->add(tensor) : content_hash(tensor.bytes));
      return;
    }
    out_ += is_splat ? "all {" : "{";
    for (std::size_t i = 0; i < (is_splat ? 1 : count); ++i) {
      if (i > 0) out_ += ", ";
      print_scalar(out_, tensor, static_cast<std::int64_t>(i));
    }
    out_ += '}';
  }

  // Nodes.

  void node(NodeId id) {
    const Graph& g = *graph_;
    const Node& n = g[id];
    const OpRow* row = table_.find(n.op);
    out_ += "  ";
    for (std::uint32_t i = 0; i < n.result_count; ++i) {
      if (i > 0) out_ += ", ";
      new_value(g.result(id, i));
    }
    out_ += n.result_count > 0 ? " = " : "";
    out_ += row != nullptr ? std::string(row->name) : "OP_" + std::to_string(static_cast<int>(n.op));
    out_ += '(';
    for (std::size_t i = 0; i < g.operand_count(id); ++i) {
      if (i > 0) out_ += ", ";
      const ValueId v = g.operand(id, i);
      if (v && g[v].constant && !numbers_.contains(v)) {
        constant(g[v]);
      } else {
        reference(v);
      }
    }
    out_ += ')';
    attributes(n, row);
    for (std::uint32_t i = 0; i < n.result_count; ++i) {
      out_ += i > 0 ? ", " : " : ";
      typed(g.result(id, i));
    }
    if (options_.origins) origin(n.origin);
    out_ += '\n';
  }

  void origin(OriginId id) {
    for (bool first = true; id; id = model_.origins[id.index].caller, first = false) {
      out_ += first ? " from " : " in ";
      print_string(out_, model_.origins[id.index].name);
    }
  }

  void attributes(const Node& n, const OpRow* row) {
    std::string separator = " {";
    const auto begin_attribute = [&](Attr attr) {
      out_ += std::exchange(separator, ", ");
      out_ += attr_name(attr);
      out_ += '=';
    };
    // Which padding it is decides what the op computes: it stands there even when it is the schema's default.
    const AttrSpec* padding = row != nullptr ? row->attrs.find(Attr::padding) : nullptr;
    const bool has_padding = padding != nullptr && padding->kind == AttrKind::padding;
    bool padding_printed = !has_padding || n.attrs.find(Attr::padding) != nullptr;
    const auto default_padding = [&] {
      padding_printed = true;
      begin_attribute(Attr::padding);
      out_ += padding_name(static_cast<std::int64_t>(padding->default_value)).value_or("0");
    };
    for (const AttrEntry& entry : n.attrs.entries()) {
      if (!padding_printed && entry.attr > Attr::padding) default_padding();
      const AttrSpec* spec = row != nullptr ? row->attrs.find(entry.attr) : nullptr;
      if (spec != nullptr && entry.attr != Attr::padding && is_default(*spec, entry.value)) continue;
      begin_attribute(entry.attr);
      attribute(spec, entry.value);
    }
    if (!padding_printed) default_padding();
    if (separator == ", ") out_ += '}';
  }

  static bool is_default(const AttrSpec& spec, const AttrValue& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) return *i == static_cast<std::int64_t>(spec.default_value);
    if (const auto* f = std::get_if<float>(&value)) {
      return std::bit_cast<std::uint32_t>(*f) == std::bit_cast<std::uint32_t>(static_cast<float>(spec.default_value));
    }
    return false;
  }

  void attribute(const AttrSpec* spec, const AttrValue& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
      number_attribute(spec, *i);
    } else if (const auto* f = std::get_if<float>(&value)) {
      print_float(out_, *f);
    } else if (const auto* s = std::get_if<std::string>(&value)) {
      if (spec != nullptr && spec->kind == AttrKind::bytes) {
        opaque_bytes(*s);
      } else {
        print_string(out_, *s);
      }
    } else if (const auto* ints = std::get_if<std::vector<std::int64_t>>(&value)) {
      list(*ints);
    } else {
      list(std::get<std::vector<float>>(value));
    }
  }

  void number_attribute(const AttrSpec* spec, std::int64_t v) {
    std::optional<std::string_view> name;
    if (spec != nullptr) {
      if (spec->kind == AttrKind::padding) name = padding_name(v);
      if (spec->kind == AttrKind::activation) name = activation_name(v);
      if (spec->kind == AttrKind::boolean && (v == 0 || v == 1)) name = v != 0 ? "true" : "false";
      if (spec->kind == AttrKind::type && v >= 0 && v <= static_cast<std::int64_t>(Type::float8_e5m2))
        name = type_name(static_cast<Type>(v));
      if (spec->kind == AttrKind::graph && v >= 0 && static_cast<std::size_t>(v) < model_.graphs.size())
        return graph_name(static_cast<std::size_t>(v));
    }
    out_ += name ? std::string(*name) : std::to_string(v);
  }

  const Model& model_;
  const OpTable& table_;
  PrintOptions options_;
  std::string out_;
  std::vector<std::vector<NodeId>> orders_;
  std::map<std::string, int> graph_names_;
  std::map<std::uint32_t, std::uint32_t> symbol_numbers_;
  const Graph* graph_ = nullptr;
  std::map<ValueId, std::size_t> numbers_;
};

}  // namespace

std::string print_model(const Model& model, const OpTable& table, const PrintOptions& options) {
  return Printer(model, table, options).print();
}

}  // namespace tolite
