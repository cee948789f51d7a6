// TensorFlow's random numbers. Those drawn from a stream that a seed starts have builtins; those that are a function of
// a seed operand (Stateless...) have none, and other numbers in their place would break what asks for them.
#include <cmath>
#include <numbers>
#include <utility>

#include "import/tensorflow/ops/operands.h"
#include "ops/formula.h"

namespace tolite::tensorflow {
namespace {

Attrs seeds(const TfNode& n) { return {{Attr::seed, n.integer_attr("seed")}, {Attr::seed2, n.integer_attr("seed2")}}; }

/// 16-bit floats are float32 inside a graph.
template <Op op>
Results random(TfNode& n, Builder& b) {
  n.require(n.type_attr("dtype") == Type::float32, "the runtime draws float32 numbers only");
  return b(op, {int32_operand(b, n.in(0))}, seeds(n));
}

Results multinomial(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32, "the runtime takes float32 logits only");
  Attrs attrs = seeds(n);
  attrs.set(Attr::output_type, n.type_attr("output_dtype", Type::int64));
  return b(Op::MULTINOMIAL, {n.in(0), int32_operand(b, n.in(1))}, std::move(attrs));
}

/// With a seed, TensorFlow's numbers are asked for, and what is made of other builtins gives others.
void require_any_stream(const TfNode& n) {
  if (n.integer_attr("seed") != 0 || n.integer_attr("seed2") != 0)
    n.refuse("no builtin gives the numbers that belong to its seed", "leave the seed out");
}

/// Whole numbers in [low, high), as parts of a uniform number. It has 23 bits, so the range must be small enough for
/// each of its numbers to be as likely as the next, nearly.
Results random_uniform_int(TfNode& n, Builder& b) {
  require_any_stream(n);
  const std::int64_t low = n.integer(1, "minval");
  const std::int64_t high = n.integer(2, "maxval");
  n.require(std::in_range<std::int32_t>(low) && std::in_range<std::int32_t>(high) && low < high,
            "the range is empty or not of int32 numbers");
  const std::int64_t range = high - low;
  n.require(range <= (std::int64_t{1} << 16U),
            "the runtime draws 23 random bits, too few for more than 65,536 numbers");
  const ValueId uniform = b(Op::RANDOM_UNIFORM, {int32_operand(b, n.in(0))}, seeds(n));
  const ValueId scaled = b(Op::MUL, {uniform, b.scalar(Type::float32, static_cast<double>(range))});
  // Positive numbers are cut off downwards.
  const ValueId whole = cast_to(b, scaled, Type::int32);
  return cast_to(b, b(Op::ADD, {whole, b.int32(low)}), n.type(1));
}

/// TensorFlow draws normal numbers beyond two deviations again. Here each comes from a uniform number instead, through
/// the quantiles of the normal distribution between the two ends, which is the same distribution.
Results truncated_normal(TfNode& n, Builder& b) {
  require_any_stream(n);
  n.require(n.type_attr("dtype") == Type::float32, "the runtime draws float32 numbers only");
  const Formula f{b};
  const ValueId uniform = b(Op::RANDOM_UNIFORM, {int32_operand(b, n.in(0))}, seeds(n));
  const double most = std::erf(std::numbers::sqrt2);
  const ValueId x = f.add(f.mul(uniform, 2 * most), -most);
  const ValueId product = f.sub(1, f.square(x));
  return f.mul(f.erfinv(x, product), std::numbers::sqrt2);
}

/// The order of random keys.
Results random_shuffle(TfNode& n, Builder& b) {
  require_any_stream(n);
  n.require(n.shape(0).ranked() && n.shape(0).rank() > 0, "the rank of the input is not known");
  const Type type = n.type(0);
  const ValueId shape = b(Op::SHAPE, {n.in(0)}, {{Attr::out_type, Type::int32}});
  const ValueId count = b(Op::STRIDED_SLICE, {shape, b.int32s({0}), b.int32s({1}), b.int32s({1})});
  const ValueId keys = b(Op::RANDOM_UNIFORM, {count}, seeds(n));
  const std::vector<ValueId> sorted = b.many(Op::TOPK_V2, {keys, b(Op::RESHAPE, {count, b.int32s({})})}, {});
  const ValueId x = carried(b, n.in(0), carrier_type(n, b, Op::GATHER, type));
  return carried(b, b(Op::GATHER, {x, sorted[1]}, {{Attr::axis, 0}, {Attr::batch_dims, 0}}), type);
}

}  // namespace

void add_random_translators(Translators& t) {
  t.add("Multinomial", multinomial);
  t.add("RandomShuffle", random_shuffle);
  t.add("RandomStandardNormal", random<Op::RANDOM_STANDARD_NORMAL>);
  t.add("RandomUniform", random<Op::RANDOM_UNIFORM>);
  t.add("RandomUniformInt", random_uniform_int);
  t.add("TruncatedNormal", truncated_normal);
  for (const char* op :
       {"StatelessMultinomial", "StatelessRandomBinomial", "StatelessRandomGammaV2", "StatelessRandomNormal",
        "StatelessRandomNormalV2", "StatelessRandomPoisson", "StatelessRandomUniform", "StatelessRandomUniformFullInt",
        "StatelessRandomUniformFullIntV2", "StatelessRandomUniformInt", "StatelessRandomUniformIntV2",
        "StatelessRandomUniformV2", "StatelessTruncatedNormal", "StatelessTruncatedNormalV2"}) {
    t.refuse(op, {"no builtin gives the numbers that belong to its seed operand",
                  "draw from a stream (tf.random.uniform, tf.random.normal), or pass the numbers as an input"});
  }
}

}  // namespace tolite::tensorflow
