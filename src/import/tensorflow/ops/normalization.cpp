// TensorFlow normalisation: BatchNormWithGlobalNormalization, FusedBatchNorm in its three versions, LRN.
#include "import/tensorflow/ops/data_format.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

// What a batch is normalised with, a number a channel.
struct Statistics {
  ValueId mean;
  ValueId variance;
};

// Mean and variance of the batch itself, over all axes but the channels.
Statistics of_batch(Builder& b, ValueId x) {
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i + 1 < b.shape(x).rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  const ValueId over = b.int32s(axes);
  const ValueId mean = b(Op::MEAN, {x, over}, {{Attr::keep_dims, false}});
  const ValueId squares = b(Op::SQUARED_DIFFERENCE, {x, mean});
  return {mean, b(Op::MEAN, {squares, over}, {{Attr::keep_dims, false}})};
}

// The variance that training reports is that of the population: N / (N - 1) times that of the sample.
ValueId population_variance(Builder& b, ValueId x, ValueId variance) {
  const std::int64_t spatial = static_cast<std::int64_t>(b.shape(x).rank()) - 1;
  const ValueId shape = b(Op::SHAPE, {x}, {{Attr::out_type, Type::int32}});
  const ValueId sizes = b(Op::STRIDED_SLICE, {shape, b.int32s({0}), b.int32s({spatial}), b.int32s({1})});
  const ValueId count = b(Op::REDUCE_PROD, {sizes, b.int32s({0})}, {{Attr::keep_dims, false}});
  const ValueId n = cast_to(b, count, Type::float32);
  const ValueId others = b(Op::MAXIMUM, {b(Op::SUB, {n, b.scalar(Type::float32, 1)}), b.scalar(Type::float32, 1)});
  return b(Op::MUL, {variance, b(Op::DIV, {n, others})});
}

// y = x * m + (offset - mean * m) with m = scale / sqrt(variance + epsilon): with constant statistics one
// multiplication and one addition, which a preceding convolution absorbs.
Results fused_batch_norm(TfNode& n, Builder& b) {
  const Shape shape = n.shape(0);
  n.require(shape.ranked() && (shape.rank() == 4 || shape.rank() == 5),
            "the rank of the operand is not known to be 4 or 5");
  const DataFormat format(n, shape.rank());
  const ValueId x = cast_to(b, format.enter(b, n.in(0)), Type::float32);
  const ValueId scale = n.in(1);
  const ValueId offset = n.in(2);
  const bool training = n.flag_attr("is_training", true);
  const Statistics given{training ? ValueId() : n.in(3), training ? ValueId() : n.in(4)};
  const Statistics used = training ? of_batch(b, x) : given;

  const ValueId epsilon = b.scalar(Type::float32, n.real_attr("epsilon", 0.0001F));
  const ValueId m = b(Op::MUL, {b(Op::RSQRT, {b(Op::ADD, {used.variance, epsilon})}), scale});
  const ValueId shift = b(Op::SUB, {offset, b(Op::MUL, {used.mean, m})});
  const ValueId y = cast_to(b, b(Op::ADD, {b(Op::MUL, {x, m}), shift}), n.type(0));

  Statistics reported = used;
  if (training) {
    reported.variance = population_variance(b, x, used.variance);
    const float factor = n.real_attr("exponential_avg_factor", 1);
    if (factor != 1) {  // a running average with what was given
      const auto average = [&](ValueId old_value, ValueId new_value) {
        return b(Op::ADD, {b(Op::MUL, {old_value, b.scalar(Type::float32, 1 - static_cast<double>(factor))}),
                           b(Op::MUL, {new_value, b.scalar(Type::float32, factor)})});
      };
      reported = {average(n.in(3), reported.mean), average(n.in(4), reported.variance)};
    }
  }
  const ValueId empty = b.constant(new_tensor(Type::float32, {0}).tensor);
  std::vector<ValueId> results{format.leave(b, y), reported.mean, reported.variance, used.mean, used.variance};
  if (n.op() == "FusedBatchNormV3") results.push_back(empty);
  return results;
}

Results lrn(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 4, "the operand does not have a known rank of 4");
  return b(Op::LOCAL_RESPONSE_NORMALIZATION, {n.in(0)},
           {{Attr::radius, n.integer_attr("depth_radius", 5)},
            {Attr::bias, n.real_attr("bias", 1)},
            {Attr::alpha, n.real_attr("alpha", 1)},
            {Attr::beta, n.real_attr("beta", 0.5F)}});
}

// The form before the fused ones, always with given statistics.
Results global_batch_norm(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32, "its elements are not floating-point numbers");
  const ValueId epsilon = b.scalar(Type::float32, n.real_attr("variance_epsilon"));
  ValueId m = b(Op::RSQRT, {b(Op::ADD, {n.in(2), epsilon})});
  if (n.flag_attr("scale_after_normalization")) m = b(Op::MUL, {m, n.in(4)});
  const ValueId shift = b(Op::SUB, {n.in(3), b(Op::MUL, {n.in(1), m})});
  return b(Op::ADD, {b(Op::MUL, {n.in(0), m}), shift});
}

}  // namespace

void add_normalization_translators(Translators& t) {
  t.add("BatchNormWithGlobalNormalization", global_batch_norm);
  t.add("FusedBatchNorm", fused_batch_norm);
  t.add("FusedBatchNormV2", fused_batch_norm);
  t.add("FusedBatchNormV3", fused_batch_norm);
  t.add("LRN", lrn);
}

}  // namespace tolite::tensorflow
