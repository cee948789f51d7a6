// Large constants by hash, and made-up ones for hashes that nobody knows.
#include <utility>

#include "base/checked.h"
#include "base/hash.h"
#include "lite/text.h"
#include "lite/text_elements.h"
#include "tolite/error.h"

namespace tolite {
namespace {

/// Small numbers: tests compute with them, and sums of products should stay exact or nearly so.
Tensor make_up(std::uint64_t seed, Type type, std::vector<std::int64_t> dims) {
  const std::int64_t count = element_count(dims);
  if (type == Type::string) {
    std::vector<std::string> strings;
    for (std::int64_t i = 0; i < count; ++i)
      strings.push_back(std::to_string(mix(seed + static_cast<std::uint64_t>(i)) % 1000));
    return string_tensor(std::move(dims), strings);
  }
  NewTensor made = new_tensor(type, std::move(dims));
  const bool is_number = is_float(type) || is_complex(type) || is_integer(type) || type == Type::boolean;
  const auto scalars = is_number ? static_cast<std::size_t>(scalar_count(type, count)) : made.writable.size();
  const std::size_t width = scalars == 0 ? 0 : made.writable.size() / scalars;
  for (std::size_t i = 0; i < scalars; ++i) {
    const std::uint64_t random = mix(seed + i);
    std::byte* p = made.writable.data() + i * width;
    if (!is_number || width == 1) {
      *p = static_cast<std::byte>(type == Type::boolean ? random & 1U : random & 0xFFU);
    } else if (is_integer(type)) {
      const std::int64_t small = static_cast<std::int64_t>(random % 16) - (is_signed(type) ? 8 : 0);
      std::memcpy(p, &small, width);  // little-endian: the low bytes
    } else {
      const float v = static_cast<float>(random % 256) / 128.0F - 1.0F;  // exact in every float type
      const Type scalar = type == Type::complex64 ? Type::float32 : type == Type::complex128 ? Type::float64 : type;
      const auto wide = static_cast<double>(v);
      std::memcpy(p, tensor_of(scalar, {}, std::span(&wide, 1)).bytes.data(), width);
    }
  }
  return std::move(made.tensor);
}

}  // namespace

std::uint64_t Blobs::add(const Tensor& tensor) {
  const std::uint64_t hash = content_hash(tensor.bytes);
  const auto made_up = made_up_.find(hash);
  const std::uint64_t name = made_up != made_up_.end() ? made_up->second : hash;
  tensors_.try_emplace(name, tensor);
  return name;
}

Tensor Blobs::get(std::uint64_t name, Type type, std::vector<std::int64_t> dims) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    Tensor tensor = make_up(name, type, std::move(dims));
    made_up_.try_emplace(content_hash(tensor.bytes), name);
    tensors_.emplace(name, tensor);
    return tensor;
  }
  Tensor tensor = found->second;  // equal bytes may serve as several types and shapes
  const bool fits = type == Type::string ? tensor.type == type && tensor.element_count() == element_count(dims)
                                         : tensor.bytes.size() == tensor_bytes(type, dims);
  if (!fits) throw Error(Code::malformed, "a constant's hash belongs to one of another size");
  tensor.type = type;
  tensor.dims = std::move(dims);
  return tensor;
}

}  // namespace tolite
