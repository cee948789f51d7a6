// TensorFlow ops that put elements at computed indices: ScatterNd, TensorScatterUpdate, -Add, -Sub, SparseToDense.
#include <algorithm>
#include <set>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/moving.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

// The type in which sums of `type` are computed and wrap alike.
Type adding_type(const TfNode& n, Type type) {
  if (type == Type::float32 || type == Type::float16) return Type::float32;
  if (type == Type::int64 || type == Type::uint64) return Type::int64;
  if (type == Type::boolean) return Type::boolean;
  if (is_integer(type)) return Type::int32;
  n.refuse("the runtime has no kernel that adds up elements of type " + std::string(type_name(type)),
           "cast to float32 or int64 in front of it");
}

// Dimensions [0, count) of a value as an int32 vector: a constant where they are known.
ValueId leading_dims(Builder& b, ValueId x, std::size_t count) {
  const Shape shape = b.shape(x);
  const Shape leading(
      std::vector<Dim>(shape.dims().begin(), shape.dims().begin() + static_cast<std::ptrdiff_t>(count)));
  if (leading.is_static()) return b.int32s(leading.numbers());
  const ValueId all = b(Op::SHAPE, {x}, {{Attr::out_type, Type::int32}});
  if (count == shape.rank()) return all;
  return b(Op::SLICE, {all, b.int32s({0}), b.int32s({static_cast<std::int64_t>(count)})});
}

// The indices of a scatter into x: how many dimensions of x they name.
std::size_t index_depth(const TfNode& n, std::size_t tensor, std::size_t indices) {
  const Shape& x = n.shape(tensor);
  const Shape& at = n.shape(indices);
  n.require(x.ranked() && at.ranked() && at.rank() >= 1 && at.last().known(),
            "the rank of the tensor or the depth of the indices is not known");
  const std::int64_t depth = at.last().number;
  n.require(depth >= 0 && depth <= static_cast<std::int64_t>(x.rank()), "the indices are longer than the rank");
  return static_cast<std::size_t>(depth);
}

Results scatter_nd(TfNode& n, Builder& b) {
  const Type type = n.type(1);
  const Type work = b.table()[Op::SCATTER_ND].kernel.types.has(type) ? type : adding_type(n, type);
  const ValueId updates = carried(b, n.in(1), work);
  const ValueId indices = int32_operand(b, n.in(0));
  return carried(b, b(Op::SCATTER_ND, {indices, updates, int32_operand(b, n.in(2))}), type);
}

// x + or - what the updates add up to at each index.
Results scatter_onto(TfNode& n, Builder& b, Op op) {
  const Type type = n.type(0);
  const Type work = adding_type(n, type);
  n.require(work != Type::boolean, "booleans cannot be added");
  const ValueId x = carried(b, n.in(0), work);
  const ValueId indices = int32_operand(b, n.in(1));
  index_depth(n, 0, 1);
  const ValueId shape = leading_dims(b, n.in(0), b.shape(n.in(0)).rank());
  const ValueId sums = b(Op::SCATTER_ND, {indices, carried(b, n.in(2), work), shape});
  return carried(b, b(op, {x, sums}), type);
}

// One index: the update is a slice, put in its place.
std::optional<ValueId> update_slice(TfNode& n, Builder& b, std::size_t depth) {
  const Shape x = n.shape(0);
  const Shape indices = n.shape(1);
  if (!indices.is_static() || indices.element_count() != static_cast<std::int64_t>(depth) || depth == 0)
    return std::nullopt;
  std::vector<Dim> dims(depth, Dim(1));
  dims.insert(dims.end(), x.dims().begin() + static_cast<std::ptrdiff_t>(depth), x.dims().end());
  if (!reshape_target(Shape(dims))) return std::nullopt;
  const std::vector<std::int64_t> zeros(x.rank() - depth, 0);
  ValueId start = reshape(b, int32_operand(b, n.in(1)), Shape{static_cast<std::int64_t>(depth)});
  if (!zeros.empty()) start = b(Op::CONCATENATION, {start, b.int32s(zeros)}, {{Attr::axis, 0}});
  const Type type = n.type(0);
  const Type carrier = carrier_type(n, b, Op::DYNAMIC_UPDATE_SLICE, type);
  const ValueId update = carried(b, reshape(b, n.in(2), Shape(dims)), carrier);
  return carried(b, b(Op::DYNAMIC_UPDATE_SLICE, {carried(b, n.in(0), carrier), update, start}), type);
}

void require_distinct(const TfNode& n, const std::vector<std::int64_t>& indices, std::size_t depth) {
  std::set<std::vector<std::int64_t>> seen;
  for (std::size_t i = 0; depth != 0 && i + depth <= indices.size(); i += depth) {
    const auto at = indices.begin() + static_cast<std::ptrdiff_t>(i);
    n.require(seen.emplace(at, at + static_cast<std::ptrdiff_t>(depth)).second,
              "an index stands twice among its indices: the runtime would add up the updates");
  }
}

// Where the indices point, the scattered updates; elsewhere x.
Results scatter_update(TfNode& n, Builder& b) {
  const std::size_t depth = index_depth(n, 0, 1);
  if (const auto y = update_slice(n, b, depth)) return *y;
  if (const auto constant = b.integers(n.in(1))) require_distinct(n, *constant, depth);
  const Shape x = n.shape(0);
  const Type type = n.type(0);
  const Type carrier = carrier_type(n, b, Op::SCATTER_ND, type);
  const ValueId indices = int32_operand(b, n.in(1));
  const ValueId updates = carried(b, n.in(2), carrier);
  const ValueId scattered = b(Op::SCATTER_ND, {indices, updates, leading_dims(b, n.in(0), x.rank())});

  // The mask needs only the dimensions that the indices name.
  const ValueId count = leading_dims(b, indices, b.shape(indices).rank() - 1);
  const ValueId truths = b(Op::FILL, {count, b.scalar(Type::boolean, 1)});
  ValueId mask = b(Op::SCATTER_ND, {indices, truths, leading_dims(b, n.in(0), depth)});
  std::vector<Dim> dims = x.dims();
  std::fill(dims.begin() + static_cast<std::ptrdiff_t>(depth), dims.end(), Dim(1));
  if (reshape_target(Shape(dims))) {
    mask = reshape(b, mask, Shape(dims));
  } else {
    for (std::size_t i = depth; i < x.rank(); ++i) mask = b(Op::EXPAND_DIMS, {mask, b.int32(-1)});
  }
  return carried(b, b(Op::SELECT_V2, {mask, scattered, carried(b, n.in(0), carrier)}), type);
}

Results sparse_to_dense(TfNode& n, Builder& b) {
  const Type type = n.type(2);
  const Type carrier = carrier_type(n, b, Op::SPARSE_TO_DENSE, type);
  const ValueId y =
      b(Op::SPARSE_TO_DENSE, {n.in(0), n.in(1), carried(b, n.in(2), carrier), carried(b, n.in(3), carrier)},
        {{Attr::validate_indices, n.flag_attr("validate_indices", true)}});
  return carried(b, y, type);
}

}  // namespace

void add_scatter_translators(Translators& t) {
  t.add("ScatterNd", scatter_nd);
  t.add("TensorScatterUpdate", scatter_update);
  t.add("TensorScatterAdd", [](TfNode& n, Builder& b) { return scatter_onto(n, b, Op::ADD); });
  t.add("ScatterNdNonAliasingAdd", [](TfNode& n, Builder& b) { return scatter_onto(n, b, Op::ADD); });
  t.add("TensorScatterSub", [](TfNode& n, Builder& b) { return scatter_onto(n, b, Op::SUB); });
  t.add("SparseToDense", sparse_to_dense);
}

}  // namespace tolite::tensorflow
