// Ops that give the same elements another shape: RESHAPE, SQUEEZE, EXPAND_DIMS.
#include "ops/reshape.h"

#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/quantization_specs.h"
#include "ops/versions.h"

namespace tolite {
namespace {

Dim product(Symbols& symbols, std::span<const Dim> dims) {
  Dim p = 1;
  for (const Dim d : dims) p = symbols.mul(p, d);
  return p;
}

// The one dimension that the others determine: the -1, or a lone symbol. Nothing if there is none.
std::optional<std::size_t> open_dimension(const Infer& n, std::span<const Dim> target) {
  std::optional<std::size_t> wildcard;
  std::optional<std::size_t> symbol;
  std::size_t symbols = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (!target[i].known()) {
      symbol = i;
      ++symbols;
    } else if (target[i].number == -1) {
      n.require(!wildcard, "the new shape has more than one -1");
      wildcard = i;
    } else {
      n.require(target[i].number >= 0, "the new shape has a negative dimension");
    }
  }
  if (wildcard) return wildcard;
  return symbols == 1 ? symbol : std::nullopt;
}

std::vector<Dim> reshaped_dims(Infer& n, const Shape& x, std::vector<Dim> target) {
  const auto open = open_dimension(n, target);
  if (!x.ranked()) {
    if (open && target[*open].is(-1)) target[*open] = n.dims().fresh();
    return target;
  }
  const Dim total = product(n.dims(), x.dims());
  if (!open) {
    const Dim made = product(n.dims(), target);
    n.require(!total.known() || !made.known() || total == made, "the new shape has another number of elements");
    return target;
  }
  const bool wildcard = target[*open].is(-1);
  const Dim before = target[*open];
  target[*open] = 1;
  const Dim rest = product(n.dims(), target);
  if (rest.is(0)) {
    n.require(!wildcard, "-1 in the new shape of an empty tensor cannot be told");
    target[*open] = before;
    return target;
  }
  const Dim quotient = n.dims().floor_div(total, rest);
  n.require(!total.known() || !rest.known() || n.dims().mul(quotient, rest) == total,
            "the new shape has another number of elements");
  const bool exact = quotient.known() || n.dims()[quotient.symbol].op != DimOp::floor_div;
  target[*open] = wildcard || exact ? quotient : before;
  return target;
}

// The target where it is an attribute: files of TensorFlow 1 days, in which [0] stands for a scalar.
std::vector<std::int64_t> attribute_target(const NodeView& n) {
  std::vector<std::int64_t> target = n.integer_list(Attr::new_shape);
  if (target.size() == 1 && target[0] == 0) target.clear();
  return target;
}

constexpr OpRow kReshape{
    .op = Op::RESHAPE,
    .name = "RESHAPE",
    .options = {.builtin_options = 17},
    .attrs = {{Attr::new_shape, AttrKind::int32_list}},
    .infer =
        [](Infer& n) {
          const Shape& x = n.shape(0);
          std::optional<std::vector<Dim>> target;
          if (n.has(1)) {
            n.require(n.type(1) == Type::int32, "the new shape is not int32");
            n.require(!n.shape(1).ranked() || n.shape(1).rank() <= 1, "the new shape is not a vector");
            target = n.known(1);
            const auto rank = vector_length(n, 1);
            if (!target && rank && *rank == 1 && x.ranked()) {
              target = {product(n.dims(), x.dims())};
            } else if (!target) {
              return n.output(0, n.type(0), rank ? unknown_shape(n.dims(), *rank) : Shape::unranked());
            }
          } else {
            const std::vector<std::int64_t> attribute = attribute_target(n);
            target.emplace(attribute.begin(), attribute.end());
          }
          n.output(0, n.type(0), Shape(reshaped_dims(n, x, std::move(*target))));
          move_known(n);
        },
    .eval =
        [](Eval& n) {
          std::vector<std::int64_t> target = n.has(1) ? n.in_integers(1) : attribute_target(n);
          const std::int64_t total = n.in(0).element_count();
          const auto open = std::find(target.begin(), target.end(), -1);
          if (open != target.end()) {
            *open = 1;
            const std::int64_t rest = element_count(target);
            if (rest == 0 || total % rest != 0) n.fail("the new shape has another number of elements");
            *open = total / rest;
          }
          if (element_count(target) != total) n.fail("the new shape has another number of elements");
          n.set(0, reshaped(n.in(0), std::move(target)));
        },
    .quantization = kPassesInt8And16,
};

// The axes that go. Without squeeze_dims all of size 1 do: nothing if it is not known which.
template <typename View>
std::optional<std::vector<bool>> squeezed_axes(const View& n, const std::vector<Dim>& dims) {
  std::vector<bool> gone(dims.size());
  const std::vector<std::int64_t> axes = n.integer_list(Attr::squeeze_dims);
  for (const std::int64_t axis : axes) gone[axis_of(n, axis, dims.size())] = true;
  if (axes.empty()) {
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (!dims[i].known()) return std::nullopt;
      gone[i] = dims[i].is(1);
    }
  }
  return gone;
}

template <typename View>
std::optional<std::vector<Dim>> squeezed_dims(const View& n, const std::vector<Dim>& dims) {
  const auto gone = squeezed_axes(n, dims);
  if (!gone) return std::nullopt;
  std::vector<Dim> left;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (!(*gone)[i]) {
      left.push_back(dims[i]);
    } else if (dims[i].known() && dims[i].number != 1) {
      n.fail("axis " + std::to_string(i) + " has size " + std::to_string(dims[i].number) + ", not 1");
    }
  }
  return left;
}

constexpr OpRow kSqueeze{
    .op = Op::SQUEEZE,
    .name = "SQUEEZE",
    .options = {.builtin_options = 30},
    .attrs = {{Attr::squeeze_dims, AttrKind::int32_list}},
    .infer =
        [](Infer& n) {
          if (!n.shape(0).ranked()) return n.output(0, n.type(0), Shape::unranked());
          auto dims = squeezed_dims(n, n.shape(0).dims());
          n.output(0, n.type(0), dims ? Shape(std::move(*dims)) : Shape::unranked());
          move_known(n);
        },
    .eval =
        [](Eval& n) { n.set(0, reshaped(n.in(0), Shape(squeezed_dims(n, n.in(0).shape().dims()).value()).numbers())); },
    .version = {{input_is<Type::string>, 2}},
    .quantization = kPassesInt8And16,
};

constexpr OpRow kExpandDims{
    .op = Op::EXPAND_DIMS,
    .name = "EXPAND_DIMS",
    .options = {.builtin_options = 52},
    .infer =
        [](Infer& n) {
          const Shape& x = n.shape(0);
          if (!x.ranked()) return n.output(0, n.type(0), Shape::unranked());
          const auto axis = n.integers(1);
          if (!axis) return n.output(0, n.type(0), unknown_shape(n.dims(), x.rank() + 1));
          n.require(axis->size() == 1, "the axis is not a single number");
          std::vector<Dim> dims = x.dims();
          dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis_of(n, axis->front(), x.rank() + 1)), 1);
          n.output(0, n.type(0), Shape(std::move(dims)));
          move_known(n);
        },
    .eval =
        [](Eval& n) {
          std::vector<std::int64_t> dims = n.in(0).dims;
          const std::size_t axis = axis_of(n, n.in_integer(1), dims.size() + 1);
          dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), 1);
          n.set(0, reshaped(n.in(0), std::move(dims)));
        },
    .quantization = kPassesInt8And16,
};

}  // namespace

std::optional<std::vector<std::int64_t>> reshape_target(const Shape& shape) {
  if (!shape.ranked()) return std::nullopt;
  std::vector<std::int64_t> target;
  bool empty = false;
  std::size_t unknown = 0;
  for (const Dim d : shape.dims()) {
    target.push_back(d.known() ? d.number : -1);
    empty = empty || d.is(0);
    unknown += d.known() ? 0 : 1;
  }
  if (unknown > 1 || (unknown == 1 && empty)) return std::nullopt;
  return target;
}

ValueId reshape(Builder& b, ValueId x, const Shape& shape) {
  if (b.shape(x) == shape) return x;
  const auto target = reshape_target(shape);
  if (!target) throw Error(Code::internal, "a reshape to several unknown dimensions needs a computed shape");
  return b(Op::RESHAPE, {x, b.int32s(*target)});
}

void settle_reshape(Builder& b, ValueId reshaped) {
  const NodeId node = b.graph()[reshaped].producer;
  if (!node || b.graph()[node].op != Op::RESHAPE) return;  // it folded
  const auto target = reshape_target(b.shape(reshaped));
  if (target && b.integers(b.graph().operand(node, 1)) != target) b.graph().set_operand(node, 1, b.int32s(*target));
}

void add_reshape_ops(OpTable& table) {
  table.add(kReshape);
  table.add(kSqueeze);
  table.add(kExpandDims);
}

}  // namespace tolite
