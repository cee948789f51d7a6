// TensorProto holds its elements as plain bytes (tensor_content) or as a list of values in a field of their kind.
#include "read/tensor_proto.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "read/partial_shape.h"
#include "read/protobuf.h"

namespace tolite::read {
namespace {

enum : std::uint32_t {  // fields of TensorProto
  kDtype = 1,
  kShape = 2,
  kContent = 4,
  kFloat = 5,
  kDouble = 6,
  kInt = 7,
  kString = 8,
  kComplexFloat = 9,
  kInt64 = 10,
  kBool = 11,
  kComplexDouble = 12,
  kHalf = 13,
  kUint32 = 16,
  kUint64 = 17,
  kFloat8 = 18,
};

std::uint32_t value_field(DataType type) {
  switch (type) {
    case DataType::float32:
      return kFloat;
    case DataType::float64:
      return kDouble;
    case DataType::string:
      return kString;
    case DataType::complex64:
      return kComplexFloat;
    case DataType::int64:
      return kInt64;
    case DataType::boolean:
      return kBool;
    case DataType::complex128:
      return kComplexDouble;
    case DataType::half:
    case DataType::bfloat16:
      return kHalf;
    case DataType::uint32:
      return kUint32;
    case DataType::uint64:
      return kUint64;
    case DataType::float8_e5m2:
    case DataType::float8_e4m3fn:
      return kFloat8;
    default:
      return kInt;
  }
}

bool is_fixed_width_list(std::uint32_t field) {
  return field == kFloat || field == kDouble || field == kComplexFloat || field == kComplexDouble || field == kFloat8;
}

/// Repeats the last whole element of the first `filled` bytes until the end.
void repeat_last(std::span<std::byte> out, std::size_t filled, std::size_t width) {
  filled = filled / width * width;
  if (filled == 0) return;  // no value at all stands for zeros
  const std::byte* last = out.data() + filled - width;
  for (std::size_t n = width; filled < out.size(); n *= 2) {  // each time all that is there already
    const std::size_t size = std::min(n, out.size() - filled);
    std::memcpy(out.data() + filled, last, size);
    filled += size;
  }
}

/// Stores a list of varints as T; gives the bytes filled.
template <typename T>
std::size_t fill_varints(Bytes wire, std::uint32_t field, std::span<std::byte> out) {
  std::size_t at = 0;
  for (Fields f(wire); f.next();) {
    if (f.number() != field) continue;
    f.each_varint([&](std::uint64_t v) {
      if (at == out.size()) return;
      store(out.data() + at, static_cast<T>(v));
      at += sizeof(T);
    });
  }
  return at;
}

template <typename T>
std::size_t fill_fixed(Bytes wire, std::uint32_t field, std::span<std::byte> out) {
  std::size_t at = 0;
  for (Fields f(wire); f.next();) {
    if (f.number() != field) continue;
    f.each_fixed<T>([&](T v) {
      if (at == out.size()) return;
      store(out.data() + at, v);
      at += sizeof(T);
    });
  }
  return at;
}

std::size_t fill_bytes(Bytes wire, std::uint32_t field, std::span<std::byte> out) {
  std::size_t at = 0;
  for (Fields f(wire); f.next();) {
    if (f.number() != field) continue;
    const std::size_t n = std::min(f.bytes().size(), out.size() - at);
    std::copy_n(f.bytes().begin(), n, out.begin() + static_cast<std::ptrdiff_t>(at));
    at += n;
  }
  return at;
}

std::size_t fill(Bytes wire, std::uint32_t field, std::size_t width, std::span<std::byte> out) {
  switch (field) {
    case kFloat:
    case kComplexFloat:
      return fill_fixed<float>(wire, field, out);
    case kDouble:
    case kComplexDouble:
      return fill_fixed<double>(wire, field, out);
    case kFloat8:
      return fill_bytes(wire, field, out);
    default:
      break;
  }
  switch (width) {
    case 1:
      return fill_varints<std::uint8_t>(wire, field, out);
    case 2:
      return fill_varints<std::uint16_t>(wire, field, out);
    case 4:
      return fill_varints<std::uint32_t>(wire, field, out);
    default:
      return fill_varints<std::uint64_t>(wire, field, out);
  }
}

/// The value list, if it stands in one piece as the elements themselves would.
Bytes values_in_place(Bytes wire, std::uint32_t field, std::size_t size) {
  if (!is_fixed_width_list(field)) return {};
  for (Fields f(wire); f.next();) {
    if (f.number() != field) continue;
    if (f.wire_type() == WireType::bytes && f.bytes().size() >= size) return f.bytes().first(size);
    break;
  }
  return {};
}

[[noreturn]] void elements_are_missing() { throw Error(Code::malformed, "a stored tensor lacks elements"); }

enum class Repeat { no, last };

Tensor read_strings(Bytes wire, const Buffer& buffer, std::vector<std::int64_t> dims, Repeat repeat) {
  const std::int64_t count = element_count(dims);
  std::vector<std::string_view> texts;
  for (Fields f(wire); f.next();) {
    if (f.number() == kString && std::cmp_less(texts.size(), count)) texts.push_back(f.text());
  }
  if (std::cmp_less(texts.size(), count) && repeat == Repeat::no) elements_are_missing();
  const std::string_view last = texts.empty() ? std::string_view{} : texts.back();
  const auto width = static_cast<std::int64_t>(last.size() + sizeof(std::string_view));
  if (std::cmp_less(texts.size(), count)) buffer.count_expansion(static_cast<std::size_t>(checked_mul(count, width)));
  texts.resize(static_cast<std::size_t>(count), last);
  return packed_strings(std::move(dims), texts);
}

Type lite_type_or_throw(DataType type) {
  const Type lite = lite_type(type);
  if (lite == Type::none || data_type_size(type) == 0) {
    throw Error(Code::unsupported_format,
                fmt::format("a stored tensor of type {} cannot be read", data_type_name(type)));
  }
  return lite;
}

/// Elements that take a byte each in TensorFlow and less here.
Tensor pack_sub_byte(Bytes elements, Type type, std::vector<std::int64_t> dims) {
  NewTensor made = new_tensor(type, std::move(dims));
  const std::size_t bits = bit_size(type);
  const std::size_t each = 8 / bits;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const unsigned value = std::to_integer<unsigned>(elements[i]) & ((1U << bits) - 1U);
    made.writable[i / each] |= static_cast<std::byte>(value << (i % each * bits));
  }
  return std::move(made.tensor);
}

Tensor read_elements(Bytes wire, const Buffer& buffer, DataType type, std::vector<std::int64_t> dims, Repeat repeat) {
  if (type == DataType::string) return read_strings(wire, buffer, std::move(dims), repeat);
  lite_type_or_throw(type);
  Bytes content;
  for (Fields f(wire); f.next();) {
    if (f.number() == kContent) content = f.bytes();
  }
  if (!content.empty()) return dense_tensor(content, buffer.owner(), type, std::move(dims));

  const std::size_t width = data_type_size(type);
  const std::int64_t size = checked_mul(element_count(dims), static_cast<std::int64_t>(width));
  const std::uint32_t field = value_field(type);
  const Bytes in_place = values_in_place(wire, field, static_cast<std::size_t>(size));
  if (!in_place.empty()) return dense_tensor(in_place, buffer.owner(), type, std::move(dims));
  // A value takes at least a byte in the file: a list that is complete is bounded by the file, all others are not.
  if (std::cmp_less(wire.size(), size / static_cast<std::int64_t>(width))) {
    if (repeat == Repeat::no) elements_are_missing();
    buffer.count_expansion(static_cast<std::size_t>(size));
  }
  NewTensor made = new_tensor(width == 1 ? Type::uint8 : lite_type(type), dims);
  const std::size_t filled = fill(wire, field, width, made.writable);
  if (filled < made.writable.size() && repeat == Repeat::no) elements_are_missing();
  repeat_last(made.writable, filled, width);
  return dense_tensor(made.tensor.bytes, std::move(made.tensor.owner), type, std::move(dims));
}

}  // namespace

Tensor dense_tensor(Bytes elements, std::shared_ptr<const void> owner, DataType type, std::vector<std::int64_t> dims) {
  const Type lite = lite_type_or_throw(type);
  const std::int64_t size = checked_mul(element_count(dims), static_cast<std::int64_t>(data_type_size(type)));
  if (std::cmp_not_equal(size, elements.size())) {
    throw Error(Code::malformed, fmt::format("a tensor of {} bytes is stored in {} bytes", size, elements.size()));
  }
  if (bit_size(lite) < 8) return pack_sub_byte(elements, lite, std::move(dims));
  return {lite, std::move(dims), elements, std::move(owner)};
}

Tensor packed_strings(std::vector<std::int64_t> dims, std::span<const std::string_view> texts) {
  std::size_t size = sizeof(std::int32_t) * (texts.size() + 2);
  std::size_t at = size;
  for (const std::string_view text : texts) size += text.size();
  checked_cast<std::int32_t>(size);  // the form has 32-bit offsets
  auto memory = std::make_shared<std::vector<std::byte>>(size);
  const auto put = [&](std::size_t slot, std::size_t value) {
    store(memory->data() + sizeof(std::int32_t) * slot, static_cast<std::int32_t>(value));
  };
  put(0, texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    put(i + 1, at);
    std::copy_n(as_bytes(texts[i]).begin(), texts[i].size(), memory->begin() + static_cast<std::ptrdiff_t>(at));
    at += texts[i].size();
  }
  put(texts.size() + 1, at);
  const Bytes bytes(*memory);
  return {Type::string, std::move(dims), bytes, std::move(memory)};
}

Tensor read_tensor(Bytes wire, const Buffer& buffer) {
  DataType type = DataType::invalid;
  std::vector<std::int64_t> dims;
  for (Fields f(wire); f.next();) {
    if (f.number() == kDtype) type = data_type_of(f.int64());
    if (f.number() == kShape) dims = read_static_shape(f.bytes());
  }
  return read_elements(wire, buffer, type, std::move(dims), Repeat::last);
}

Tensor read_tensor(Bytes wire, const Buffer& buffer, DataType type, std::vector<std::int64_t> dims) {
  return read_elements(wire, buffer, type, std::move(dims), Repeat::no);
}

}  // namespace tolite::read
