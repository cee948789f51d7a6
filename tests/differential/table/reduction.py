"""Reductions, arg, top-k and running sums."""

import numpy as np

from ..case import (
    ACCUMULATED,
    EXACT,
    add,
    boolean,
    edges,
    f32,
    given,
    i32,
    permutation,
    raw,
    some,
    tensor,
    text,
    tf,
    uniform,
)

AXES = [
    ((3, 4), [1]),
    ((3, 4), [0]),
    ((3, 4), [-1]),
    ((3, 4), [0, 1]),
    ((2, 3, 4), [1]),
    ((2, 3, 4), [0, 2]),
    ((2, 3, 4, 5), [1, 2]),
    ((2, 3, 4, 5), [3]),
    ((2, 3, 4, 5), [-2, -3]),
    ((2, 1, 3, 2, 2), [1, 3]),
    ((2, 1, 3, 2, 2, 3), [0, 2, 5]),
    (("n", 4), [1]),
    (("n", 4), [0]),
    (("n", "h", "w", 3), [1, 2]),
    (("n", "h", 3), [0, 1, 2]),
]
small = uniform(-2, 3)
OPS = {
    "Sum": ("f32 f16 i32 i64", some, ACCUMULATED),
    "Mean": ("f32 f16 i32 i64", some, ACCUMULATED),
    "Max": ("f32 f16 i8 i16 i32 i64 u8", some, EXACT),
    "Min": ("f32 f16 i8 i16 i32 i64 u8", some, EXACT),
    "Prod": ("f32 i32 i64", small, ACCUMULATED),
    "Any": ("bool", some, EXACT),
    "All": ("bool", some, EXACT),
}
for op, (types, values, tolerance) in OPS.items():
    for kind in types.split():
        chosen = AXES if kind in ("f32", "bool") else [AXES[n] for n in (1, 5, 11)]
        for shape, axis in chosen:
            for keep in (False, True) if kind in ("f32", "bool") and len(shape) in (2, 4) else (len(shape) == 3,):
                name = f"{kind} {text(shape)} over {','.join(map(str, axis))}{' kept' if keep else ''}"
                add(
                    op,
                    name,
                    raw(op, axis=axis, keep_dims=keep),
                    tensor(kind, *shape, values=values),
                    tolerance=tolerance,
                )
    kind = types.split()[0]
    add(op, "scalar axis", raw(op, axis=1), tensor(kind, 2, 3, values=values), tolerance=tolerance)
    add(op, "int64 axis", raw(op, axis=np.array([0], np.int64)), tensor(kind, 2, 3, values=values), tolerance=tolerance)
    add(op, "no axes", raw(op, axis=np.array([], np.int32)), tensor(kind, 2, 3, values=values), tolerance=tolerance)
    add(op, "of a scalar", raw(op, axis=np.array([], np.int32)), tensor(kind, values=values), tolerance=tolerance)
    add(
        op,
        "everything",
        lambda x, op=op: raw(op)(x, tf.range(tf.rank(x))),
        tensor(kind, 2, 3, values=values),
        tolerance=tolerance,
    )

add("reduction", "logsumexp", lambda x: tf.reduce_logsumexp(x, axis=-1), f32("n", 4), tolerance=ACCUMULATED)
add(
    "reduction", "variance", lambda x: tf.math.reduce_variance(x, axis=[1, 2]), f32("n", 3, 4, 2), tolerance=ACCUMULATED
)
add("reduction", "std", lambda x: tf.math.reduce_std(x, axis=-1, keepdims=True), f32(2, 3, 4), tolerance=ACCUMULATED)
add("reduction", "moments", lambda x: tf.nn.moments(x, axes=[1, 2]), f32("n", 3, 4, 2), tolerance=ACCUMULATED)
add("reduction", "norm", lambda x: tf.norm(x, axis=-1), f32("n", 4), tolerance=ACCUMULATED)
add("reduction", "global pool", lambda x: tf.reduce_mean(x, axis=[1, 2]), f32("n", "h", "w", 3), tolerance=ACCUMULATED)
add("reduction", "l2 normalize", lambda x: tf.nn.l2_normalize(x, axis=-1), f32("n", 4), tolerance=ACCUMULATED)
add("reduction", "l2 normalize inner", lambda x: tf.nn.l2_normalize(x, axis=1), f32(2, 3, 4), tolerance=ACCUMULATED)
add(
    "reduction",
    "count nonzero",
    lambda x: tf.math.count_nonzero(x, axis=1, dtype=tf.int32),
    i32(3, 4, values=uniform(0, 2)),
)
add("EuclideanNorm", "f32", raw("EuclideanNorm", axis=[1]), f32("n", 4), tolerance=ACCUMULATED)

for op in "ArgMax", "ArgMin":
    for shape, axis in (
        ((5,), 0),
        ((3, 4), 0),
        ((3, 4), 1),
        ((2, 3, 4), -1),
        ((2, 3, 4, 5), 2),
        (("n", 4), 1),
        (("n", "h", 3), 1),
    ):
        for kind in ("f32", "i32") if len(shape) < 4 else ("f32",):
            add(
                op,
                f"{kind} {text(shape)} over {axis}",
                raw(op, dimension=axis),
                tensor(kind, *shape, values=permutation),
            )
    for kind in "f32", "u8", "i8", "bool":
        tied = tensor(kind, 3, 4, values=uniform(0, 2) if kind != "bool" else some)
        add(op, f"{kind} ties to int32", lambda x, op=op: raw(op, dimension=1, output_type=tf.int32)(x), tied)
    add(op, "int64 axis", raw(op, dimension=np.int64(1)), f32(3, 4))

for shape, k in ((6,), 3), ((3, 5), 2), ((2, 3, 5), 5), ((3, 5), 1), (("n", 5), 3), (("n", "h"), 2):
    add("TopKV2", f"f32 {text(shape)} of {k}", raw("TopKV2", k=k), f32(*shape, values=permutation))
for kind in "i8", "i16", "i32", "i64", "u8":
    add("TopKV2", f"{kind}", raw("TopKV2", k=3), tensor(kind, 3, 5, values=permutation))
add("TopKV2", "f32 ties", raw("TopKV2", k=4), f32(2, 6, values=given(1, 2, 2, 1, 3, 2)))
add("TopKV2", "values only", lambda x: tf.math.top_k(x, 2).values, f32("n", 5, values=permutation))
add("TopKV2", "k of the size", lambda x: tf.math.top_k(x, tf.shape(x)[-1]), f32(2, 4, values=permutation))

for shape, axis in ((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), (("n", 4), 1), (("n", "h"), 0):
    for exclusive in False, True:
        for reverse in False, True:
            name = f"f32 {text(shape)} over {axis}{' exclusive' * exclusive}{' reverse' * reverse}"
            add(
                "Cumsum",
                name,
                raw("Cumsum", axis=axis, exclusive=exclusive, reverse=reverse),
                f32(*shape),
                tolerance=ACCUMULATED,
            )
for kind in "i32", "i64":
    add("Cumsum", f"{kind}", raw("Cumsum", axis=1), tensor(kind, 3, 4))
add("Any", "of a comparison", lambda x: tf.reduce_any(x > 2, axis=1), f32("n", 4))
add("All", "dynamic", lambda x: tf.reduce_all(x), boolean("n", 4))
add("Max", "f32 infinities", raw("Max", axis=[1]), f32(2, 4, values=lambda *a: np.nan_to_num(edges(*a), nan=2.0)))
