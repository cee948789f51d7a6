// Under the empty key each table has a SavedTensorSlices with the list of tensors (meta), and under the key of each
// slice one with its elements (data), whose TensorProto has neither type nor shape.
#include "read/checkpoint_v1.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "read/partial_shape.h"
#include "read/protobuf.h"
#include "read/tensor_proto.h"

namespace tolite::read {
namespace {

/// The message in a field of SavedTensorSlices: 1 is meta, 2 is data.
Bytes field_of(Bytes wire, std::uint32_t number) {
  Bytes found;
  for (Fields f(wire); f.next();) {
    if (f.number() == number) found = f.bytes();
  }
  return found;
}

}  // namespace

std::vector<std::string> CheckpointV1::files(const std::string& prefix) {
  if (is_file(prefix)) return {prefix};
  const std::size_t slash = prefix.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : prefix.substr(0, slash);
  const std::string name = prefix.substr(slash == std::string::npos ? 0 : slash + 1);
  std::vector<std::string> files;
  if (!is_directory(folder)) return files;
  for (const std::string& file : list_directory(folder)) {
    if (file.starts_with(name + "-") && file.find("-of-") != std::string::npos) {
      files.push_back(join_path(folder, file));
    }
  }
  return files;
}

CheckpointV1::CheckpointV1(const std::vector<std::shared_ptr<const Buffer>>& files) {
  for (const std::shared_ptr<const Buffer>& file : files) tables_.push_back(Table::read(file));
  for (const Table& table : tables_) {
    try {
      const Table::Entry* meta = table.find("");
      if (meta == nullptr) throw Error(Code::malformed, "a checkpoint file has no list of its tensors");
      read_meta(table, field_of(meta->value, 1));
    } catch (const Error& error) {
      throw error.at(table.file().name());
    }
  }
}

void CheckpointV1::read_meta(const Table& table, Bytes wire) {
  struct Listed {
    CheckpointEntry entry;
    std::vector<Part> parts;
  };
  std::map<std::string_view, Listed> all;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    all[entries_[i].key] = {std::move(entries_[i]), std::move(parts_[i])};
  }
  for (Fields f(wire); f.next();) {
    if (f.number() != 1) continue;
    CheckpointEntry entry;
    std::vector<TensorSlice> slices;
    for (Fields t(f.bytes()); t.next();) {
      switch (t.number()) {
        case 1:
          entry.key = t.text();
          break;
        case 2:
          entry.dims = read_static_shape(t.bytes());
          break;
        case 3:
          entry.type = data_type_of(t.int64());
          break;
        case 4:
          slices.push_back(read_tensor_slice(t.bytes()));
          break;
        default:
          break;
      }
    }
    Listed& listed = all.try_emplace(entry.key, Listed{entry, {}}).first->second;
    if (listed.entry.dims != entry.dims || listed.entry.type != entry.type) {
      throw Error(Code::malformed, fmt::format("variable '{}' has different shapes in different files", entry.key));
    }
    for (TensorSlice& slice : slices) listed.parts.push_back({&table, std::move(slice)});
  }
  entries_.clear();
  parts_.clear();
  for (auto& [key, listed] : all) {
    entries_.push_back(std::move(listed.entry));
    parts_.push_back(std::move(listed.parts));
  }
}

Tensor CheckpointV1::read_part(const CheckpointEntry& entry, const Part& part) const {
  const Table::Entry* stored = part.table->find(slice_key(entry.key, part.slice));
  if (stored == nullptr) throw Error(Code::malformed, "the checkpoint lists a slice that it does not hold");
  const Bytes saved_slice = field_of(stored->value, 2);
  return read_tensor(field_of(saved_slice, 3), *stored->buffer, entry.type, part.slice.dims_within(entry.dims));
}

Tensor CheckpointV1::read(const CheckpointEntry& entry) const {
  const std::vector<Part>& parts = parts_[index_of(entry)];
  try {
    if (parts.size() == 1 && parts[0].slice.is_full()) return read_part(entry, parts[0]);
    std::vector<TensorSlice> slices;
    for (const Part& part : parts) slices.push_back(part.slice);
    return assemble_slices(lite_type(entry.type), entry.dims, slices,
                           [&](std::size_t i) { return read_part(entry, parts[i]); });
  } catch (const Error& error) {
    throw error.at(fmt::format("variable {}", entry.key));
  }
}

}  // namespace tolite::read
