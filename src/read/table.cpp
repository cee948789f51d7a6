// The file ends in a footer: the places of the metaindex (not used here) and index blocks, and a magic number. The
// index block maps the last key of each data block to its place. A block is followed by a byte that tells its
// compression and the masked checksum of both. Inside a block each key is stored as the length it shares with its
// predecessor and the rest.
#include "read/table.h"

#include <snappy.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/crc32c.h"
#include "tolite/error.h"

namespace tolite::read {
namespace {

constexpr std::size_t kFooterSize = 48;
constexpr std::size_t kTrailerSize = 5;
constexpr std::uint64_t kMagic = 0xDB4775248B80FB57U;
// Keys share prefixes, so a small file could claim endless ones. Real keys are file paths of variables.
constexpr std::size_t kMaxKeySize = std::size_t{1} << 16U;
constexpr std::size_t kMaxKeyBytesPerByte = 64;
// Snappy's longest copy makes 64 bytes from 3.
constexpr std::size_t kMaxExpansion = 64;

[[noreturn]] void malformed(const char* what) { throw Error(Code::malformed, what); }

/// Reads numbers off the front of bytes.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(take(1)[0]);
      value |= (byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    malformed("a number in a table is too long");
  }
  Bytes take(std::uint64_t size) {
    if (size > rest_.size()) throw Error(Code::truncated, "a table block ends within an entry");
    const Bytes taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return taken;
  }

 private:
  Bytes rest_;
};

/// Calls take(key, value) for each entry of a block; the key lives until the next call.
void each_entry(Bytes block, const std::function<void(const std::string&, Bytes)>& take) {
  if (block.size() < 4) throw Error(Code::truncated, "a table block is too short");
  const std::uint64_t restarts = load<std::uint32_t>(block.data() + block.size() - 4);
  if (restarts > (block.size() - 4) / 4) malformed("a table block has an absurd number of restarts");
  Cursor cursor(block.first(block.size() - 4 - 4 * static_cast<std::size_t>(restarts)));
  std::string key;
  while (!cursor.empty()) {
    const std::uint64_t shared = cursor.varint();
    const std::uint64_t rest = cursor.varint();
    const std::uint64_t value_size = cursor.varint();
    if (shared > key.size()) malformed("a table key shares more than its predecessor has");
    if (rest > kMaxKeySize - shared) throw Error(Code::size_overflow, "a table key is absurdly long");
    key.resize(static_cast<std::size_t>(shared));
    key += as_text(cursor.take(rest));
    take(key, cursor.take(value_size));
  }
}

}  // namespace

std::uint32_t unmask_crc32c(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xA282EAD8U;
  return (rotated >> 17U) | (rotated << 15U);
}

bool Table::is_table(Bytes bytes) {
  return bytes.size() >= kFooterSize && load<std::uint64_t>(bytes.data() + bytes.size() - 8) == kMagic;
}

Table::Block Table::read_block(BlockHandle handle) {
  const Bytes file = file_->bytes();
  if (handle.offset > file.size() || handle.size > file.size() - handle.offset ||
      file.size() - handle.offset - handle.size < kTrailerSize) {
    throw Error(Code::truncated, "a table block lies outside the file");
  }
  const auto size = static_cast<std::size_t>(handle.size);
  const Bytes stored = file.subspan(static_cast<std::size_t>(handle.offset), size + kTrailerSize);
  const auto checksum = load<std::uint32_t>(stored.data() + size + 1);
  if (crc32c(stored.first(size + 1)) != unmask_crc32c(checksum)) {
    throw Error(Code::checksum, "a table block does not match its checksum");
  }
  const auto compression = std::to_integer<unsigned>(stored[size]);
  if (compression == 0) return {stored.first(size), file_.get()};
  if (compression != 1) throw Error(Code::unsupported_format, "a table block is compressed in an unknown way");

  const std::string_view compressed = as_text(stored.first(size));
  std::size_t inflated_size = 0;
  if (!snappy::GetUncompressedLength(compressed.data(), compressed.size(), &inflated_size) ||
      inflated_size / kMaxExpansion > compressed.size()) {
    malformed("a compressed table block has an absurd size");
  }
  std::string inflated(inflated_size, '\0');
  if (!snappy::RawUncompress(compressed.data(), compressed.size(), inflated.data())) {
    malformed("a compressed table block is damaged");
  }
  inflated_.push_back(Buffer::own(std::move(inflated), file_->name()));
  return {inflated_.back()->bytes(), inflated_.back().get()};
}

void Table::add_block(BlockHandle handle) {
  const Block block = read_block(handle);
  const std::size_t before = entries_.size();
  each_entry(block.bytes, [&](const std::string& key, Bytes value) {
    if (!entries_.empty() && key <= entries_.back().key) malformed("the keys of a table are not sorted");
    key_bytes_ += key.size();
    if (key_bytes_ > kMaxKeyBytesPerByte * file_->bytes().size()) {
      throw Error(Code::size_overflow, "the keys of a table are absurdly long");
    }
    keys_.push_back(key);
    entries_.push_back({keys_.back(), value, block.buffer});
  });
  // With this, no block can be listed twice: a small file cannot make much of its blocks.
  if (entries_.size() == before) malformed("a table block is empty");
}

Table Table::read(std::shared_ptr<const Buffer> file) {
  Table table;
  table.file_ = std::move(file);
  const Bytes bytes = table.file_->bytes();
  try {
    if (bytes.size() < kFooterSize) throw Error(Code::truncated, "a table file is shorter than its footer");
    if (!is_table(bytes)) malformed("a table file does not end in the table format's magic number");
    Cursor footer(bytes.last(kFooterSize).first(kFooterSize - 8));
    footer.varint();  // the metaindex block: offset and size
    footer.varint();
    const std::uint64_t offset = footer.varint();
    const std::uint64_t size = footer.varint();
    std::vector<BlockHandle> blocks;
    each_entry(table.read_block({offset, size}).bytes, [&](const std::string&, Bytes value) {
      Cursor handle(value);
      const std::uint64_t block_offset = handle.varint();
      blocks.push_back({block_offset, handle.varint()});
    });
    for (const BlockHandle block : blocks) table.add_block(block);
  } catch (const Error& error) {
    throw error.at(table.file_->name());
  }
  return table;
}

const Table::Entry* Table::find(std::string_view key) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                                   [](const Entry& entry, std::string_view k) { return entry.key < k; });
  return at != entries_.end() && at->key == key ? &*at : nullptr;
}

}  // namespace tolite::read
