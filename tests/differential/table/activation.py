"""Activations, as TensorFlow ops and as the arithmetic that Keras and model code write them with."""

from ..case import APPROXIMATE, EXACT, add, constant, edges, f32, i32, raw, some, tensor, text, tf, uniform

OPS = {
    "Relu": ("f32 f16 i32 i64", EXACT),
    "Relu6": ("f32 f16", EXACT),
    "Elu": ("f32 f16", APPROXIMATE),
    "Selu": ("f32", APPROXIMATE),
    "Sigmoid": ("f32 f16", APPROXIMATE),
    "Tanh": ("f32 f16", APPROXIMATE),
    "Softplus": ("f32", APPROXIMATE),
    "Softsign": ("f32", APPROXIMATE),
    "LeakyRelu": ("f32 f16", EXACT),
}
wide = uniform(-8, 8)
for op, (types, tolerance) in OPS.items():
    for kind in types.split():
        for shape in (
            [(), (5,), (2, 3, 4), (1, 3, 4, 2), ("n", 3), ("n", "h", "w", 3)] if kind == "f32" else [(3, 4), ("n", 3)]
        ):
            add(op, f"{kind} {text(shape)}", raw(op), tensor(kind, *shape, values=wide), tolerance=tolerance)
for op in "Relu", "Relu6", "Elu", "Sigmoid", "Tanh", "Softplus":
    finite = uniform(-90, 90)
    add(op, "f32 large", raw(op), f32(64, values=finite), tolerance=OPS[op][1])
for op in "Relu6", "Sigmoid":
    add(op, "f32 no elements", raw(op), f32(0, 2), tolerance=APPROXIMATE)
for alpha in 0.0, 0.1, 0.3, 1.5:
    add("LeakyRelu", f"alpha {alpha}", raw("LeakyRelu", alpha=alpha), f32("n", 5), tolerance=APPROXIMATE)

for op in "Softmax", "LogSoftmax":
    for shape in (5,), (2, 5), (2, 3, 5), (2, 3, 2, 5), ("n", 5), ("n", "h", 5), ("n", "h"):
        add(op, f"f32 {text(shape)}", raw(op), f32(*shape), tolerance=APPROXIMATE)
    add(op, "f32 large", raw(op), f32(4, 6, values=uniform(-60, 60)), tolerance=APPROXIMATE)
for axis in 0, 1, -2:
    add("Softmax", f"axis {axis}", lambda x, a=axis: tf.nn.softmax(x, axis=a), f32(3, 4, 5), tolerance=APPROXIMATE)
    add(
        "Softmax",
        f"axis {axis} dynamic",
        lambda x, a=axis: tf.nn.softmax(x, axis=a),
        f32("n", 4, 5),
        tolerance=APPROXIMATE,
    )
add("Softmax", "f16", raw("Softmax"), tensor("f16", 2, 5), tolerance=APPROXIMATE)

COMPOSED = {
    "gelu erf": lambda x: tf.nn.gelu(x),
    "gelu tanh": lambda x: tf.nn.gelu(x, approximate=True),
    "gelu erfc": lambda x: 0.5 * x * tf.math.erfc(-x * 0.7071067811865476),
    "silu": lambda x: x * tf.sigmoid(x),
    "swish": lambda x: tf.nn.swish(x),
    "hard sigmoid": lambda x: tf.nn.relu6(x + 3.0) * (1.0 / 6.0),
    "hard swish": lambda x: x * tf.nn.relu6(x + 3.0) * (1.0 / 6.0),
    "hard swish divided": lambda x: x * (tf.nn.relu6(x + 3.0) / 6.0),
    "relu to 1": lambda x: tf.maximum(-1.0, tf.minimum(x, 1.0)),
    "relu 0 to 1": lambda x: tf.minimum(tf.maximum(x, 0.0), 1.0),
    "relu of max 8": lambda x: tf.minimum(tf.nn.relu(x), 8.0),
    "leaky from max": lambda x: tf.maximum(x, x * 0.2),
    "prelu": lambda x: tf.nn.relu(x) + constant(4, values=uniform(0.1, 1)) * (x - abs(x)) * 0.5,
    "prelu negated": lambda x: tf.nn.relu(x) + (-constant(4, values=uniform(0.1, 1))) * tf.nn.relu(-x),
    "mish": lambda x: x * tf.tanh(tf.math.softplus(x)),
    "log sigmoid": lambda x: -tf.math.softplus(-x),
    "squareplus": lambda x: (x + tf.sqrt(x * x + 4.0)) / 2.0,
    "celu": lambda x: tf.where(x > 0, x, tf.exp(tf.minimum(x, 0.0)) - 1.0),
    "thresholded": lambda x: x * tf.cast(x > 1.0, tf.float32),
    "glu": lambda x: x[..., :2] * tf.sigmoid(x[..., 2:]),
}
for name, function in COMPOSED.items():
    for shape in (2, 4), (1, 3, 3, 4), ("n", 4), ("n", "h", "w", 4):
        add("activation", f"{name} {text(shape)}", function, f32(*shape, values=wide), tolerance=APPROXIMATE)

add(
    "SoftmaxCrossEntropyWithLogits",
    "f32",
    raw("SoftmaxCrossEntropyWithLogits"),
    f32(3, 5),
    f32(3, 5, values=uniform(0, 1)),
    tolerance=APPROXIMATE,
)
add(
    "SparseSoftmaxCrossEntropyWithLogits",
    "f32",
    raw("SparseSoftmaxCrossEntropyWithLogits"),
    f32(3, 5),
    i32(3, values=uniform(0, 5)),
    tolerance=APPROXIMATE,
)
add("Relu", "f32 edges", raw("Relu"), f32(15, values=lambda *a: edges(*a)[[i for i in range(15) if i != 10] + [0]]))
add("Relu", "f32 twice", lambda x: tf.nn.relu(tf.nn.relu(x)), f32("n", 4, values=some))
