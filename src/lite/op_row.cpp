// Look-up of rows, and the attribute getters that know the rows' defaults.
#include "lite/op_row.h"

#include <string>

#include "lite/node_view.h"
#include "tolite/error.h"

namespace tolite {

void OpTable::add(const OpRow& row) { rows_.at(static_cast<std::size_t>(row.op)) = &row; }

const OpRow* OpTable::find(Op op) const {
  const auto index = static_cast<std::size_t>(op);
  return index < rows_.size() ? rows_[index] : nullptr;
}

const OpRow& OpTable::operator[](Op op) const {
  const OpRow* row = find(op);
  if (row == nullptr) throw Error(Code::internal, "op " + std::to_string(static_cast<int>(op)) + " has no row");
  return *row;
}

const OpRow* OpTable::find(std::string_view name) const {
  for (const OpRow* row : rows_) {
    if (row != nullptr && row->name == name) return row;
  }
  return nullptr;
}

int op_version(const NodeView& node) {
  for (const VersionRule& rule : node.row().version) {
    if (rule.when(node)) return rule.version;
  }
  return 1;
}

const Value& NodeView::value(std::size_t i) const {
  const ValueId id = input(i);
  if (!id) throw Error(Code::invalid_node, std::string(row_->name) + " lacks operand " + std::to_string(i));
  return (*graph_)[id];
}

const Quantization* NodeView::quantization(std::size_t i) const {
  const QuantizationId id = value(i).quantization;
  return id ? &model_->quantizations[id.index] : nullptr;
}

std::optional<std::vector<Dim>> NodeView::known(std::size_t i) const {
  return known_elements(*model_, *graph_, input(i));
}

std::optional<std::vector<std::int64_t>> NodeView::integers(std::size_t i) const {
  const auto dims = known(i);
  if (!dims) return std::nullopt;
  std::vector<std::int64_t> numbers;
  numbers.reserve(dims->size());
  for (const Dim& d : *dims) {
    if (!d.known()) return std::nullopt;
    numbers.push_back(d.number);
  }
  return numbers;
}

std::int64_t NodeView::integer(Attr attr) const {
  if (const AttrValue* v = (*graph_)[node_].attrs.find(attr)) return std::get<std::int64_t>(*v);
  const AttrSpec* spec = row_->attrs.find(attr);
  return spec != nullptr ? static_cast<std::int64_t>(spec->default_value) : 0;
}

float NodeView::real(Attr attr) const {
  if (const AttrValue* v = (*graph_)[node_].attrs.find(attr)) return std::get<float>(*v);
  const AttrSpec* spec = row_->attrs.find(attr);
  return spec != nullptr ? static_cast<float>(spec->default_value) : 0;
}

std::string NodeView::text(Attr attr) const {
  const AttrValue* v = (*graph_)[node_].attrs.find(attr);
  return v != nullptr ? std::get<std::string>(*v) : std::string();
}

std::vector<std::int64_t> NodeView::integer_list(Attr attr) const {
  const AttrValue* v = (*graph_)[node_].attrs.find(attr);
  return v != nullptr ? std::get<std::vector<std::int64_t>>(*v) : std::vector<std::int64_t>();
}

std::vector<float> NodeView::real_list(Attr attr) const {
  const AttrValue* v = (*graph_)[node_].attrs.find(attr);
  return v != nullptr ? std::get<std::vector<float>>(*v) : std::vector<float>();
}

std::optional<std::vector<Dim>> known_elements(const Model& model, const Graph& graph, ValueId value) {
  if (!value) return std::nullopt;
  const Value& v = graph[value];
  if (v.known) return v.known;
  const Tensor* tensor = model.constant_of(graph, value);
  constexpr std::int64_t kMostElements = 4096;  // shapes, axes, paddings, indices: not data
  if (tensor == nullptr || !is_integer(tensor->type) || tensor->element_count() > kMostElements) return std::nullopt;
  std::vector<Dim> dims;
  dims.reserve(static_cast<std::size_t>(tensor->element_count()));
  for (std::int64_t i = 0; i < tensor->element_count(); ++i) dims.emplace_back(element_as_int64(*tensor, i));
  return dims;
}

}  // namespace tolite
