// Operands and attributes of a TensorFlow node, read through the views of read/.
#include "import/tensorflow/tf_node.h"

#include <fmt/core.h>

#include "import/tensorflow/types.h"
#include "read/graph_def.h"
#include "tolite/error.h"

namespace tolite::tensorflow {

std::string_view TfNode::name() const { return def_.name; }
std::string_view TfNode::op() const { return def_.op; }

void TfNode::refuse(std::string reason, std::string way_out) const {
  throw Refusal{std::move(reason), std::move(way_out)};
}

ValueId TfNode::in(std::size_t i) const {
  if (i >= inputs_.size())
    throw Error(Code::malformed, fmt::format("a {} node lacks input {}", def_.op, i), std::string(def_.name));
  return inputs_[i];
}

const Tensor& TfNode::constant(std::size_t i, const char* what) const {
  const Tensor* tensor = builder_.constant_of(in(i));
  if (tensor == nullptr) refuse(fmt::format("{} is computed at run time, but the builtin takes only a constant", what));
  return *tensor;
}

std::vector<std::int64_t> TfNode::integers(std::size_t i, const char* what) const {
  const auto list = builder_.integers(in(i));
  if (!list) refuse(fmt::format("{} is computed at run time, but the builtin takes only a constant", what));
  return *list;
}

std::int64_t TfNode::integer(std::size_t i, const char* what) const {
  const std::vector<std::int64_t> list = integers(i, what);
  if (list.size() != 1) refuse(fmt::format("{} is not a single number", what));
  return list.front();
}

std::int64_t TfNode::integer_attr(std::string_view name, std::int64_t default_value) const {
  return def_.attributes.integer(name, default_value);
}

float TfNode::real_attr(std::string_view name, float default_value) const {
  return def_.attributes.real(name, default_value);
}

bool TfNode::flag_attr(std::string_view name, bool default_value) const {
  return def_.attributes.boolean(name, default_value);
}

std::string TfNode::text_attr(std::string_view name, std::string_view default_value) const {
  return std::string(def_.attributes.string(name, default_value));
}

std::vector<std::string> TfNode::texts_attr(std::string_view name) const {
  std::vector<std::string> texts;
  if (const read::Attribute* attribute = def_.attributes.find(name)) {
    for (const std::string_view text : attribute->strings()) texts.emplace_back(text);
  }
  return texts;
}

std::vector<std::int64_t> TfNode::integers_attr(std::string_view name) const {
  const read::Attribute* attribute = def_.attributes.find(name);
  return attribute != nullptr ? attribute->integers() : std::vector<std::int64_t>();
}

std::vector<float> TfNode::reals_attr(std::string_view name) const {
  const read::Attribute* attribute = def_.attributes.find(name);
  return attribute != nullptr ? attribute->reals() : std::vector<float>();
}

Type TfNode::type_attr(std::string_view name, Type default_value) const {
  const read::Attribute* attribute = def_.attributes.find(name);
  return attribute != nullptr ? graph_type(attribute->type()) : default_value;
}

Type TfNode::stored_type_attr(std::string_view name) const {
  const read::Attribute* attribute = def_.attributes.find(name);
  return attribute != nullptr ? read::lite_type(attribute->type()) : Type::none;
}

bool TfNode::is_narrow_float(std::string_view name) const {
  return tensorflow::is_narrow_float(stored_type_attr(name));
}

std::vector<Type> TfNode::types_attr(std::string_view name) const {
  std::vector<Type> types;
  if (const read::Attribute* attribute = def_.attributes.find(name)) {
    for (const read::DataType type : attribute->types()) types.push_back(graph_type(type));
  }
  return types;
}

Shape TfNode::shape_attr(std::string_view name) const {
  const read::Attribute* attribute = def_.attributes.find(name);
  return attribute != nullptr ? graph_shape(builder_.dims(), attribute->shape()) : Shape::unranked();
}

bool TfNode::has_attr(std::string_view name) const { return def_.attributes.has(name); }

}  // namespace tolite::tensorflow
