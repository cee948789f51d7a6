// Tensors are numbered in the order of their making: inputs, then what each node reads anew and what it makes.
#include "report/model_json.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "lite/node_view.h"
#include "lite/text_elements.h"
#include "lite/text_names.h"

namespace tolite::report {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no infinities; they and NaN become strings.
Json number_json(double v) {
  if (std::isfinite(v)) return v;
  return std::isnan(v) ? "nan" : v < 0 ? "-inf" : "inf";
}

template <typename T>
Json numbers_json(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T v : values) {
    if constexpr (std::is_same_v<T, float>) {
      list.push_back(number_json(static_cast<double>(v)));
    } else {
      list.push_back(v);
    }
  }
  return list;
}

class GraphJson {
 public:
  GraphJson(const Model& model, const Graph& graph, const OpTable& table, std::size_t most_elements)
      : model_(model), graph_(graph), table_(table), most_elements_(most_elements) {}

  Json make() {
    Json inputs = Json::array();
    for (const ValueId v : graph_.inputs()) inputs.push_back(number(v));
    Json nodes = Json::array();
    for (const NodeId node : graph_.order()) nodes.push_back(node_json(node));
    Json outputs = Json::array();
    for (const ValueId v : graph_.outputs()) outputs.push_back(number(v));
    return {{"name", graph_.name},
            {"inputs", std::move(inputs)},
            {"outputs", std::move(outputs)},
            {"tensors", std::move(tensors_)},
            {"nodes", std::move(nodes)}};
  }

  /// The tensor's number, which it gets at its first mention; -1 for an absent operand.
  std::int64_t number(ValueId v) {
    if (!v) return -1;
    const auto [at, is_new] = numbers_.try_emplace(v, static_cast<std::int64_t>(tensors_.size()));
    if (is_new) tensors_.push_back(tensor_json(graph_[v]));
    return at->second;
  }

 private:
  Json dims_json(const std::vector<Dim>& dims) const {
    Json list = Json::array();
    for (const Dim& d : dims) {
      if (d.known()) {
        list.push_back(d.number);
      } else {
        list.push_back(model_.symbols.text(d));
      }
    }
    return list;
  }

  Json tensor_json(const Value& value) const {
    Json json = {{"name", value.name}, {"type", type_name(value.type)}};
    json["shape"] = value.shape.ranked() ? dims_json(value.shape.dims()) : Json();
    if (value.known) json["known"] = dims_json(*value.known);
    if (value.is_variable) json["variable"] = true;
    if (value.quantization) {
      const Quantization& q = model_.quantizations[value.quantization.index];
      json["quantization"] = {{"scale", numbers_json(q.scales)},
                              {"zero_point", numbers_json(q.zero_points)},
                              {"axis", q.axis},
                              {"min", numbers_json(q.min)},
                              {"max", numbers_json(q.max)}};
    }
    if (value.constant) constant_json(json, model_[value.constant]);
    return json;
  }

  void constant_json(Json& json, const Tensor& tensor) const {
    json["bytes"] = tensor.bytes.size();
    const std::int64_t count = scalar_count(tensor.type, tensor.element_count());
    if (count > static_cast<std::int64_t>(most_elements_)) {
      std::string hash;
      for (int shift = 60; shift >= 0; shift -= 4)
        hash += "0123456789abcdef"[(content_hash(tensor.bytes) >> static_cast<unsigned>(shift)) & 15U];
      json["hash"] = hash;
      return;
    }
    json["elements"] = Json::array();
    for (std::int64_t i = 0; i < count; ++i) {
      if (is_float(tensor.type)) {
        json["elements"].push_back(number_json(element_as_double(tensor, i)));
      } else if (is_integer(tensor.type) && tensor.type != Type::uint64) {
        json["elements"].push_back(element_as_int64(tensor, i));
      } else {
        std::string text;
        print_scalar(text, tensor, i);
        json["elements"].push_back(text);
      }
    }
  }

  Json node_json(NodeId id) {
    const Node& node = graph_[id];
    const OpRow* row = table_.find(node.op);
    Json inputs = Json::array();
    for (const ValueId v : graph_.operands(id)) inputs.push_back(number(v));
    Json outputs = Json::array();
    for (std::size_t i = 0; i < node.result_count; ++i) outputs.push_back(number(graph_.result(id, i)));
    Json json = {{"op", row != nullptr ? std::string(row->name) : std::to_string(static_cast<int>(node.op))},
                 {"inputs", std::move(inputs)},
                 {"outputs", std::move(outputs)}};
    Json attrs = Json::object();
    for (const AttrEntry& entry : node.attrs.entries())
      attrs[std::string(attr_name(entry.attr))] =
          attr_json(row != nullptr ? row->attrs.find(entry.attr) : nullptr, entry.value);
    if (!attrs.empty()) json["attributes"] = std::move(attrs);
    const std::string origin = model_.origin_text(node.origin);
    if (!origin.empty()) json["origin"] = origin;
    return json;
  }

  static Json attr_json(const AttrSpec* spec, const AttrValue& value) {
    const AttrKind kind = spec != nullptr ? spec->kind : AttrKind::int64;
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
      if (kind == AttrKind::boolean) return *i != 0;
      if (kind == AttrKind::padding && padding_name(*i)) return *padding_name(*i);
      if (kind == AttrKind::activation && activation_name(*i)) return *activation_name(*i);
      if (kind == AttrKind::type) return type_name(static_cast<Type>(*i));
      return *i;
    }
    if (const auto* f = std::get_if<float>(&value)) return number_json(static_cast<double>(*f));
    if (const auto* s = std::get_if<std::string>(&value)) {
      std::string quoted;  // JSON strings are UTF-8, these may be any bytes
      print_string(quoted, *s);
      return quoted.substr(1, quoted.size() - 2);
    }
    if (const auto* ints = std::get_if<std::vector<std::int64_t>>(&value)) return numbers_json(*ints);
    return numbers_json(std::get<std::vector<float>>(value));
  }

  const Model& model_;
  const Graph& graph_;
  const OpTable& table_;
  std::size_t most_elements_;
  std::map<ValueId, std::int64_t> numbers_;
  Json tensors_ = Json::array();
};

Json signature_json(const Model& model, const Signature& s, GraphJson& graph) {
  const std::vector<ValueId> graph_outputs = model[s.graph].outputs();
  Json inputs = Json::array();
  for (const SignatureTensor& t : s.inputs) inputs.push_back({{"name", t.name}, {"tensor", graph.number(t.value)}});
  Json outputs = Json::array();
  for (std::size_t i = 0; i < s.outputs.size(); ++i)
    outputs.push_back({{"name", s.outputs[i]}, {"tensor", graph.number(graph_outputs[s.outputs_slot[i]])}});
  return {{"key", s.key}, {"graph", s.graph.index}, {"inputs", std::move(inputs)}, {"outputs", std::move(outputs)}};
}

}  // namespace

std::string model_json(const Model& model, const OpTable& table, std::size_t most_elements) {
  std::vector<GraphJson> makers;
  Json graphs = Json::array();
  for (const Graph& graph : model.graphs)
    graphs.push_back(makers.emplace_back(model, graph, table, most_elements).make());
  Json signatures = Json::array();
  for (const Signature& s : model.signatures) signatures.push_back(signature_json(model, s, makers[s.graph.index]));
  Json metadata = Json::array();
  for (const MetadataEntry& entry : model.metadata)
    metadata.push_back({{"name", entry.name}, {"bytes", entry.bytes.size()}});
  const Json json = {{"description", model.description},
                     {"signatures", std::move(signatures)},
                     {"graphs", std::move(graphs)},
                     {"metadata", std::move(metadata)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tolite::report
