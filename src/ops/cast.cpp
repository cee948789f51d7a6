// Changes of element type: CAST, BITCAST.
#include <limits>
#include <type_traits>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/known.h"
#include "ops/permute.h"
#include "ops/versions.h"

namespace tolite {
namespace {

void infer_cast(Infer& n) {
  n.output(0, n.element_type(Attr::out_data_type), n.shape(0));
  if (is_integer(n.type(0))) infer_known_map(n, [](Symbols& /*symbols*/, Dim d) { return d; });
}

/// Float to integer: towards zero; what does not fit becomes the nearest number that does, NaN the highest.
template <typename To, typename From>
To to_element(From x) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr auto low = static_cast<From>(std::numeric_limits<To>::min());
    // 2^bits is exact in every floating type, the highest number itself is not.
    constexpr From beyond = static_cast<From>((std::numeric_limits<To>::max() >> 1) + 1) * 2;
    if (!(x < beyond)) return std::numeric_limits<To>::max();
    return x < low ? std::numeric_limits<To>::min() : static_cast<To>(x);
  } else if constexpr (std::is_same_v<To, Bool>) {
    return Bool(x != From(0));
  } else {
    return static_cast<To>(static_cast<Computed<To>>(x));
  }
}

void eval_cast(Eval& n) {
  const Type to = n.element_type(Attr::out_data_type);
  if (n.in(0).type == to) return n.set(0, n.in(0));
  with_type(n, n.in(0).type, AllTypes{}, [&](auto from_tag) {
    with_type(n, to, AllTypes{}, [&](auto to_tag) {
      using From = decltype(from_tag);
      using To = decltype(to_tag);
      using C = std::conditional_t<std::is_same_v<From, Bool>, std::uint8_t, Computed<From>>;
      map_elements<From, To>(n, [](From x) { return to_element<To>(static_cast<C>(x)); });
    });
  });
}

/// The operand or the result has one of the types.
template <Type... T>
bool either_is(const NodeView& n) {
  return ((n.type(0) == T || n.output_type() == T) || ...);
}

constexpr TypeSet kCastTypes{Type::float32, Type::float16,       Type::bfloat16,   Type::float64, Type::int8,
                             Type::int16,   Type::int32,         Type::int64,      Type::uint8,   Type::uint16,
                             Type::uint32,  Type::boolean,       Type::complex64,  Type::int4,    Type::int2,
                             Type::uint4,   Type::float8_e4m3fn, Type::float8_e5m2};

constexpr OpRow kCast{
    .op = Op::CAST,
    .name = "CAST",
    .options = {.builtin_options = 37},
    .attrs = {{Attr::in_data_type, AttrKind::type}, {Attr::out_data_type, AttrKind::type}},
    .infer = infer_cast,
    .eval = eval_cast,
    .permute = permute_element_wise,
    .version = {{either_is<Type::float8_e4m3fn, Type::float8_e5m2>, 9},
                {either_is<Type::int2, Type::uint4>, 8},
                {either_is<Type::bfloat16>, 7},
                {either_is<Type::int4>, 6},
                {either_is<Type::float64, Type::float16>, 5},
                {either_is<Type::uint16>, 4},
                {either_is<Type::int8>, 3},
                {either_is<Type::uint32>, 2}},
    .kernel = {kCastTypes},
};

/// The type of the result, which no field of the options holds: the tensor itself says it.
Type bitcast_type(const NodeView& n) {
  return n.graph()[n.id()].attrs.find(Attr::type) != nullptr ? n.element_type(Attr::type) : n.output_type();
}

void infer_bitcast(Infer& n) {
  const Type to = bitcast_type(n);
  const std::size_t from_bytes = byte_size(n.type(0));
  const std::size_t to_bytes = byte_size(to);
  n.require(from_bytes != 0 && to_bytes != 0, "elements are not whole bytes of fixed width");
  Shape shape = n.shape(0);
  if (shape.ranked() && from_bytes != to_bytes) {
    std::vector<Dim> dims = shape.dims();
    if (from_bytes > to_bytes) {
      dims.emplace_back(static_cast<std::int64_t>(from_bytes / to_bytes));
    } else {
      n.require(
          !dims.empty() && (!dims.back().known() || dims.back().is(static_cast<std::int64_t>(to_bytes / from_bytes))),
          "the last dimension does not make up one element of the result");
      dims.pop_back();
    }
    shape = Shape(std::move(dims));
  }
  n.output(0, to, std::move(shape));
}

void eval_bitcast(Eval& n) {
  Tensor tensor = n.in(0);  // the same bytes under another name
  const std::size_t from_bytes = byte_size(tensor.type);
  tensor.type = bitcast_type(n);
  const std::size_t to_bytes = byte_size(tensor.type);
  if (from_bytes == 0 || to_bytes == 0) n.fail("elements are not whole bytes of fixed width");
  if (from_bytes > to_bytes) {
    tensor.dims.push_back(static_cast<std::int64_t>(from_bytes / to_bytes));
  } else if (from_bytes < to_bytes) {
    if (tensor.dims.empty()) n.fail("a scalar does not make up one element of the result");
    tensor.dims.pop_back();
  }
  if (tensor_bytes(tensor.type, tensor.dims) != tensor.bytes.size()) n.fail("the sizes do not agree");
  n.set(0, std::move(tensor));
}

constexpr OpRow kBitcast{
    .op = Op::BITCAST,
    .name = "BITCAST",
    .options = {.builtin_options = 124},
    .attrs = {{.attr = Attr::type, .kind = AttrKind::type, .inside = true}},
    .infer = infer_bitcast,
    .eval = eval_bitcast,
    .kernel = {{Type::float32, Type::float16, Type::float64, Type::int16, Type::int32, Type::int64, Type::uint16,
                Type::uint32, Type::uint64, Type::complex64}},
};

}  // namespace

void add_cast_ops(OpTable& table) {
  table.add(kCast);
  table.add(kBitcast);
}

}  // namespace tolite
