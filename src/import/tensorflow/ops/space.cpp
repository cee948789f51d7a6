// TensorFlow ops that move blocks of the spatial axes: SpaceToDepth, DepthToSpace, SpaceToBatch(ND), BatchToSpace(ND).
#include <algorithm>
#include <numeric>

#include "import/tensorflow/ops/data_format.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

Results depth(TfNode& n, Builder& b, Op op) {
  const std::int64_t block = n.integer_attr("block_size");
  n.require(block >= 2 && block <= INT32_MAX, "its block size is out of range");
  const DataFormat format(n, 4);
  const Type type = n.type(0);
  const ValueId x = format.enter(b, carried(b, n.in(0), carrier_type(n, b, op, type)));
  return carried(b, format.leave(b, b(op, {x}, {{Attr::block_size, block}})), type);
}

// Reshapes, where several dimensions are unknown an error.
ValueId shaped(const TfNode& n, Builder& b, ValueId x, std::vector<Dim> dims) {
  n.require(reshape_target(Shape(dims)).has_value(), "more than one dimension is unknown");
  return reshape(b, x, Shape(std::move(dims)));
}

struct Blocks {
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> margins;  // paddings or crops: two each
  std::int64_t product = 1;
};

ValueId pairs(Builder& b, const std::vector<std::int64_t>& list) {
  return b.constant(integer_tensor(Type::int32, {static_cast<std::int64_t>(list.size()) / 2, 2}, list));
}

// The kernels take three and four dimensions, of which all but the first and the last have a block. Otherwise, with
// blocks of 1 for further dimensions or the trailing dimensions as one, x has that form; nothing if it cannot have.
std::optional<Shape> kernel_form(Builder& b, const Shape& x, Blocks& blocks) {
  std::size_t blocked = blocks.sizes.size();
  while (blocked > 0 && blocks.sizes[blocked - 1] == 1 && blocks.margins[2 * blocked - 1] == 0 &&
         blocks.margins[2 * blocked - 2] == 0)
    --blocked;
  blocked = std::max<std::size_t>(1, blocked);
  if (blocked > 2 || x.rank() < blocked + 1) return std::nullopt;
  if (x.rank() == blocks.sizes.size() + 2 && x.rank() <= 4) return x;
  blocks.sizes.resize(blocked);
  blocks.margins.resize(2 * blocked);
  std::vector<Dim> dims(x.dims().begin(), x.dims().begin() + static_cast<std::ptrdiff_t>(blocked) + 1);
  Dim rest = 1;
  for (std::size_t i = blocked + 1; i < x.rank(); ++i) rest = b.dims().mul(rest, x[i]);
  dims.push_back(rest);
  return Shape(std::move(dims));
}

Shape spread(Builder& b, const Shape& x, const Blocks& blocks) {
  Shape y = x;
  y[0] = b.dims().mul(x[0], blocks.product);
  for (std::size_t i = 0; i < blocks.sizes.size(); ++i) {
    const Dim padded = b.dims().add(x[i + 1], blocks.margins[2 * i] + blocks.margins[2 * i + 1]);
    y[i + 1] = b.dims().floor_div(padded, blocks.sizes[i]);
  }
  return y;
}

Shape gathered(Builder& b, const Shape& x, const Blocks& blocks) {
  Shape y = x;
  y[0] = b.dims().floor_div(x[0], blocks.product);
  for (std::size_t i = 0; i < blocks.sizes.size(); ++i) {
    const Dim whole = b.dims().mul(x[i + 1], blocks.sizes[i]);
    y[i + 1] = b.dims().sub(whole, blocks.margins[2 * i] + blocks.margins[2 * i + 1]);
  }
  return y;
}

// With more blocked dimensions than the kernels take: pad, split each dimension into blocks, move these to the batch.
ValueId spread_by_transpose(const TfNode& n, Builder& b, ValueId x, const Blocks& blocks) {
  const std::size_t m = blocks.sizes.size();
  std::vector<std::int64_t> paddings(2 * b.shape(x).rank(), 0);
  std::copy(blocks.margins.begin(), blocks.margins.end(), paddings.begin() + 2);
  n.require(b.shape(x).rank() <= 5, "it has more than 5 dimensions");
  const Shape result = spread(b, b.shape(x), blocks);
  const Type type = b.type(x);
  const ValueId padding = carried(b, x, carrier_type(n, b, Op::PAD, type));
  const ValueId padded = carried(b, b(Op::PAD, {padding, pairs(b, paddings)}), type);
  const Shape shape = b.shape(padded);
  std::vector<Dim> split{shape[0]};
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < m; ++i) {
    split.push_back(b.dims().floor_div(shape[i + 1], blocks.sizes[i]));
    split.emplace_back(blocks.sizes[i]);
    order.push_back(static_cast<std::int64_t>(2 * i + 2));
  }
  order.push_back(0);
  for (std::size_t i = 0; i < m; ++i) order.push_back(static_cast<std::int64_t>(2 * i + 1));
  for (std::size_t i = m + 1; i < shape.rank(); ++i) {
    order.push_back(static_cast<std::int64_t>(split.size()));
    split.push_back(shape[i]);
  }
  const ValueId moved = b(Op::TRANSPOSE, {shaped(n, b, padded, std::move(split)), b.int32s(order)});
  return shaped(n, b, moved, result.dims());
}

ValueId gathered_by_transpose(const TfNode& n, Builder& b, ValueId x, const Blocks& blocks) {
  const std::size_t m = blocks.sizes.size();
  const Shape shape = b.shape(x);
  const Shape result = gathered(b, shape, blocks);
  std::vector<Dim> split(blocks.sizes.begin(), blocks.sizes.end());
  split.push_back(result[0]);
  split.insert(split.end(), shape.dims().begin() + 1, shape.dims().end());
  std::vector<std::int64_t> order{static_cast<std::int64_t>(m)};
  std::vector<Dim> whole{result[0]};
  for (std::size_t i = 0; i < m; ++i) {
    order.insert(order.end(), {static_cast<std::int64_t>(m + 1 + i), static_cast<std::int64_t>(i)});
    whole.push_back(b.dims().mul(shape[i + 1], blocks.sizes[i]));
  }
  for (std::size_t i = m + 1; i < shape.rank(); ++i) {
    order.push_back(static_cast<std::int64_t>(m + i));
    whole.push_back(shape[i]);
  }
  const ValueId moved = b(Op::TRANSPOSE, {shaped(n, b, x, std::move(split)), b.int32s(order)});
  const ValueId y = shaped(n, b, moved, std::move(whole));
  if (std::all_of(blocks.margins.begin(), blocks.margins.end(), [](std::int64_t v) { return v == 0; })) return y;
  std::vector<std::int64_t> begin(shape.rank(), 0);
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < m; ++i) begin[i + 1] = blocks.margins[2 * i];
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    const bool crops_end = i > 0 && i <= m && blocks.margins[2 * i - 1] != 0;
    n.require(result[i].known() || !crops_end, "it crops the end of an unknown dimension");
    sizes.push_back(result[i].known() ? result[i].number : -1);
  }
  return b(Op::SLICE, {y, b.int32s(begin), b.int32s(sizes)});
}

Results batch(TfNode& n, Builder& b, Op op, std::vector<std::int64_t> sizes, std::vector<std::int64_t> margins) {
  const bool spreads = op == Op::SPACE_TO_BATCH_ND;
  Blocks blocks{std::move(sizes), std::move(margins)};
  n.require(blocks.margins.size() == 2 * blocks.sizes.size(), "its margins do not fit its blocks");
  for (const std::int64_t size : blocks.sizes) {
    n.require(size >= 1 && size <= INT32_MAX && blocks.product <= INT32_MAX, "a block is out of range");
    blocks.product *= size;
  }
  for (const std::int64_t margin : blocks.margins)
    n.require(margin >= 0 && margin <= INT32_MAX, "a padding or crop is out of range");
  const Shape shape = n.shape(0);
  n.require(shape.ranked() && shape.rank() > blocks.sizes.size(), "the rank of the tensor is not known or too low");
  if (blocks.sizes.empty()) return n.in(0);
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, op, type));
  const Shape result = spreads ? spread(b, shape, blocks) : gathered(b, shape, blocks);
  Blocks trimmed = blocks;
  const auto form = kernel_form(b, shape, trimmed);
  if (!form || !reshape_target(*form) || !reshape_target(result)) {
    if (form && *form == shape) return carried(b, b(op, {x, b.int32s(trimmed.sizes), pairs(b, trimmed.margins)}), type);
    return carried(b, spreads ? spread_by_transpose(n, b, x, blocks) : gathered_by_transpose(n, b, x, blocks), type);
  }
  const ValueId in_form = reshape(b, x, *form);
  const ValueId y = b(op, {in_form, b.int32s(trimmed.sizes), pairs(b, trimmed.margins)});
  return carried(b, *form == shape ? y : reshape(b, y, result), type);
}

Results batch_nd(TfNode& n, Builder& b, Op op) {
  const auto sizes = b.integers(n.in(1));
  const auto margins = b.integers(n.in(2));
  if (sizes && margins) return batch(n, b, op, *sizes, *margins);
  const Shape& blocks = n.shape(1);
  const Shape& shape = n.shape(0);
  n.require(shape.ranked() && (shape.rank() == 3 || shape.rank() == 4) && blocks.is_static() && blocks.rank() == 1 &&
                blocks[0].is(static_cast<std::int64_t>(shape.rank()) - 2),
            "its blocks are computed at run time");
  const Type type = n.type(0);
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, op, type));
  return carried(b, b(op, {x, int32_operand(b, n.in(1)), int32_operand(b, n.in(2))}), type);
}

// The first form of the ops: one block size for height and width.
Results batch_2d(TfNode& n, Builder& b, Op op) {
  const std::int64_t block = n.integer_attr("block_size");
  return batch(n, b, op, {block, block}, n.integers(1, op == Op::SPACE_TO_BATCH_ND ? "paddings" : "crops"));
}

}  // namespace

void add_space_translators(Translators& t) {
  t.add("SpaceToDepth", [](TfNode& n, Builder& b) { return depth(n, b, Op::SPACE_TO_DEPTH); });
  t.add("DepthToSpace", [](TfNode& n, Builder& b) { return depth(n, b, Op::DEPTH_TO_SPACE); });
  t.add("SpaceToBatchND", [](TfNode& n, Builder& b) { return batch_nd(n, b, Op::SPACE_TO_BATCH_ND); });
  t.add("BatchToSpaceND", [](TfNode& n, Builder& b) { return batch_nd(n, b, Op::BATCH_TO_SPACE_ND); });
  t.add("SpaceToBatch", [](TfNode& n, Builder& b) { return batch_2d(n, b, Op::SPACE_TO_BATCH_ND); });
  t.add("BatchToSpace", [](TfNode& n, Builder& b) { return batch_2d(n, b, Op::BATCH_TO_SPACE_ND); });
}

}  // namespace tolite::tensorflow
