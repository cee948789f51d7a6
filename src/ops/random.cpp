// Random numbers: RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL. They are not pure: each node has a stream of its
// own, which the seeds choose and every call continues. The kernels here give what the runtime gives in the first call:
// the numbers of Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Seeds that are
// both zero mean seeds from chance to the runtime, and the stream of the zeros to us.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "base/checked.h"
#include "ops/element_types.h"
#include "ops/families.h"
#include "ops/inference.h"

namespace tolite {
namespace {

class Philox {
 public:
  explicit Philox(const NodeView& n) {
    const auto seed = static_cast<std::uint64_t>(n.integer(Attr::seed));
    const auto seed2 = static_cast<std::uint64_t>(n.integer(Attr::seed2));
    key_ = {low(seed), high(seed)};
    counter_ = {0, 0, low(seed2), high(seed2)};
  }

  std::uint32_t operator()() {
    if (used_ == 4) {
      block_ = encrypted();
      for (std::size_t i = 0; i < 4 && ++counter_[i] == 0; ++i) {
      }
      used_ = 0;
    }
    return block_[used_++];
  }
  /// In [0, 1): 23 bits behind the point.
  float uniform() { return std::bit_cast<float>(((*this)() & 0x7FFFFFU) | 0x3F800000U) - 1.0F; }
  /// In [0, 1): 52 bits.
  double uniform_double() {
    const std::uint64_t bits = (*this)();
    const std::uint64_t upper = (*this)() & 0xFFFFFU;
    return std::bit_cast<double>(std::uint64_t{0x3FF} << 52U | upper << 32U | bits) - 1.0;
  }

 private:
  using Block = std::array<std::uint32_t, 4>;
  static std::uint32_t low(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
  static std::uint32_t high(std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32U); }

  Block encrypted() const {
    Block c = counter_;
    auto key = key_;
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0];
      const std::uint64_t b = std::uint64_t{0xCD9E8D57} * c[2];
      c = {high(b) ^ c[1] ^ key[0], low(b), high(a) ^ c[3] ^ key[1], low(a)};
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return c;
  }

  std::array<std::uint32_t, 2> key_{};
  Block counter_{};
  Block block_{};
  std::size_t used_ = 4;
};

constexpr AttrList kSeeds{{Attr::seed, AttrKind::int64}, {Attr::seed2, AttrKind::int64}};

// ---- RANDOM_UNIFORM and RANDOM_STANDARD_NORMAL: operand 0 is the shape.

void infer_random(Infer& n) { n.output(0, Type::float32, shape_from_operand(n, 0)); }

void eval_uniform(Eval& n) {
  Philox random(n);
  const std::vector<std::int64_t> dims = n.in_integers(0);
  auto* y = n.out_as<float>(0, Type::float32, dims);
  const std::int64_t count = n.outputs()[0].element_count();
  for (std::int64_t i = 0; i < count; ++i) y[i] = random.uniform();
}

/// Box and Muller: two uniform numbers are the radius and the angle of two normal ones.
void eval_normal(Eval& n) {
  Philox random(n);
  const std::vector<std::int64_t> dims = n.in_integers(0);
  auto* y = n.out_as<float>(0, Type::float32, dims);
  const std::int64_t count = n.outputs()[0].element_count();
  for (std::int64_t i = 0; i < count; i += 2) {
    const float radius = std::sqrt(-2.0F * std::log(std::max(random.uniform(), 1e-7F)));
    const float angle = 2.0F * std::numbers::pi_v<float> * random.uniform();
    y[i] = std::sin(angle) * radius;
    if (i + 1 < count) y[i + 1] = std::cos(angle) * radius;
  }
}

constexpr OpRow random_row(Op op, std::string_view name, void (*eval)(Eval&)) {
  return {
      .op = op,
      .name = name,
      .options = {.builtin_options = 114},
      .attrs = kSeeds,
      .infer = infer_random,
      .eval = eval,
      .kernel = {{Type::int32, Type::int64}},
      .pure = false,
  };
}

constexpr OpRow kUniform = random_row(Op::RANDOM_UNIFORM, "RANDOM_UNIFORM", eval_uniform);
constexpr OpRow kNormal = random_row(Op::RANDOM_STANDARD_NORMAL, "RANDOM_STANDARD_NORMAL", eval_normal);

// ---- MULTINOMIAL: rows of logits, how many classes to draw of each.

/// The type of the result, which no field of the options holds: the tensor itself says it.
Type class_type(const NodeView& n) {
  return n.graph()[n.id()].attrs.find(Attr::output_type) != nullptr ? n.element_type(Attr::output_type)
                                                                    : n.output_type();
}

void infer_multinomial(Infer& n) {
  const Type type = class_type(n);
  n.require(type == Type::int32 || type == Type::int64, "the classes are neither int32 nor int64");
  const Shape& logits = n.shape(0);
  n.require(!logits.ranked() || logits.rank() == 2, "the logits are not a matrix");
  const auto count = n.known(1);
  n.require(!count || count->size() == 1, "the number of samples is not a scalar");
  const Dim rows = logits.ranked() ? logits[0] : n.dims().fresh();
  n.output(0, type, Shape{rows, count ? count->front() : n.dims().fresh()});
}

void eval_multinomial(Eval& n) {
  const Tensor& logits = n.in(0);
  const std::int64_t samples = n.in_integer(1);
  if (logits.type != Type::float32 || logits.dims.size() != 2 || samples < 0) n.fail("no kernel for these logits");
  const auto classes = static_cast<std::size_t>(logits.dims[1]);
  if (classes == 0) n.fail("there are no classes to draw from");
  const Elements<float> x = elements<float>(logits);
  std::vector<std::int64_t> drawn;
  Philox random(n);
  std::vector<double> sums(classes);
  checked_mul(logits.dims[0], samples);
  for (std::int64_t row = 0; row < logits.dims[0]; ++row) {
    const std::size_t at = static_cast<std::size_t>(row) * classes;
    float largest = x[at];
    for (std::size_t i = 1; i < classes; ++i) largest = std::max(largest, x[at + i]);
    double sum = 0;
    for (std::size_t i = 0; i < classes; ++i) sums[i] = sum += std::exp(static_cast<double>(x[at + i] - largest));
    for (std::int64_t i = 0; i < samples; ++i) {
      const auto found = std::upper_bound(sums.begin(), sums.end(), random.uniform_double() * sum);
      drawn.push_back(std::min<std::int64_t>(found - sums.begin(), static_cast<std::int64_t>(classes) - 1));
    }
  }
  n.set(0, integer_tensor(class_type(n), {logits.dims[0], samples}, drawn));
}

constexpr OpRow kMultinomial{
    .op = Op::MULTINOMIAL,
    .name = "MULTINOMIAL",
    .options = {.builtin_options = 114},
    .attrs = {{Attr::seed, AttrKind::int64},
              {Attr::seed2, AttrKind::int64},
              {.attr = Attr::output_type, .kind = AttrKind::type, .inside = true}},
    .infer = infer_multinomial,
    .eval = eval_multinomial,
    .kernel = {{Type::float32}},
    .pure = false,
};

}  // namespace

void add_random_ops(OpTable& table) {
  for (const OpRow* row : {&kUniform, &kNormal, &kMultinomial}) table.add(*row);
}

}  // namespace tolite
