// TensorFlow ops on values as keys: Unique, UniqueV2, Bucketize, LowerBound, UpperBound.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// A type of the kernel of `op` in which values compare as in `type`.
Type comparing_type(const TfNode& n, const Builder& b, Op op, Type type) {
  const TypeSet taken = b.table()[op].kernel.types;
  if (taken.has(type)) return type;
  if (is_narrow_float(type) && taken.has(Type::float32)) return Type::float32;
  if (is_integer(type) && byte_size(type) < 4 && taken.has(Type::int32)) return Type::int32;
  if (type == Type::uint32 && taken.has(Type::int64)) return Type::int64;
  if (type == Type::boolean && taken.has(Type::uint8)) return Type::uint8;
  n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)),
           "cast to float32 or int32 in front of it");
}

Results unique(TfNode& n, Builder& b) {
  if (n.input_count() > 1) {
    const std::vector<std::int64_t> axis = n.integers(1, "axis");
    n.require(axis.empty() || (axis.size() == 1 && axis[0] == 0 && n.shape(0).ranked() && n.shape(0).rank() == 1),
              "it looks for unique slices, not elements");
  }
  const Type type = n.type(0);
  const ValueId x = cast_to(b, n.in(0), comparing_type(n, b, Op::UNIQUE, type));
  std::vector<ValueId> results =
      b.many(Op::UNIQUE, {x}, {{Attr::idx_out_type, n.type_attr("out_idx", Type::int32)}}, 2);
  results[0] = cast_to(b, results[0], type);
  return results;
}

Results bucketize(TfNode& n, Builder& b) {
  const ValueId x = cast_to(b, n.in(0), comparing_type(n, b, Op::BUCKETIZE, n.type(0)));
  return b(Op::BUCKETIZE, {x}, {{Attr::boundaries, n.reals_attr("boundaries")}});
}

ValueId expanded(Builder& b, ValueId x, std::int64_t axis) {
  const ValueId y = b(Op::EXPAND_DIMS, {x, b.int32(axis)});
  return reshape_target(b.shape(y)) ? reshape(b, x, Shape(b.shape(y))) : y;
}

// How many elements of the sorted row are below (or not above) each value.
Results bound(TfNode& n, Builder& b, Op compare) {
  const Type type = comparing_type(n, b, compare, n.type(0));
  const ValueId sorted = expanded(b, cast_to(b, n.in(0), type), 1);
  const ValueId values = expanded(b, cast_to(b, n.in(1), type), 2);
  const ValueId counted = cast_to(b, b(compare, {sorted, values}), n.type_attr("out_type", Type::int32));
  return b(Op::SUM, {counted, b.int32s({2})}, {{Attr::keep_dims, false}});
}

}  // namespace

void add_unique_translators(Translators& t) {
  t.add("Unique", unique);
  t.add("UniqueV2", unique);
  t.add("Bucketize", bucketize);
  t.add("LowerBound", [](TfNode& n, Builder& b) { return bound(n, b, Op::LESS); });
  t.add("UpperBound", [](TfNode& n, Builder& b) { return bound(n, b, Op::LESS_EQUAL); });
}

}  // namespace tolite::tensorflow
