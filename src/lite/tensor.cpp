// Memory and element access of tensors.
#include "lite/tensor.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/half.h"
#include "base/memory.h"

namespace tolite {

std::int64_t Tensor::element_count() const { return tolite::element_count(dims); }

std::size_t tensor_bytes(Type type, std::span<const std::int64_t> dims) {
  const std::int64_t bits = checked_mul(element_count(dims), static_cast<std::int64_t>(bit_size(type)));
  return static_cast<std::size_t>(checked_add(bits, 7) / 8);
}

NewTensor new_tensor(Type type, std::vector<std::int64_t> dims) {
  const std::size_t size = tensor_bytes(type, dims);
  // Vectorised kernels read whole vectors, up to 16 bytes past the last element.
  const std::size_t rounded = checked_cast<std::size_t>(checked_add(checked_cast<std::int64_t>(size), 16));
  std::shared_ptr<std::byte> owner = zeroed_memory(rounded);
  if (owner == nullptr) throw Error(Code::size_overflow, "not enough memory for a tensor");
  std::byte* data = owner.get();
  return {Tensor{type, std::move(dims), Bytes(data, size), std::move(owner)}, {data, size}};
}

namespace {

void store_element(Type type, std::byte* p, double v) {
  switch (type) {
    case Type::float32:
      return store(p, static_cast<float>(v));
    case Type::float64:
      return store(p, v);
    case Type::float16:
      return store(p, float_to_half(static_cast<float>(v)));
    case Type::bfloat16:
      return store(p, float_to_bfloat16(static_cast<float>(v)));
    case Type::int64:
      return store(p, static_cast<std::int64_t>(v));
    case Type::uint64:
      return store(p, static_cast<std::uint64_t>(v));
    case Type::int32:
      return store(p, static_cast<std::int32_t>(v));
    case Type::uint32:
      return store(p, static_cast<std::uint32_t>(v));
    case Type::int16:
      return store(p, static_cast<std::int16_t>(v));
    case Type::uint16:
      return store(p, static_cast<std::uint16_t>(v));
    case Type::int8:
      return store(p, static_cast<std::int8_t>(v));
    case Type::uint8:
      return store(p, static_cast<std::uint8_t>(v));
    case Type::boolean:
      return store(p, static_cast<std::uint8_t>(v != 0));
    case Type::complex64:
      return store(p, static_cast<float>(v));
    case Type::complex128:
      return store(p, v);
    default:
      throw Error(Code::internal, "a constant of this type cannot be made from numbers");
  }
}

}  // namespace

Tensor tensor_of(Type type, std::vector<std::int64_t> dims, std::span<const double> values) {
  NewTensor made = new_tensor(type, std::move(dims));
  for (std::size_t i = 0; i < values.size(); ++i)
    store_element(type, made.writable.data() + i * byte_size(type), values[i]);
  return std::move(made.tensor);
}

Tensor integer_tensor(Type type, std::vector<std::int64_t> dims, std::span<const std::int64_t> values) {
  NewTensor made = new_tensor(type, std::move(dims));
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::byte* p = made.writable.data() + i * byte_size(type);
    switch (type) {
      case Type::int64:
        store(p, values[i]);
        break;
      case Type::int32:
        store(p, checked_cast<std::int32_t>(values[i]));
        break;
      default:
        store_element(type, p, static_cast<double>(values[i]));
    }
  }
  return std::move(made.tensor);
}

Tensor string_tensor(std::vector<std::int64_t> dims, std::span<const std::string> values) {
  const std::size_t header = sizeof(std::int32_t) * (values.size() + 2);
  std::size_t size = header;
  for (const std::string& s : values) size += s.size();
  auto memory = std::make_shared<std::vector<std::byte>>(size);
  store(memory->data(), checked_cast<std::int32_t>(values.size()));
  std::size_t offset = header;
  for (std::size_t i = 0; i < values.size(); ++i) {
    store(memory->data() + sizeof(std::int32_t) * (i + 1), checked_cast<std::int32_t>(offset));
    if (!values[i].empty()) std::memcpy(memory->data() + offset, values[i].data(), values[i].size());
    offset += values[i].size();
  }
  store(memory->data() + sizeof(std::int32_t) * (values.size() + 1), checked_cast<std::int32_t>(offset));
  const Bytes bytes(*memory);
  return {Type::string, std::move(dims), bytes, std::move(memory)};
}

double element_as_double(const Tensor& tensor, std::int64_t i) {
  const std::byte* p = tensor.bytes.data() + static_cast<std::size_t>(i) * byte_size(tensor.type);
  switch (tensor.type) {
    case Type::float32:
    case Type::complex64:
      return static_cast<double>(load<float>(p));
    case Type::float64:
    case Type::complex128:
      return load<double>(p);
    case Type::float16:
      return static_cast<double>(half_to_float(load<std::uint16_t>(p)));
    case Type::bfloat16:
      return static_cast<double>(bfloat16_to_float(load<std::uint16_t>(p)));
    default:
      return static_cast<double>(element_as_int64(tensor, i));
  }
}

std::int64_t element_as_int64(const Tensor& tensor, std::int64_t i) {
  const std::byte* p = tensor.bytes.data() + static_cast<std::size_t>(i) * byte_size(tensor.type);
  switch (tensor.type) {
    case Type::int64:
      return load<std::int64_t>(p);
    case Type::uint64:
      return static_cast<std::int64_t>(load<std::uint64_t>(p));
    case Type::int32:
      return load<std::int32_t>(p);
    case Type::uint32:
      return load<std::uint32_t>(p);
    case Type::int16:
      return load<std::int16_t>(p);
    case Type::uint16:
      return load<std::uint16_t>(p);
    case Type::int8:
      return load<std::int8_t>(p);
    case Type::uint8:
    case Type::boolean:
      return load<std::uint8_t>(p);
    case Type::float32:
    case Type::float64:
    case Type::float16:
    case Type::bfloat16:
      return static_cast<std::int64_t>(element_as_double(tensor, i));
    default:
      throw Error(Code::internal, "elements of this type are not numbers");
  }
}

std::string_view string_element(const Tensor& tensor, std::int64_t i) {
  const auto at = [&](std::int64_t k) {
    const auto offset = static_cast<std::size_t>(k) * sizeof(std::int32_t);
    if (offset + sizeof(std::int32_t) > tensor.bytes.size())
      throw Error(Code::malformed, "a string tensor ends too early");
    return static_cast<std::size_t>(static_cast<std::uint32_t>(load<std::int32_t>(tensor.bytes.data() + offset)));
  };
  const std::size_t begin = at(i + 1);
  const std::size_t end = at(i + 2);
  if (begin > end || end > tensor.bytes.size()) throw Error(Code::malformed, "a string tensor has a bad offset");
  return as_text(tensor.bytes.subspan(begin, end - begin));
}

std::optional<double> splat_value(const Tensor& tensor) {
  const std::size_t width = byte_size(tensor.type);
  if (width == 0 || is_complex(tensor.type) || tensor.bytes.empty()) return std::nullopt;
  for (std::size_t at = width; at < tensor.bytes.size(); at += width) {
    if (std::memcmp(tensor.bytes.data(), tensor.bytes.data() + at, width) != 0) return std::nullopt;
  }
  return element_as_double(tensor, 0);
}

bool same_tensor(const Tensor& a, const Tensor& b) {
  return a.type == b.type && a.dims == b.dims && a.bytes.size() == b.bytes.size() &&
         (a.bytes.data() == b.bytes.data() || a.bytes.empty() ||
          std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0);
}

}  // namespace tolite
