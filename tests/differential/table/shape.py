"""Ops that look at shapes, move elements or create them: reshape, transpose, broadcast, tile, reverse, fill, range."""

import numpy as np

from ..case import add, boolean, constant, f32, given, i32, i64, permutation, raw, tensor, text, tf, uniform

KINDS = ["f32", "f16", "i8", "i16", "i32", "i64", "u8", "bool"]

for shape, new in (
    ((2, 3), (6,)),
    ((2, 3), (3, -1)),
    ((2, 3, 4), (4, 3, 2)),
    ((), (1, 1)),
    ((1, 1), ()),
    ((2, 3, 4), (-1, 4)),
):
    add("Reshape", f"f32 {text(shape)} to {text(new)}", lambda x, s=new: tf.reshape(x, s), f32(*shape))
for kind in KINDS[1:]:
    add("Reshape", kind, raw("Reshape", shape=[3, 2]), tensor(kind, 2, 3))
add("Reshape", "int64 shape", raw("Reshape", shape=np.array([3, -1], np.int64)), f32(2, 3))
for shape, new in (("n", 6), (-1, 2, 3)), (("n", 2, 3), (-1, 6)), (("n", 4), (-1,)), (("n", "h", 2), (-1, 2)):
    add("Reshape", f"f32 {text(shape)} to {text(new)}", lambda x, s=new: tf.reshape(x, s), f32(*shape))
add("Reshape", "computed batch", lambda x: tf.reshape(x, [tf.shape(x)[0], -1]), f32("n", 3, 4))
add("Reshape", "computed batch split", lambda x: tf.reshape(x, [tf.shape(x)[0], 2, 3]), f32("n", 6))
add(
    "Reshape",
    "computed sizes",
    lambda x: tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] * tf.shape(x)[2], 3]),
    f32("n", "h", "w", 3),
)
add("Reshape", "like another", lambda x, y: tf.reshape(x, tf.shape(y)), f32("n", 6), f32("n", 2, 3))
add("Reshape", "shape is an input", raw("Reshape"), f32(2, 6), i32(2, values=given(3, 4)))
add("Reshape", "no elements", raw("Reshape", shape=[0, 6]), f32(0, 2, 3))
add("Reshape", "twice", lambda x: tf.reshape(tf.reshape(x, [6, 4]), [2, 12]), f32(2, 3, 4))

for shape in (3,), (2, 3), (2, 3, 4), ("n", 3), ("n", "h", 3):
    for axis in 0, 1, -1, -2:
        add("ExpandDims", f"f32 {text(shape)} at {axis}", raw("ExpandDims", axis=axis), f32(*shape))
for kind in KINDS[1:]:
    add("ExpandDims", kind, raw("ExpandDims", axis=1), tensor(kind, 2, 3))
add("ExpandDims", "of a scalar", raw("ExpandDims", axis=0), f32())
for shape, axis in (
    ((1, 3), []),
    ((1, 3, 1), [0]),
    ((1, 3, 1), [-1]),
    ((1, 3, 1, 2), [0, 2]),
    ((1, 1), []),
    (("n", 1, 3), [1]),
    (("n", 1, "h", 1), [1, 3]),
    (("n", 1, 1, 5), [-3, 2]),
):
    add("Squeeze", f"f32 {text(shape)} of {text(axis) if axis else 'all'}", raw("Squeeze", axis=axis), f32(*shape))
for kind in "i32", "bool", "u8":
    add("Squeeze", kind, raw("Squeeze", axis=[1]), tensor(kind, 2, 1, 3))

PERMUTATIONS = [
    ((3, 4), [1, 0]),
    ((2, 3, 4), [0, 2, 1]),
    ((2, 3, 4), [2, 0, 1]),
    ((2, 3, 4), [2, 1, 0]),
    ((2, 3, 4, 5), [0, 3, 1, 2]),
    ((2, 3, 4, 5), [0, 2, 3, 1]),
    ((2, 3, 4, 5), [0, 2, 1, 3]),
    ((2, 3, 4, 5), [3, 2, 1, 0]),
    ((2, 1, 3, 2, 2), [0, 3, 1, 4, 2]),
    ((2, 1, 3, 2, 2, 3), [5, 0, 3, 1, 4, 2]),
    ((2, 3, 4), [0, 1, 2]),
    ((1, 3, 1, 4), [2, 1, 0, 3]),
    (("n", 3), [1, 0]),
    (("n", "h", 3), [0, 2, 1]),
    (("n", "h", "w", 3), [0, 3, 1, 2]),
    (("n", 2, "h", 3), [0, 2, 1, 3]),
]
for shape, perm in PERMUTATIONS:
    add("Transpose", f"f32 {text(shape)} by {text(perm)}", raw("Transpose", perm=perm), f32(*shape))
for kind in [*KINDS[1:], "f64", "u16", "u32", "u64"]:
    add("Transpose", kind, raw("Transpose", perm=[1, 0]), tensor(kind, 2, 3))
add("Transpose", "twice", lambda x: tf.transpose(tf.transpose(x, [0, 2, 1]), [1, 0, 2]), f32("n", 3, 4))
add(
    "Transpose",
    "there and back",
    lambda x: tf.transpose(tf.transpose(x, [0, 3, 1, 2]), [0, 2, 3, 1]) + 1,
    f32("n", 3, 4, 2),
)
add("Transpose", "int64 permutation", raw("Transpose", perm=np.array([1, 0], np.int64)), f32(2, 3))

for shape in (2, 3), ("n", 3), ("n", "h", 3):
    for out in "int32", "int64":
        add(
            "Shape",
            f"{text(shape)} {out}",
            lambda x, o=out: tf.raw_ops.Shape(input=x, out_type=tf.as_dtype(o)),
            f32(*shape),
        )
        add(
            "Size",
            f"{text(shape)} {out}",
            lambda x, o=out: tf.raw_ops.Size(input=x, out_type=tf.as_dtype(o)),
            f32(*shape),
        )
    add("Rank", text(shape), raw("Rank"), f32(*shape))
add("ShapeN", "two", lambda x, y: tf.raw_ops.ShapeN(input=[x, y]), f32("n", 3), f32(2, "h"))
add("Shape", "of a product", lambda x, y: tf.shape(x * y), f32("n", 1), f32(1, "h"))
add("EnsureShape", "proven", lambda x: tf.ensure_shape(x, [2, 3]), f32(2, 3))
add("EnsureShape", "unknown batch", lambda x: tf.ensure_shape(x, [None, 3]), f32("n", 3))

BROADCASTS = [
    ((3,), (2, 3)),
    ((), (2, 3)),
    ((2, 1), (2, 3)),
    ((1, 3, 1), (2, 3, 4)),
    ((2, 1, 2, 1, 1), (2, 3, 2, 2, 2)),
    ((2, 3), (2, 3)),
]
for shape, new in BROADCASTS:
    add("BroadcastTo", f"f32 {text(shape)} to {text(new)}", raw("BroadcastTo", shape=list(new)), f32(*shape))
for kind in KINDS[1:]:
    add("BroadcastTo", kind, raw("BroadcastTo", shape=[2, 3]), tensor(kind, 3))
add("BroadcastTo", "batch of another", lambda x, y: tf.broadcast_to(x, [tf.shape(y)[0], 4]), f32(4), f32("n", 2))
add("BroadcastTo", "dynamic batch", lambda x: tf.broadcast_to(x, [tf.shape(x)[0], 3, 4]), f32("n", 1, 4))
add("BroadcastArgs", "constant", lambda x: tf.raw_ops.BroadcastArgs(s0=tf.shape(x), s1=[1, 3, 1]), f32("n", 1, 4))
add("BroadcastArgs", "two inputs", raw("BroadcastArgs"), i32(2, values=given(1, 4)), i32(2, values=given(3, 1)))
add("BroadcastArgs", "int64", raw("BroadcastArgs"), i64(2, values=given(1, 4)), i64(1, values=given(4)))

for shape, multiples in (
    ((3,), [2]),
    ((2, 3), [2, 1]),
    ((2, 3), [1, 3]),
    ((2, 1, 3), [1, 4, 2]),
    ((2, 2, 1, 3), [1, 2, 3, 1]),
    ((2, 1, 2, 1, 2), [1, 2, 1, 2, 1]),
    (("n", 3), [1, 2]),
    (("n", "h", 2), [2, 1, 3]),
):
    add("Tile", f"f32 {text(shape)} by {text(multiples)}", raw("Tile", multiples=multiples), f32(*shape))
for kind in KINDS[1:]:
    add("Tile", kind, raw("Tile", multiples=[2, 2]), tensor(kind, 2, 3))
add("Tile", "computed", lambda x, y: tf.tile(x, [tf.shape(y)[0], 1]), f32(1, 3), f32("n", 2))
add("Tile", "by one", raw("Tile", multiples=[1, 1]), f32(2, 3))
add("repeat", "f32", lambda x: tf.repeat(x, 3, axis=1), f32(2, 3))
add("repeat", "upsampling", lambda x: tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2), f32("n", 3, 3, 2))
add("repeat", "dynamic", lambda x: tf.repeat(x, 2, axis=1), f32("n", "h", 2))

for kind in KINDS:
    add(
        "Fill",
        f"{kind} batch",
        lambda x, k=kind: tf.fill([tf.shape(x)[0], 2], tf.cast(3 if k != "bool" else True, x.dtype)),
        tensor(kind, "n", 2),
    )
add("Fill", "f32 value is an input", lambda v: tf.fill([2, 3], v), f32())
add("Fill", "f32 dims are an input", lambda d: tf.fill(d, 2.5), i32(2, values=given(2, 3)))
add("Fill", "f32 int64 dims", lambda d: tf.fill(d, 2.5), i64(2, values=given(2, 3)))
add("creation", "zeros", lambda x: tf.zeros([tf.shape(x)[0], 3]) + x, f32("n", 3))
add("creation", "ones", lambda x: tf.ones(tf.shape(x)[:2]), f32("n", "h", 3))
add("creation", "eye", lambda x: tf.matmul(x, tf.eye(3)), f32("n", 3))
add("creation", "linspace", lambda x: x + tf.linspace(0.0, 1.0, 4), f32("n", 4))
add("creation", "meshgrid", lambda x, y: tf.meshgrid(x, y), f32("n"), f32("h"))
add("creation", "sequence mask", lambda x: tf.sequence_mask(x, 5), i32("n", values=uniform(0, 6)))
add("creation", "empty", lambda x: tf.raw_ops.Empty(shape=[2, 3], dtype=tf.float32, init=True) + x, f32(2, 3))

for kind, numbers in ("i32", (1, 10, 3)), ("f32", (0.5, 4, 0.5)), ("i64", (10, 1, -2)):
    inputs = [tensor(kind, values=given(v)) for v in numbers]
    add("Range", f"{kind} inputs", raw("Range"), *inputs)
add("Range", "of the batch", lambda x: tf.range(tf.shape(x)[0]), f32("n", 3))
add("Range", "float of the batch", lambda x: tf.range(tf.cast(tf.shape(x)[0], tf.float32)), f32("n", 3))
add("Range", "constant", lambda x: x + tf.range(4, dtype=tf.float32), f32("n", 4))
add("Range", "positions", lambda x: x + tf.cast(tf.range(tf.shape(x)[1])[None, :, None], tf.float32), f32("n", "h", 3))

for shape, axis in (
    ((5,), [0]),
    ((2, 3), [1]),
    ((2, 3), [0, 1]),
    ((2, 3, 4), [1]),
    ((2, 3, 4), [0, 2]),
    ((2, 3, 4, 2), [1, 2]),
    (("n", 4), [-1]),
    (("n", "h", 2), [1]),
    ((2, 3), []),
):
    add(
        "ReverseV2",
        f"f32 {text(shape)} of {text(axis) if axis else 'none'}",
        raw("ReverseV2", axis=np.array(axis, np.int32)),
        f32(*shape),
    )
for kind in KINDS[1:]:
    add("ReverseV2", kind, raw("ReverseV2", axis=[1]), tensor(kind, 2, 3))
for kind in "f32", "i32", "i64", "u8":
    lengths = i32(3, values=given(2, 4, 1))
    add("ReverseSequence", kind, raw("ReverseSequence", seq_dim=1, batch_dim=0), tensor(kind, 3, 4, 2), lengths)
add(
    "ReverseSequence",
    "batch second",
    raw("ReverseSequence", seq_dim=0, batch_dim=1),
    f32(4, 3, 2),
    i32(3, values=given(2, 4, 1)),
)
add("ReverseSequence", "int64 lengths", raw("ReverseSequence", seq_dim=1), f32(3, 4), i64(3, values=given(2, 4, 1)))
for shape, shift, axis in ((5,), [2], [0]), ((3, 4), [-1], [1]), ((3, 4), [1, 2], [0, 1]), ((2, 3, 4), [7], [2]):
    add("Roll", f"f32 {text(shape)} by {text(shift)} of {text(axis)}", raw("Roll", shift=shift, axis=axis), f32(*shape))
add("Roll", "i32", raw("Roll", shift=[1], axis=[0]), i32(4, 2))
add("Roll", "dynamic", raw("Roll", shift=[1], axis=[1]), f32("n", 5))
add("Roll", "dynamic batch", raw("Roll", shift=[1], axis=[0]), f32("n", 5))
for source, target in ("f32", "int32"), ("i32", "float32"), ("i16", "uint16"), ("u32", "float32"), ("f32", "uint32"):
    add("Bitcast", f"{source} to {target}", lambda x, t=target: tf.bitcast(x, tf.as_dtype(t)), tensor(source, 2, 3))
add("InvertPermutation", "i32", raw("InvertPermutation"), i32(5, values=permutation))
add("DynamicStitch", "f32", lambda x, y: tf.dynamic_stitch([[0, 3], [1, 2]], [x, y]), f32(2, 3), f32(2, 3))

for kind in "f32", "i32", "i64", "bool":
    add("MatrixDiag", kind, raw("MatrixDiag"), tensor(kind, 3))
    add("MatrixSetDiag", kind, raw("MatrixSetDiag"), tensor(kind, 2, 3, 3), tensor(kind, 2, 3))
add("MatrixDiag", "f32 batch", raw("MatrixDiag"), f32("n", 3))
add("MatrixDiagV3", "f32", lambda x: tf.linalg.diag(x), f32(2, 3))
add(
    "MatrixDiagV2",
    "f32",
    lambda x: tf.raw_ops.MatrixDiagV2(diagonal=x, k=0, num_rows=-1, num_cols=-1, padding_value=0.0),
    f32(2, 3),
)
add("MatrixSetDiagV3", "f32", lambda x, y: tf.linalg.set_diag(x, y), f32(2, 3, 4), f32(2, 3))
for lower, upper in (-1, 0), (0, -1), (1, 1), (0, 0):
    add("MatrixBandPart", f"f32 {lower} {upper}", raw("MatrixBandPart", num_lower=lower, num_upper=upper), f32(2, 4, 4))
add("MatrixBandPart", "i32", raw("MatrixBandPart", num_lower=-1, num_upper=0), i32(3, 5))
add("MatrixBandPart", "causal mask", lambda x: x * tf.linalg.band_part(tf.ones([4, 4]), -1, 0), f32("n", 4, 4))
add("MatrixDiag", "f32 constant", lambda x: x @ tf.linalg.diag(constant(3)), f32("n", 3))
add("Reshape", "of booleans dynamic", lambda x: tf.reshape(x, [-1]), boolean("n", 3))
