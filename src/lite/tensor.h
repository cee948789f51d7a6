// A tensor with its elements: a constant of a graph, an input or result of an evaluation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "lite/shape.h"
#include "lite/type.h"

namespace tolite {

/// Elements lie dense, row-major and little-endian, but NOT aligned: checkpoint and protobuf bytes are viewed in place.
/// Strings use the runtime's packed form: int32 count, count + 1 int32 offsets from the start, then the characters.
/// Four-bit types hold two elements a byte, the first in the low half.
struct Tensor {
  Type type = Type::float32;
  std::vector<std::int64_t> dims;
  Bytes bytes;
  std::shared_ptr<const void> owner;  ///< keeps the bytes alive: a mapped file or a block of memory

  std::int64_t element_count() const;
  Shape shape() const { return Shape(std::span<const std::int64_t>(dims)); }
};

/// Bytes that `type` needs for a static shape; throws Error(size_overflow). Not for strings.
std::size_t tensor_bytes(Type type, std::span<const std::int64_t> dims);

/// A tensor with memory of its own, zeroed; `writable` are its bytes (aligned to 64).
struct NewTensor {
  Tensor tensor;
  std::span<std::byte> writable;
};
NewTensor new_tensor(Type type, std::vector<std::int64_t> dims);

/// Small constants from values.
Tensor tensor_of(Type type, std::vector<std::int64_t> dims, std::span<const double> values);
Tensor integer_tensor(Type type, std::vector<std::int64_t> dims, std::span<const std::int64_t> values);
Tensor string_tensor(std::vector<std::int64_t> dims, std::span<const std::string> values);

/// Element i of any numeric type, as the widest kind; bool is 0 or 1. Complex: the real part.
double element_as_double(const Tensor& tensor, std::int64_t i);
std::int64_t element_as_int64(const Tensor& tensor, std::int64_t i);
std::string_view string_element(const Tensor& tensor, std::int64_t i);

/// The one value that all elements share, if they do.
std::optional<double> splat_value(const Tensor& tensor);

/// Same type, shape and bytes.
bool same_tensor(const Tensor& a, const Tensor& b);

/// Read-only view of the elements as T; loads are unaligned-safe.
template <typename T>
class Elements {
 public:
  explicit Elements(Bytes bytes) : data_(bytes.data()), size_(bytes.size() / sizeof(T)) {}
  T operator[](std::size_t i) const { return load<T>(data_ + i * sizeof(T)); }
  std::size_t size() const { return size_; }
  const std::byte* data() const { return data_; }

 private:
  const std::byte* data_;
  std::size_t size_;
};

template <typename T>
Elements<T> elements(const Tensor& tensor) {
  return Elements<T>(tensor.bytes);
}

}  // namespace tolite
