"""Sparse and ragged tensors as their parts, layouts, and the sizes at which kernels of moves by index end."""

import numpy as np

from ..case import (
    ACCUMULATED,
    DTYPES,
    Tolerance,
    add,
    constant,
    f32,
    given,
    i32,
    i64,
    raw,
    tensor,
    text,
    tf,
    uniform,
)

ROWS = given(0, 0, 0, 3, 2, 1, 2, 2, 5, 0)  # (0, 0), (0, 3), (2, 1), (2, 2), (5, 0)


def sparse(function, kind, shape, count=5, rank=2, places=ROWS):
    return (
        lambda i, v: function(tf.SparseTensor(i, v, np.array(shape, "i8"))),
        i64(count, rank, values=places),
        tensor(kind, count),
    )


def parts(s):
    return s.indices, s.values, s.dense_shape


for kind in "f32", "i32", "i64":
    default = {"f32": 9.5, "i32": 7, "i64": 7}[kind]
    for size in 6, 8:
        function, *operands = sparse(lambda s, d=default: tf.sparse.fill_empty_rows(s, d), kind, (size, 4))
        add(
            "SparseFillEmptyRows",
            f"{kind} {size} rows",
            lambda i, v, f=function: (*parts(f(i, v)[0]), f(i, v)[1]),
            *operands,
        )
    function, *operands = sparse(tf.sparse.reorder, kind, (6, 4), places=given(5, 0, 0, 3, 2, 2, 0, 0, 2, 1))
    add("SparseReorder", kind, lambda i, v, f=function: parts(f(i, v)), *operands)
    for target in (24,), (-1, 2), (4, 3, 2), (2, -1, 3):
        function, *operands = sparse(lambda s, t=target: tf.sparse.reshape(s, t), kind, (6, 4))
        add("SparseReshape", f"{kind} to {text(target)}", lambda i, v, f=function: parts(f(i, v)), *operands)
    for start, size in ((0, 0), (3, 4)), ((2, 1), (4, 2)), ((1, 2), (9, 9)):
        function, *operands = sparse(lambda s, a=start, c=size: tf.sparse.slice(s, a, c), kind, (6, 4))
        add("SparseSlice", f"{kind} {start} {size}", lambda i, v, f=function: parts(f(i, v)), *operands)
add(
    "SparseFillEmptyRows",
    "any number",
    lambda i, v: raw("SparseFillEmptyRows")(i, v, np.array([12, 3], "i8"), 1.5),
    i64("h", 2, values=lambda r, s, d: np.stack([np.arange(s[0]) // 2 * 2, np.arange(s[0]) % 2], -1).astype(d)),
    f32("h"),
)
for weights in False, True:
    for combiner in "sum", "mean", "sqrtn":
        add(
            "embedding_lookup_sparse",
            f"{combiner}{' weighted' if weights else ''}",
            lambda i, v, w, c=combiner, use=weights: tf.nn.embedding_lookup_sparse(
                constant(8, 3),
                tf.SparseTensor(i, v, [3, 4]),
                tf.SparseTensor(i, w, [3, 4]) if use else None,
                combiner=c,
            ),
            i64(4, 2, values=given(0, 0, 0, 1, 1, 2, 2, 0)),
            i64(4, values=uniform(0, 8)),
            f32(4, values=uniform(1, 2)),
            tolerance=ACCUMULATED,
        )
add(
    "safe_embedding_lookup_sparse",
    "empty rows",
    lambda i, v: tf.nn.safe_embedding_lookup_sparse(constant(8, 3), tf.SparseTensor(i, v, [5, 4]), default_id=2),
    i64(4, 2, values=given(0, 0, 0, 1, 1, 2, 3, 0)),
    i64(4, values=uniform(0, 8)),
    tolerance=ACCUMULATED,
)
for kind in "f32", "i32", "i64":
    for shape in (None, 4), (None, None), (3, 2), None:
        add(
            "RaggedTensorToTensor",
            f"{kind} to {shape}",
            lambda v, s, t=shape: tf.RaggedTensor.from_row_splits(v, s, validate=False).to_tensor(7, shape=t),
            tensor(kind, 6),
            i64(4, values=given(0, 3, 3, 6)),
        )
for kind in "i32", "i64":
    for shape in (4,), (2,), (4, 2):
        add("DataFormatVecPermute", f"{kind} {text(shape)}", raw("DataFormatVecPermute"), tensor(kind, *shape))
    add(
        "DataFormatVecPermute",
        f"{kind} back",
        raw("DataFormatVecPermute", src_format="NCHW", dst_format="NHWC"),
        tensor(kind, 4),
    )
    add("DataFormatDimMap", kind, raw("DataFormatDimMap"), tensor(kind, 3, 2, values=uniform(-4, 4)))
for scale in False, True:
    add(
        "BatchNormWithGlobalNormalization",
        f"scale {scale}",
        lambda x, s=scale: (
            tf.nn.batch_normalization(
                x,
                constant(3),
                constant(3, seed=2, values=uniform(1, 2)),
                constant(3, seed=3),
                constant(3, seed=4),
                1e-3,
            )
            if s
            else tf.nn.batch_normalization(x, constant(3), constant(3, seed=2, values=uniform(1, 2)), None, None, 1e-3)
        ),
        f32("n", 4, 4, 3),
        tolerance=ACCUMULATED,
    )

# ---- Six dimensions, and none of some.

SIX = (2, 1, 3, 2, 1, 2)
for kind in "f32", "i32", "i8", "bool":
    add("GatherV2", f"{kind} six dimensions", raw("GatherV2", axis=2), tensor(kind, *SIX), i32(2, values=given(2, 0)))
    add("GatherNd", f"{kind} six dimensions", raw("GatherNd"), tensor(kind, *SIX), i32(3, 3, values=given(1, 0, 2)))
    add("ConcatV2", f"{kind} six dimensions", lambda x, y: tf.concat([x, y], 3), tensor(kind, *SIX), tensor(kind, *SIX))
    add("Pack", f"{kind} six dimensions", lambda x, y: tf.stack([x, y], 3), tensor(kind, *SIX), tensor(kind, *SIX))
    add("ReverseV2", f"{kind} six dimensions", lambda x: tf.reverse(x, [2, 3]), tensor(kind, *SIX))
    add("Split", f"{kind} six dimensions", lambda x: tf.split(x, 3, 2), tensor(kind, *SIX))
    add("Unpack", f"{kind} six dimensions", lambda x: tf.unstack(x, axis=2), tensor(kind, *SIX))
    add("Tile", f"{kind} six dimensions", lambda x: tf.tile(x, [1, 2, 1, 1, 3, 1]), tensor(kind, *SIX))
    add("Roll", f"{kind} six dimensions", lambda x: tf.roll(x, [1, -1], [2, 0]), tensor(kind, *SIX))
    add("MatrixDiag", f"{kind} to six dimensions", raw("MatrixDiag"), tensor(kind, 2, 1, 3, 2, 2))
    add(
        "TensorScatterUpdate",
        f"{kind} six dimensions",
        raw("TensorScatterUpdate"),
        tensor(kind, *SIX),
        i32(2, 1, values=given(1, 0)),
        tensor(kind, 2, *SIX[1:]),
    )
for kind in "f32", "i32":
    add(
        "ReverseSequence",
        f"{kind} five dimensions",
        raw("ReverseSequence", seq_dim=2, batch_dim=0),
        tensor(kind, *SIX[:5]),
        i32(2, values=given(2, 3)),
    )
for kind in "f32", "i32":
    add("GatherV2", f"{kind} at nothing", raw("GatherV2", axis=0), tensor(kind, 4, 2), i32(0))
    add("GatherV2", f"{kind} of empty rows", raw("GatherV2", axis=0), tensor(kind, 4, 0), i32(2, values=given(1)))
    add("GatherNd", f"{kind} at nothing", raw("GatherNd"), tensor(kind, 4, 2), i32(0, 1))
    add("ScatterNd", f"{kind} of nothing", raw("ScatterNd", shape=[4, 2]), i32(0, 1), tensor(kind, 0, 2))
    for op in "TensorScatterUpdate", "TensorScatterAdd", "TensorScatterMax":
        add(op, f"{kind} of nothing", raw(op), tensor(kind, 4, 2), i32(0, 1), tensor(kind, 0, 2))
    for op in "Sum", "Max", "Prod":
        add(
            f"UnsortedSegment{op}",
            f"{kind} of nothing",
            raw(f"UnsortedSegment{op}", num_segments=3),
            tensor(kind, 0, 2),
            i32(0),
        )
        add(f"Segment{op}", f"{kind} of nothing", raw(f"Segment{op}"), tensor(kind, 0, 2), i32(0))
    add("DynamicPartition", f"{kind} of nothing", raw("DynamicPartition", num_partitions=2), tensor(kind, 0, 2), i32(0))
    add("Unique", f"{kind} of nothing", raw("Unique"), tensor(kind, 0))
    add("ListDiff", f"{kind} of nothing", raw("ListDiff"), tensor(kind, 0), tensor(kind, 2))
    add("ListDiff", f"{kind} less nothing", raw("ListDiff"), tensor(kind, 3), tensor(kind, 0))
    add("Where", f"{kind} nowhere", raw("Where"), tensor(kind, 3, 2, values=given(0)))
    add("ReverseV2", f"{kind} empty", lambda x: tf.reverse(x, [0]), tensor(kind, 0, 3))
    add("Roll", f"{kind} empty", lambda x: tf.roll(x, 1, 0), tensor(kind, 0, 3))
    add("OneHot", f"{kind} of nothing", lambda i, k=kind: tf.one_hot(i, 3, dtype=tf.as_dtype(DTYPES[k])), i32(0))
    add(
        "ExtractImagePatches",
        f"{kind} no images",
        raw("ExtractImagePatches", ksizes=[1, 2, 2, 1], strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding="VALID"),
        tensor(kind, 0, 4, 4, 2),
    )
add("CropAndResize", "no boxes", raw("CropAndResize", crop_size=[2, 2]), f32(1, 4, 4, 2), f32(0, 4), i32(0))
add("ResizeBicubic", "no images", raw("ResizeBicubic", size=[2, 3]), f32(0, 4, 4, 2), tolerance=Tolerance())
add(
    "NonMaxSuppressionV3",
    "no boxes",
    raw("NonMaxSuppressionV3", max_output_size=3, iou_threshold=0.5, score_threshold=0.0),
    f32(0, 4),
    f32(0),
)
for kind in "f16", "u16", "u32", "f64", "u64":
    add("OneHot", kind, lambda i, k=kind: tf.one_hot(i, 4, dtype=tf.as_dtype(DTYPES[k])), i32(5, values=uniform(0, 4)))
for kind in "u16", "u32", "f64", "u64":
    add("Pack", f"{kind} pair", lambda x, y: tf.stack([x, y], 1), tensor(kind, 3, 2), tensor(kind, 3, 2))
