// Reader of NumPy's format 1.0 to 3.0 and of the part of the zip format that numpy.savez writes.
#include "read/npy.h"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/checked.h"
#include "base/file.h"

namespace tolite::read {
namespace {

[[noreturn]] void malformed(const std::string& name, const char* message) {
  throw Error(Code::malformed, fmt::format("{}: {}", name, message), name);
}

/// The value that follows a key of the header, a Python dictionary written as text.
std::string_view header_value(std::string_view header, std::string_view key, const std::string& name) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) malformed(name, "the array's header lacks a field");
  std::string_view rest = header.substr(at + key.size());
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) malformed(name, "the array's header is damaged");
  rest.remove_prefix(colon + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest;
}

std::vector<std::int64_t> header_shape(std::string_view text, const std::string& name) {
  const std::size_t end = text.find(')');
  if (text.empty() || text.front() != '(' || end == std::string_view::npos)
    malformed(name, "the array's shape is damaged");
  std::vector<std::int64_t> dims;
  text = text.substr(1, end - 1);
  while (!text.empty()) {
    std::int64_t dim = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), dim);
    if (error != std::errc() || dim < 0) malformed(name, "the array's shape is damaged");
    dims.push_back(dim);
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (dims.size() > 32) malformed(name, "the array has too many dimensions");
  }
  return dims;
}

struct ElementFormat {
  Type type = Type::float32;
  bool swapped = false;
  std::size_t string_width = 0;  // of 'S' arrays
};

ElementFormat element_format(std::string_view text, const std::string& name) {
  if (text.size() < 4 || text.front() != '\'') malformed(name, "the array's type is damaged");
  const char order = text[1];
  const std::string_view code = text.substr(2, text.find('\'', 1) - 2);
  constexpr std::pair<std::string_view, Type> kCodes[] = {
      {"f4", Type::float32},   {"f8", Type::float64},    {"f2", Type::float16}, {"i1", Type::int8},
      {"i2", Type::int16},     {"i4", Type::int32},      {"i8", Type::int64},   {"u1", Type::uint8},
      {"u2", Type::uint16},    {"u4", Type::uint32},     {"u8", Type::uint64},  {"b1", Type::boolean},
      {"c8", Type::complex64}, {"c16", Type::complex128}};
  for (const auto& [known, type] : kCodes) {
    if (code == known) return {type, order == '>', 0};
  }
  if (code.size() > 1 && code.front() == 'S') {
    ElementFormat format{Type::string, false, 0};
    const auto [end, error] = std::from_chars(code.data() + 1, code.data() + code.size(), format.string_width);
    if (error == std::errc() && end == code.data() + code.size()) return format;
  }
  throw Error(Code::unsupported_format, fmt::format("{}: arrays of type {} are not supported", name, code), name);
}

/// Elements in C order and little-endian.
Tensor rearranged(const Tensor& stored, bool swapped, bool fortran) {
  NewTensor made = new_tensor(stored.type, stored.dims);
  const std::size_t width = byte_size(stored.type);
  const std::size_t part = is_complex(stored.type) ? width / 2 : width;
  const std::size_t rank = stored.dims.size();
  std::vector<std::int64_t> at(rank, 0);
  const std::int64_t count = stored.element_count();
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t from = i;
    if (fortran) {
      from = 0;
      for (std::size_t d = rank; d-- > 0;) from = from * stored.dims[d] + at[d];
      for (std::size_t d = rank; d-- > 0 && ++at[d] == stored.dims[d];) at[d] = 0;
    }
    std::byte* to = made.writable.data() + static_cast<std::size_t>(i) * width;
    std::memcpy(to, stored.bytes.data() + static_cast<std::size_t>(from) * width, width);
    for (std::size_t p = 0; swapped && p < width; p += part) std::reverse(to + p, to + p + part);
  }
  return std::move(made.tensor);
}

Tensor fixed_strings(Bytes data, std::vector<std::int64_t> dims, std::size_t width, const std::string& name) {
  const std::int64_t count = element_count(dims);
  if (checked_mul(count, static_cast<std::int64_t>(width)) > static_cast<std::int64_t>(data.size()))
    malformed(name, "the array ends too early");
  if (width == 0 && count > (std::int64_t{1} << 24)) malformed(name, "the array has too many empty strings");
  std::vector<std::string> strings;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    std::string_view text = as_text(data.subspan(i * width, width));
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);  // numpy pads with zeros
    strings.emplace_back(text);
  }
  return string_tensor(std::move(dims), strings);
}

// Zip records, by their signatures and the offsets of their fields (PKWARE APPNOTE 4.3).
constexpr std::uint32_t kEndRecord = 0x06054B50;
constexpr std::uint32_t kEndRecord64 = 0x06064B50;
constexpr std::uint32_t kEndLocator64 = 0x07064B50;
constexpr std::uint32_t kCentralEntry = 0x02014B50;
constexpr std::uint32_t kLocalEntry = 0x04034B50;

class Zip {
 public:
  Zip(Bytes file, const std::string& name) : file_(file), name_(name) {}

  struct Entry {
    std::string name;
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;  // of the local entry
  };

  std::vector<Entry> entries() const {
    const std::size_t end = end_record();
    std::uint64_t count = at<std::uint16_t>(end + 10);
    std::uint64_t where = at<std::uint32_t>(end + 16);
    if (end >= 20 && at<std::uint32_t>(end - 20) == kEndLocator64) {
      const std::uint64_t record = at<std::uint64_t>(end - 20 + 8);
      if (at<std::uint32_t>(record) != kEndRecord64) malformed(name_, "the archive's directory is damaged");
      count = at<std::uint64_t>(record + 32);
      where = at<std::uint64_t>(record + 48);
    }
    std::vector<Entry> list;
    for (std::uint64_t i = 0; i < count; ++i) list.push_back(central_entry(where));
    return list;
  }

  /// The entry's bytes and their owner; stored ones are viewed in place.
  std::pair<Bytes, std::shared_ptr<const void>> content(const Entry& entry, std::shared_ptr<const void> owner) const {
    if (at<std::uint32_t>(entry.offset) != kLocalEntry) malformed(name_, "an entry of the archive is damaged");
    const std::uint64_t begin =
        entry.offset + 30 + at<std::uint16_t>(entry.offset + 26) + at<std::uint16_t>(entry.offset + 28);
    if (begin > file_.size() || entry.packed > file_.size() - begin)
      malformed(name_, "an entry of the archive ends too early");
    const Bytes packed = file_.subspan(begin, entry.packed);
    if (entry.method == 0 && entry.packed == entry.size) return {checked(packed, entry), std::move(owner)};
    if (entry.method != 8) malformed(name_, "an entry of the archive is packed in an unknown way");
    // Deflate shrinks to a thousandth at best; more is a lie.
    if (entry.size / 1100 > entry.packed) malformed(name_, "an entry of the archive has an absurd size");
    auto memory = std::make_shared<std::vector<std::byte>>(entry.size);
    inflate(packed, *memory);
    const Bytes bytes(*memory);
    return {checked(bytes, entry), std::move(memory)};
  }

 private:
  template <typename T>
  T at(std::uint64_t offset) const {
    if (offset > file_.size() || sizeof(T) > file_.size() - offset) malformed(name_, "the archive ends too early");
    return load<T>(file_.data() + offset);
  }

  std::size_t end_record() const {
    constexpr std::size_t kSize = 22;
    constexpr std::size_t kMostComment = 0xFFFF;
    for (std::size_t back = kSize; back <= std::min(file_.size(), kSize + kMostComment); ++back) {
      if (load<std::uint32_t>(file_.data() + file_.size() - back) == kEndRecord) return file_.size() - back;
    }
    malformed(name_, "this is no zip archive");
  }

  Entry central_entry(std::uint64_t& where) const {
    if (at<std::uint32_t>(where) != kCentralEntry) malformed(name_, "the archive's directory is damaged");
    Entry entry;
    entry.method = at<std::uint16_t>(where + 10);
    entry.crc = at<std::uint32_t>(where + 16);
    entry.packed = at<std::uint32_t>(where + 20);
    entry.size = at<std::uint32_t>(where + 24);
    const std::uint16_t name_size = at<std::uint16_t>(where + 28);
    const std::uint16_t extra_size = at<std::uint16_t>(where + 30);
    const std::uint16_t comment_size = at<std::uint16_t>(where + 32);
    entry.offset = at<std::uint32_t>(where + 42);
    std::uint64_t next = where + 46;
    if (next + name_size + extra_size + comment_size > file_.size())
      malformed(name_, "the archive's directory ends too early");
    entry.name = as_text(file_.subspan(next, name_size));
    next += name_size;
    read_extra64(entry, next, next + extra_size);
    where = next + extra_size + comment_size;
    return entry;
  }

  /// Sizes of 4 GB and more stand in an extra field, those that are needed one after the other.
  void read_extra64(Entry& entry, std::uint64_t from, std::uint64_t end) const {
    constexpr std::uint32_t kElsewhere = 0xFFFFFFFF;
    while (from + 4 <= end) {
      const std::uint16_t id = at<std::uint16_t>(from);
      const std::uint64_t next = from + 4 + at<std::uint16_t>(from + 2);
      std::uint64_t field = from + 4;
      for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset}) {
        if (id != 1 || *value != kElsewhere || field + 8 > next) continue;
        *value = at<std::uint64_t>(field);
        field += 8;
      }
      from = next;
    }
  }

  void inflate(Bytes packed, std::span<std::byte> target) const {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) malformed(name_, "an entry of the archive cannot be unpacked");
    std::size_t in = 0;
    std::size_t out = 0;
    int status = Z_OK;
    constexpr std::size_t kStep = 1U << 30U;  // zlib counts in 32 bits
    while (status == Z_OK && (in < packed.size() || out < target.size())) {
      const std::size_t some_in = std::min(kStep, packed.size() - in);
      const std::size_t some_out = std::min(kStep, target.size() - out);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data() + in));
      stream.avail_in = static_cast<uInt>(some_in);
      stream.next_out = reinterpret_cast<Bytef*>(target.data() + out);
      stream.avail_out = static_cast<uInt>(some_out);
      status = ::inflate(&stream, Z_NO_FLUSH);
      in += some_in - stream.avail_in;
      out += some_out - stream.avail_out;
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END || out != target.size()) malformed(name_, "an entry of the archive cannot be unpacked");
  }

  Bytes checked(Bytes bytes, const Entry& entry) const {
    const auto* data = reinterpret_cast<const Bytef*>(bytes.data());
    if (crc32_z(0, data, bytes.size()) != entry.crc)
      throw Error(Code::checksum, fmt::format("{}: the checksum of {} does not match", name_, entry.name), name_);
    return bytes;
  }

  Bytes file_;
  std::string name_;
};

bool starts_with(Bytes file, std::string_view magic) { return as_text(file).starts_with(magic); }

}  // namespace

Tensor npy(Bytes file, std::shared_ptr<const void> owner, const std::string& name) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  if (!starts_with(file, kMagic) || file.size() < 12) malformed(name, "this is no NumPy array");
  const bool is_long = file[6] != std::byte{1};
  const std::size_t header_at = is_long ? 12 : 10;
  const std::size_t header_size = is_long ? load<std::uint32_t>(file.data() + 8) : load<std::uint16_t>(file.data() + 8);
  if (header_size > file.size() - header_at) malformed(name, "the array's header ends too early");
  const std::string_view header = as_text(file.subspan(header_at, header_size));
  const ElementFormat format = element_format(header_value(header, "'descr'", name), name);
  const bool fortran = header_value(header, "'fortran_order'", name).starts_with("True");
  std::vector<std::int64_t> dims = header_shape(header_value(header, "'shape'", name), name);
  const Bytes data = file.subspan(header_at + header_size);
  if (format.type == Type::string) return fixed_strings(data, std::move(dims), format.string_width, name);
  const std::size_t size = tensor_bytes(format.type, dims);
  if (size > data.size()) malformed(name, "the array ends too early");
  const bool is_plain = !format.swapped && !(fortran && dims.size() > 1);
  Tensor stored{format.type, std::move(dims), data.first(size), std::move(owner)};
  return is_plain ? stored : rearranged(stored, format.swapped, fortran);
}

std::map<std::string, Tensor> npz(Bytes file, const std::shared_ptr<const void>& owner, const std::string& name) {
  std::map<std::string, Tensor> arrays;
  const Zip zip(file, name);
  for (const Zip::Entry& entry : zip.entries()) {
    auto [bytes, keeper] = zip.content(entry, owner);
    const std::string array = entry.name.ends_with(".npy") ? entry.name.substr(0, entry.name.size() - 4) : entry.name;
    arrays[array] = npy(bytes, std::move(keeper), name + ":" + entry.name);
  }
  return arrays;
}

std::map<std::string, Tensor> arrays(const std::string& path) {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  if (starts_with(file->bytes(), "\x93NUMPY")) return {{"", npy(file->bytes(), file, path)}};
  return npz(file->bytes(), file, path);
}

}  // namespace tolite::read
