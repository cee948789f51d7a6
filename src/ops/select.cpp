// SELECT, SELECT_V2 and WHERE.
#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/permute.h"
#include "ops/quantization_specs.h"
#include "ops/versions.h"

namespace tolite {
namespace {

constexpr TypeSet kFixedWidth{Type::float32, Type::float16, Type::float64,  Type::int8,   Type::int16,
                              Type::int32,   Type::int64,   Type::uint8,    Type::uint16, Type::uint32,
                              Type::uint64,  Type::boolean, Type::complex64};

void require_choice(Infer& n) {
  n.require(n.type(0) == Type::boolean, "the condition is not bool");
  n.require(n.type(1) == n.type(2), "the two choices have different types");
}

/// Calls f with an unsigned number as wide as an element: choosing only moves bytes.
template <typename F>
void with_width(Eval& n, Type type, F f) {
  switch (byte_size(type)) {
    case 1:
      return f(std::uint8_t{});
    case 2:
      return f(std::uint16_t{});
    case 4:
      return f(std::uint32_t{});
    case 8:
      return f(std::uint64_t{});
    default:
      n.fail("no kernel for elements of type " + std::string(type_name(type)));
  }
}

void choose(Eval& n, std::span<const std::int64_t> condition_dims) {
  const Broadcast plan(n, {condition_dims, n.in(1).dims, n.in(2).dims});
  const Elements<Bool> condition = elements<Bool>(n.in(0));
  with_width(n, n.in(1).type, [&](auto tag) {
    using T = decltype(tag);
    const Elements<T> a = elements<T>(n.in(1));
    const Elements<T> b = elements<T>(n.in(2));
    T* y = n.out_as<T>(0, n.in(1).type, plan.dims());
    plan.for_each_run([&](const Broadcast::Run& r) {
      for (std::size_t i = 0; i < r.count; ++i) {
        const T on_true = a[r.from[1] + i * r.step[1]];
        const T on_false = b[r.from[2] + i * r.step[2]];
        y[r.begin + i] = condition[r.from[0] + i * r.step[0]] ? on_true : on_false;
      }
    });
  });
}

bool has_rank_5(const NodeView& n) {
  return n.shape(0).rank() == 5 || n.shape(1).rank() == 5 || n.shape(2).rank() == 5;
}

// The condition has the shape of the choices, is a scalar, or a vector that chooses whole rows of dimension 0.
constexpr OpRow kSelect{
    .op = Op::SELECT,
    .name = "SELECT",
    .options = {.builtin_options = 47},
    .infer =
        [](Infer& n) {
          require_choice(n);
          n.output(0, n.type(1), n.shape(1).is_static() || !n.shape(2).ranked() ? n.shape(1) : n.shape(2));
        },
    .eval =
        [](Eval& n) {
          std::vector<std::int64_t> condition = n.in(0).dims;
          if (condition.size() == 1) condition.resize(std::max<std::size_t>(1, n.in(1).dims.size()), 1);
          choose(n, condition);
        },
    .permute = permute_element_wise,
    .version = {{has_rank_5, 3}},
    .kernel = {kFixedWidth, 1},
    .quantization = kPassesInt8And16,
};

constexpr OpRow kSelectV2{
    .op = Op::SELECT_V2,
    .name = "SELECT_V2",
    .options = {.builtin_options = 98},
    .infer =
        [](Infer& n) {
          require_choice(n);
          n.output(0, n.type(1), broadcast(n.dims(), n.shape(0), broadcast(n.dims(), n.shape(1), n.shape(2))));
        },
    .eval = [](Eval& n) { choose(n, n.in(0).dims); },
    .permute = permute_element_wise,
    .kernel = {kFixedWidth, 1},
    .quantization = kPassesInt8And16,
};

void infer_where(Infer& n) {
  const Shape& shape = n.shape(0);
  const Dim rank = shape.ranked() ? Dim(static_cast<std::int64_t>(shape.rank())) : n.dims().fresh();
  n.output(0, Type::int64, {n.dims().fresh(), rank});
}

void eval_where(Eval& n) {
  const Tensor& condition = n.in(0);
  std::vector<std::int64_t> found;
  with_type(n, condition.type, AllTypes{}, [&](auto tag) {
    using T = decltype(tag);
    const Elements<T> c = elements<T>(condition);
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (static_cast<bool>(c[i])) found.push_back(static_cast<std::int64_t>(i));
    }
  });
  const std::size_t rank = condition.dims.size();
  auto* y = n.out_as<std::int64_t>(0, Type::int64,
                                   {static_cast<std::int64_t>(found.size()), static_cast<std::int64_t>(rank)});
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::int64_t index = found[i];
    for (std::size_t axis = rank; axis-- > 0;) {
      y[i * rank + axis] = index % condition.dims[axis];
      index /= condition.dims[axis];
    }
  }
}

bool is_not_bool(const NodeView& n) { return n.type(0) != Type::boolean; }

constexpr OpRow kWhere{
    .op = Op::WHERE,
    .name = "WHERE",
    .options = {.builtin_options = 85},
    .infer = infer_where,
    .eval = eval_where,
    .version = {{is_not_bool, 2}},
    .kernel = {{Type::boolean, Type::float32, Type::int8, Type::int32, Type::int64, Type::uint8, Type::uint32}},
};

}  // namespace

void add_select_ops(OpTable& table) {
  for (const OpRow* row : {&kSelect, &kSelectV2, &kWhere}) table.add(*row);
}

}  // namespace tolite
