// The index is a table: an empty key with the BundleHeaderProto, then a BundleEntryProto for each tensor.
#include "read/bundle.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "base/crc32c.h"
#include "read/partial_shape.h"
#include "read/protobuf.h"
#include "read/tensor_proto.h"

namespace tolite::read {
namespace {

constexpr std::string_view kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";

void check(std::uint32_t actual, std::uint32_t masked) {
  if (actual != unmask_crc32c(masked)) throw Error(Code::checksum, "stored data does not match its checksum");
}

/// Width of what byte order applies to: a complex number is two.
std::size_t swap_width(DataType type) {
  const bool is_complex = type == DataType::complex64 || type == DataType::complex128;
  return data_type_size(type) / (is_complex ? 2 : 1);
}

Tensor swap_bytes(const Tensor& tensor, std::size_t width) {
  NewTensor swapped = new_tensor(tensor.type, tensor.dims);
  for (std::size_t at = 0; at < tensor.bytes.size(); at += width) {
    for (std::size_t i = 0; i < width; ++i) swapped.writable[at + i] = tensor.bytes[at + width - 1 - i];
  }
  return std::move(swapped.tensor);
}

}  // namespace

Bundle::Bundle(std::shared_ptr<const Buffer> index, const OpenShard& open_shard)
    : index_(Table::read(std::move(index))) {
  try {
    const Table::Entry* header = index_.find("");
    if (header == nullptr) throw Error(Code::malformed, "the index has no header");
    read_header(header->value);
    for (const Table::Entry& entry : index_.entries()) {
      if (entry.key.empty()) continue;
      Place place = read_place(entry.value);
      if (place.slices.empty()) add_shard(place.shard, open_shard);
      if (entry.key.front() == '\0') {
        slices_.emplace(entry.key, std::move(place));
      } else {
        entries_.push_back({entry.key, place.type, place.dims});
        places_.push_back(std::move(place));
      }
    }
    read_trackables();
  } catch (const Error& error) {
    throw error.at(index_.file().name());
  }
}

void Bundle::read_header(Bytes wire) {
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) shard_count_ = f.int32();
    if (f.number() == 2) big_endian_ = f.varint() == 1;
  }
}

Bundle::Place Bundle::read_place(Bytes wire) {
  Place place;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        place.type = data_type_of(f.int64());
        break;
      case 2:
        place.dims = read_static_shape(f.bytes());
        break;
      case 3:
        place.shard = f.int32();
        break;
      case 4:
        place.offset = f.int64();
        break;
      case 5:
        place.size = f.int64();
        break;
      case 6:
        place.crc32c = f.fixed32();
        break;
      case 7:
        place.slices.push_back(read_tensor_slice(f.bytes()));
        break;
      default:
        break;
    }
  }
  return place;
}

void Bundle::add_shard(std::int32_t shard, const OpenShard& open_shard) {
  if (shards_.contains(shard)) return;
  if (shard < 0 || shard >= shard_count_) throw Error(Code::malformed, "the index names a data file that cannot be");
  shards_.emplace(shard, open_shard(shard, shard_count_));
}

Bytes Bundle::stored_bytes(const Place& place) const {
  const Bytes file = shards_.at(place.shard)->bytes();
  if (place.offset < 0 || place.size < 0 || std::cmp_greater(place.offset, file.size()) ||
      std::cmp_greater(place.size, file.size() - static_cast<std::size_t>(place.offset))) {
    throw Error(Code::truncated, "the data file ends before the tensor does", shards_.at(place.shard)->name());
  }
  return file.subspan(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(place.size));
}

Tensor Bundle::read_dense(const Place& place) const {
  const Bytes bytes = stored_bytes(place);
  Tensor tensor = dense_tensor(bytes, shards_.at(place.shard)->owner(), place.type, place.dims);
  check(crc32c(bytes), place.crc32c);
  const std::size_t width = swap_width(place.type);
  return big_endian_ && width > 1 ? swap_bytes(tensor, width) : tensor;
}

/// Strings are stored as their lengths, a checksum of the lengths, and the characters. Both checksums are taken over
/// the lengths as 32-bit numbers (64-bit where they do not fit) in the writer's byte order.
std::vector<std::string_view> Bundle::read_strings(const Place& place) const {
  const Bytes bytes = stored_bytes(place);
  const std::int64_t count = element_count(place.dims);
  if (std::cmp_greater(count, bytes.size()))
    throw Error(Code::malformed, "more strings are claimed than there are bytes");
  std::uint32_t crc = 0;
  std::vector<std::size_t> lengths;
  std::size_t at = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint64_t length = 0;
    unsigned shift = 0;
    for (bool more = true; more; shift += 7) {
      if (at == bytes.size() || shift > 56) throw Error(Code::malformed, "the length of a string is damaged");
      const auto byte = std::to_integer<std::uint64_t>(bytes[at++]);
      length |= (byte & 0x7FU) << shift;
      more = byte >= 0x80U;
    }
    const std::size_t width = length > 0xFFFFFFFFU ? 8 : 4;
    const std::uint64_t in_order = !big_endian_ ? length : __builtin_bswap64(length) >> (64 - 8 * width);
    crc = crc32c(Bytes(reinterpret_cast<const std::byte*>(&in_order), width), crc);
    lengths.push_back(static_cast<std::size_t>(length));
  }
  if (bytes.size() - at < 4) throw Error(Code::truncated, "a string tensor ends before its checksum");
  const auto stored = load<std::uint32_t>(bytes.data() + at);
  check(crc, big_endian_ ? __builtin_bswap32(stored) : stored);
  check(crc32c(bytes.subspan(at), crc), place.crc32c);
  at += 4;
  std::vector<std::string_view> texts;
  for (const std::size_t length : lengths) {
    if (length > bytes.size() - at) throw Error(Code::truncated, "a string reaches past its tensor");
    texts.push_back(as_text(bytes.subspan(at, length)));
    at += length;
  }
  return texts;
}

Tensor Bundle::read_place_tensor(std::string_view key, const Place& place) const {
  if (place.slices.empty()) {
    return place.type == DataType::string ? packed_strings(place.dims, read_strings(place)) : read_dense(place);
  }
  return assemble_slices(lite_type(place.type), place.dims, place.slices, [&](std::size_t i) {
    const auto part = slices_.find(slice_key(key, place.slices[i]));
    if (part == slices_.end()) throw Error(Code::malformed, "a slice of a partitioned variable is missing");
    if (part->second.type == DataType::string || !part->second.slices.empty()) {
      throw Error(Code::malformed, "a slice of a partitioned variable is no plain tensor");
    }
    return read_dense(part->second);
  });
}

Tensor Bundle::read(const CheckpointEntry& entry) const {
  try {
    return read_place_tensor(entry.key, places_[index_of(entry)]);
  } catch (const Error& error) {
    throw error.at(fmt::format("variable {}", entry.key)).at(index_.file().name());
  }
}

void Bundle::read_trackables() {
  const CheckpointEntry* entry = find(kObjectGraphKey);
  if (entry == nullptr) return;
  const Place& place = places_[index_of(*entry)];
  if (entry->type != DataType::string || !entry->dims.empty() || !place.slices.empty()) {
    throw Error(Code::malformed, "the object graph is stored as something else than one string");
  }
  trackables_ = Trackables::read(as_bytes(read_strings(place).front()));
}

}  // namespace tolite::read
