"""Normalisation: the batch-norm ops, and layer, instance and other norms as models write them."""

from ..case import ACCUMULATED, add, constant, f32, raw, tensor, text, tf, uniform

positive = uniform(0.5, 2)
SHAPES = [(1, 4, 5, 3), ("n", 4, 5, 3), ("n", "h", "w", 3)]


def norm(family, variant, function, *inputs):
    add(family, variant, function, *inputs, tolerance=ACCUMULATED)


def parameters():
    return constant(3), constant(3, seed=2), constant(3, seed=3), constant(3, seed=4, values=positive)


def fused(op, training=False, outputs=1, **attributes):
    def call(x):
        scale, offset, mean, variance = parameters()
        if training:
            mean = variance = constant(0)
        return getattr(tf.raw_ops, op)(
            x=x, scale=scale, offset=offset, mean=mean, variance=variance, is_training=training, **attributes
        )[:outputs]

    return call


for op in "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3":
    for shape in SHAPES:
        norm(op, text(shape), fused(op), f32(*shape))
    norm(op, "epsilon", fused(op, epsilon=0.1), f32(1, 4, 5, 3))
    norm(op, "training", fused(op, training=True), f32(2, 4, 5, 3))
norm("FusedBatchNormV3", "f16", fused("FusedBatchNormV3"), tensor("f16", 1, 4, 5, 3))
norm("FusedBatchNormV3", "training dynamic", fused("FusedBatchNormV3", training=True), f32("n", "h", "w", 3))
norm("FusedBatchNormV3", "relu", lambda x: tf.nn.relu(fused("FusedBatchNormV3")(x)[0]), f32("n", 4, 5, 3))
norm(
    "FusedBatchNormV3",
    "parameters are inputs",
    lambda x, s, o, m, v: tf.raw_ops.FusedBatchNormV3(x=x, scale=s, offset=o, mean=m, variance=v, is_training=False)[0],
    f32(1, 4, 5, 3),
    f32(3),
    f32(3),
    f32(3),
    f32(3, values=positive),
)
for shape in [(2, 3), ("n", 3), ("n", "h", 3), *SHAPES]:
    norm(
        "batch norm",
        f"arithmetic {text(shape)}",
        lambda x: tf.nn.batch_normalization(
            x, parameters()[2], parameters()[3], parameters()[1], parameters()[0], 1e-3
        ),
        f32(*shape),
    )
    norm(
        "batch norm",
        f"without scale {text(shape)}",
        lambda x: tf.nn.batch_normalization(x, parameters()[2], parameters()[3], parameters()[1], None, 1e-3),
        f32(*shape),
    )
norm(
    "batch norm",
    "after conv",
    lambda x: tf.nn.batch_normalization(
        tf.nn.conv2d(x, constant(3, 3, 2, 3), 1, "SAME"),
        parameters()[2],
        parameters()[3],
        parameters()[1],
        parameters()[0],
        1e-3,
    ),
    f32("n", 5, 5, 2),
)
norm(
    "batch norm",
    "after dense",
    lambda x: tf.nn.relu(
        tf.nn.batch_normalization(
            tf.matmul(x, constant(4, 3)), parameters()[2], parameters()[3], parameters()[1], parameters()[0], 1e-3
        )
    ),
    f32("n", 4),
)


def layer_norm(x, axes=(-1,)):
    mean, variance = tf.nn.moments(x, axes=list(axes), keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + 1e-5) * parameters()[0] + parameters()[1]


def layer_norm_divided(x):
    mean = tf.reduce_mean(x, -1, keepdims=True)
    variance = tf.reduce_mean(tf.square(x - mean), -1, keepdims=True)
    return (x - mean) / tf.sqrt(variance + 1e-5) * parameters()[0] + parameters()[1]


def rms_norm(x):
    return x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), -1, keepdims=True) + 1e-6) * parameters()[0]


for shape in (2, 3), (2, 4, 3), ("n", "h", 3), ("n", 4, 5, 3):
    norm("layer norm", f"moments {text(shape)}", layer_norm, f32(*shape))
    norm("layer norm", f"divided {text(shape)}", layer_norm_divided, f32(*shape))
    norm("layer norm", f"rms {text(shape)}", rms_norm, f32(*shape))
for shape in SHAPES:
    norm("instance norm", text(shape), lambda x: layer_norm(x, (1, 2)), f32(*shape))
norm(
    "group norm",
    "f32",
    lambda x: tf.reshape(layer_norm(tf.reshape(x, [-1, 20, 2, 3]), (1, 3)), [-1, 4, 5, 6]),
    f32("n", 4, 5, 6),
)
for shape in (1, 4, 5, 8), ("n", 4, 5, 8):
    norm("LRN", text(shape), raw("LRN"), f32(*shape))
    norm("LRN", f"attributes {text(shape)}", raw("LRN", depth_radius=2, bias=2.0, alpha=0.5, beta=0.75), f32(*shape))
for shape in (2, 4), (2, 3, 4), ("n", 4), ("n", "h", 4):
    for axis in -1, 1:
        norm("l2 normalize", f"{text(shape)} over {axis}", lambda x, a=axis: tf.math.l2_normalize(x, a), f32(*shape))
norm("l2 normalize", "epsilon", lambda x: tf.math.l2_normalize(x * 1e-8, -1), f32(2, 4))
norm(
    "cosine similarity",
    "f32",
    lambda x, y: tf.reduce_sum(tf.math.l2_normalize(x, -1) * tf.math.l2_normalize(y, -1), -1),
    f32("n", 4),
    f32("n", 4),
)
