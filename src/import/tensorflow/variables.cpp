// Resolution of variables to checkpoint entries.
#include "import/tensorflow/variables.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/thread_pool.h"
#include "import/tensorflow/narrow_float64.h"
#include "import/tensorflow/node_index.h"
#include "ops/strided_copy.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

std::int64_t number(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 0)
    throw Error(Code::malformed, "a restore operation has a malformed slice");
  return n;
}

/// SaveV2 writes a part of a tensor as "10 4 0,5:0,4" or "10 4 -:0,4": the whole shape, then start,length along each
/// dimension, "-" for all of it.
read::TensorSlice parse_slice(std::string_view text) {
  text.remove_prefix(text.rfind(' ') + 1);  // npos + 1 is 0
  read::TensorSlice slice;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view range = text.substr(0, end);
    const std::size_t comma = range.find(',');
    const bool all = range == "-";
    slice.starts.push_back(all ? 0 : number(range.substr(0, comma)));
    slice.lengths.push_back(all ? read::TensorSlice::kFull
                                : number(range.substr(std::min(comma, range.size() - 1) + 1)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return slice;
}

Tensor cut(const Tensor& whole, const read::TensorSlice& slice) {
  std::vector<std::int64_t> dims = slice.dims_within(whole.dims);
  const std::size_t width = byte_size(whole.type);
  if (width == 0) throw Error(Code::malformed, "a slice of a variable of this type cannot be taken");
  const std::vector<std::int64_t> from = dense_strides(whole.dims);
  const std::vector<std::int64_t> to = dense_strides(dims);
  std::vector<CopyAxis> axes;
  std::int64_t first = 0;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    axes.push_back({dims[d], to[d], from[d]});
    first += slice.starts[d] * from[d];
  }
  NewTensor part = new_tensor(whole.type, std::move(dims));
  if (!part.writable.empty())
    strided_copy(part.writable.data(), whole.bytes.data() + static_cast<std::size_t>(first) * width, width, axes);
  return std::move(part.tensor);
}

}  // namespace

Variables::Variables(const read::MetaGraph& meta_graph, std::shared_ptr<const read::Checkpoint> checkpoint,
                     bool narrow_float64)
    : meta_graph_(&meta_graph), checkpoint_(std::move(checkpoint)), narrow_float64_(narrow_float64) {
  if (meta_graph.objects.empty()) read_restore_operations(meta_graph.graph->nodes());
  if (checkpoint_ != nullptr && checkpoint_->trackables() != nullptr) {
    trackables_ = read::match_trackables(meta_graph.objects, *checkpoint_->trackables());
  }
}

void Variables::read_restore_operations(const read::NodeList& nodes) {
  const NodeIndex index(nodes);
  std::unordered_map<const read::Node*, Tensor> lists;  // one operation restores all variables: read its lists once
  const auto text_of = [&](std::string_view input, int k) -> std::string {
    const read::Node* constant = index.producer(input);
    const read::Attribute* value = constant != nullptr ? constant->attributes.find("value") : nullptr;
    if (value == nullptr) return {};
    const auto [at, is_new] = lists.try_emplace(constant);
    if (is_new) at->second = value->tensor();
    const Tensor& list = at->second;
    return list.type == Type::string && k < list.element_count() ? std::string(string_element(list, k)) : std::string();
  };
  for (const read::Node& assign : nodes) {
    if ((assign.op != "Assign" && assign.op != "AssignVariableOp") || assign.inputs.size() < 2) continue;
    const auto [restore, value] = index.source(assign.inputs[1]);
    const read::Node* handle = index.producer(assign.inputs[0]);
    if (handle == nullptr || restore == nullptr || restore->op != "RestoreV2" || restore->inputs.size() < 3) continue;
    const int k = read::parse_input(value).index;
    restored_[handle->name] = {text_of(restore->inputs[1], k), text_of(restore->inputs[2], k)};
  }
}

std::uint32_t Variables::add(Resource resource) {
  resources_.push_back(std::move(resource));
  return static_cast<std::uint32_t>(resources_.size() - 1);
}

std::optional<std::uint32_t> Variables::of_object(std::int32_t object) {
  const auto& objects = meta_graph_->objects.objects();
  if (object < 0 || static_cast<std::size_t>(object) >= objects.size()) return std::nullopt;
  const auto* variable = objects[static_cast<std::size_t>(object)].as<read::VariableObject>();
  if (variable == nullptr) return std::nullopt;
  if (const auto at = by_object_.find(object); at != by_object_.end()) return at->second;
  Resource resource;
  resource.name = variable->name;
  resource.type = narrow_float64_ ? narrowed(variable->type) : variable->type;
  const read::Trackables* trackables = checkpoint_ != nullptr ? checkpoint_->trackables() : nullptr;
  const std::int32_t node = trackables != nullptr ? trackables_[static_cast<std::size_t>(object)] : -1;
  if (node >= 0) {
    for (const auto& attribute : trackables->nodes[static_cast<std::size_t>(node)].attributes) {
      if (attribute.name == "VARIABLE_VALUE") resource.key = attribute.checkpoint_key;
    }
  }
  return by_object_[object] = add(std::move(resource));
}

std::uint32_t Variables::of_handle(const read::Node& handle) {
  if (const auto at = by_handle_.find(handle.name); at != by_handle_.end()) return at->second;
  Resource resource;
  resource.name = handle.attributes.string("shared_name", "");
  if (resource.name.empty()) resource.name = handle.name;
  resource.type = handle.attributes.type("dtype", read::DataType::invalid);
  if (const auto at = restored_.find(handle.name); at != restored_.end()) {
    resource.key = at->second.first;
    if (!at->second.second.empty()) resource.slice = parse_slice(at->second.second);
  } else if (checkpoint_ != nullptr && meta_graph_->objects.empty()) {
    resource.key = resource.name;  // a saver that names keys as variables
  }
  return by_handle_[handle.name] = add(std::move(resource));
}

Tensor Variables::fetch(const Resource& resource) const {
  const auto* entry = checkpoint_ != nullptr && !resource.key.empty() ? checkpoint_->find(resource.key) : nullptr;
  if (entry == nullptr) {
    throw Error(Code::missing_variable,
                fmt::format("the value of variable \"{}\" is not in the checkpoint", resource.name), resource.name);
  }
  try {
    Tensor tensor = checkpoint_->read(*entry);
    if (narrow_float64_) tensor = narrowed(tensor);
    return resource.slice ? cut(tensor, *resource.slice) : tensor;
  } catch (const Error& e) {
    throw e.at(fmt::format("variable {}", resource.name));
  }
}

ConstantId Variables::value(Model& model, std::uint32_t resource) {
  Resource& r = resources_[resource];
  if (!r.constant) r.constant = model.add_constant(fetch(r));
  return r.constant;
}

void Variables::forget_values() {
  for (Resource& r : resources_) r.constant = {};
}

void Variables::prefetch(Model& model, std::span<const std::int32_t> objects) {
  std::vector<std::uint32_t> wanted;
  for (const std::int32_t object : objects) {
    const auto resource = of_object(object);
    if (resource && !resources_[*resource].constant && !resources_[*resource].key.empty()) wanted.push_back(*resource);
  }
  std::vector<Tensor> tensors(wanted.size());
  parallel_for(wanted.size(), [&](std::size_t i) { tensors[i] = fetch(resources_[wanted[i]]); });
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Resource& r = resources_[wanted[i]];
    if (!r.constant) r.constant = model.add_constant(std::move(tensors[i]));
  }
}

}  // namespace tolite::tensorflow
