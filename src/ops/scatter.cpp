// Ops that put elements at computed indices: SCATTER_ND, SPARSE_TO_DENSE.
#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "ops/element_types.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

// The position of the index tuple `index` in a tensor of `dims`, counted in blocks of the dimensions it leaves out.
std::size_t block_at(const Eval& n, std::span<const std::int64_t> index, std::span<const std::int64_t> dims) {
  std::size_t block = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] < 0 || index[i] >= dims[i])
      n.fail("index " + std::to_string(index[i]) + " is outside a dimension of " + std::to_string(dims[i]));
    block = block * static_cast<std::size_t>(dims[i]) + static_cast<std::size_t>(index[i]);
  }
  return block;
}

// The shape that operand i holds, or one of unknown dimensions.
Shape shape_operand(Infer& n, std::size_t i) {
  if (const auto known = n.known(i)) {
    for (const Dim d : *known) n.require(!d.known() || d.number >= 0, "the shape has a negative dimension");
    return Shape(*known);
  }
  const auto rank = vector_length(n, i);
  return rank ? unknown_shape(n.dims(), *rank) : Shape::unranked();
}

void infer_scatter_nd(Infer& n) {
  n.require(n.type(0) == Type::int32 && n.type(2) == Type::int32, "indices and shape are not int32");
  const Shape& indices = n.shape(0);
  const Shape& updates = n.shape(1);
  Shape y = shape_operand(n, 2);
  n.require(!indices.ranked() || indices.rank() >= 1, "the indices are a scalar");
  if (indices.ranked() && indices.last().known() && y.ranked()) {
    const std::int64_t depth = indices.last().number;
    n.require(depth >= 0 && depth <= static_cast<std::int64_t>(y.rank()), "the indices are longer than the rank");
    const std::size_t rank = indices.rank() - 1 + (y.rank() - static_cast<std::size_t>(depth));
    n.require(!updates.ranked() || updates.rank() == rank, "the updates do not fit the indices");
  }
  n.output(0, n.type(1), std::move(y));
}

// What falls on the same index is added up.
void scatter_nd(Eval& n) {
  const Tensor& indices = n.in(0);
  const Tensor& updates = n.in(1);
  const std::vector<std::int64_t> dims = n.in_integers(2);
  if (indices.dims.empty() || indices.dims.back() > static_cast<std::int64_t>(dims.size()))
    n.fail("the indices do not fit the shape");
  const auto depth = static_cast<std::size_t>(indices.dims.back());
  const std::span<const std::int64_t> to(dims);
  std::vector<std::int64_t> expected(indices.dims.begin(), indices.dims.end() - 1);
  const auto count = static_cast<std::size_t>(element_count(expected));
  expected.insert(expected.end(), to.begin() + static_cast<std::ptrdiff_t>(depth), to.end());
  if (expected != updates.dims) n.fail("the updates do not fit the indices");
  const auto block = static_cast<std::size_t>(element_count(to.subspan(depth)));
  const std::vector<std::int64_t> list = n.in_integers(0);
  with_type(n, updates.type, AllTypes{}, [&](auto zero) {
    using T = decltype(zero);
    T* y = n.out_as<T>(0, updates.type, dims);
    const Elements<T> from = elements<T>(updates);
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t at = block_at(n, std::span(list).subspan(k * depth, depth), to.first(depth)) * block;
      for (std::size_t i = 0; i < block; ++i) {
        if constexpr (std::is_same_v<T, Bool>) {
          y[at + i] = y[at + i] || from[k * block + i];
        } else {
          y[at + i] = wrapping_add(y[at + i], from[k * block + i]);
        }
      }
    }
  });
}

constexpr OpRow kScatterNd{
    .op = Op::SCATTER_ND,
    .name = "SCATTER_ND",
    .options = {.builtin_options = 97},
    .infer = infer_scatter_nd,
    .eval = scatter_nd,
    .kernel = {{Type::float32, Type::int8, Type::int32, Type::int64, Type::uint8, Type::boolean}, 1},
};

void infer_sparse_to_dense(Infer& n) {
  n.require(n.type(2) == n.type(3), "values and default have different types");
  n.require(!n.shape(0).ranked() || n.shape(0).rank() <= 2, "the indices have more than two dimensions");
  n.output(0, n.type(2), shape_operand(n, 1));
}

// Indices: [count, rank], [count] for a vector, or a scalar. Values: one each, or one for all.
void sparse_to_dense(Eval& n) {
  const std::vector<std::int64_t> dims = n.in_integers(1);
  const Tensor& values = n.in(2);
  const Tensor& fill = n.in(3);
  const std::vector<std::int64_t>& at = n.in(0).dims;
  if (at.size() > 2) n.fail("the indices have more than two dimensions");
  const std::size_t depth = at.size() == 2 ? static_cast<std::size_t>(at[1]) : 1;
  const std::size_t count = at.empty() ? 1 : static_cast<std::size_t>(at[0]);
  if (depth != dims.size()) n.fail("the indices do not fit the shape");
  if (values.type != fill.type || fill.element_count() != 1) n.fail("the default is not one value of the same type");
  const bool one_value = values.element_count() == 1;
  if (!one_value && values.element_count() != static_cast<std::int64_t>(count))
    n.fail("there are not as many values as indices");
  const std::size_t width = element_width(n, values);
  const std::span<std::byte> y = n.out(0, values.type, dims);
  fill_elements(y.data(), y.size() / width, fill.bytes.data(), width);
  const std::vector<std::int64_t> list = n.in_integers(0);
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t to = block_at(n, std::span(list).subspan(k * depth, depth), dims);
    std::memcpy(y.data() + to * width, values.bytes.data() + (one_value ? 0 : k * width), width);
  }
}

constexpr OpRow kSparseToDense{
    .op = Op::SPARSE_TO_DENSE,
    .name = "SPARSE_TO_DENSE",
    .options = {.builtin_options = 50},
    .attrs = {{Attr::validate_indices, AttrKind::boolean}},
    .infer = infer_sparse_to_dense,
    .eval = sparse_to_dense,
    .version = {{input_is<Type::int8, 2>, 3}, {input_is<Type::uint8, 2>, 3}, {input_is<Type::int64, 2>, 2}},
    .kernel = {{Type::float32, Type::int32, Type::int64, Type::int8, Type::uint8}, 2},
};

}  // namespace

void add_scatter_ops(OpTable& table) {
  table.add(kScatterNd);
  table.add(kSparseToDense);
}

}  // namespace tolite
