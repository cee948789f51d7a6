// Ops that repeat elements: TILE, BROADCAST_TO; and the shape they broadcast to, BROADCAST_ARGS.
#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

bool is_index_type(Type type) { return type == Type::int32 || type == Type::int64; }

Tensor tiled(const Eval& n, const Tensor& x) {
  const std::vector<std::int64_t> multiples = n.in_integers(1);
  if (multiples.size() != x.dims.size()) n.fail("there are not as many multiples as dimensions");
  std::vector<std::int64_t> dims = x.dims;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (multiples[i] < 0) n.fail("a multiple is negative");
    dims[i] = checked_mul(dims[i], multiples[i]);
  }
  NewTensor y = new_tensor(x.type, dims);
  const std::vector<std::int64_t> to = dense_strides(dims);
  const std::vector<std::int64_t> from = dense_strides(x.dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    axes.push_back({multiples[i], to[i] * x.dims[i], 0});
    axes.push_back({x.dims[i], to[i], from[i]});
  }
  strided_copy(y.writable.data(), x.bytes.data(), element_width(n, x), axes);
  return std::move(y.tensor);
}

constexpr OpRow kTile{
    .op = Op::TILE,
    .name = "TILE",
    .options = {.builtin_options = 51},
    .infer =
        [](Infer& n) {
          n.require(is_index_type(n.type(1)), "multiples are not int32 or int64");
          const Shape& x = n.shape(0);
          const auto rank = x.ranked() ? std::optional(x.rank()) : vector_length(n, 1);
          if (!rank) return n.output(0, n.type(0), Shape::unranked());
          const auto multiples = n.known(1);
          n.require(!multiples || multiples->size() == *rank, "there are not as many multiples as dimensions");
          if (!multiples || !x.ranked()) return n.output(0, n.type(0), unknown_shape(n.dims(), *rank));
          std::vector<Dim> dims;
          for (std::size_t i = 0; i < *rank; ++i) {
            n.require(!(*multiples)[i].known() || (*multiples)[i].number >= 0, "a multiple is negative");
            dims.push_back(n.dims().mul(x[i], (*multiples)[i]));
          }
          n.output(0, n.type(0), Shape(std::move(dims)));
          move_known(n);
        },
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return tiled(n, x); })); },
    .permute = permute_rows,
    .version = {{input_is<Type::int8>, 3}, {input_is<Type::string>, 2}},
    .kernel = {kMovedTypes},
    .quantization = kPassesInt8And16,
};

Tensor broadcasted(const Eval& n, const Tensor& x) {
  const std::vector<std::int64_t> dims = n.in_integers(1);
  if (dims.size() < x.dims.size()) n.fail("the shape has a lower rank than the tensor");
  NewTensor y = new_tensor(x.type, dims);
  const std::size_t added = dims.size() - x.dims.size();
  const std::vector<std::int64_t> to = dense_strides(dims);
  const std::vector<std::int64_t> from = dense_strides(x.dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool repeats = i < added || x.dims[i - added] == 1;
    if (!repeats && x.dims[i - added] != dims[i]) n.fail("the tensor cannot be broadcast to the shape");
    axes.push_back({dims[i], to[i], repeats ? 0 : from[i - added]});
  }
  strided_copy(y.writable.data(), x.bytes.data(), element_width(n, x), axes);
  return std::move(y.tensor);
}

void infer_broadcast_to(Infer& n) {
  n.require(is_index_type(n.type(1)), "the shape is not int32 or int64");
  const Shape& x = n.shape(0);
  const auto target = n.known(1);
  if (!target) {
    const auto rank = vector_length(n, 1);
    if (!rank) return n.output(0, n.type(0), Shape::unranked());
    Shape y = unknown_shape(n.dims(), *rank);
    // What is larger than 1 stays as it is.
    for (std::size_t i = 0; x.ranked() && i < x.rank() && i < *rank; ++i) {
      const Dim d = x[x.rank() - 1 - i];
      if (d.known() && d.number != 1) y[*rank - 1 - i] = d;
    }
    return n.output(0, n.type(0), std::move(y));
  }
  n.require(!x.ranked() || x.rank() <= target->size(), "the shape has a lower rank than the tensor");
  for (const Dim d : *target) n.require(!d.known() || d.number >= 0, "the shape has a negative dimension");
  for (std::size_t i = 0; x.ranked() && i < x.rank(); ++i) {
    const Dim from = x[x.rank() - 1 - i];
    const Dim to = (*target)[target->size() - 1 - i];
    n.require(!from.known() || !to.known() || from.number == 1 || from == to,
              "the tensor cannot be broadcast to the shape");
  }
  n.output(0, n.type(0), Shape(*target));
  move_known(n);
}

constexpr OpRow kBroadcastTo{
    .op = Op::BROADCAST_TO,
    .name = "BROADCAST_TO",
    .options = {.builtin_options = 104},
    .infer = infer_broadcast_to,
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return broadcasted(n, x); })); },
    // There is no version 1.
    .version = {{input_is<Type::float8_e4m3fn>, 4},
                {input_is<Type::float8_e5m2>, 4},
                {input_is<Type::int8>, 3},
                {input_is<Type::int16>, 3},
                {[](const NodeView&) { return true; }, 2}},
    .kernel = {kFixedWidthTypes},
    .quantization = kPassesInt8And16,
};

void infer_broadcast_args(Infer& n) {
  n.require(n.type(0) == n.type(1) && is_index_type(n.type(0)), "the shapes are not both int32 or both int64");
  const auto a = n.known(0);
  const auto b = n.known(1);
  const auto a_rank = vector_length(n, 0);
  const auto b_rank = vector_length(n, 1);
  const Dim rank = a_rank && b_rank ? Dim(static_cast<std::int64_t>(std::max(*a_rank, *b_rank))) : n.dims().fresh();
  n.output(0, n.type(0), Shape{rank});
  if (a && b) n.output_known(0, broadcast(n.dims(), Shape(*a), Shape(*b)).dims());
}

constexpr OpRow kBroadcastArgs{
    .op = Op::BROADCAST_ARGS,
    .name = "BROADCAST_ARGS",
    .infer = infer_broadcast_args,
    .eval =
        [](Eval& n) {
          const std::vector<std::int64_t> a = n.in_integers(0);
          const std::vector<std::int64_t> b = n.in_integers(1);
          std::vector<std::int64_t> dims(std::max(a.size(), b.size()));
          for (std::size_t i = 0; i < dims.size(); ++i) {
            const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
            const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
            if (x != y && x != 1 && y != 1) n.fail("the shapes cannot be broadcast");
            dims[dims.size() - 1 - i] = x == 1 ? y : x;
          }
          n.set(0, integer_tensor(n.in(0).type, {static_cast<std::int64_t>(dims.size())}, dims));
        },
    .kernel = {{Type::int32, Type::int64}},
};

}  // namespace

void add_tile_ops(OpTable& table) {
  table.add(kTile);
  table.add(kBroadcastTo);
  table.add(kBroadcastArgs);
}

}  // namespace tolite
