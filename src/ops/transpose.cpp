// TRANSPOSE.
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

// Which axis of the operand each axis of the result is.
template <typename View>
std::vector<std::size_t> permutation_of(const View& n, const std::vector<std::int64_t>& permutation, std::size_t rank) {
  if (permutation.size() != rank) n.fail("the permutation has another length than the tensor's rank");
  std::vector<std::size_t> axes;
  std::vector<bool> used(rank);
  for (const std::int64_t p : permutation) {
    axes.push_back(axis_of(n, p, rank));
    if (used[axes.back()]) n.fail("the permutation names an axis twice");
    used[axes.back()] = true;
  }
  return axes;
}

Tensor transposed(const Eval& n, const Tensor& x) {
  const std::vector<std::size_t> axes = permutation_of(n, n.in_integers(1), x.dims.size());
  std::vector<std::int64_t> dims;
  for (const std::size_t axis : axes) dims.push_back(x.dims[axis]);
  NewTensor y = new_tensor(x.type, dims);
  const std::vector<std::int64_t> from = dense_strides(x.dims);
  const std::vector<std::int64_t> to = dense_strides(dims);
  std::vector<CopyAxis> copy;
  for (std::size_t i = 0; i < axes.size(); ++i) copy.push_back({dims[i], to[i], from[axes[i]]});
  strided_copy(y.writable.data(), x.bytes.data(), element_width(n, x), copy);
  return std::move(y.tensor);
}

bool rank_is_over(const NodeView& n, std::size_t rank) { return n.shape(0).ranked() && n.shape(0).rank() > rank; }

constexpr OpRow kTranspose{
    .op = Op::TRANSPOSE,
    .name = "TRANSPOSE",
    .options = {.builtin_options = 26},
    .infer =
        [](Infer& n) {
          n.require(n.type(1) == Type::int32, "the permutation is not int32");
          const Shape& x = n.shape(0);
          const auto permutation = n.integers(1);
          if (!permutation) {
            const auto rank = x.ranked() ? x.rank() : vector_length(n, 1);
            return n.output(0, n.type(0), rank ? unknown_shape(n.dims(), *rank) : Shape::unranked());
          }
          if (!x.ranked()) return n.output(0, n.type(0), unknown_shape(n.dims(), permutation->size()));
          std::vector<Dim> dims;
          for (const std::size_t axis : permutation_of(n, *permutation, x.rank())) dims.push_back(x[axis]);
          n.output(0, n.type(0), Shape(std::move(dims)));
          move_known(n);
        },
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return transposed(n, x); })); },
    .version = {{input_is<Type::float16>, 9},
                {[](const NodeView& n) { return rank_is_over(n, 6) || n.type(0) == Type::bfloat16; }, 8},
                {input_is<Type::int4>, 7},
                {[](const NodeView& n) { return rank_is_over(n, 5); }, 6},
                {input_is<Type::int16>, 5},
                {[](const NodeView& n) { return rank_is_over(n, 4); }, 4},
                {input_is<Type::boolean>, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {kFixedWidthTypes},
    .quantization = kPassesInt8And16,
};

}  // namespace

void add_transpose_ops(OpTable& table) { table.add(kTranspose); }

}  // namespace tolite
