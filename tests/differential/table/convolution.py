"""Convolutions: 2-D, depthwise, grouped, transposed, dilated (by attribute and through space-to-batch), 1-D and 3-D."""

from itertools import product

from ..case import ACCUMULATED, add, constant, f32, raw, tensor, text, tf, uniform

weights = uniform(-1, 1)


def conv(family, variant, function, *inputs, reference=None):
    add(family, variant, function, *inputs, tolerance=ACCUMULATED, reference=reference)


for kernel, stride, padding, dilation in product([(1, 1), (3, 3), (2, 3)], [1, 2], ["SAME", "VALID"], [1, 2]):
    if stride > 1 and dilation > 1:
        continue
    for shape in (1, 8, 9, 3), ("n", 8, 9, 3), ("n", "h", "w", 3):
        filters = constant(*kernel, 3, 4, values=weights)
        name = f"{text(kernel)} stride {stride} {padding.lower()} dilation {dilation} of {text(shape)}"
        conv(
            "Conv2D",
            name,
            lambda x, f=filters, s=stride, p=padding, d=dilation: tf.nn.conv2d(x, f, s, p, dilations=d),
            f32(*shape),
        )
for stride in (1, 2), (2, 1), (3, 3):
    conv(
        "Conv2D",
        f"strides {text(stride)}",
        lambda x, s=stride: tf.nn.conv2d(x, constant(3, 3, 2, 4), s, "SAME"),
        f32(1, 8, 9, 2),
    )
conv(
    "Conv2D",
    "dilations 2x3",
    lambda x: tf.nn.conv2d(x, constant(3, 3, 2, 4), 1, "VALID", dilations=[2, 3]),
    f32(1, 8, 9, 2),
)
for pads in [[0, 0], [1, 1], [1, 1], [0, 0]], [[0, 0], [0, 1], [2, 0], [0, 0]]:
    for shape in (1, 8, 9, 2), ("n", "h", "w", 2):
        name = f"explicit {pads[1]},{pads[2]} of {text(shape)}".replace(" ", "")
        conv("Conv2D", name, lambda x, p=pads: tf.nn.conv2d(x, constant(3, 3, 2, 4), 2, p), f32(*shape))
conv("Conv2D", "filter is an input", lambda x, f: tf.nn.conv2d(x, f, 1, "SAME"), f32(1, 5, 5, 2), f32(3, 3, 2, 4))
conv(
    "Conv2D",
    "filter larger than the image",
    lambda x: tf.nn.conv2d(x, constant(5, 5, 2, 3), 1, "SAME"),
    f32(1, 3, 2, 2),
)
conv(
    "Conv2D", "f16", lambda x: tf.nn.conv2d(x, constant(3, 3, 2, 4, dtype="f16"), 1, "SAME"), tensor("f16", 1, 5, 5, 2)
)
conv("Conv2D", "one pixel", lambda x: tf.nn.conv2d(x, constant(1, 1, 4, 5), 1, "VALID"), f32("n", 1, 1, 4))
for groups in 2, 4:
    for shape in (2, 6, 6, 8), ("n", "h", "w", 8):
        filters = constant(3, 3, 8 // groups, 8, values=weights)
        conv(
            "Conv2D",
            f"{groups} groups of {text(shape)}",
            lambda x, f=filters: tf.nn.conv2d(x, f, 1, "SAME"),
            f32(*shape),
        )

ACTIVATIONS = {
    "bias": lambda x: x + constant(4),
    "bias op": lambda x: tf.nn.bias_add(x, constant(4)),
    "bias relu": lambda x: tf.nn.relu(x + constant(4)),
    "bias relu6": lambda x: tf.nn.relu6(tf.nn.bias_add(x, constant(4))),
    "bias tanh": lambda x: tf.tanh(x + constant(4)),
    "relu": lambda x: tf.nn.relu(x),
    "scale": lambda x: x * constant(4),
    "scale and shift": lambda x: x * constant(4) + constant(4, seed=2),
    "bias and scale": lambda x: tf.nn.relu(tf.nn.bias_add(x, constant(4)) * constant(4, seed=2) - constant(4, seed=3)),
    "divide": lambda x: x / constant(4, values=uniform(1, 2)),
    "batch norm": lambda x: tf.compat.v1.nn.fused_batch_norm(
        x,
        constant(4),
        constant(4, seed=2),
        constant(4, seed=3),
        constant(4, seed=4, values=uniform(0.5, 2)),
        is_training=False,
    )[0],
    "two readers": lambda x: (tf.nn.relu(x), x + constant(4)),
}
for name, after in ACTIVATIONS.items():
    for shape in (1, 6, 6, 3), ("n", "h", "w", 3):
        filters = constant(3, 3, 3, 4, values=weights)
        conv(
            "Conv2D fusion",
            f"{name} {text(shape)}",
            lambda x, a=after, f=filters: a(tf.nn.conv2d(x, f, 1, "SAME")),
            f32(*shape),
        )
        filters = constant(3, 3, 4, 1, values=weights)
        conv(
            "Depthwise fusion",
            f"{name} {text(shape)}",
            lambda x, a=after, f=filters: a(tf.nn.depthwise_conv2d(x, f, [1, 1, 1, 1], "SAME")),
            f32(*shape[:3], 4),
        )
PADDED = [[0, 0], [1, 1], [1, 1], [0, 0]]
for shape in (1, 6, 6, 4), ("n", "h", "w", 4):
    for stride, pads in (1, PADDED), (2, PADDED), (2, [[0, 0], [0, 1], [0, 1], [0, 0]]):
        name = f"stride {stride} {pads[1][0]},{pads[1][1]} {text(shape)}"
        conv(
            "Pad then conv",
            name,
            lambda x, s=stride, p=pads: tf.nn.conv2d(tf.pad(x, p), constant(3, 3, 4, 2), s, "VALID"),
            f32(*shape),
        )
        conv(
            "Pad then depthwise",
            name,
            lambda x, s=stride, p=pads: tf.nn.depthwise_conv2d(
                tf.pad(x, p), constant(3, 3, 4, 1), [1, s, s, 1], "VALID"
            ),
            f32(*shape),
        )

for kernel, stride, padding, multiplier in product([(3, 3), (1, 1), (2, 5)], [1, 2], ["SAME", "VALID"], [1, 2]):
    for shape in (1, 8, 9, 3), ("n", "h", "w", 3):
        filters = constant(*kernel, 3, multiplier, values=weights)
        name = f"{text(kernel)} stride {stride} {padding.lower()} times {multiplier} of {text(shape)}"
        conv(
            "DepthwiseConv2dNative",
            name,
            lambda x, f=filters, s=stride, p=padding: tf.nn.depthwise_conv2d(x, f, [1, s, s, 1], p),
            f32(*shape),
        )
for padding in "SAME", "VALID":
    for shape in (1, 8, 9, 3), ("n", "h", "w", 3):
        conv(
            "DepthwiseConv2dNative",
            f"dilated {padding.lower()} {text(shape)}",
            lambda x, p=padding: tf.raw_ops.DepthwiseConv2dNative(
                input=x, filter=constant(3, 3, 3, 2), strides=[1, 1, 1, 1], padding=p, dilations=[1, 2, 2, 1]
            ),
            f32(*shape),
            # TensorFlow's CPU kernel ignores dilations: its own public function goes through space-to-batch.
            reference=lambda x, p=padding: tf.nn.depthwise_conv2d(
                x, constant(3, 3, 3, 2), [1, 1, 1, 1], p, dilations=[2, 2]
            ),
        )
        conv(
            "Space to batch",
            f"depthwise {padding.lower()} {text(shape)}",
            lambda x, p=padding: tf.nn.depthwise_conv2d(x, constant(3, 3, 3, 2), [1, 1, 1, 1], p, dilations=[2, 2]),
            f32(*shape),
        )
conv(
    "DepthwiseConv2dNative",
    "f16",
    lambda x: tf.nn.depthwise_conv2d(x, constant(3, 3, 2, 1, dtype="f16"), [1, 1, 1, 1], "SAME"),
    tensor("f16", 1, 5, 5, 2),
)
conv(
    "DepthwiseConv2dNative",
    "one channel",
    lambda x: tf.nn.depthwise_conv2d(x, constant(3, 3, 1, 4), [1, 1, 1, 1], "SAME"),
    f32("n", 5, 5, 1),
)
conv(
    "DepthwiseConv2dNative",
    "filter is an input",
    lambda x, f: tf.nn.depthwise_conv2d(x, f, [1, 1, 1, 1], "SAME"),
    f32(1, 5, 5, 2),
    f32(3, 3, 2, 2),
)
for shape in (1, 8, 8, 3), ("n", 8, 8, 3):
    conv(
        "Separable",
        text(shape),
        lambda x: tf.nn.separable_conv2d(x, constant(3, 3, 3, 2), constant(1, 1, 6, 4), [1, 1, 1, 1], "SAME"),
        f32(*shape),
    )
for rate, shape in product([2, 3], [(1, 9, 9, 3), ("n", 9, 9, 3)]):
    conv(
        "Space to batch",
        f"conv rate {rate} {text(shape)}",
        lambda x, r=rate: tf.batch_to_space(
            tf.nn.conv2d(
                tf.space_to_batch(x, [r, r], [[r, r + (-9 - 2 * r) % r]] * 2), constant(3, 3, 3, 4), 1, "VALID"
            ),
            [r, r],
            [[0, (-9 - 2 * r) % r]] * 2,
        ),
        f32(*shape),
    )


def nchw(layout_op):
    """The graph in channels-first order, and in channels-last for TensorFlow, whose CPU kernels take only that."""
    first = lambda x: layout_op(x, "NCHW")  # noqa: E731
    last = lambda x: tf.transpose(layout_op(tf.transpose(x, [0, 2, 3, 1]), "NHWC"), [0, 3, 1, 2])  # noqa: E731
    return first, last


def spatial(layout, *hw):
    return [1, 1, *hw] if layout == "NCHW" else [1, *hw, 1]


NCHW = {
    "conv": lambda x, d: tf.nn.conv2d(x, constant(3, 3, 3, 4), 1, "SAME", data_format=d),
    "conv stride": lambda x, d: tf.nn.conv2d(x, constant(3, 3, 3, 4), spatial(d, 2, 2), "VALID", data_format=d),
    "conv bias relu": lambda x, d: tf.nn.relu(
        tf.nn.bias_add(tf.nn.conv2d(x, constant(3, 3, 3, 4), 1, "SAME", data_format=d), constant(4), data_format=d)
    ),
    "two convs": lambda x, d: tf.nn.conv2d(
        tf.nn.relu(tf.nn.conv2d(x, constant(3, 3, 3, 4), 1, "SAME", data_format=d)),
        constant(1, 1, 4, 2),
        1,
        "SAME",
        data_format=d,
    ),
    "max pool": lambda x, d: tf.nn.max_pool2d(x, 2, 2, "SAME", data_format=d),
    "average pool": lambda x, d: tf.nn.avg_pool2d(x, 2, 2, "VALID", data_format=d),
    "depthwise": lambda x, d: tf.raw_ops.DepthwiseConv2dNative(
        input=x, filter=constant(3, 3, 3, 2), strides=[1, 1, 1, 1], padding="SAME", data_format=d
    ),
    "batch norm": lambda x, d: tf.compat.v1.nn.fused_batch_norm(
        x,
        constant(3),
        constant(3, seed=2),
        constant(3, seed=3),
        constant(3, seed=4, values=uniform(0.5, 2)),
        data_format=d,
        is_training=False,
    )[0],
    "depth to space": lambda x, d: tf.nn.depth_to_space(
        tf.concat([x, x, x, x], 1 if d == "NCHW" else 3), 2, data_format=d
    ),
    "space to depth": lambda x, d: tf.nn.space_to_depth(x, 2, data_format=d),
}
for name, op in NCHW.items():
    for shape in (1, 3, 8, 8), ("n", 3, 8, 8):
        graph, same = nchw(op)
        conv("NCHW", f"{name} {text(shape)}", graph, f32(*shape), reference=same)

for kernel, stride, padding in product([(3, 3), (2, 2), (4, 4)], [1, 2], ["SAME", "VALID"]):
    size = [4 * stride, 5 * stride] if padding == "SAME" else [3 * stride + kernel[0], 4 * stride + kernel[1]]
    filters = constant(*kernel, 2, 3, values=weights)  # [height, width, out, in]
    name = f"{text(kernel)} stride {stride} {padding.lower()}"
    conv(
        "Conv2DBackpropInput",
        name,
        lambda x, f=filters, z=size, s=stride, p=padding: tf.nn.conv2d_transpose(x, f, [1, *z, 2], s, p),
        f32(1, 4, 5, 3),
    )
    conv(
        "Conv2DBackpropInput",
        f"{name} dynamic batch",
        lambda x, f=filters, z=size, s=stride, p=padding: tf.nn.conv2d_transpose(x, f, [tf.shape(x)[0], *z, 2], s, p),
        f32("n", 4, 5, 3),
    )
conv(
    "Conv2DBackpropInput",
    "dynamic sizes",
    lambda x: tf.nn.conv2d_transpose(
        x, constant(3, 3, 2, 3), [tf.shape(x)[0], tf.shape(x)[1] * 2, tf.shape(x)[2] * 2, 2], 2, "SAME"
    ),
    f32("n", "h", "w", 3),
)
for after in "bias", "bias relu":
    conv(
        "Conv2DBackpropInput",
        f"{after}",
        lambda x, a=after: ACTIVATIONS[a](tf.nn.conv2d_transpose(x, constant(2, 2, 4, 3), [1, 8, 10, 4], 2, "SAME")),
        f32(1, 4, 5, 3),
    )
conv(
    "Conv2DBackpropInput",
    "f16",
    lambda x: tf.nn.conv2d_transpose(x, constant(2, 2, 4, 3, dtype="f16"), [1, 8, 10, 4], 2, "SAME"),
    tensor("f16", 1, 4, 5, 3),
)

for width, stride, padding, dilation in product([1, 3, 4], [1, 2], ["SAME", "VALID"], [1, 2]):
    if stride > 1 and dilation > 1:
        continue
    for shape in (1, 9, 3), ("n", 9, 3), ("n", "h", 3):
        name = f"{width} stride {stride} {padding.lower()} dilation {dilation} of {text(shape)}"
        filters = constant(width, 3, 4, values=weights)
        conv(
            "conv1d",
            name,
            lambda x, f=filters, s=stride, p=padding, d=dilation: tf.nn.conv1d(x, f, s, p, dilations=d),
            f32(*shape),
        )
conv(
    "conv1d",
    "causal",
    lambda x: tf.nn.conv1d(tf.pad(x, [[0, 0], [4, 0], [0, 0]]), constant(3, 3, 4), 1, "VALID", dilations=2),
    f32("n", "t", 3),
)
conv(
    "conv1d", "transposed", lambda x: tf.nn.conv1d_transpose(x, constant(3, 2, 3), [1, 10, 2], 2, "SAME"), f32(1, 5, 3)
)

for kernel, stride, padding in product([(1, 1, 1), (2, 3, 3)], [1, 2], ["SAME", "VALID"]):
    filters = constant(*kernel, 2, 3, values=weights)
    for shape in (1, 4, 5, 6, 2), ("n", 4, 5, 6, 2):
        name = f"{text(kernel)} stride {stride} {padding.lower()} of {text(shape)}"
        conv(
            "Conv3D",
            name,
            lambda x, f=filters, s=stride, p=padding: tf.nn.conv3d(x, f, [1, s, s, s, 1], p),
            f32(*shape),
        )
conv(
    "Conv3D",
    "bias relu",
    lambda x: tf.nn.relu(tf.nn.conv3d(x, constant(2, 2, 2, 2, 3), [1] * 5, "SAME") + constant(3)),
    f32(1, 3, 4, 4, 2),
)
for stride in 1, 2:
    size = [1, 3 * stride, 4 * stride, 4 * stride, 2]
    conv(
        "Conv3DBackpropInputV2",
        f"stride {stride}",
        lambda x, z=size, s=stride: tf.nn.conv3d_transpose(x, constant(2, 2, 2, 2, 3), z, [1, s, s, s, 1], "SAME"),
        f32(1, 3, 4, 4, 3),
    )
conv(
    "Conv2D",
    "of an integer image",
    lambda x: tf.nn.conv2d(tf.cast(x, tf.float32) / 255.0, constant(3, 3, 3, 4), 2, "SAME"),
    tensor("u8", "n", 8, 8, 3, values=uniform(0, 256)),
)
conv(
    "Dilation2D",
    "f32",
    raw("Dilation2D", filter=constant(2, 2, 3), strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding="SAME"),
    f32(1, 5, 5, 3),
)
