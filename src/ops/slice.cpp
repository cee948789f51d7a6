// SLICE and DYNAMIC_UPDATE_SLICE.
#include "ops/slice.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

// The size of one axis of a slice: `size` elements from `begin`, to the end if size is -1.
Dim sliced_dim(Infer& n, Dim d, std::optional<Dim> begin, std::optional<Dim> size) {
  n.require(!begin || !begin->known() || begin->number >= 0, "the slice begins before the tensor");
  n.require(!size || !size->known() || size->number >= -1, "the size of the slice is negative");
  n.require(!begin || !begin->known() || !d.known() || begin->number <= d.number, "the slice begins after the tensor");
  if (!size) return n.dims().fresh();
  if (size->is(-1)) return begin ? n.dims().sub(d, *begin) : n.dims().fresh();
  if (d.known() && size->known()) {
    const std::int64_t from = begin && begin->known() ? begin->number : 0;
    n.require(size->number <= d.number - from, "the slice ends after the tensor");
  }
  return *size;
}

std::optional<Dim> element(const std::optional<std::vector<Dim>>& list, std::size_t i) {
  return list ? std::optional((*list)[i]) : std::nullopt;
}

Tensor sliced(const Eval& n, const Tensor& x) {
  const std::vector<std::int64_t> begin = n.in_integers(1);
  std::vector<std::int64_t> dims = n.in_integers(2);
  if (begin.size() != x.dims.size() || dims.size() != x.dims.size()) n.fail("begin and size do not fit the rank");
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (begin[i] < 0 || begin[i] > x.dims[i]) n.fail("the slice begins outside the tensor");
    if (dims[i] == -1) dims[i] = x.dims[i] - begin[i];
    if (dims[i] < 0 || dims[i] > x.dims[i] - begin[i]) n.fail("the slice ends outside the tensor");
  }
  const std::vector<std::int64_t> stride(dims.size(), 1);
  return slice_of(x, element_width(n, x), begin, stride, std::move(dims));
}

constexpr OpRow kSlice{
    .op = Op::SLICE,
    .name = "SLICE",
    .options = {.builtin_options = 48},
    .infer =
        [](Infer& n) {
          n.require(n.type(1) == n.type(2), "begin and size have different types");
          n.require(n.type(1) == Type::int32 || n.type(1) == Type::int64, "begin and size are not int32 or int64");
          const Shape& x = n.shape(0);
          auto rank = x.ranked() ? std::optional(x.rank()) : vector_length(n, 1);
          if (!rank) rank = vector_length(n, 2);
          if (!rank) return n.output(0, n.type(0), Shape::unranked());
          const auto begin = n.known(1);
          const auto size = n.known(2);
          n.require((!begin || begin->size() == *rank) && (!size || size->size() == *rank),
                    "begin and size do not fit the rank");
          std::vector<Dim> dims;
          for (std::size_t i = 0; i < *rank; ++i)
            dims.push_back(sliced_dim(n, x.ranked() ? x[i] : n.dims().fresh(), element(begin, i), element(size, i)));
          n.output(0, n.type(0), Shape(std::move(dims)));
          move_known(n);
        },
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return sliced(n, x); })); },
    .permute = [](Permute& n) { return n.data(0) && n.rows(1) && n.rows(2); },
    .version = {{input_is<Type::float16>, 8},
                {input_is<Type::int4>, 7},
                {input_is<Type::uint32>, 6},
                {[](const NodeView& n) { return n.shape(0).ranked() && n.shape(0).rank() > 4; }, 5},
                {input_is<Type::int16>, 4},
                {input_is<Type::string>, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {kMovedTypes},
    .quantization = kPassesInt8And16,
};

constexpr OpRow kDynamicUpdateSlice{
    .op = Op::DYNAMIC_UPDATE_SLICE,
    .name = "DYNAMIC_UPDATE_SLICE",
    .options = {.builtin_options = 117},
    .infer =
        [](Infer& n) {
          n.require(n.type(0) == n.type(1), "operand and update have different types");
          n.require(n.type(2) == Type::int32 || n.type(2) == Type::int64, "start indices are not int32 or int64");
          const Shape& x = n.shape(0);
          const Shape& update = n.shape(1);
          if (x.ranked() && update.ranked()) {
            n.require(x.rank() == update.rank(), "operand and update have different ranks");
            for (std::size_t i = 0; i < x.rank(); ++i)
              n.require(!x[i].known() || !update[i].known() || update[i].number <= x[i].number,
                        "the update is larger than the operand");
          }
          n.output(0, n.type(0), x);
          move_known(n, {0, 1});
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const Tensor& update = n.in(1);
          std::vector<std::int64_t> start = n.in_integers(2);
          if (update.dims.size() != x.dims.size() || start.size() != x.dims.size())
            n.fail("operand, update and start indices have different ranks");
          const std::size_t width = element_width(n, x);
          NewTensor y = new_tensor(x.type, x.dims);
          strided_copy(y.writable.data(), x.bytes.data(), x.bytes.size(), {});
          const std::vector<std::int64_t> to = dense_strides(x.dims);
          const std::vector<std::int64_t> from = dense_strides(update.dims);
          std::int64_t offset = 0;
          std::vector<CopyAxis> axes;
          for (std::size_t i = 0; i < start.size(); ++i) {
            if (update.dims[i] > x.dims[i]) n.fail("the update is larger than the operand");
            offset += std::clamp<std::int64_t>(start[i], 0, x.dims[i] - update.dims[i]) * to[i];
            axes.push_back({update.dims[i], to[i], from[i]});
          }
          strided_copy(y.writable.data() + offset * static_cast<std::int64_t>(width), update.bytes.data(), width, axes);
          n.set(0, std::move(y.tensor));
        },
    .version = {{input_is<Type::bfloat16>, 6},
                {input_is<Type::int4>, 5},
                {input_is<Type::int16>, 4},
                {input_is<Type::float16>, 3},
                {[](const NodeView& n) { return n.type(2) == Type::int64; }, 2}},
    .kernel = {kFixedWidthTypes},
    .quantization = kPassesInt8And16,
};

}  // namespace

Tensor slice_of(const Tensor& x, std::size_t width, std::span<const std::int64_t> begin,
                std::span<const std::int64_t> stride, std::vector<std::int64_t> dims) {
  const std::vector<std::int64_t> from = dense_strides(x.dims);
  const std::int64_t count = element_count(dims);
  std::int64_t offset = 0;
  if (count != 0) {
    for (std::size_t i = 0; i < dims.size(); ++i) offset += begin[i] * from[i];
  }
  // Contiguous: single elements, then one axis that is cut, then whole axes.
  std::size_t axis = 0;
  while (axis < dims.size() && dims[axis] == 1) ++axis;
  bool contiguous = axis >= dims.size() || stride[axis] == 1;
  for (std::size_t i = axis + 1; i < dims.size(); ++i)
    contiguous = contiguous && stride[i] == 1 && dims[i] == x.dims[i];
  if (contiguous) {
    const Bytes bytes =
        x.bytes.subspan(static_cast<std::size_t>(offset) * width, static_cast<std::size_t>(count) * width);
    return {x.type, std::move(dims), bytes, x.owner};
  }
  NewTensor y = new_tensor(x.type, dims);
  const std::vector<std::int64_t> to = dense_strides(dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < dims.size(); ++i) axes.push_back({dims[i], to[i], from[i] * stride[i]});
  strided_copy(y.writable.data(), x.bytes.data() + offset * static_cast<std::int64_t>(width), width, axes);
  return std::move(y.tensor);
}

void add_slice_ops(OpTable& table) {
  table.add(kSlice);
  table.add(kDynamicUpdateSlice);
}

}  // namespace tolite
