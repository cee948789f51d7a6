// Writes table files (see read/table.h), so that tests can have every variant and every kind of damage.
#pragma once

#include <snappy.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/crc32c.h"

namespace tolite::read {

inline std::uint32_t mask_crc32c(std::uint32_t crc) { return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U; }
inline std::uint32_t masked_crc32c(std::string_view bytes) { return mask_crc32c(crc32c(as_bytes(bytes))); }

struct TableOptions {
  bool compress = false;
  std::size_t entries_per_block = 3;
};

class TableWriter {
 public:
  explicit TableWriter(TableOptions options = {}) : options_(options) {}

  std::string write(const std::map<std::string, std::string>& entries) {
    std::map<std::string, std::string> index;
    std::map<std::string, std::string> block;
    for (const auto& [key, value] : entries) {
      block[key] = value;
      if (block.size() < options_.entries_per_block && key != entries.rbegin()->first) continue;
      index[key] = add_block(block);
      block.clear();
    }
    const std::string meta_handle = add_block({});
    const std::string index_handle = add_block(index);
    std::string footer = meta_handle + index_handle;
    footer.resize(40, '\0');
    return file_ + footer + "\x57\xFB\x80\x8B\x24\x75\x47\xDB";
  }

 private:
  static void put_varint(std::string& out, std::uint64_t v) {
    for (; v >= 0x80U; v >>= 7U) out += static_cast<char>(v | 0x80U);
    out += static_cast<char>(v);
  }
  static void put_fixed32(std::string& out, std::uint32_t v) { out.append(reinterpret_cast<const char*>(&v), 4); }

  std::string add_block(const std::map<std::string, std::string>& entries) {
    std::string block;
    std::string last;
    for (const auto& [key, value] : entries) {
      std::size_t shared = 0;
      while (shared < last.size() && shared < key.size() && last[shared] == key[shared]) ++shared;
      put_varint(block, shared);
      put_varint(block, key.size() - shared);
      put_varint(block, value.size());
      block += key.substr(shared) + value;
      last = key;
    }
    put_fixed32(block, 0);  // the only restart
    put_fixed32(block, 1);
    if (options_.compress) {
      std::string compressed;
      snappy::Compress(block.data(), block.size(), &compressed);
      block = compressed;
    }
    std::string handle;
    put_varint(handle, file_.size());
    put_varint(handle, block.size());
    block += options_.compress ? '\1' : '\0';
    const std::uint32_t checksum = masked_crc32c(block);
    file_ += block;
    put_fixed32(file_, checksum);
    return handle;
  }

  TableOptions options_;
  std::string file_;
};

}  // namespace tolite::read
