// TensorFlow ops that put elements at computed indices: ScatterNd, TensorScatterUpdate, -Add, -Sub, -Max, -Min,
// InplaceUpdate, -Add, -Sub, SparseToDense.
#include <algorithm>
#include <map>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/segment.h"
#include "import/tensorflow/ops/symbolic_shape.h"
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

/// A tensor, where in it something is put, and what.
struct Scatter {
  ValueId x, indices, updates;
};

Scatter operands(const TfNode& n, Builder& b) { return {n.in(0), int32_operand(b, n.in(1)), n.in(2)}; }

/// The older form: indices of rows, which may be one.
Scatter row_operands(const TfNode& n, Builder& b) {
  const Shape rows = n.shape(1);
  n.require(rows.ranked() && rows.rank() <= 1, "its indices are not a vector");
  const ValueId indices = reshaped(n, b, int32_operand(b, n.in(1)), Shape{product(b, rows, 0, rows.rank()), 1});
  ValueId updates = n.in(2);
  if (rows.rank() == 0) {
    std::vector<Dim> dims = n.shape(2).dims();
    dims.insert(dims.begin(), Dim(1));
    updates = reshaped(n, b, updates, Shape(std::move(dims)));
  }
  return {n.in(0), indices, updates};
}

// How many dimensions of x the indices name.
std::size_t index_depth(const TfNode& n, Builder& b, const Scatter& s) {
  const Shape& x = b.shape(s.x);
  const Shape& at = b.shape(s.indices);
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
Results scatter_onto(TfNode& n, Builder& b, const Scatter& s, Op op) {
  const Type type = b.type(s.x);
  const Type work = adding_type(n, type);
  n.require(work != Type::boolean, "booleans cannot be added");
  index_depth(n, b, s);
  const ValueId x = carried(b, s.x, work);
  const ValueId shape = leading_dims(b, s.x, b.shape(s.x).rank());
  const ValueId sums = b(Op::SCATTER_ND, {s.indices, carried(b, s.updates, work), shape});
  return carried(b, b(op, {x, sums}), type);
}

// The indices as numbers of rows: of x with the dimensions that they name as one.
ValueId row_numbers(const TfNode& n, Builder& b, const Scatter& s, std::size_t depth) {
  const Shape at = b.shape(s.indices);
  const Dim count = product(b, at, 0, at.rank() - 1);
  const Shape x = b.shape(s.x);
  if (depth == 1) return reshaped(n, b, s.indices, Shape{count});
  std::vector<ValueId> strides;
  for (std::size_t i = 0; i < depth; ++i) strides.push_back(run_time_dim(n, b, product(b, x, i + 1, depth), {s.x}));
  const ValueId list = b(Op::PACK, strides, {{Attr::values_count, static_cast<std::int64_t>(depth)}, {Attr::axis, 0}});
  const ValueId scaled = b(Op::MUL, {reshaped(n, b, s.indices, Shape{count, at.last()}), list});
  return b(Op::SUM, {scaled, b.int32s({1})}, {{Attr::keep_dims, false}});
}

// The larger (or smaller) of x and the largest (smallest) update at each index.
Results scatter_extreme(TfNode& n, Builder& b, const Scatter& s, Op reduce, Op op) {
  const std::size_t depth = index_depth(n, b, s);
  n.require(depth > 0, "its indices name no dimension");
  const Shape x = b.shape(s.x);
  const Shape at = b.shape(s.indices);
  const Type work = segment_type(n, b, reduce, b.type(s.x));
  const Dim inner = product(b, x, depth, x.rank());
  const Dim rows = product(b, x, 0, depth);
  const ValueId ids = row_numbers(n, b, s, depth);
  const ValueId updates =
      reshaped(n, b, cast_to(b, s.updates, work), Shape{product(b, at, 0, at.rank() - 1), inner}, {s.x, s.indices});
  const ValueId all = reshaped(n, b, cast_to(b, s.x, work), Shape{rows, inner});
  const ValueId found = b(reduce, {updates, ids, run_time_dim(n, b, rows, {s.x})});
  return cast_to(b, reshaped(n, b, b(op, {all, found}), x, {s.x}), b.type(s.x));
}

// One index: the update is a slice, put in its place.
std::optional<ValueId> update_slice(TfNode& n, Builder& b, const Scatter& s, std::size_t depth) {
  const Shape x = b.shape(s.x);
  const Shape indices = b.shape(s.indices);
  if (!indices.is_static() || indices.element_count() != static_cast<std::int64_t>(depth) || depth == 0)
    return std::nullopt;
  std::vector<Dim> dims(depth, Dim(1));
  dims.insert(dims.end(), x.dims().begin() + static_cast<std::ptrdiff_t>(depth), x.dims().end());
  if (!reshape_target(Shape(dims))) return std::nullopt;
  const std::vector<std::int64_t> zeros(x.rank() - depth, 0);
  ValueId start = reshape(b, s.indices, Shape{static_cast<std::int64_t>(depth)});
  if (!zeros.empty()) start = b(Op::CONCATENATION, {start, b.int32s(zeros)}, {{Attr::axis, 0}});
  const Type type = b.type(s.x);
  const Type carrier = carrier_type(n, b, Op::DYNAMIC_UPDATE_SLICE, type);
  const ValueId update = carried(b, reshape(b, s.updates, Shape(dims)), carrier);
  return carried(b, b(Op::DYNAMIC_UPDATE_SLICE, {carried(b, s.x, carrier), update, start}), type);
}

// Of updates with the same index the last counts: where the indices are known the others are left out, since the
// runtime would add them up.
Scatter without_duplicates(TfNode& n, Builder& b, const Scatter& s, std::size_t depth) {
  const auto constant = b.integers(s.indices);
  if (!constant || depth == 0) return s;
  std::map<std::vector<std::int64_t>, std::int64_t> last;
  const auto count = static_cast<std::int64_t>(constant->size() / depth);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = constant->begin() + static_cast<std::ptrdiff_t>(i) * static_cast<std::ptrdiff_t>(depth);
    last[std::vector<std::int64_t>(at, at + static_cast<std::ptrdiff_t>(depth))] = i;
  }
  if (static_cast<std::int64_t>(last.size()) == count) return s;
  std::vector<std::int64_t> kept;
  for (const auto& [index, i] : last) kept.push_back(i);
  const Shape x = b.shape(s.x);
  std::vector<Dim> dims{count};
  dims.insert(dims.end(), x.dims().begin() + static_cast<std::ptrdiff_t>(depth), x.dims().end());
  const Attrs along_first{{Attr::axis, 0}, {Attr::batch_dims, 0}};
  const ValueId list = b.int32s(kept);
  const ValueId rows = reshaped(n, b, s.indices, Shape{count, static_cast<std::int64_t>(depth)});
  const Type type = b.type(s.updates);
  const ValueId updates =
      carried(b, reshaped(n, b, s.updates, Shape(std::move(dims)), {s.x}), carrier_type(n, b, Op::GATHER, type));
  const ValueId indices = b(Op::GATHER, {rows, list}, along_first);
  return {s.x, indices, carried(b, b(Op::GATHER, {updates, list}, along_first), type)};
}

// Where the indices point, the scattered updates; elsewhere x.
Results scatter_update(TfNode& n, Builder& b, const Scatter& operands) {
  const std::size_t depth = index_depth(n, b, operands);
  const Scatter s = without_duplicates(n, b, operands, depth);
  if (const auto y = update_slice(n, b, s, depth)) return *y;
  const Shape x = b.shape(s.x);
  const Type type = b.type(s.x);
  const Type carrier = carrier_type(n, b, Op::SCATTER_ND, type);
  const ValueId updates = carried(b, s.updates, carrier);
  const ValueId scattered = b(Op::SCATTER_ND, {s.indices, updates, leading_dims(b, s.x, x.rank())});

  // The mask needs only the dimensions that the indices name.
  const ValueId count = leading_dims(b, s.indices, b.shape(s.indices).rank() - 1);
  const ValueId truths = b(Op::FILL, {count, b.scalar(Type::boolean, 1)});
  ValueId mask = b(Op::SCATTER_ND, {s.indices, truths, leading_dims(b, s.x, depth)});
  std::vector<Dim> dims = x.dims();
  std::fill(dims.begin() + static_cast<std::ptrdiff_t>(depth), dims.end(), Dim(1));
  mask = reshaped(n, b, mask, Shape(std::move(dims)), {s.x});
  return carried(b, b(Op::SELECT_V2, {mask, scattered, carried(b, s.x, carrier)}), type);
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
  t.add("InplaceAdd", [](TfNode& n, Builder& b) { return scatter_onto(n, b, row_operands(n, b), Op::ADD); });
  t.add("InplaceSub", [](TfNode& n, Builder& b) { return scatter_onto(n, b, row_operands(n, b), Op::SUB); });
  t.add("InplaceUpdate", [](TfNode& n, Builder& b) { return scatter_update(n, b, row_operands(n, b)); });
  t.add("ScatterNd", scatter_nd);
  t.add("ScatterNdNonAliasingAdd", [](TfNode& n, Builder& b) { return scatter_onto(n, b, operands(n, b), Op::ADD); });
  t.add("SparseToDense", sparse_to_dense);
  t.add("TensorScatterAdd", [](TfNode& n, Builder& b) { return scatter_onto(n, b, operands(n, b), Op::ADD); });
  t.add("TensorScatterMax", [](TfNode& n, Builder& b) {
    return scatter_extreme(n, b, operands(n, b), Op::UNSORTED_SEGMENT_MAX, Op::MAXIMUM);
  });
  t.add("TensorScatterMin", [](TfNode& n, Builder& b) {
    return scatter_extreme(n, b, operands(n, b), Op::UNSORTED_SEGMENT_MIN, Op::MINIMUM);
  });
  t.add("TensorScatterSub", [](TfNode& n, Builder& b) { return scatter_onto(n, b, operands(n, b), Op::SUB); });
  t.add("TensorScatterUpdate", [](TfNode& n, Builder& b) { return scatter_update(n, b, operands(n, b)); });
}

}  // namespace tolite::tensorflow
