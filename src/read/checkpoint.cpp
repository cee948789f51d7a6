// What both checkpoint formats share.
#include "read/checkpoint.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "read/bundle.h"
#include "read/checkpoint_v1.h"
#include "read/protobuf.h"

namespace tolite::read {
namespace {

Trackables::Node read_node(Bytes wire) {
  Trackables::Node node;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) {
      Trackables::Child child;
      for (Fields c(f.bytes()); c.next();) {
        if (c.number() == 1) child.id = c.int32();
        if (c.number() == 2) child.name = c.text();
      }
      node.children.push_back(child);
    }
    if (f.number() == 2) {
      Trackables::Attribute attribute;
      for (Fields a(f.bytes()); a.next();) {
        switch (a.number()) {
          case 1:
            attribute.name = a.text();
            break;
          case 2:
            attribute.full_name = a.text();
            break;
          case 3:
            attribute.checkpoint_key = a.text();
            break;
          default:
            break;
        }
      }
      node.attributes.push_back(attribute);
    }
  }
  std::stable_sort(node.children.begin(), node.children.end(),
                   [](const Trackables::Child& a, const Trackables::Child& b) { return a.name < b.name; });
  return node;
}

}  // namespace

Trackables Trackables::read(Bytes wire) {
  Trackables graph;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) graph.nodes.push_back(read_node(f.bytes()));
  }
  for (const Node& node : graph.nodes) {
    for (const Child& child : node.children) {
      if (child.id < 0 || std::cmp_greater_equal(child.id, graph.nodes.size())) {
        throw Error(Code::malformed, "an object of the checkpoint names a child that does not exist");
      }
    }
  }
  return graph;
}

bool Checkpoint::exists(const std::string& prefix) {
  return is_file(prefix + ".index") || !CheckpointV1::files(prefix).empty();
}

std::shared_ptr<const Checkpoint> Checkpoint::open(const std::string& prefix) {
  if (!is_file(prefix + ".index")) {
    const std::vector<std::string> files = CheckpointV1::files(prefix);
    std::vector<std::shared_ptr<const Buffer>> buffers;
    for (const std::string& file : files) buffers.push_back(Buffer::map(file));
    if (!buffers.empty()) return std::make_shared<CheckpointV1>(buffers);
  }
  return std::make_shared<Bundle>(Buffer::map(prefix + ".index"), [&](std::int32_t shard, std::int32_t count) {
    const std::string path = fmt::format("{}.data-{:05}-of-{:05}", prefix, shard, count);
    if (!is_file(path)) {
      throw Error(Code::missing_shard, fmt::format("data file {} of {} is missing", shard + 1, count), path);
    }
    return Buffer::map(path);
  });
}

std::size_t Checkpoint::index_of(const CheckpointEntry& entry) const {
  const std::less<> before;
  const CheckpointEntry* first = entries_.data();
  if (before(&entry, first) || !before(&entry, first + entries_.size())) {
    throw Error(Code::internal, "an entry is read from a checkpoint that it does not belong to");
  }
  return static_cast<std::size_t>(&entry - first);
}

const CheckpointEntry* Checkpoint::find(std::string_view key) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                                   [](const CheckpointEntry& entry, std::string_view k) { return entry.key < k; });
  return at != entries_.end() && at->key == key ? &*at : nullptr;
}

}  // namespace tolite::read
