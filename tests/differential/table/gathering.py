"""Gather, scatter, segments, one-hot, cast and the rest that is driven by indices."""

import numpy as np

from ..case import (
    ACCUMULATED,
    DTYPES,
    add,
    constant,
    edges,
    f32,
    given,
    i32,
    i64,
    raw,
    some,
    tensor,
    text,
    tf,
    ties,
    uniform,
)

KINDS = ["f32", "f16", "i8", "i16", "i32", "i64", "u8", "bool"]


def index(limit, *shape, dtype="i32"):
    return tensor(dtype, *shape, values=uniform(0, limit))


for shape, where, axis in (
    ((5,), (3,), 0),
    ((5, 2), (3,), 0),
    ((3, 5), (2,), 1),
    ((3, 5), (2, 2), -1),
    ((2, 4, 3), (2, 2), 1),
    ((2, 3, 4, 5), (3,), 2),
    ((5, 2), (), 0),
    (("n", 5), (3,), 1),
    (("n", 4, 3), (2,), 1),
    ((5, 3), ("n",), 0),
    ((5, 3), ("n", "h"), 0),
):
    for kind in "i32", "i64":
        name = f"f32 {text(shape)} at {kind} {text(where)} along {axis}"
        add(
            "GatherV2",
            name,
            lambda x, i, a=axis: tf.gather(x, i, axis=a),
            f32(*shape),
            index(4 if shape[axis] == 4 else 5, *where, dtype=kind),
        )
for kind in KINDS[1:]:
    add("GatherV2", kind, raw("GatherV2", axis=0), tensor(kind, 5, 2), index(5, 3))
    add("GatherNd", kind, raw("GatherNd"), tensor(kind, 5, 2), index(2, 3, 2))
for shape, where, axis, batch in (
    ((2, 5), (2, 3), 1, 1),
    ((2, 5, 3), (2, 3), 1, 1),
    ((2, 3, 5), (2, 3, 2), 2, 2),
    ((2, 3, 5), (2, 4), 2, 1),
    (("n", 5, 2), ("n", 3), 1, 1),
):
    name = f"batch {batch} {text(shape)} at {text(where)} along {axis}"
    add(
        "GatherV2",
        name,
        lambda x, i, a=axis, b=batch: tf.gather(x, i, axis=a, batch_dims=b),
        f32(*shape),
        index(5, *where),
    )
add("GatherV2", "constant indices", lambda x: tf.gather(x, [2, 0, 1], axis=-1), f32("n", 3))
add("GatherV2", "one constant index", lambda x: tf.gather(x, 1, axis=1), f32("n", 3, 4))
add("GatherV2", "embedding", lambda i: tf.gather(constant(7, 4), i), index(7, "n", "h"))
add(
    "GatherV2",
    "embedding from floats",
    lambda x: tf.gather(constant(7, 4), tf.cast(x, tf.int32)),
    f32("n", 3, values=uniform(0, 7)),
)
add("Gather", "f32", raw("Gather"), f32(5, 2), index(5, 3))
for shape, where in (
    ((5,), (3, 1)),
    ((2, 3), (4, 2)),
    ((2, 3, 4), (3, 2)),
    ((2, 3, 4), (2, 2, 3)),
    ((2, 3), (1,)),
    (("n", 3), (3, 2)),
    ((2, 3), ("n", 2)),
):
    for kind in "i32", "i64":
        add(
            "GatherNd",
            f"f32 {text(shape)} at {kind} {text(where)}",
            raw("GatherNd"),
            f32(*shape),
            index(2, *where, dtype=kind),
        )
add("GatherNd", "batched", lambda x, i: tf.gather_nd(x, i, batch_dims=1), f32(2, 5, 3), index(5, 2, 4, 1))

for kind in "f32", "i32", "i64", "i8", "u8":
    add("ScatterNd", f"{kind} sums", raw("ScatterNd", shape=[6]), i32(4, 1, values=given(1, 3, 1, 5)), tensor(kind, 4))
    add("ScatterNd", f"{kind} rows", raw("ScatterNd", shape=[4, 3]), i32(2, 1, values=given(2, 0)), tensor(kind, 2, 3))
add("ScatterNd", "f32 points", raw("ScatterNd", shape=[3, 4]), i32(2, 2, values=given(1, 2, 0, 3)), f32(2))
add(
    "ScatterNd",
    "f32 int64",
    lambda i, u: tf.scatter_nd(i, u, tf.constant([6], tf.int64)),
    i64(2, 1, values=given(2, 0)),
    f32(2),
)
add(
    "ScatterNd",
    "f32 dynamic",
    lambda i, u: tf.scatter_nd(i, u, [6, 3]),
    i32("n", 1, values=given(2, 0, 4)),
    f32("n", 3),
)
for op in "TensorScatterUpdate", "TensorScatterAdd":
    for kind in "f32", "i32":
        add(op, f"{kind} rows", raw(op), tensor(kind, 4, 3), i32(2, 1, values=given(2, 0)), tensor(kind, 2, 3))
        add(op, f"{kind} points", raw(op), tensor(kind, 4, 3), i32(2, 2, values=given(2, 0, 1, 1)), tensor(kind, 2))
    add(op, "f32 constant indices", lambda x, u, op=op: raw(op)(x, [[2], [0]], u), f32(4, 3), f32(2, 3))
    add(op, "f32 dynamic", lambda x, u, op=op: raw(op)(x, [[1], [0]], u), f32("n", 3), f32(2, 3))
add("SegmentSum", "f32", raw("SegmentSum"), f32(5, 3), i32(5, values=given(0, 0, 1, 2, 2)), tolerance=ACCUMULATED)
add("SegmentSum", "i32", raw("SegmentSum"), i32(5, 3), i32(5, values=given(0, 0, 1, 2, 2)))
add(
    "SegmentSum",
    "f32 dynamic",
    raw("SegmentSum"),
    f32("h", 3),
    i32("h", values=given(0, 0, 1, 1, 2, 2, 2, 3, 3, 3)),
    tolerance=ACCUMULATED,
)
for op in "Sum", "Max", "Min", "Prod":
    for kind in "f32", "i32":
        ids = i32(5, values=given(0, 2, 2, 1, 0))
        add(
            f"UnsortedSegment{op}",
            kind,
            raw(f"UnsortedSegment{op}", num_segments=3),
            tensor(kind, 5, 2, values=uniform(-3, 4)),
            ids,
            tolerance=ACCUMULATED,
        )
    ids = i32(5, values=given(0, 2, 2, 0, 0))
    add(
        f"UnsortedSegment{op}",
        "f32 empty segment",
        raw(f"UnsortedSegment{op}", num_segments=4),
        f32(5, 2),
        ids,
        tolerance=ACCUMULATED,
    )
    ids = i32("n", values=given(1, 0, 1))
    add(
        f"UnsortedSegment{op}",
        "f32 dynamic",
        raw(f"UnsortedSegment{op}", num_segments=2),
        f32("n", 2),
        ids,
        tolerance=ACCUMULATED,
    )

for shape in (), (4,), (2, 3), ("n",), ("n", 3):
    for axis in (-1, 0) if shape else (-1,):
        add("OneHot", f"f32 {text(shape)} axis {axis}", lambda i, a=axis: tf.one_hot(i, 5, axis=a), index(6, *shape))
for kind in "i32", "i64", "i8", "u8", "bool", "i16":
    on = True if kind == "bool" else 3
    off = False if kind == "bool" else 1
    add(
        "OneHot", kind, lambda i, k=kind, a=on, b=off: tf.one_hot(i, 4, a, b, dtype=tf.as_dtype(DTYPES[k])), index(5, 3)
    )
add("OneHot", "int64 indices", lambda i: tf.one_hot(i, 4), index(5, 3, dtype="i64"))
add("OneHot", "negative indices", lambda i: tf.one_hot(i, 4), i32(4, values=given(-1, 0, 3, 4)))
add("OneHot", "axis 1", lambda i: tf.one_hot(i, 4, axis=1), index(4, 2, 3))
add("OneHot", "values are inputs", raw("OneHot", depth=4), index(4, 3), f32(), f32())
for kind in "f32", "i32", "i64", "u8":
    add("Unique", kind, raw("Unique"), tensor(kind, 9, values=uniform(0, 4)))
add("Unique", "int64 index", lambda x: tf.unique(x, out_idx=tf.int64), i32("h", values=uniform(0, 4)))
add(
    "SparseToDense",
    "f32",
    raw("SparseToDense", output_shape=[3, 4], default_value=np.float32(9)),
    i32(2, 2, values=given(0, 1, 2, 3)),
    f32(2),
)
add(
    "SparseToDense",
    "i32 scalar value",
    raw("SparseToDense", output_shape=[6], default_value=0),
    i32(2, values=given(1, 4)),
    i32(),
)
add("Bucketize", "f32", raw("Bucketize", boundaries=[-1.0, 0.0, 1.5]), f32("n", 5))
add("Bucketize", "i32", raw("Bucketize", boundaries=[-1.0, 0.0, 10.0]), i32(2, 5))

WIDTHS = ["f32", "f16", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "bool"]
for source in WIDTHS:
    for target in WIDTHS:
        # Out of the target's range the C++ conversion has no defined result, so the values fit every type.
        values = some if "bool" in (source, target) else uniform(0, 100)
        add(
            "Cast",
            f"{source} to {target}",
            lambda x, t=target: tf.cast(x, tf.as_dtype(DTYPES[t])),
            tensor(source, 2, 3, values=values),
        )
add("Cast", "f32 to i32 truncates", lambda x: tf.cast(x, tf.int32), f32("n", 6, values=ties))
add("Cast", "f32 to bool of edges", lambda x: tf.cast(x, tf.bool), f32(16, values=edges))
add("Cast", "there and back", lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32), f32("n", 6))
add("Cast", "bool to f32 dynamic", lambda x: tf.cast(x > 0, tf.float32), f32("n", 3))

boxes = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]],
    np.float32,
)
scores = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], np.float32)
box_input = f32(6, 4, values=lambda r, s, d: boxes)
score_input = f32(6, values=lambda r, s, d: scores)
add(
    "NonMaxSuppressionV3",
    "f32",
    lambda b, s: tf.raw_ops.NonMaxSuppressionV3(
        boxes=b, scores=s, max_output_size=3, iou_threshold=0.5, score_threshold=0.1
    ),
    box_input,
    score_input,
)
add(
    "NonMaxSuppressionV4",
    "f32",
    lambda b, s: tf.raw_ops.NonMaxSuppressionV4(
        boxes=b, scores=s, max_output_size=4, iou_threshold=0.5, score_threshold=0.4, pad_to_max_output_size=True
    ),
    box_input,
    score_input,
)
add(
    "NonMaxSuppressionV5",
    "f32",
    lambda b, s: tf.raw_ops.NonMaxSuppressionV5(
        boxes=b,
        scores=s,
        max_output_size=6,
        iou_threshold=0.5,
        score_threshold=0.1,
        soft_nms_sigma=0.5,
        pad_to_max_output_size=True,
    ),
    box_input,
    score_input,
    tolerance=ACCUMULATED,
)

EMBEDDING_MATMUL = tf.function(lambda w, i: tf.matmul(tf.one_hot(i, 7), w), experimental_implements="embedding_matmul")
add("embedding_matmul", "constant rows", lambda i: EMBEDDING_MATMUL(constant(7, 4), i), index(7, "n"))
add("embedding_matmul", "rows", lambda w, i: EMBEDDING_MATMUL(w, i), f32(7, 4), index(7, 5))
add("embedding_matmul", "matrix of ids", lambda w, i: EMBEDDING_MATMUL(w, i), f32(7, 4), index(7, 2, 3))
