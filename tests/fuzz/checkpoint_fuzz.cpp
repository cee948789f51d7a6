// Checkpoints. Checksums would keep a fuzzer out of all that lies behind them, so besides whole files there are inputs
// that only describe a table, which is then written with the right checksums.
// The first byte chooses: 0 a bundle's index file, 1 the entries of a bundle's index, 2 a V1 file, 3 the entries of a
// V1 table, 4 the raw blocks of a table. Parts follow, each with its length in two bytes; a bundle's last part is its
// data.
#include <map>

#include "base/crc32c.h"
#include "read/bundle.h"
#include "read/checkpoint_v1.h"
#include "unit/read/exercise.h"
#include "unit/read/table_writer.h"

namespace tolite::read {
namespace {

std::vector<std::string> parts_of(std::string_view input) {
  std::vector<std::string> parts;
  while (input.size() >= 2) {
    const std::size_t size = static_cast<std::uint8_t>(input[0]) + 256U * static_cast<std::uint8_t>(input[1]);
    parts.emplace_back(input.substr(2, size));
    input.remove_prefix(std::min(input.size(), 2 + size));
  }
  return parts;
}

std::string table_of_entries(const std::vector<std::string>& parts) {
  std::map<std::string, std::string> entries;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) entries[parts[i]] = parts[i + 1];
  return TableWriter().write(entries);
}

/// The last block is the index; the first byte of each part says how it is compressed.
std::string table_of_blocks(const std::vector<std::string>& parts) {
  std::string file;
  std::string handle;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    handle.clear();
    for (std::size_t number : {file.size(), part.size() - 1}) {
      for (; number >= 0x80U; number >>= 7U) handle += static_cast<char>(number | 0x80U);
      handle += static_cast<char>(number);
    }
    const std::string block = part.substr(1) + part[0];
    const std::uint32_t checksum = masked_crc32c(block);
    file += block + std::string(reinterpret_cast<const char*>(&checksum), 4);
  }
  std::string footer = std::string(2, '\0') + handle;
  footer.resize(40, '\0');
  return file + footer + "\x57\xFB\x80\x8B\x24\x75\x47\xDB";
}

void read_bundle(std::string index, const std::string& data) {
  const auto shard = Buffer::own(data, "data");
  succeeds([&] { exercise(Bundle(Buffer::own(std::move(index), "index"), [&](int, int) { return shard; })); });
}

void read_v1(std::string table) {
  succeeds([&] { exercise(CheckpointV1({Buffer::own(std::move(table), "table")})); });
}

void run(std::string_view input) {
  if (input.empty()) return;
  std::vector<std::string> parts = parts_of(input.substr(1));
  const std::string data = parts.empty() ? "" : parts.back();
  switch (input[0]) {
    case 0:
      return read_bundle(parts.empty() ? "" : parts[0], data);
    case 1:
      return read_bundle(table_of_entries(parts), data);
    case 2:
      return read_v1(std::string(input.substr(1)));
    case 3:
      return read_v1(table_of_entries(parts));
    case 4:
      return read_v1(table_of_blocks(parts));
    default:
      return;
  }
}

}  // namespace
}  // namespace tolite::read

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tolite::read::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
