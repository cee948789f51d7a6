// Conversion of element types, widening of 16-bit floats.
#include "import/tensorflow/types.h"

#include <utility>

#include "base/half.h"
#include "base/thread_pool.h"

namespace tolite::tensorflow {

Type stored_type(read::DataType type) {
  using read::DataType;
  switch (type) {
    case DataType::float32: return Type::float32;
    case DataType::float64: return Type::float64;
    case DataType::half: return Type::float16;
    case DataType::bfloat16: return Type::bfloat16;
    case DataType::int8:
    case DataType::qint8: return Type::int8;
    case DataType::uint8:
    case DataType::quint8: return Type::uint8;
    case DataType::int16:
    case DataType::qint16: return Type::int16;
    case DataType::uint16:
    case DataType::quint16: return Type::uint16;
    case DataType::int32:
    case DataType::qint32: return Type::int32;
    case DataType::uint32: return Type::uint32;
    case DataType::int64: return Type::int64;
    case DataType::uint64: return Type::uint64;
    case DataType::boolean: return Type::boolean;
    case DataType::string: return Type::string;
    case DataType::complex64: return Type::complex64;
    case DataType::complex128: return Type::complex128;
    case DataType::resource: return Type::resource;
    case DataType::variant: return Type::variant;
    default: return Type::none;
  }
}

Type lite_type(read::DataType type) {
  const Type stored = stored_type(type);
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

Shape lite_shape(Symbols& symbols, const read::Shape& shape) {
  if (!shape.known_rank) return Shape::unranked();
  std::vector<Dim> dims;
  dims.reserve(shape.dims.size());
  for (const std::int64_t d : shape.dims) dims.push_back(d == read::Shape::kUnknown ? symbols.fresh() : Dim(d));
  return Shape(std::move(dims));
}

}  // namespace tolite::tensorflow
