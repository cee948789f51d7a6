// Element types and shapes of TensorFlow.
#include "import/tensorflow/types.h"

#include <utility>

namespace tolite::tensorflow {

Type graph_type(read::DataType type) {
  const Type stored = read::lite_type(type);
  return is_narrow_float(stored) ? Type::float32 : stored;
}

Shape graph_shape(Symbols& symbols, const read::PartialShape& shape) {
  if (!shape.known_rank) return Shape::unranked();
  std::vector<Dim> dims;
  dims.reserve(shape.dims.size());
  for (const std::int64_t d : shape.dims) dims.push_back(d == read::PartialShape::kUnknown ? symbols.fresh() : Dim(d));
  return Shape(std::move(dims));
}

}  // namespace tolite::tensorflow
