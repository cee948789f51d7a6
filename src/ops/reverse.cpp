// Ops that turn elements around along an axis: REVERSE_V2, REVERSE_SEQUENCE.
#include <algorithm>

#include "base/checked.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/quantization_specs.h"
#include "ops/strided_copy.h"
#include "ops/versions.h"

namespace tolite {
namespace {

template <typename View>
std::vector<bool> reversed_axes(const View& n, const std::vector<std::int64_t>& axes, std::size_t rank) {
  std::vector<bool> reversed(rank);
  for (const std::int64_t axis : axes) {
    const std::size_t at = axis_of(n, axis, rank);
    if (reversed[at]) n.fail("an axis is named twice");
    reversed[at] = true;
  }
  return reversed;
}

Tensor reversed(const Eval& n, const Tensor& x) {
  const std::vector<bool> turned = reversed_axes(n, n.in_integers(1), x.dims.size());
  NewTensor y = new_tensor(x.type, x.dims);
  if (x.element_count() == 0) return std::move(y.tensor);
  const std::vector<std::int64_t> steps = dense_strides(x.dims);
  std::vector<CopyAxis> axes;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    axes.push_back({x.dims[i], steps[i], turned[i] ? -steps[i] : steps[i]});
    if (turned[i]) first += (x.dims[i] - 1) * steps[i];
  }
  const std::size_t width = element_width(n, x);
  strided_copy(y.writable.data(), x.bytes.data() + static_cast<std::size_t>(first) * width, width, axes);
  return std::move(y.tensor);
}

constexpr OpRow kReverseV2{
    .op = Op::REVERSE_V2,
    .name = "REVERSE_V2",
    .options = {.builtin_options = 81},
    .infer =
        [](Infer& n) {
          n.require(n.type(1) == Type::int32, "the axes are not int32");
          const auto axes = n.integers(1);
          if (axes && n.shape(0).ranked()) reversed_axes(n, *axes, n.shape(0).rank());
          n.output(0, n.type(0), n.shape(0));
          move_known(n);
        },
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return reversed(n, x); })); },
    .version = {{input_is_any<Type::float8_e4m3fn, Type::float8_e5m2>, 4},
                {input_is<Type::int8>, 3},
                {input_is<Type::boolean>, 2}},
    .kernel = {{Type::float32, Type::float16, Type::bfloat16, Type::int8, Type::int16, Type::int32, Type::int64,
                Type::uint8, Type::boolean}},
    .quantization = kPassesInt8And16,
};

// The first lengths[b] elements of each sequence b are turned around, the rest stays.
Tensor sequences_reversed(const Eval& n, const Tensor& x) {
  const std::size_t seq = axis_of(n, n.integer(Attr::seq_dim), x.dims.size());
  const std::size_t batch = axis_of(n, n.integer(Attr::batch_dim), x.dims.size());
  const std::vector<std::int64_t> lengths = n.in_integers(1);
  if (seq == batch) n.fail("seq_dim and batch_dim are the same");
  if (static_cast<std::int64_t>(lengths.size()) != x.dims[batch]) n.fail("there are not as many lengths as sequences");
  const std::size_t width = element_width(n, x);
  NewTensor y = new_tensor(x.type, x.dims);
  if (x.element_count() == 0) return std::move(y.tensor);
  const std::vector<std::int64_t> steps = dense_strides(x.dims);
  std::vector<CopyAxis> axes;
  for (std::size_t i = 0; i < steps.size(); ++i) axes.push_back({x.dims[i], steps[i], steps[i]});
  axes[batch].size = 1;
  const auto bytes = static_cast<std::int64_t>(width);
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    const std::int64_t length = lengths[b];
    if (length < 0 || length > x.dims[seq]) n.fail("a length is outside the sequence");
    const std::int64_t base = static_cast<std::int64_t>(b) * steps[batch];
    axes[seq] = {length, steps[seq], -steps[seq]};
    if (length > 0)
      strided_copy(y.writable.data() + base * bytes, x.bytes.data() + (base + (length - 1) * steps[seq]) * bytes, width,
                   axes);
    axes[seq] = {x.dims[seq] - length, steps[seq], steps[seq]};
    const std::int64_t rest = base + length * steps[seq];
    if (length < x.dims[seq])
      strided_copy(y.writable.data() + rest * bytes, x.bytes.data() + rest * bytes, width, axes);
  }
  return std::move(y.tensor);
}

constexpr OpRow kReverseSequence{
    .op = Op::REVERSE_SEQUENCE,
    .name = "REVERSE_SEQUENCE",
    .options = {.builtin_options = 87},
    .attrs = {{Attr::seq_dim, AttrKind::int32}, {Attr::batch_dim, AttrKind::int32}},
    .infer =
        [](Infer& n) {
          n.require(n.type(1) == Type::int32 || n.type(1) == Type::int64, "the lengths are not int32 or int64");
          if (n.shape(0).ranked()) {
            const std::size_t seq = axis_of(n, n.integer(Attr::seq_dim), n.shape(0).rank());
            const std::size_t batch = axis_of(n, n.integer(Attr::batch_dim), n.shape(0).rank());
            n.require(seq != batch, "seq_dim and batch_dim are the same");
          }
          n.output(0, n.type(0), n.shape(0));
        },
    .eval = [](Eval& n) { n.set(0, moved(n.in(0), [&](const Tensor& x) { return sequences_reversed(n, x); })); },
    .kernel = {{Type::float32, Type::int16, Type::int32, Type::int64, Type::uint8}},
};

}  // namespace

void add_reverse_ops(OpTable& table) {
  table.add(kReverseV2);
  table.add(kReverseSequence);
}

}  // namespace tolite
