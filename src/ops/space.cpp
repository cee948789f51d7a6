// Ops that move blocks of the spatial axes into another axis and back: SPACE_TO_DEPTH, DEPTH_TO_SPACE,
// SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND.
#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

// x seen as `view` dimensions, these in the order `order`: one copy.
Tensor permuted(const Tensor& x, std::size_t width, const std::vector<std::int64_t>& view,
                const std::vector<std::size_t>& order, std::vector<std::int64_t> dims) {
  const std::vector<std::int64_t> from = dense_strides(view);
  std::vector<CopyAxis> axes;
  for (const std::size_t axis : order) axes.push_back({view[axis], 0, from[axis]});
  std::int64_t step = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    axes[i].to = step;
    step *= axes[i].size;
  }
  NewTensor y = new_tensor(x.type, std::move(dims));
  strided_copy(y.writable.data(), x.bytes.data(), width, axes);
  return std::move(y.tensor);
}

template <typename View>
std::int64_t block_size(const View& n) {
  const std::int64_t block = n.integer(Attr::block_size);
  if (block < 1) n.fail("the block size is not positive");
  return block;
}

void require_rank_4(const Infer& n) {
  n.require(!n.shape(0).ranked() || n.shape(0).rank() == 4, "the operand does not have four dimensions");
}

Dim divided(Infer& n, Dim d, std::int64_t by) {
  n.require(!d.known() || d.number % by == 0, "a dimension is not a multiple of the block");
  return n.dims().floor_div(d, by);
}

constexpr OpRow kSpaceToDepth{
    .op = Op::SPACE_TO_DEPTH,
    .name = "SPACE_TO_DEPTH",
    .options = {.builtin_options = 19},
    .attrs = {{Attr::block_size, AttrKind::int32}},
    .infer =
        [](Infer& n) {
          require_rank_4(n);
          const std::int64_t block = block_size(n);
          const Shape& x = n.shape(0);
          if (!x.ranked()) return n.output(0, n.type(0), unknown_shape(n.dims(), 4));
          n.output(0, n.type(0),
                   Shape{x[0], divided(n, x[1], block), divided(n, x[2], block),
                         n.dims().mul(x[3], checked_mul(block, block))});
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const std::int64_t b = block_size(n);
          if (x.dims.size() != 4 || x.dims[1] % b != 0 || x.dims[2] % b != 0)
            n.fail("the blocks do not fit the operand");
          const std::int64_t h = x.dims[1] / b;
          const std::int64_t w = x.dims[2] / b;
          n.set(0, permuted(x, element_width(n, x), {x.dims[0], h, b, w, b, x.dims[3]}, {0, 1, 3, 2, 4, 5},
                            {x.dims[0], h, w, checked_mul(x.dims[3], checked_mul(b, b))}));
        },
    .version = {{input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::int32, Type::int64, Type::uint8}},
    .quantization = kPassesInt8,
};

constexpr OpRow kDepthToSpace{
    .op = Op::DEPTH_TO_SPACE,
    .name = "DEPTH_TO_SPACE",
    .options = {.builtin_options = 94},
    .attrs = {{Attr::block_size, AttrKind::int32}},
    .infer =
        [](Infer& n) {
          require_rank_4(n);
          const std::int64_t block = block_size(n);
          const Shape& x = n.shape(0);
          if (!x.ranked()) return n.output(0, n.type(0), unknown_shape(n.dims(), 4));
          n.output(0, n.type(0),
                   Shape{x[0], n.dims().mul(x[1], block), n.dims().mul(x[2], block),
                         divided(n, x[3], checked_mul(block, block))});
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const std::int64_t b = block_size(n);
          if (x.dims.size() != 4 || x.dims[3] % checked_mul(b, b) != 0) n.fail("the blocks do not fit the operand");
          const std::int64_t c = x.dims[3] / (b * b);
          n.set(0, permuted(x, element_width(n, x), {x.dims[0], x.dims[1], x.dims[2], b, b, c}, {0, 1, 3, 2, 4, 5},
                            {x.dims[0], checked_mul(x.dims[1], b), checked_mul(x.dims[2], b), c}));
        },
    .version = {{input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::int8, Type::int32, Type::int64, Type::uint8}},
    .quantization = kPassesInt8,
};

// Operands 1 and 2 of the batch ops: a block a spatial axis, and a pair of paddings or crops each.
struct Blocks {
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> margins;
  std::int64_t product = 1;
};

template <typename View>
Blocks blocks_of(const View& n, std::vector<std::int64_t> sizes, std::vector<std::int64_t> margins, std::size_t rank) {
  Blocks blocks{std::move(sizes), std::move(margins)};
  if (rank < 3 || rank > 4 || blocks.sizes.size() + 2 != rank) n.fail("there are not as many blocks as spatial axes");
  if (blocks.margins.size() != 2 * blocks.sizes.size()) n.fail("there are not as many margins as spatial axes");
  for (const std::int64_t size : blocks.sizes) {
    if (size < 1) n.fail("a block is not positive");
    blocks.product = checked_mul(blocks.product, size);
  }
  for (const std::int64_t margin : blocks.margins) {
    if (margin < 0) n.fail("a padding or crop is negative");
  }
  return blocks;
}

// The blocks where they are constants; otherwise the result has the rank of the operand and unknown spatial dimensions.
std::optional<Blocks> infer_blocks(Infer& n) {
  n.require(n.type(1) == Type::int32 && n.type(2) == Type::int32, "blocks and margins are not int32");
  const Shape& x = n.shape(0);
  const auto sizes = n.integers(1);
  const auto margins = n.integers(2);
  if (x.ranked() && sizes && margins) return blocks_of(n, *sizes, *margins, x.rank());
  if (!x.ranked()) {
    n.output(0, n.type(0), Shape::unranked());
    return std::nullopt;
  }
  Shape y = unknown_shape(n.dims(), x.rank());
  if (x.rank() > 0) y[x.rank() - 1] = x.last();
  n.output(0, n.type(0), std::move(y));
  return std::nullopt;
}

bool is_not_rank_4(const NodeView& n) { return n.shape(0).rank() != 4; }
constexpr VersionRules kBatchVersions{{input_is<Type::int16>, 4}, {is_not_rank_4, 3}, {input_is<Type::int8>, 2}};

constexpr OpRow kSpaceToBatch{
    .op = Op::SPACE_TO_BATCH_ND,
    .name = "SPACE_TO_BATCH_ND",
    .options = {.builtin_options = 25},
    .infer =
        [](Infer& n) {
          const auto blocks = infer_blocks(n);
          if (!blocks) return;
          Shape y = n.shape(0);
          y[0] = n.dims().mul(y[0], blocks->product);
          for (std::size_t i = 0; i < blocks->sizes.size(); ++i) {
            const std::int64_t margin = checked_add(blocks->margins[2 * i], blocks->margins[2 * i + 1]);
            y[i + 1] = divided(n, n.dims().add(y[i + 1], margin), blocks->sizes[i]);
          }
          n.output(0, n.type(0), std::move(y));
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const Blocks blocks = blocks_of(n, n.in_integers(1), n.in_integers(2), x.dims.size());
          const std::size_t width = element_width(n, x);
          // Pad, then move the blocks in front of the batch.
          std::vector<std::int64_t> dims = x.dims;
          for (std::size_t i = 0; i < blocks.sizes.size(); ++i) {
            dims[i + 1] = checked_add(checked_add(dims[i + 1], blocks.margins[2 * i]), blocks.margins[2 * i + 1]);
            if (dims[i + 1] % blocks.sizes[i] != 0) n.fail("a dimension is not a multiple of the block");
          }
          const NewTensor padded = new_zeros(n, dims);
          const std::vector<std::int64_t> to = dense_strides(dims);
          const std::vector<std::int64_t> from = dense_strides(x.dims);
          std::vector<CopyAxis> axes;
          std::int64_t first = 0;
          for (std::size_t i = 0; i < dims.size(); ++i) axes.push_back({x.dims[i], to[i], from[i]});
          for (std::size_t i = 0; i < blocks.sizes.size(); ++i) first += blocks.margins[2 * i] * to[i + 1];
          if (x.element_count() != 0)
            strided_copy(padded.writable.data() + static_cast<std::size_t>(first) * width, x.bytes.data(), width, axes);

          const std::size_t m = blocks.sizes.size();
          std::vector<std::int64_t> view{dims[0]};
          std::vector<std::size_t> order;
          std::vector<std::int64_t> result{checked_mul(dims[0], blocks.product)};
          for (std::size_t i = 0; i < m; ++i) {
            view.insert(view.end(), {dims[i + 1] / blocks.sizes[i], blocks.sizes[i]});
            order.push_back(2 + 2 * i);
            result.push_back(dims[i + 1] / blocks.sizes[i]);
          }
          view.push_back(dims.back());
          result.push_back(dims.back());
          order.push_back(0);
          for (std::size_t i = 0; i < m; ++i) order.push_back(1 + 2 * i);
          order.push_back(1 + 2 * m);
          n.set(0, permuted(padded.tensor, width, view, order, std::move(result)));
        },
    .version = kBatchVersions,
    .kernel = {kFixedWidthTypes},
    .quantization = kPassesInt8And16,
};

Tensor cropped(const Tensor& x, std::size_t width, const Blocks& blocks) {
  std::vector<std::int64_t> dims = x.dims;
  const std::vector<std::int64_t> from = dense_strides(x.dims);
  std::int64_t first = 0;
  for (std::size_t i = 0; i < blocks.sizes.size(); ++i) {
    dims[i + 1] -= blocks.margins[2 * i] + blocks.margins[2 * i + 1];
    first += blocks.margins[2 * i] * from[i + 1];
  }
  NewTensor y = new_tensor(x.type, dims);
  if (y.tensor.element_count() == 0) return std::move(y.tensor);
  const std::vector<std::int64_t> to = dense_strides(dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < dims.size(); ++i) axes.push_back({dims[i], to[i], from[i]});
  strided_copy(y.writable.data(), x.bytes.data() + static_cast<std::size_t>(first) * width, width, axes);
  return std::move(y.tensor);
}

constexpr OpRow kBatchToSpace{
    .op = Op::BATCH_TO_SPACE_ND,
    .name = "BATCH_TO_SPACE_ND",
    .options = {.builtin_options = 24},
    .infer =
        [](Infer& n) {
          const auto blocks = infer_blocks(n);
          if (!blocks) return;
          Shape y = n.shape(0);
          y[0] = divided(n, y[0], blocks->product);
          for (std::size_t i = 0; i < blocks->sizes.size(); ++i) {
            const std::int64_t margin = checked_add(blocks->margins[2 * i], blocks->margins[2 * i + 1]);
            y[i + 1] = n.dims().sub(n.dims().mul(y[i + 1], blocks->sizes[i]), margin);
            n.require(!y[i + 1].known() || y[i + 1].number >= 0, "the crops are larger than the tensor");
          }
          n.output(0, n.type(0), std::move(y));
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const Blocks blocks = blocks_of(n, n.in_integers(1), n.in_integers(2), x.dims.size());
          if (x.dims[0] % blocks.product != 0) n.fail("the batch is not a multiple of the blocks");
          const std::size_t m = blocks.sizes.size();
          std::vector<std::int64_t> view(blocks.sizes);
          view.insert(view.end(), x.dims.begin(), x.dims.end());
          view[m] = x.dims[0] / blocks.product;
          std::vector<std::size_t> order{m};
          std::vector<std::int64_t> result{view[m]};
          for (std::size_t i = 0; i < m; ++i) {
            order.insert(order.end(), {m + 1 + i, i});
            result.push_back(checked_mul(x.dims[i + 1], blocks.sizes[i]));
            if (checked_add(blocks.margins[2 * i], blocks.margins[2 * i + 1]) > result.back())
              n.fail("the crops are larger than the tensor");
          }
          order.push_back(2 * m + 1);
          result.push_back(x.dims.back());
          const std::size_t width = element_width(n, x);
          n.set(0, cropped(permuted(x, width, view, order, std::move(result)), width, blocks));
        },
    .version = kBatchVersions,
    .kernel = {kFixedWidthTypes},
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_space_ops(OpTable& table) {
  table.add(kSpaceToDepth);
  table.add(kDepthToSpace);
  table.add(kSpaceToBatch);
  table.add(kBatchToSpace);
}

}  // namespace tolite
