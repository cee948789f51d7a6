"""Rows by number: segments, partitions, scatters, diagonals, sets of values, sparse tensors."""

import numpy as np

from ..case import (
    ACCUMULATED,
    add,
    boolean,
    constant,
    f32,
    given,
    i32,
    i64,
    permutation,
    raw,
    tensor,
    text,
    tf,
    ties,
    uniform,
)

SMALL = uniform(-3, 4)
SORTED = given(0, 0, 1, 2, 2)
GAPS = given(0, 0, 2, 2, 5)

for op in "Sum", "Max", "Min", "Prod", "Mean":
    kinds = ["f32", "f16"] if op == "Mean" else ["f32", "f16", "i8", "i16", "i32", "u8"]
    if op == "Sum":
        kinds.append("i64")
    for ids_name, ids in ("sorted", SORTED), ("with gaps", GAPS):
        for kind in kinds:
            add(
                f"Segment{op}",
                f"{kind} {ids_name}",
                raw(f"Segment{op}"),
                tensor(kind, 5, 3, values=uniform(0, 3)),
                i32(5, values=ids),
                tolerance=ACCUMULATED,
            )
        add(
            f"Segment{op}",
            f"f32 constant {ids_name}",
            lambda x, o=op, i=ids: raw(f"Segment{o}")(x, i(None, (5,), np.dtype("int32"))),
            f32(5, 2, 3, values=SMALL),
            tolerance=ACCUMULATED,
        )
        add(
            f"Segment{op}",
            f"f32 vector int64 {ids_name}",
            raw(f"Segment{op}"),
            f32(5, values=SMALL),
            i64(5, values=ids),
            tolerance=ACCUMULATED,
        )
    add(
        f"Segment{op}",
        "f32 of any length",
        raw(f"Segment{op}"),
        f32("h", 3, values=SMALL),
        i32("h", values=given(0, 0, 1, 1, 2, 2, 4, 4, 4, 4)),
        tolerance=ACCUMULATED,
    )
for op in "Sum", "Max", "Min", "Prod":
    for kind in "f16", "i8", "u8", "i16", "u16":
        add(
            f"UnsortedSegment{op}",
            kind,
            raw(f"UnsortedSegment{op}", num_segments=4),
            tensor(kind, 5, 2, values=uniform(0, 3)),
            i32(5, values=given(0, 2, 2, 1, 0)),
            tolerance=ACCUMULATED,
        )
    add(
        f"UnsortedSegment{op}",
        "ids of two dimensions",
        raw(f"UnsortedSegment{op}", num_segments=4),
        f32(2, 3, 2, values=SMALL),
        i32(2, 3, values=given(0, 2, 2, 1, 0)),
        tolerance=ACCUMULATED,
    )
    add(
        f"UnsortedSegment{op}",
        "negative ids",
        raw(f"UnsortedSegment{op}", num_segments=3),
        f32(5, 2, values=SMALL),
        i32(5, values=given(0, -1, 2, 1, -1)),
        tolerance=ACCUMULATED,
    )
    add(
        f"UnsortedSegment{op}",
        "number at run time",
        raw(f"UnsortedSegment{op}"),
        f32(5, 2, values=SMALL),
        i64(5, values=given(0, 2, 1, 1, 0)),
        i32(values=given(4)),
        tolerance=ACCUMULATED,
    )
add(
    "UnsortedSegmentSum",
    "i64",
    raw("UnsortedSegmentSum", num_segments=4),
    i64("h", 3),
    i32("h", values=given(0, 2, 2, 1, 0)),
)
for op in "mean", "sqrt_n":
    add(
        "unsorted segments",
        op,
        lambda x, i, o=op: getattr(tf.math, f"unsorted_segment_{o}")(x, i, 4),
        f32("h", 3),
        i32("h", values=given(0, 2, 2, 1, 0)),
        tolerance=ACCUMULATED,
    )
for op in "Sum", "Mean", "SqrtN":
    for kind in "f32", "f16", "i32":
        if op != "Sum" and kind == "i32":
            continue
        add(
            f"SparseSegment{op}",
            kind,
            raw(f"SparseSegment{op}"),
            tensor(kind, 6, 3),
            i32(5, values=given(5, 0, 1, 1, 3)),
            i32(5, values=GAPS),
            tolerance=ACCUMULATED,
        )
    add(
        f"SparseSegment{op}",
        "constant",
        lambda x, o=op: raw(f"SparseSegment{o}")(x, [3, 0, 0, 1], [0, 1, 1, 2]),
        f32("h", 3),
        tolerance=ACCUMULATED,
    )
    add(
        f"SparseSegment{op}WithNumSegments",
        "f32",
        raw(f"SparseSegment{op}WithNumSegments", num_segments=7),
        f32(6, 3),
        i64("h", values=given(5, 0, 1, 1, 3)),
        i32("h", values=given(0, 0, 1, 1, 2, 2, 4, 4, 4, 4)),
        tolerance=ACCUMULATED,
    )

for kind in "f32", "f16", "i8", "i16", "i32", "i64", "u8", "bool":
    add(
        "DynamicPartition",
        kind,
        raw("DynamicPartition", num_partitions=3),
        tensor(kind, 6, 2),
        i32(6, values=given(0, 2, 0, 1, 2, 2)),
    )
    add(
        "DynamicStitch",
        f"{kind} at run time",
        lambda i, j, x, y: tf.dynamic_stitch([i, j], [x, y]),
        i32(2, values=given(3, 0)),
        i32(3, values=given(1, 4, 2)),
        tensor(kind, 2, 3),
        tensor(kind, 3, 3),
    )
for name, shape, where in (
    ("vector", (6,), (6,)),
    ("cube", (6, 2, 3), (6,)),
    ("two dimensions", (3, 2, 4), (3, 2)),
    ("any length", ("h", 2), ("h",)),
    ("any lengths", ("n", "h", 2), ("n", "h")),
):
    add(
        "DynamicPartition",
        f"f32 {name}",
        raw("DynamicPartition", num_partitions=4),
        f32(*shape),
        i32(*where, values=given(0, 2, 0, 1, 2, 2)),
    )
add(
    "DynamicPartition",
    "constant partitions",
    lambda x: tf.dynamic_partition(x, [0, 1, 0, 2, 1], 3),
    f32(5, 2),
)
add("DynamicPartition", "one empty", lambda x: tf.dynamic_partition(x, [0, 2, 0, 2, 2], 3), f32(5, 2))
add(
    "DynamicPartition",
    "and stitched",
    lambda x, p: tf.dynamic_stitch(
        tf.dynamic_partition(tf.range(tf.shape(x)[0]), p, 2),
        [v * (k + 2.0) for k, v in enumerate(tf.dynamic_partition(x, p, 2))],
    ),
    f32("h", 3),
    i32("h", values=given(0, 1, 1, 0, 1)),
)
add(
    "DynamicStitch",
    "later rows win",
    lambda i, j, x, y: tf.dynamic_stitch([i, j], [x, y]),
    i32(2, values=given(1, 0)),
    i32(3, values=given(2, 1, 2)),
    f32(2, 3),
    f32(3, 3),
)
add(
    "DynamicStitch",
    "constants with repeats",
    lambda x, y: tf.dynamic_stitch([[1, 0], [2, 1, 2]], [x, y]),
    f32(2, 3),
    f32(3, 3),
)
add(
    "DynamicStitch",
    "scalars and matrices",
    lambda x, y: tf.dynamic_stitch([4, [[0, 1], [3, 2]]], [x, y]),
    f32(2),
    f32(2, 2, 2),
)
add(
    "ParallelDynamicStitch",
    "f32",
    lambda i, j, x, y: tf.raw_ops.ParallelDynamicStitch(indices=[i, j], data=[x, y]),
    i32(2, values=given(3, 0)),
    i32(3, values=given(1, 4, 2)),
    f32(2, 3),
    f32(3, 3),
)

for op in "Add", "Sub", "Max", "Min", "Update":
    name = f"TensorScatter{op}"
    kinds = ["f32", "f16", "i8", "i16", "i32", "u8"] + (["i64", "bool"] if op == "Update" else [])
    for kind in kinds:
        add(
            name,
            f"{kind} vectors",
            raw(name),
            tensor(kind, 6),
            i32(3, 1, values=given(4, 0, 2)),
            tensor(kind, 3),
        )
    for variant, shape, where, update in (
        ("slices", (4, 2, 3), (2, 1), (2, 2, 3)),
        ("points of a cube", (4, 2, 3), (2, 3), (2,)),
        ("lines of a cube", (4, 3, 2), (2, 2), (2, 2)),
        ("matrix of indices", (4, 3), (2, 1, 1), (2, 1, 3)),
        ("any length", ("k", 3), (2, 1), (2, 3)),
        ("any lengths", ("k", "h", "c"), (2, 2), (2, "c")),
        ("any number", (4, 3), ("n", 1), ("n", 3)),
    ):
        add(
            name,
            variant,
            raw(name),
            f32(*shape),
            i32(*where, values=given(0, 1, 1, 0) if where[-1] != 1 else given(2, 0, 1)),
            f32(*update),
        )
    add(name, "int64 indices", raw(name), f32(4, 3), i64(2, 1, values=given(3, 1)), f32(2, 3))
    add(
        name,
        "constant indices twice",
        lambda x, u, o=name: raw(o)(x, [[2], [0], [2]], u),
        f32(4, 3),
        f32(3, 3),
        tolerance=ACCUMULATED,
    )
    if op != "Update":
        add(
            name,
            "indices twice",
            raw(name),
            f32(4, 3),
            i32(3, 1, values=given(2, 0, 2)),
            f32(3, 3),
            tolerance=ACCUMULATED,
        )
for op in "InplaceUpdate", "InplaceAdd", "InplaceSub":
    for name, kind, shape, rows in (
        ("rows", "f32", (5, 3), 2),
        ("i32", "i32", (5, 3), 2),
        ("any number", "f32", ("k", 3), "n"),
    ):
        add(
            op,
            name,
            lambda x, i, v, o=op: raw(o)(x * 2, i, v),  # TensorFlow's kernel writes into its operand
            tensor(kind, *shape),
            i32(rows, values=given(3, 0, 1)),
            tensor(kind, rows, 3),
        )


def slice_updated(x, index, kind):
    """The slice itself, turned into other values."""
    begin, end, strides, masks = [], [], [], {"begin": 0, "end": 0, "shrink_axis": 0, "new_axis": 0, "ellipsis": 0}
    for i, part in enumerate(index if isinstance(index, tuple) else (index,)):
        if part is None or part is Ellipsis:
            masks["new_axis" if part is None else "ellipsis"] |= 1 << i
            part = slice(0, 0, 1)
        elif isinstance(part, int):
            masks["shrink_axis"] |= 1 << i
            part = slice(part, part + 1 or 9, 1)
        masks["begin"] |= (part.start is None) << i
        masks["end"] |= (part.stop is None) << i
        begin.append(part.start or 0)
        end.append(part.stop or 0)
        strides.append(part.step or 1)
    fixed = {f"{k}_mask": v for k, v in masks.items()}
    part = tf.raw_ops.StridedSlice(input=x, begin=begin, end=end, strides=strides, **fixed)
    value = tf.logical_not(part) if kind == "bool" else part * 3
    return tf.raw_ops.TensorStridedSliceUpdate(input=x, begin=begin, end=end, strides=strides, value=value, **fixed)


for name, index in (
    ("row", np.s_[1]),
    ("rows", np.s_[1:3]),
    ("column", np.s_[:, 2]),
    ("block", np.s_[1:3, 1:2]),
    ("steps", np.s_[::2, 1]),
    ("backwards", np.s_[::-1]),
    ("ellipsis", np.s_[..., 1:]),
    ("new axis", np.s_[1, None, :2]),
    ("negative", np.s_[-1, -2]),
):
    for kind in "f32", "i32", "i64", "bool":
        if kind != "f32" and name not in ("row", "steps"):
            continue
        add(
            "TensorStridedSliceUpdate",
            f"{kind} {name}",
            lambda x, s=index, k=kind: slice_updated(x, s, k),
            tensor(kind, 4, 3, 2),
        )


ALIGNS = "RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"
for shape in (4, 4), (3, 5), (5, 3), (2, 3, 4), ("n", 4, 3), ("n", "h", 3, 4):
    for k in (0, 0), (1, 1), (-2, -2), (-1, 1), (0, 2), (-2, 0):
        size = text(shape)
        for align in ALIGNS if k[0] != k[1] else ALIGNS[:1]:
            add(
                "MatrixDiagPartV3",
                f"{size} {k} {align}",
                lambda x, k=k, a=align: tf.raw_ops.MatrixDiagPartV3(input=x, k=list(k), padding_value=9.0, align=a),
                f32(*shape),
            )
        rows, columns = shape[-2:]
        lines = k[1] - k[0] + 1
        width = min(rows + min(k[1], 0), columns - max(k[0], 0))
        diagonal = (*shape[:-2], *((lines,) if lines > 1 else ()), width)
        for align in (ALIGNS if lines > 1 else ALIGNS[:1]) if shape != (5, 3) else ALIGNS[1:2]:
            if lines == 1 or "n" not in shape:  # TensorFlow's own inference refuses several diagonals of unknown shape
                add(
                    "MatrixSetDiagV3",
                    f"{size} {k} {align}",
                    lambda x, d, k=k, a=align: tf.raw_ops.MatrixSetDiagV3(input=x, diagonal=d, k=list(k), align=a),
                    f32(*shape),
                    f32(*diagonal),
                )
            add(
                "MatrixDiagV3",
                f"{size} {k} {align}",
                lambda d, k=k, a=align, r=rows, c=columns: tf.raw_ops.MatrixDiagV3(
                    diagonal=d, k=list(k), num_rows=r, num_cols=c, padding_value=7.0, align=a
                ),
                f32(*diagonal),
            )
for k in (0, 0), (2, 2), (-1, -1), (-1, 1):
    lines = (3,) if k[0] != k[1] else ()
    add(
        "MatrixDiagV3",
        f"size left open {k}",
        lambda d, k=k: tf.raw_ops.MatrixDiagV3(diagonal=d, k=list(k), num_rows=-1, num_cols=-1, padding_value=0.0),
        f32(2, *lines, 3),
    )
for kind in "i32", "i64", "f16", "u8", "bool":
    zero = np.zeros((), {"i32": "i4", "i64": "i8", "f16": "f2", "u8": "u1", "bool": "?"}[kind])
    add(
        "MatrixDiagPartV2",
        f"{kind} band",
        lambda x, z=zero: tf.raw_ops.MatrixDiagPartV2(input=x, k=[-1, 1], padding_value=z),
        tensor(kind, 2, 3, 4),
    )
    add(
        "MatrixDiagV2",
        f"{kind} band",
        lambda x, z=zero: tf.raw_ops.MatrixDiagV2(diagonal=x, k=[-1, 0], num_rows=4, num_cols=3, padding_value=z),
        tensor(kind, 2, 2, 3),
    )
    add(
        "MatrixSetDiagV2",
        f"{kind} band",
        lambda x, d: tf.raw_ops.MatrixSetDiagV2(input=x, diagonal=d, k=[-1, 0]),
        tensor(kind, 2, 3, 3),
        tensor(kind, 2, 2, 3),
    )
    add("MatrixDiagPart", kind, raw("MatrixDiagPart"), tensor(kind, 2, 3, 4))
    if kind not in ("u8", "bool"):
        add("Diag", kind, raw("Diag"), tensor(kind, 2, 3))
        add("DiagPart", kind, raw("DiagPart"), tensor(kind, 2, 3, 2, 3))
for shape in (3,), (2, 3):
    add("Diag", "x".join(map(str, shape)), raw("Diag"), f32(*shape))
    add("DiagPart", "x".join(map(str, shape)), raw("DiagPart"), f32(*shape, *shape))
for lower, upper in (0, 0), (-1, 0), (1, -1), (2, 1), (-1, -1):
    add(
        "MatrixBandPart",
        f"{lower} {upper} at run time",
        raw("MatrixBandPart"),
        f32("n", "h", "w"),
        i32(values=given(lower)),
        i32(values=given(upper)),
    )
    add(
        "MatrixBandPart",
        f"{lower} {upper} of any size",
        raw("MatrixBandPart", num_lower=lower, num_upper=upper),
        f32("n", "h", "w"),
    )

for kind in "f32", "i32", "i64", "u8", "i8", "i16":
    values = uniform(0, 4)
    add("UniqueWithCounts", kind, raw("UniqueWithCounts"), tensor(kind, 9, values=values))
    add("ListDiff", kind, raw("ListDiff"), tensor(kind, 9, values=values), tensor(kind, 2, values=values))
add("UniqueWithCounts", "any length", raw("UniqueWithCounts", out_idx=tf.int64), i32("h", values=uniform(0, 3)))
add(
    "UniqueWithCountsV2",
    "vector",
    lambda x: tf.raw_ops.UniqueWithCountsV2(x=x, axis=[0]),
    f32("h", values=ties),
)
add("UniqueV2", "vector", lambda x: tf.raw_ops.UniqueV2(x=x, axis=[0]), f32("h", values=ties))
add("UniqueV2", "no axis", lambda x: tf.raw_ops.UniqueV2(x=x, axis=np.zeros(0, "i4")), f32("h", values=ties))
add("ListDiff", "any lengths", raw("ListDiff", out_idx=tf.int64), i32("h", values=uniform(0, 6)), i32("n"))
add("ListDiff", "setdiff of constants", lambda x: tf.raw_ops.ListDiff(x=x, y=[1, 3]), i32("h", values=uniform(0, 6)))

for kind in "i32", "i64":
    add(
        "UnravelIndex",
        f"{kind} vector",
        raw("UnravelIndex", dims=np.array([3, 4, 2], kind.replace("i", "int"))),
        tensor(kind, 5, values=uniform(0, 24)),
    )
    add(
        "UnravelIndex",
        f"{kind} scalar",
        raw("UnravelIndex", dims=np.array([3, 4], kind.replace("i", "int"))),
        tensor(kind, values=uniform(0, 12)),
    )
    add(
        "UnravelIndex",
        f"{kind} any length",
        raw("UnravelIndex", dims=np.array([3, 4], kind.replace("i", "int"))),
        tensor(kind, "h", values=uniform(0, 12)),
    )
    add("InvertPermutation", f"{kind} of six", raw("InvertPermutation"), tensor(kind, 6, values=permutation))
    add("InvertPermutation", f"{kind} any length", raw("InvertPermutation"), tensor(kind, "h", values=permutation))
for name, shape in ("vector", (20,)), ("matrix", (4, 6)), ("any size", ("n", "h")):
    add(
        "HistogramFixedWidth",
        name,
        raw("HistogramFixedWidth", value_range=np.array([-2, 3], "f4"), nbins=7),
        f32(*shape),
    )
add("HistogramFixedWidth", "i32", raw("HistogramFixedWidth", value_range=[-8, 8], nbins=4, dtype=tf.int64), i32(20))
add(
    "HistogramFixedWidth",
    "range at run time",
    lambda x: tf.histogram_fixed_width(x, tf.stack([tf.reduce_min(x), tf.reduce_max(x)]), 5),
    f32(20),
)
for reverse in False, True:
    for kind in "f32", "i32", "i64", "u8", "f16":
        add(
            "NthElement",
            f"{kind}{' reverse' if reverse else ''}",
            raw("NthElement", n=2, reverse=reverse),
            tensor(kind, 3, 7),
        )
    add("NthElement", f"any{' reverse' if reverse else ''}", raw("NthElement", n=3, reverse=reverse), f32("n", "h"))
for side in "left", "right":
    for kind in "f32", "i32", "i64":
        add(
            "searchsorted",
            f"{side} {kind}",
            lambda s, v, d=side: tf.searchsorted(tf.sort(s), v, d),
            tensor(kind, 2, 6, values=ties),
            tensor(kind, 2, 4, values=ties),
        )
    add(
        "searchsorted",
        f"{side} constants",
        lambda v, d=side: tf.searchsorted(tf.constant([-2.0, 0, 0.5, 3]), v, d, out_type=tf.int64),
        f32("h", values=ties),
    )

for name, fixed in ("plain", {}), ("adjoint a", {"adjoint_a": True}), ("adjoint b", {"adjoint_b": True}):
    turned = "adjoint_a" in fixed
    dense = (3, 4) if turned else (5, 4)
    dense = dense[::-1] if "adjoint_b" in fixed else dense
    for kind in "f32", "i32":
        add(
            "SparseTensorDenseMatMul",
            f"{kind} {name}",
            lambda i, v, b, f=fixed: tf.raw_ops.SparseTensorDenseMatMul(
                a_indices=i, a_values=v, a_shape=np.array([3, 5]), b=b, **f
            ),
            i64(4, 2, values=given(0, 1, 0, 3, 1, 4, 2, 2)),
            tensor(kind, 4),
            tensor(kind, *dense),
            tolerance=ACCUMULATED,
        )
add(
    "SparseTensorDenseMatMul",
    "constant matrix",
    lambda b: tf.sparse.sparse_dense_matmul(tf.SparseTensor([[0, 1], [1, 0], [2, 3]], [1.5, -2.0, 3.0], [3, 4]), b),
    f32(4, "n"),
    tolerance=ACCUMULATED,
)
for kind in "f32", "i32", "i64", "u8", "i8", "bool":
    add(
        "SparseToDense",
        f"{kind} of vectors",
        lambda i, v, k=kind: tf.raw_ops.SparseToDense(
            sparse_indices=i, output_shape=[6], sparse_values=v, default_value=tf.cast(1, v.dtype)
        ),
        i32(3, values=given(0, 2, 5)),
        tensor(kind, 3),
    )

for shift in (2,), (-1,), (7,):
    add("Roll", f"{shift[0]} at run time", raw("Roll", axis=1), f32(2, 5, 3), i32(values=given(*shift)))
add("Roll", "two axes at run time", raw("Roll", axis=[0, 2]), f32(2, 5, 3), i32(2, values=given(1, -2)))
add("Roll", "any size", raw("Roll", axis=1), f32("n", "h", 3), i32(values=given(2)))
add("Roll", "constant shift any size", lambda x: tf.roll(x, [1, -2], [0, 1]), f32("n", "h", 3))
for kind in "i64", "u8", "bool", "i16":
    add("Roll", kind, raw("Roll", shift=2, axis=0), tensor(kind, 5, 2))
for seq, batch, shape in (1, 0, (3, 5)), (0, 1, (5, 3, 2)), (2, 0, (3, 2, 6)), (1, 0, ("c", "h", 2)):
    for kind in "f32", "i32":
        add(
            "ReverseSequence",
            f"{kind} {'x'.join(map(str, shape))} {seq} {batch}",
            raw("ReverseSequence", seq_dim=seq, batch_dim=batch),
            tensor(kind, *shape),
            i32(shape[batch], values=given(1, 4, 0, 5)),
        )
add("Where", "any size", raw("Where"), boolean("n", "h"))
add("boolean_mask", "rows", lambda x, m: tf.boolean_mask(x, m), f32("h", 3), boolean("h"))
add("boolean_mask", "matrix", lambda x, m: tf.boolean_mask(x, m), f32("n", "h", 2), boolean("n", "h"))
add("boolean_mask", "along 1", lambda x: tf.boolean_mask(x, [True, False, True], axis=1), f32("n", 3, 2))
add("embedding_lookup", "ids", lambda i: tf.nn.embedding_lookup(constant(9, 4), i), i32("n", "h", values=uniform(0, 9)))
add(
    "embedding_lookup",
    "clipped",
    lambda i: tf.nn.embedding_lookup(constant(9, 4), i, max_norm=1.0),
    i32("h", values=uniform(0, 9)),
    tolerance=ACCUMULATED,
)
add(
    "embedding_lookup",
    "parts",
    lambda i: tf.nn.embedding_lookup([constant(3, 4), constant(3, 4, seed=2)], i),
    i32("h", values=uniform(0, 6)),
)
