// Writer of NumPy's format 1.0 inside a zip archive without compression.
#include "write/npy.h"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/checked.h"
#include "base/file.h"

namespace tolite::write {
namespace {

std::string type_code(const Tensor& tensor, std::size_t string_width) {
  switch (tensor.type) {
    case Type::float32:
      return "<f4";
    case Type::float64:
      return "<f8";
    case Type::float16:
      return "<f2";
    case Type::int8:
      return "|i1";
    case Type::int16:
      return "<i2";
    case Type::int32:
      return "<i4";
    case Type::int64:
      return "<i8";
    case Type::uint8:
      return "|u1";
    case Type::uint16:
      return "<u2";
    case Type::uint32:
      return "<u4";
    case Type::uint64:
      return "<u8";
    case Type::boolean:
      return "|b1";
    case Type::complex64:
      return "<c8";
    case Type::complex128:
      return "<c16";
    case Type::string:
      return fmt::format("|S{}", string_width);
    default:
      throw Error(Code::unsupported_format, fmt::format("NumPy has no type {}", type_name(tensor.type)));
  }
}

std::string npy(const Tensor& tensor) {
  std::size_t width = 0;
  if (tensor.type == Type::string) {
    width = 1;
    for (std::int64_t i = 0; i < tensor.element_count(); ++i) width = std::max(width, string_element(tensor, i).size());
  }
  std::string shape;
  for (const std::int64_t d : tensor.dims) shape += fmt::format("{}, ", d);
  if (tensor.dims.size() > 1) shape.resize(shape.size() - 2);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type_code(tensor, width), shape);
  const std::size_t fixed = 10;  // magic, version, length
  header.append(63 - (fixed + header.size()) % 64, ' ');
  header += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size() & 0xFFU);
  file += static_cast<char>(header.size() >> 8U);
  file += header;
  if (tensor.type != Type::string) return file += as_text(tensor.bytes);
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
    const std::string_view text = string_element(tensor, i);
    file += text;
    file.append(width - text.size(), '\0');
  }
  return file;
}

/// Little-endian fields of zip records.
void put(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xFFU);
}

/// What the local and the central record share: version, flags, method, time, date, checksum, sizes, name length.
void put_entry(std::string& to, std::string_view name, std::uint32_t crc, std::uint32_t size) {
  put(to, 20, 2);
  put(to, 0, 2);
  put(to, 0, 2);  // stored
  put(to, 0, 2);
  put(to, 0x21, 2);  // 1 January 1980: no clock, same bytes
  put(to, crc, 4);
  put(to, size, 4);
  put(to, size, 4);
  put(to, name.size(), 2);
  put(to, 0, 2);
}

}  // namespace

void npz(const std::string& path, const std::map<std::string, Tensor>& arrays) {
  OutputFile out(path);
  std::uint64_t offset = 0;
  std::string directory;
  for (const auto& [array, tensor] : arrays) {
    const std::string name = array + ".npy";
    const std::string content = npy(tensor);
    const auto crc =
        static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
    const auto size = checked_cast<std::uint32_t>(content.size());
    std::string local;
    put(local, 0x04034B50, 4);
    put_entry(local, name, crc, size);
    local += name;
    put(directory, 0x02014B50, 4);
    put(directory, 20, 2);
    put_entry(directory, name, crc, size);
    put(directory, 0, 2);
    put(directory, 0, 2);
    put(directory, 0, 2);
    put(directory, 0, 4);
    put(directory, checked_cast<std::uint32_t>(offset), 4);
    directory += name;
    out.write_at(offset, as_bytes(local));
    out.write_at(offset + local.size(), as_bytes(content));
    offset += local.size() + content.size();
  }
  std::string end;
  put(end, 0x06054B50, 4);
  put(end, 0, 4);
  put(end, arrays.size(), 2);
  put(end, arrays.size(), 2);
  put(end, directory.size(), 4);
  put(end, checked_cast<std::uint32_t>(offset), 4);
  put(end, 0, 2);
  directory += end;
  out.write_at(offset, as_bytes(directory));
  out.commit();
}

}  // namespace tolite::write
