// Resolution of variables to checkpoint entries.
#include "import/tensorflow/variables.h"

#include <fmt/core.h>

#include <charconv>
#include <cstring>
#include <unordered_map>

#include "base/checked.h"
#include "base/thread_pool.h"
#include "import/tensorflow/types.h"

namespace tolite::tensorflow {
namespace {

/// "10 4 0,5:0,4": the whole shape, then begin,size a dimension ("-" = all of it), as SaveV2 writes slices.
void parse_numbers(std::string_view text, char separator, std::vector<std::string_view>& parts) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::int64_t number(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size())
    throw Error(Code::malformed, "a restore operation has a malformed slice");
  return n;
}

Tensor cut(const Tensor& whole, const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& size) {
  const std::size_t width = byte_size(whole.type);
  if (begin.size() != whole.dims.size() || width == 0)
    throw Error(Code::malformed, "a variable's slice has another rank");
  for (std::size_t d = 0; d < begin.size(); ++d) {
    if (begin[d] < 0 || size[d] < 0 || begin[d] > whole.dims[d] || size[d] > whole.dims[d] - begin[d])
      throw Error(Code::malformed, "a variable's slice lies outside of it");
  }
  NewTensor part = new_tensor(whole.type, size);
  std::vector<std::int64_t> at(size.size(), 0);
  const std::int64_t count = element_count(size);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t from = 0;
    for (std::size_t d = 0; d < at.size(); ++d) from = from * whole.dims[d] + begin[d] + at[d];
    std::memcpy(part.writable.data() + static_cast<std::size_t>(i) * width,
                whole.bytes.data() + static_cast<std::size_t>(from) * width, width);
    for (std::size_t d = at.size(); d-- > 0 && ++at[d] == size[d];) at[d] = 0;
  }
  return std::move(part.tensor);
}

}  // namespace

Variables::Variables(const read::MetaGraph& meta_graph, std::shared_ptr<const read::Checkpoint> checkpoint)
    : meta_graph_(&meta_graph), checkpoint_(std::move(checkpoint)) {
  if (meta_graph.objects.empty()) read_restore_operations(meta_graph.graph->nodes());
  if (checkpoint_ != nullptr && checkpoint_->trackables() != nullptr) {
    trackables_ = read::match_trackables(meta_graph.objects, *checkpoint_->trackables());
  }
}

void Variables::read_restore_operations(const read::NodeList& nodes) {
  std::unordered_map<std::string_view, const read::Node*> by_name;
  for (const read::Node& node : nodes) by_name.emplace(node.name, &node);
  const auto producer = [&](std::string_view input) {
    const auto at = by_name.find(read::parse_input(input).node);
    return at != by_name.end() ? at->second : nullptr;
  };
  std::unordered_map<const read::Node*, Tensor> lists;  // one operation restores all variables: read its lists once
  const auto text_of = [&](std::string_view input, int k) -> std::string {
    const read::Node* constant = producer(input);
    const read::Attribute* value = constant != nullptr ? constant->attributes.find("value") : nullptr;
    if (value == nullptr) return {};
    const auto [at, is_new] = lists.try_emplace(constant);
    if (is_new) at->second = value->tensor();
    const Tensor& list = at->second;
    return list.type == Type::string && k < list.element_count() ? std::string(string_element(list, k)) : std::string();
  };
  for (const read::Node& assign : nodes) {
    if ((assign.op != "Assign" && assign.op != "AssignVariableOp") || assign.inputs.size() < 2) continue;
    std::string_view value = assign.inputs[1];
    const read::Node* restore = producer(value);
    while (restore != nullptr && restore->op == "Identity" && !restore->inputs.empty()) {
      value = restore->inputs[0];
      restore = producer(value);
    }
    const read::Node* handle = producer(assign.inputs[0]);
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
  resource.type = variable->type;
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
    std::vector<std::string_view> words;
    parse_numbers(at->second.second, ' ', words);
    if (!words.empty()) {
      std::vector<std::string_view> ranges;
      parse_numbers(words.back(), ':', ranges);
      Slice slice;
      for (std::size_t d = 0; d < ranges.size(); ++d) {
        const std::size_t comma = ranges[d].find(',');
        const bool all = comma == std::string_view::npos;
        slice.begin.push_back(all ? 0 : number(ranges[d].substr(0, comma)));
        slice.size.push_back(number(all ? words.at(d) : ranges[d].substr(comma + 1)));
      }
      resource.slice = std::move(slice);
    }
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
    Tensor tensor = widened(checkpoint_->read(*entry));
    return resource.slice ? cut(tensor, resource.slice->begin, resource.slice->size) : tensor;
  } catch (const Error& e) {
    throw e.at(fmt::format("variable {}", resource.name));
  }
}

ConstantId Variables::value(Model& model, std::uint32_t resource) {
  Resource& r = resources_[resource];
  if (!r.constant) r.constant = model.add_constant(fetch(r));
  return r.constant;
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
