"""float64 graphs under --narrow-float64, against TensorFlow's answers in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..case import (
    ACCUMULATED,
    APPROXIMATE,
    EXACT,
    NARROW,
    ROUNDED,
    Input,
    Tolerance,
    add,
    boolean,
    constant,
    edges,
    f32,
    f64,
    finite_edges,
    given,
    i32,
    i64,
    nonzero,
    raw,
    string,
    tf,
    ties,
    uniform,
)


def narrow(variant: str, function: Callable[..., Any], *inputs: Input, tolerance: Tolerance = EXACT) -> None:
    add("float64", variant, function, *inputs, tolerance=tolerance, options=[NARROW])


def weights(*shape: int, seed: int = 1) -> np.ndarray:
    return constant(*shape, dtype="f64", seed=seed)


# Elementwise --------------------------------------------------------------------------------------------------------

for op in ("AddV2", "Sub", "Mul", "Maximum", "Minimum", "SquaredDifference"):
    narrow(f"{op} static", raw(op), f64(2, 3), f64(3), tolerance=ROUNDED if op != "Sub" else APPROXIMATE)
    narrow(f"{op} dynamic", raw(op), f64("n", 4), f64("n", 1), tolerance=ROUNDED if op != "Sub" else APPROXIMATE)
narrow("RealDiv", raw("RealDiv"), f64("n", 3), f64("n", 3, values=nonzero), tolerance=ROUNDED)
narrow("DivNoNan", raw("DivNoNan"), f64(2, 4), f64(2, 4, values=given(0, 1, -2.5)), tolerance=ROUNDED)
narrow("FloorDiv", raw("FloorDiv"), f64(3, 4, values=ties), f64(3, 4, values=nonzero))
narrow(
    "FloorMod", raw("FloorMod"), f64(2, 6, values=ties), f64(2, 6, values=given(1.5, 2, -0.5)), tolerance=APPROXIMATE
)
narrow("Pow", raw("Pow"), f64(2, 5, values=uniform(0.2, 3)), f64(2, 5), tolerance=APPROXIMATE)
for op in ("Abs", "Neg", "Floor", "Ceil", "Rint", "Sign", "Relu", "Square"):
    narrow(op, raw(op), f64("n", 5, values=finite_edges), tolerance=ROUNDED)
for op in ("Exp", "Tanh", "Sigmoid", "Sin", "Cos", "Erf", "Softplus", "Elu", "Atan"):
    narrow(op, raw(op), f64("n", 5), tolerance=APPROXIMATE)
for op in ("Log", "Sqrt", "Rsqrt", "Log1p"):
    narrow(op, raw(op), f64(3, 5, values=uniform(0.1, 9)), tolerance=APPROXIMATE)
for op in ("IsNan", "IsInf", "IsFinite"):
    narrow(op, raw(op), f64(16, values=edges))
narrow("scalar", lambda x: 2 * x + 1, f64(), tolerance=APPROXIMATE)
narrow("empty", lambda x: x + 1.5, f64(0, 3))

# Comparisons and choices --------------------------------------------------------------------------------------------

for op in ("Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"):
    narrow(op, raw(op), f64("n", 8, values=ties), f64(8, values=ties))
narrow("SelectV2", raw("SelectV2"), boolean("n", 3), f64("n", 3), f64(3))
narrow("where and clip", lambda x: tf.where(x > 0, tf.clip_by_value(x, -1.0, 1.5), x * 0.5), f64("n", 7))

# Casts: what the language of the caller makes of an integer division -----------------------------------------------

narrow("Cast int32 to float64", lambda x: tf.cast(x, tf.float64), i32("n", 3))
narrow("Cast int64 to float64", lambda x: tf.cast(x, tf.float64), i64(2, 3))
narrow("Cast bool to float64", lambda x: tf.cast(x, tf.float64), boolean(2, 3))
narrow("Cast float32 to float64", lambda x: tf.cast(x, tf.float64), f32("n", 3))
narrow("Cast float64 to float32", lambda x: tf.cast(x, tf.float32), f64("n", 3))
narrow("Cast float64 to int32", lambda x: tf.cast(x, tf.int32), f64(2, 9))
# 16-bit floats are computed as float32: what is rounded in between differs by as much.
narrow(
    "Cast float64 to float16 and back",
    lambda x: tf.cast(tf.cast(x, tf.float16), tf.float64),
    f64(2, 9),
    tolerance=Tolerance(relative=1e-3),
)
narrow("Cast float64 to bool", lambda x: tf.cast(x, tf.bool), f64(12, values=ties))
narrow("int32 truediv", lambda x, y: tf.cast(x, tf.int32) / y, i32("n", 4), i32(4, values=nonzero), tolerance=ROUNDED)
narrow("int32 truediv then ceil", lambda x: tf.cast(tf.math.ceil(x / 4), tf.int32), i32("n", 5))
narrow(
    "float64 in the middle", lambda x: tf.cast(tf.cast(x, tf.float64) * 3.0, tf.float32), f32("n", 5), tolerance=ROUNDED
)

# Sums of products ---------------------------------------------------------------------------------------------------

narrow("MatMul", lambda x, y: tf.matmul(x, y), f64("n", 4), f64(4, 5), tolerance=ACCUMULATED)
narrow(
    "dense layer", lambda x: tf.nn.relu(tf.matmul(x, weights(6, 4)) + weights(4)), f64("n", 6), tolerance=ACCUMULATED
)
narrow("BatchMatMulV2", raw("BatchMatMulV2"), f64(2, 3, 4), f64(2, 4, 5), tolerance=ACCUMULATED)
narrow("Einsum", lambda x, y: tf.einsum("bij,bjk->bik", x, y), f64("n", 3, 4), f64("n", 4, 2), tolerance=ACCUMULATED)
narrow(
    "Conv2D",
    lambda x: tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 2, 4), 2, "SAME"), weights(4)),
    f64("n", 7, 9, 2),
    tolerance=ACCUMULATED,
)
narrow(
    "depthwise",
    lambda x: tf.nn.depthwise_conv2d(x, weights(3, 3, 3, 1), [1, 1, 1, 1], "VALID"),
    f64(1, 6, 7, 3),
    tolerance=ACCUMULATED,
)
narrow("AvgPool", lambda x: tf.nn.avg_pool2d(x, 2, 2, "VALID"), f64("n", 6, 8, 3), tolerance=ACCUMULATED)
narrow("MaxPool", lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), f64("n", 5, 8, 3))
narrow("Softmax", lambda x: tf.nn.softmax(x), f64("n", 7), tolerance=APPROXIMATE)
narrow("layer norm", lambda x: (x - tf.reduce_mean(x, -1, True)) / tf.math.reduce_std(x, -1, True), f64("n", 16),
       tolerance=ACCUMULATED)  # fmt: skip

# Reductions ---------------------------------------------------------------------------------------------------------

for op in ("Sum", "Mean", "Prod", "Max", "Min"):
    narrow(f"{op}", lambda x, op=op: raw(op)(x, np.int32(1)), f64("n", 6), tolerance=ACCUMULATED)
narrow("Sum of all", lambda x: tf.reduce_sum(x), f64(3, 4, 2), tolerance=ACCUMULATED)
narrow("Cumsum", lambda x: tf.cumsum(x, axis=1), f64("n", 5), tolerance=ACCUMULATED)
narrow("ArgMax", lambda x: tf.argmax(x, axis=1), f64("n", 6))
narrow("TopKV2", lambda x: tf.math.top_k(x, 3), f64(2, 8))
narrow("SegmentSum", lambda x: tf.math.segment_sum(x, [0, 0, 1, 3]), f64(4, 3), tolerance=ACCUMULATED)

# Moving -------------------------------------------------------------------------------------------------------------

narrow("GatherV2", lambda x, i: tf.gather(x, i), f64(5, 3), i32("n", values=uniform(0, 5)))
narrow("embedding", lambda i: tf.gather(weights(9, 4), i), i32("n", 3, values=uniform(0, 9)))
narrow("ScatterNd", lambda x: tf.scatter_nd([[2], [0]], x, [4, 3]), f64(2, 3))
narrow("ConcatV2 and Split", lambda x, y: tf.split(tf.concat([x, y], 1), 2, 1), f64("n", 3), f64("n", 5))
narrow("Pack and Unpack", lambda x, y: tf.unstack(tf.stack([x, y], 1), axis=1), f64("n", 3), f64("n", 3))
narrow("PadV2", lambda x: tf.pad(x, [[0, 0], [1, 2]], constant_values=-1.5), f64("n", 3))
narrow("StridedSlice", lambda x: x[..., 1::2], f64("n", 2, 7))
narrow("Transpose and Reshape", lambda x: tf.reshape(tf.transpose(x, [0, 2, 1]), [-1, 6]), f64("n", 2, 3))
narrow("Tile", lambda x: tf.tile(x, [2, 1]), f64("n", 3))
narrow("Fill", lambda n: tf.fill([n, 2], tf.constant(0.1, tf.float64)), i32(values=given(3)), tolerance=ROUNDED)
narrow("Range", lambda n: tf.range(tf.cast(n, tf.float64)) * 0.25, i32(values=given(5)), tolerance=ROUNDED)
narrow("OneHot", lambda i: tf.one_hot(i, 4, dtype=tf.float64), i32("n", values=uniform(0, 4)))
narrow("ZerosLike and shape", lambda x: tf.zeros_like(x) + tf.cast(tf.shape(x)[0], tf.float64), f64("n", 3))

# Constants ----------------------------------------------------------------------------------------------------------

narrow("constant", lambda x: x + weights(3, 4), f64("n", 3, 4), tolerance=APPROXIMATE)
narrow("constant of one value", lambda x: x * tf.constant(0.1, tf.float64, [3, 4]), f64(3, 4), tolerance=ROUNDED)
narrow(
    "constants alone",
    lambda x: x + tf.math.cos(tf.range(4, dtype=tf.float64) / 10.0),
    f64("n", 4),
    tolerance=APPROXIMATE,
)
narrow(
    "infinity and NaN",
    lambda x: tf.where(x > 0, np.array([np.inf, -np.inf, np.nan]), x),
    f64("n", 3),
)
narrow("too small for float32", lambda x: x + np.array([1e-300, -1e-60]), f64("n", 2), tolerance=ROUNDED)
narrow("complex128", lambda x: tf.abs(tf.complex(x, x * 2 + 1)), f64("n", 3), tolerance=APPROXIMATE)
narrow(
    "complex128 constant",
    lambda x: tf.math.real(tf.cast(x, tf.complex128) * (1 + 2j)),
    f64(2, 3),
    tolerance=APPROXIMATE,
)
narrow("rfft", lambda x: tf.abs(tf.signal.rfft(x)), f64(2, 8), tolerance=ACCUMULATED)
narrow("string to float64", lambda x, y: tf.gather(x, tf.cast(tf.equal(y, "a"), tf.int32)), f64(2, 3), string("n"))

# Control flow -------------------------------------------------------------------------------------------------------

narrow(
    "cond",
    lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: x * weights(3), lambda: x - 1.0),
    f64("n", 3),
    tolerance=APPROXIMATE,
)


def while_loop(x: Any) -> Any:
    def step(i: Any, y: Any) -> Any:
        return i + 1, y * 0.5 + x

    return tf.while_loop(lambda i, y: tf.reduce_max(tf.abs(y)) > 1.0, step, (0, x * 4.0), maximum_iterations=5)


narrow("while", while_loop, f64("n", 3), tolerance=APPROXIMATE)
narrow(
    "scan",
    lambda x: tf.scan(lambda a, e: a * 0.5 + e, x, tf.zeros([3], tf.float64)),
    f64("t", 3),
    tolerance=APPROXIMATE,
)
narrow("map_fn", lambda x: tf.map_fn(lambda e: tf.reduce_sum(e) * e, x), f64("n", 3), tolerance=ACCUMULATED)


def version_2(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same with functions for branches and bodies, whose signatures say float64 too."""

    def call(*inputs: Any) -> Any:
        tf.compat.v1.enable_control_flow_v2()
        try:
            return function(*inputs)
        finally:
            tf.compat.v1.disable_control_flow_v2()

    return call


narrow("while of functions", version_2(while_loop), f64("n", 3), tolerance=APPROXIMATE)
narrow(
    "If of functions",
    version_2(lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: x * weights(3), lambda: x - 1.0)),
    f64("n", 3),
    tolerance=APPROXIMATE,
)
narrow("scan of functions", version_2(lambda x: tf.scan(lambda a, e: a * 0.5 + e, x, tf.zeros([3], tf.float64))),
       f64("t", 3), tolerance=APPROXIMATE)  # fmt: skip
narrow("call", lambda x: tf.function(lambda y: tf.nn.relu(y) * 0.1)(x), f64("n", 3), tolerance=ROUNDED)
