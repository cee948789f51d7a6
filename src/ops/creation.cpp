// Tensors made from sizes: SHAPE, RANK, FILL, ZEROS_LIKE, RANGE, ONE_HOT.
#include <cmath>
#include <cstring>

#include "base/checked.h"
#include "ops/axes.h"
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/known.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/versions.h"

namespace tolite {

Shape shape_from_operand(Infer& n, std::size_t i) {
  if (const auto dims = n.known(i)) {
    for (const Dim& d : *dims) n.require(!d.known() || d.number >= 0, "a dimension is negative");
    return Shape(*dims);
  }
  const Shape& list = n.shape(i);
  if (!list.ranked() || list.rank() != 1 || !list[0].known() || list[0].number > 64) return Shape::unranked();
  std::vector<Dim> dims(static_cast<std::size_t>(list[0].number));
  for (Dim& d : dims) d = n.dims().fresh();
  return Shape(std::move(dims));
}

namespace {

// ---- SHAPE and RANK.

void infer_shape(Infer& n) {
  const Type type = n.element_type(Attr::out_type);
  n.require(type == Type::int32 || type == Type::int64, "the output type is neither int32 nor int64");
  const Shape& shape = n.shape(0);
  if (!shape.ranked()) return n.output(0, type, {n.dims().fresh()});
  n.output(0, type, {static_cast<std::int64_t>(shape.rank())});
  n.output_known(0, shape.dims());
}

constexpr OpRow kShape{
    .op = Op::SHAPE,
    .name = "SHAPE",
    .options = {.builtin_options = 55},
    .attrs = {{Attr::out_type, AttrKind::type}},
    .infer = infer_shape,
    .eval =
        [](Eval& n) {
          const std::vector<std::int64_t>& dims = n.in(0).dims;
          n.set(0, integer_tensor(n.element_type(Attr::out_type), {static_cast<std::int64_t>(dims.size())}, dims));
        },
};

constexpr OpRow kRank{
    .op = Op::RANK,
    .name = "RANK",
    .options = {.builtin_options = 86},
    .infer =
        [](Infer& n) {
          n.output(0, Type::int32, {});
          if (n.shape(0).ranked()) n.output_known(0, {static_cast<std::int64_t>(n.shape(0).rank())});
        },
    .eval =
        [](Eval& n) {
          const auto rank = static_cast<std::int64_t>(n.in(0).dims.size());
          n.set(0, integer_tensor(Type::int32, {}, std::span(&rank, 1)));
        },
};

// ---- FILL and ZEROS_LIKE.

void infer_fill(Infer& n) {
  n.require(!n.shape(1).ranked() || n.shape(1).rank() == 0 || n.shape(1).element_count() == 1,
            "the value is not a scalar");
  n.output(0, n.type(1), shape_from_operand(n, 0));
  const auto count = n.output_shape().element_count();
  if (has_symbols(n, 1) && count && *count <= 64) {
    n.output_known(0, std::vector<Dim>(static_cast<std::size_t>(*count), n.known(1)->front()));
  }
}

void eval_fill(Eval& n) {
  const Tensor& value = n.in(1);
  if (value.type == Type::string) {
    const std::vector<std::int64_t> dims = n.in_integers(0);
    if (value.element_count() != 1) n.fail("the value is not a scalar");
    const auto count = tensor_bytes(Type::int8, dims);
    return n.set(0, string_tensor(dims, std::vector<std::string>(count, std::string(string_element(value, 0)))));
  }
  const std::size_t width = byte_size(value.type);
  if (width == 0 || value.bytes.size() != width) n.fail("no kernel for this value");
  const std::span<std::byte> y = n.out(0, value.type, n.in_integers(0));
  for (std::size_t at = 0; at < y.size(); at += width) std::memcpy(y.data() + at, value.bytes.data(), width);
}

bool fills_small_integers(const NodeView& n) { return n.type(1) == Type::int8 || n.type(1) == Type::int16; }
bool fills_bool_or_string(const NodeView& n) { return n.type(1) == Type::boolean || n.type(1) == Type::string; }

constexpr OpRow kFill{
    .op = Op::FILL,
    .name = "FILL",
    .options = {.builtin_options = 68},
    .infer = infer_fill,
    .eval = eval_fill,
    .version = {{input_is<Type::float16, 1>, 4}, {fills_small_integers, 3}, {fills_bool_or_string, 2}},
    .kernel = {{Type::float32, Type::float16, Type::float64, Type::int8, Type::int16, Type::int32, Type::int64,
                Type::uint8, Type::uint16, Type::uint32, Type::uint64, Type::boolean, Type::complex64, Type::string},
               1},
    .quantization = kPassesInt8And16,
};

constexpr OpRow kZerosLike{
    .op = Op::ZEROS_LIKE,
    .name = "ZEROS_LIKE",
    .options = {.builtin_options = 67},
    .infer = same_as_input,
    .eval = [](Eval& n) { n.out(0, n.in(0).type, n.in(0).dims); },
    .permute = permute_element_wise,
    .kernel = {{Type::float32, Type::int32, Type::int64}},
};

// ---- RANGE.

/// Number of elements from start towards limit; nothing for a step of zero or an absurd size.
template <typename T>
std::optional<std::int64_t> range_size(T start, T limit, T step) {
  if (!(step != 0)) return std::nullopt;
  if ((step > 0 && start >= limit) || (step < 0 && start <= limit)) return 0;
  if constexpr (std::is_integral_v<T>) {
    // Unsigned: the distance may be larger than the largest signed number.
    const auto distance = step > 0 ? static_cast<std::uint64_t>(limit) - static_cast<std::uint64_t>(start)
                                   : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(limit);
    const auto magnitude = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    const std::uint64_t count = (distance - 1) / magnitude + 1;
    return std::in_range<std::int32_t>(count) ? std::optional(static_cast<std::int64_t>(count)) : std::nullopt;
  } else {
    const double count = std::ceil(std::abs((static_cast<double>(limit) - static_cast<double>(start)) / step));
    return count < 2147483648.0 ? std::optional(static_cast<std::int64_t>(count)) : std::nullopt;
  }
}

void infer_range(Infer& n) {
  n.require(n.type(0) == n.type(1) && n.type(0) == n.type(2), "start, limit and delta have different types");
  Dim size;
  const Tensor* start = n.constant(0);
  const Tensor* limit = n.constant(1);
  const Tensor* step = n.constant(2);
  const auto known_start = n.known(0);
  const auto known_limit = n.known(1);
  if (start != nullptr && limit != nullptr && step != nullptr) {
    n.require(start->element_count() == 1 && limit->element_count() == 1 && step->element_count() == 1,
              "start, limit or delta is not a scalar");
    const auto count =
        is_integer(n.type(0))
            ? range_size(element_as_int64(*start, 0), element_as_int64(*limit, 0), element_as_int64(*step, 0))
            : range_size(element_as_double(*start, 0), element_as_double(*limit, 0), element_as_double(*step, 0));
    n.require(count.has_value(), "the range never ends");
    size = *count;
  } else if (known_start && known_limit && known_start->size() == 1 && known_limit->size() == 1 && step != nullptr &&
             element_as_double(*step, 0) == 1) {
    // From a to b in steps of one: b - a elements, none if that is negative.
    const Dim distance = n.dims().sub(known_limit->front(), known_start->front());
    size = never_negative(n.dims(), distance) ? distance : n.dims().max(distance, 0);
  } else {
    size = n.dims().fresh();
  }
  n.output(0, n.type(0), {size});
}

void eval_range(Eval& n) {
  with_type(n, n.in(0).type, NumberTypes{}, [&](auto tag) {
    using T = decltype(tag);
    using C = Computed<T>;
    for (std::size_t i = 0; i < 3; ++i) {
      if (n.in(i).element_count() != 1 || n.in(i).type != n.in(0).type)
        n.fail("an operand is not a scalar of the type");
    }
    const C start = static_cast<C>(elements<T>(n.in(0))[0]);
    const C step = static_cast<C>(elements<T>(n.in(2))[0]);
    const auto count = range_size<C>(start, static_cast<C>(elements<T>(n.in(1))[0]), step);
    if (!count) n.fail("the range never ends");
    T* y = n.out_as<T>(0, type_of<T>, {*count});
    C value = start;
    for (std::int64_t i = 0; i < *count; ++i) {  // the runtime adds up, rounding as it goes
      y[i] = static_cast<T>(value);
      value = wrapping_add(value, step);
    }
  });
}

constexpr OpRow kRange{
    .op = Op::RANGE,
    .name = "RANGE",
    .options = {.builtin_options = 73},
    .infer = infer_range,
    .eval = eval_range,
    .version = {{input_is<Type::int64>, 2}},
    .kernel = {{Type::float32, Type::int32, Type::int64}},
};

// ---- ONE_HOT: indices, depth, value at the index, value elsewhere.

void infer_one_hot(Infer& n) {
  n.require(n.type(2) == n.type(3), "the two values have different types");
  const Shape& indices = n.shape(0);
  if (!indices.ranked()) return n.output(0, n.type(2), Shape::unranked());
  std::vector<Dim> dims = indices.dims();
  const auto at = resolve_axis(n.integer(Attr::axis), dims.size() + 1);
  n.require(at.has_value(), "the axis does not exist");
  const auto depth = n.known(1);
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*at),
              depth && depth->size() == 1 ? depth->front() : n.dims().fresh());
  n.output(0, n.type(2), Shape(std::move(dims)));
}

void eval_one_hot(Eval& n) {
  const Tensor& indices = n.in(0);
  const std::int64_t depth = n.in_integer(1);
  const auto axis = resolve_axis(n.integer(Attr::axis), indices.dims.size() + 1);
  if (depth < 0 || !axis) n.fail("the depth is negative or the axis does not exist");
  std::vector<std::int64_t> dims = indices.dims;
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*axis), depth);
  const std::size_t width = byte_size(n.in(2).type);
  const Bytes on = n.in(2).bytes;
  const Bytes off = n.in(3).bytes;
  if (width == 0 || on.size() != width || off.size() != width) n.fail("a value is not a scalar");
  const std::span<std::byte> y = n.out(0, n.in(2).type, dims);
  std::int64_t inner = 1;
  for (std::size_t i = *axis; i < indices.dims.size(); ++i) inner = checked_mul(inner, indices.dims[i]);
  for (std::size_t at = 0; at < y.size(); at += width) std::memcpy(y.data() + at, off.data(), width);
  for (std::int64_t i = 0; i < indices.element_count(); ++i) {
    const std::int64_t index = element_as_int64(indices, i);
    if (index < 0 || index >= depth) continue;
    const std::int64_t at = (i / inner * depth + index) * inner + i % inner;
    std::memcpy(y.data() + static_cast<std::size_t>(at) * width, on.data(), width);
  }
}

constexpr OpRow kOneHot{
    .op = Op::ONE_HOT,
    .name = "ONE_HOT",
    .options = {.builtin_options = 61},
    .attrs = {{Attr::axis, AttrKind::int32}},
    .infer = infer_one_hot,
    .eval = eval_one_hot,
    .kernel = {{Type::float32, Type::int32, Type::int64, Type::int8, Type::uint8, Type::boolean}, 2},
};

}  // namespace

void add_creation_ops(OpTable& table) {
  for (const OpRow* row : {&kShape, &kRank, &kFill, &kZerosLike, &kRange, &kOneHot}) table.add(*row);
}

}  // namespace tolite
