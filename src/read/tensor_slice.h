// Partitioned variables: a tensor stored as slices, each under a key of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "lite/tensor.h"

namespace tolite::read {

/// TensorSliceProto: for each dimension, where the slice starts and how long it is.
struct TensorSlice {
  static constexpr std::int64_t kFull = -1;  // length: all there is

  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> lengths;

  bool is_full() const;
  /// The shape of the slice of a tensor with these dims; throws Error(malformed) if it does not lie inside.
  std::vector<std::int64_t> dims_within(const std::vector<std::int64_t>& dims) const;
};

TensorSlice read_tensor_slice(Bytes wire);

/// The key that tables keep a slice under; such keys begin with a zero byte, which no name does.
std::string slice_key(std::string_view name, const TensorSlice& slice);

/// Puts a tensor together. `part(i)` gives the elements of slice i. The slices must cover the tensor exactly once.
Tensor assemble_slices(Type type, const std::vector<std::int64_t>& dims, const std::vector<TensorSlice>& slices,
                       const std::function<Tensor(std::size_t)>& part);

}  // namespace tolite::read
