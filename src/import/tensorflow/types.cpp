// Conversion of element types, widening of 16-bit floats.
#include "import/tensorflow/types.h"

#include <utility>

#include "base/half.h"
#include "base/thread_pool.h"

namespace tolite::tensorflow {

Type graph_type(read::DataType type) {
  const Type stored = read::lite_type(type);
  return stored == Type::float16 || stored == Type::bfloat16 ? Type::float32 : stored;
}

Tensor widened(Tensor tensor) {
  if (tensor.type != Type::float16 && tensor.type != Type::bfloat16) return tensor;
  NewTensor wide = new_tensor(Type::float32, tensor.dims);
  const Elements<std::uint16_t> from(tensor.bytes);
  auto* to = reinterpret_cast<float*>(wide.writable.data());
  const bool is_half = tensor.type == Type::float16;
  parallel_ranges(from.size(), 1U << 16U, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) to[i] = is_half ? half_to_float(from[i]) : bfloat16_to_float(from[i]);
  });
  return std::move(wide.tensor);
}

Shape graph_shape(Symbols& symbols, const read::PartialShape& shape) {
  if (!shape.known_rank) return Shape::unranked();
  std::vector<Dim> dims;
  dims.reserve(shape.dims.size());
  for (const std::int64_t d : shape.dims) dims.push_back(d == read::PartialShape::kUnknown ? symbols.fresh() : Dim(d));
  return Shape(std::move(dims));
}

}  // namespace tolite::tensorflow
