// Ops that pick elements by computed indices: GATHER, GATHER_ND, EMBEDDING_LOOKUP.
#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/thread_pool.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/quantization_specs.h"
#include "ops/versions.h"

namespace tolite {
namespace {

constexpr std::size_t kBytesPerTask = 256 * 1024;

bool is_index_type(Type type) { return type == Type::int16 || type == Type::int32 || type == Type::int64; }

// Axis and batch dimensions of a GATHER, counted from the front.
struct GatherAxes {
  std::size_t axis;
  std::size_t batch;
};

template <typename View>
GatherAxes gather_axes(const View& n, std::size_t params_rank, std::size_t indices_rank) {
  const auto rank = static_cast<std::int64_t>(indices_rank);
  const std::int64_t batch = n.integer(Attr::batch_dims);
  if (batch < -rank || batch > rank) n.fail("batch_dims is outside the rank of the indices");
  const GatherAxes axes{axis_of(n, n.integer(Attr::axis), params_rank),
                        static_cast<std::size_t>(batch < 0 ? batch + rank : batch)};
  if (axes.batch > axes.axis) n.fail("batch_dims is larger than the axis");
  return axes;
}

void infer_gather(Infer& n) {
  n.require(is_index_type(n.type(1)), "the indices are not int16, int32 or int64");
  const Shape& x = n.shape(0);
  const Shape& indices = n.shape(1);
  if (!x.ranked() || !indices.ranked()) return n.output(0, n.type(0), Shape::unranked());
  const auto [axis, batch] = gather_axes(n, x.rank(), indices.rank());
  std::vector<Dim> dims(x.dims().begin(), x.dims().begin() + static_cast<std::ptrdiff_t>(axis));
  for (std::size_t i = 0; i < batch; ++i) {
    n.require(!x[i].known() || !indices[i].known() || x[i] == indices[i], "the batch dimensions differ");
    if (!dims[i].known()) dims[i] = indices[i].known() ? indices[i] : dims[i];
  }
  dims.insert(dims.end(), indices.dims().begin() + static_cast<std::ptrdiff_t>(batch), indices.dims().end());
  dims.insert(dims.end(), x.dims().begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.dims().end());
  n.output(0, n.type(0), Shape(std::move(dims)));
  move_known(n);
}

std::int64_t product(std::span<const std::int64_t> dims) { return element_count(dims); }

Tensor gathered(const Eval& n, const Tensor& x) {
  const Tensor& indices = n.in(1);
  const auto [axis, batch] = gather_axes(n, x.dims.size(), indices.dims.size());
  const std::span<const std::int64_t> from(x.dims);
  const std::span<const std::int64_t> at(indices.dims);
  if (!std::equal(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(batch), at.begin()))
    n.fail("the batch dimensions differ");
  std::vector<std::int64_t> dims(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(axis));
  dims.insert(dims.end(), at.begin() + static_cast<std::ptrdiff_t>(batch), at.end());
  dims.insert(dims.end(), from.begin() + static_cast<std::ptrdiff_t>(axis) + 1, from.end());

  const std::vector<std::int64_t> list = n.in_integers(1);
  const std::int64_t size = from[axis];
  for (const std::int64_t i : list) {
    if (i < 0 || i >= size) n.fail("index " + std::to_string(i) + " is outside a dimension of " + std::to_string(size));
  }
  NewTensor y = new_tensor(x.type, dims);
  const auto run = static_cast<std::size_t>(product(from.subspan(axis + 1))) * element_width(n, x);
  const auto batches = static_cast<std::size_t>(product(from.first(batch)));
  const auto outer = static_cast<std::size_t>(product(from.subspan(batch, axis - batch)));
  const auto count = static_cast<std::size_t>(product(at.subspan(batch)));
  if (run == 0 || count == 0) return std::move(y.tensor);
  std::byte* to = y.writable.data();
  parallel_ranges(batches * outer * count, kBytesPerTask / run + 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      const std::size_t block = k / count;  // one of batches * outer
      const auto index = static_cast<std::size_t>(list[block / outer * count + k % count]);
      const std::size_t source = (block * static_cast<std::size_t>(size) + index) * run;
      std::memcpy(to + k * run, x.bytes.data() + source, run);
    }
  });
  return std::move(y.tensor);
}

constexpr OpRow kGather{
    .op = Op::GATHER,
    .name = "GATHER",
    .options = {.builtin_options = 23},
    .attrs = {{Attr::axis, AttrKind::int32}, {Attr::batch_dims, AttrKind::int32}},
    .infer = infer_gather,
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return gathered(n, x); })); },
    .version = {{input_is_any<Type::float8_e4m3fn, Type::float8_e5m2>, 8},
                {input_is<Type::int4>, 7},
                {input_is<Type::int16, 1>, 6},
                {[](const NodeView& n) { return n.integer(Attr::batch_dims) != 0; }, 5},
                {input_is<Type::int16>, 4},
                {input_is<Type::boolean>, 3},
                {input_is<Type::int8>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::bfloat16, Type::int8, Type::int16, Type::int32, Type::int64,
                Type::uint8, Type::boolean, Type::string}},
    .quantization = {.stored = kInt8And16, .result = ResultScale::chosen, .constant = 0},
};

void infer_gather_nd(Infer& n) {
  n.require(is_index_type(n.type(1)), "the indices are not int16, int32 or int64");
  const Shape& x = n.shape(0);
  const Shape& indices = n.shape(1);
  if (!indices.ranked()) return n.output(0, n.type(0), Shape::unranked());
  n.require(indices.rank() >= 1, "the indices are a scalar");
  if (!x.ranked() || !indices.last().known()) return n.output(0, n.type(0), Shape::unranked());
  const std::int64_t depth = indices.last().number;
  n.require(depth >= 0 && depth <= static_cast<std::int64_t>(x.rank()), "the indices are longer than the rank");
  std::vector<Dim> dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), x.dims().begin() + static_cast<std::ptrdiff_t>(depth), x.dims().end());
  n.output(0, n.type(0), Shape(std::move(dims)));
  move_known(n);
}

Tensor gathered_nd(const Eval& n, const Tensor& x) {
  const std::vector<std::int64_t>& at = n.in(1).dims;
  if (at.empty()) n.fail("the indices are a scalar");
  if (at.back() > static_cast<std::int64_t>(x.dims.size())) n.fail("the indices are longer than the rank");
  const auto depth = static_cast<std::size_t>(at.back());
  const std::span<const std::int64_t> from(x.dims);
  std::vector<std::int64_t> dims(at.begin(), at.end() - 1);
  const auto count = static_cast<std::size_t>(product(dims));
  dims.insert(dims.end(), from.begin() + static_cast<std::ptrdiff_t>(depth), from.end());
  const auto run = static_cast<std::size_t>(product(from.subspan(depth))) * element_width(n, x);
  const std::vector<std::int64_t> list = n.in_integers(1);
  NewTensor y = new_tensor(x.type, dims);
  for (std::size_t k = 0; k < count; ++k) {
    std::size_t row = 0;
    for (std::size_t i = 0; i < depth; ++i) {
      const std::int64_t index = list[k * depth + i];
      if (index < 0 || index >= from[i])
        n.fail("index " + std::to_string(index) + " is outside a dimension of " + std::to_string(from[i]));
      row = row * static_cast<std::size_t>(from[i]) + static_cast<std::size_t>(index);
    }
    if (run != 0) std::memcpy(y.writable.data() + k * run, x.bytes.data() + row * run, run);
  }
  return std::move(y.tensor);
}

constexpr OpRow kGatherNd{
    .op = Op::GATHER_ND,
    .name = "GATHER_ND",
    .options = {.builtin_options = 83},
    .infer = infer_gather_nd,
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return gathered_nd(n, x); })); },
    .version = {{input_is_any<Type::float8_e4m3fn, Type::float8_e5m2>, 6},
                {input_is<Type::boolean>, 5},
                {input_is<Type::int16, 1>, 4},
                {input_is<Type::int16>, 3},
                {input_is<Type::string>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::bfloat16, Type::int8, Type::int16, Type::int32, Type::int64,
                Type::uint8, Type::boolean, Type::string}},
    .quantization = kPassesInt8And16,
};

// Rows of operand 1 by the ids of operand 0.
constexpr OpRow kEmbeddingLookup{
    .op = Op::EMBEDDING_LOOKUP,
    .name = "EMBEDDING_LOOKUP",
    .infer =
        [](Infer& n) {
          n.require(n.type(0) == Type::int32, "the ids are not int32");
          const Shape& ids = n.shape(0);
          const Shape& table = n.shape(1);
          n.require(!ids.ranked() || ids.rank() == 1, "the ids are not a vector");
          n.require(!table.ranked() || table.rank() >= 2, "the table is not a matrix");
          // A quantized table is looked up as real numbers.
          const Type type = n.quantization(1) != nullptr ? Type::float32 : n.type(1);
          if (!table.ranked()) return n.output(0, type, Shape::unranked());
          std::vector<Dim> dims = table.dims();
          dims.front() = ids.ranked() ? ids[0] : n.dims().fresh();
          n.output(0, type, Shape(std::move(dims)));
        },
    .eval =
        [](Eval& n) {
          const Tensor& table = n.in(1);
          if (n.quantization(1) != nullptr) n.fail("no kernel for a quantized table");
          std::vector<std::int64_t> dims = table.dims;
          if (dims.empty()) n.fail("the table is a scalar");
          const std::int64_t rows = dims.front();
          const std::vector<std::int64_t> ids = n.in_integers(0);
          dims.front() = static_cast<std::int64_t>(ids.size());
          const auto run =
              static_cast<std::size_t>(product(std::span(table.dims).subspan(1))) * element_width(n, table);
          std::byte* to = n.out(0, table.type, dims).data();
          for (std::size_t k = 0; k < ids.size(); ++k) {
            if (ids[k] < 0 || ids[k] >= rows) n.fail("id " + std::to_string(ids[k]) + " is outside the table");
            if (run != 0) std::memcpy(to + k * run, table.bytes.data() + static_cast<std::size_t>(ids[k]) * run, run);
          }
        },
    .version = {{input_is<Type::int4, 1>, 4}, {input_is<Type::int2, 1>, 5}},
    .kernel = {{Type::float32, Type::int8, Type::uint8}, 1},
    .quantization = {.constant = 1},
};

}  // namespace

void add_gather_ops(OpTable& table) {
  table.add(kGather);
  table.add(kGatherNd);
  table.add(kEmbeddingLookup);
}

}  // namespace tolite
