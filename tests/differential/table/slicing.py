"""Slicing, joining, splitting and padding."""

import numpy as np

from ..case import add, f32, given, i32, raw, tensor, text, tf

KINDS = ["f32", "f16", "i8", "i16", "i32", "i64", "u8", "bool"]

for shape, begin, size in (
    ((5,), [1], [3]),
    ((3, 4), [1, 0], [2, 3]),
    ((3, 4), [0, 1], [-1, -1]),
    ((2, 3, 4), [0, 1, 2], [2, 1, 2]),
    ((2, 3, 4, 5), [1, 0, 1, 2], [1, -1, 2, 3]),
    ((2, 3, 2, 3, 2), [0, 1, 0, 1, 0], [1, 2, 1, 2, 1]),
    (("n", 4), [0, 1], [-1, 2]),
    (("n", "h", 3), [0, 2, 0], [-1, -1, 2]),
):
    add(
        "Slice",
        f"f32 {text(shape)} from {text(begin)} size {text(size)}",
        raw("Slice", begin=begin, size=size),
        f32(*shape),
    )
for kind in KINDS[1:]:
    add("Slice", kind, raw("Slice", begin=[0, 1], size=[2, 2]), tensor(kind, 2, 4))
add("Slice", "begin is an input", lambda x, b: tf.slice(x, b, [2, 2]), f32(3, 4), i32(2, values=given(1, 1)))
add("Slice", "size is an input", lambda x, s: tf.slice(x, [1, 0], s), f32(3, 4), i32(2, values=given(2, 3)))
add("Slice", "int64", raw("Slice", begin=np.array([1, 0], np.int64), size=np.array([1, 2], np.int64)), f32(3, 4))
add("Slice", "half of a size", lambda x: tf.slice(x, [0, 0], [-1, tf.shape(x)[1] // 2]), f32("n", "h"))

SLICES = {
    "one": lambda x: x[1],
    "last": lambda x: x[-1],
    "range": lambda x: x[1:3],
    "to the end": lambda x: x[1:],
    "all but the last": lambda x: x[:-1],
    "stride": lambda x: x[::2],
    "reverse": lambda x: x[::-1],
    "reverse stride": lambda x: x[3:0:-2],
    "second": lambda x: x[:, 1],
    "second range": lambda x: x[:, 1:3],
    "second reverse": lambda x: x[:, ::-1],
    "both": lambda x: x[1:3, ::2],
    "ellipsis": lambda x: x[..., 0],
    "ellipsis range": lambda x: x[..., 1:3],
    "new axis front": lambda x: x[None],
    "new axis back": lambda x: x[..., None],
    "new axis middle": lambda x: x[:, None, :],
    "new axis and index": lambda x: x[1, None, 1:],
    "mixed": lambda x: x[0:2, ..., None, 1],
    "nothing": lambda x: x[2:2],
    "beyond": lambda x: x[1:100],
}
for name, function in SLICES.items():
    for shape in (4, 5), (4, 5, 3), (4, 5, 2, 3):
        add("StridedSlice", f"f32 {text(shape)} {name}", function, f32(*shape))
for name in (
    "second",
    "second range",
    "second reverse",
    "ellipsis",
    "ellipsis range",
    "new axis back",
    "new axis front",
    "new axis middle",
    "all but the last",
    "stride",
    "to the end",
):
    for shape in ("n", 5), ("n", "h", 3):
        add("StridedSlice", f"f32 {text(shape)} {name}", SLICES[name], f32(*shape))
for kind in KINDS[1:]:
    add("StridedSlice", f"{kind} both", SLICES["both"], tensor(kind, 4, 5))
add("StridedSlice", "f32 rank 5", lambda x: x[:, 0, 1:, ..., ::2], f32(2, 3, 3, 2, 4))
add("StridedSlice", "f32 rank 6", lambda x: x[0, :, 1:, ..., ::2], f32(2, 2, 3, 1, 2, 4))
add("StridedSlice", "batch of the shape", lambda x: tf.shape(x)[0], f32("n", 3))
add("StridedSlice", "sizes of the shape", lambda x: tf.shape(x)[1:3], f32("n", "h", "w", 3))
add("StridedSlice", "length is an input", lambda x, y: x[:, : tf.shape(y)[0]], f32(2, 9), f32("h"))
add("StridedSlice", "index is an input", lambda x, y: x[y], f32(4, 3), i32(values=given(2)))
add("StridedSlice", "image crop", lambda x: x[:, 1:-1, 1:-1, :], f32("n", "h", "w", 2))
add("StridedSlice", "interleave", lambda x: x[:, ::2, ::2, :], f32("n", "h", "w", 2))

for axis in 0, 1, -1:
    for shape in (2, 3), (2, 3, 4), ("n", 3), ("n", "h", 3):
        for count in 2, 3:
            add(
                "ConcatV2",
                f"f32 {text(shape)} of {count} at {axis}",
                lambda *x, a=axis: tf.concat(x, a),
                *[f32(*shape)] * count,
            )
for kind in KINDS[1:]:
    add("ConcatV2", kind, lambda *x: tf.concat(x, 1), tensor(kind, 2, 3), tensor(kind, 2, 1))
add("ConcatV2", "f32 one operand", lambda x: tf.raw_ops.ConcatV2(values=[x, x[:0]], axis=0), f32(2, 3))
add("ConcatV2", "with a constant", lambda x: tf.concat([x, np.ones((2, 1), np.float32)], 1), f32(2, 3))
add("ConcatV2", "different sizes", lambda x, y, z: tf.concat([x, y, z], -1), f32("n", 1), f32("n", 4), f32("n", 2))
add("ConcatV2", "rank 5", lambda x, y: tf.concat([x, y], 3), f32(1, 2, 1, 2, 2), f32(1, 2, 1, 3, 2))
add("ConcatV2", "of scalars of a shape", lambda x: tf.concat([tf.shape(x)[:1], [3, 2]], 0), f32("n", 6))
add(
    "ConcatV2",
    "class token",
    lambda x: tf.concat([tf.broadcast_to(np.ones((1, 1, 3), np.float32), [tf.shape(x)[0], 1, 3]), x], 1),
    f32("n", "h", 3),
)
add("Concat", "f32", lambda x, y: tf.raw_ops.Concat(concat_dim=1, values=[x, y]), f32(2, 3), f32(2, 2))
for axis in 0, 1, -1:
    for shape in (), (3,), (2, 3), ("n", 3):
        if axis < 1 or shape:
            add("Pack", f"f32 {text(shape)} at {axis}", lambda *x, a=axis: tf.stack(x, a), *[f32(*shape)] * 3)
for kind in KINDS[2:]:
    add("Pack", kind, lambda *x: tf.stack(x, 1), *[tensor(kind, 2, 3)] * 2)
add("Pack", "one", lambda x: tf.stack([x], 0), f32(2, 3))
for shape, axis in ((3,), 0), ((3, 2), 0), ((2, 3), 1), ((2, 3, 4), -1), (("n", 3), 1), (("n", 2, "h"), 1):
    add("Unpack", f"f32 {text(shape)} at {axis}", lambda x, a=axis: tf.unstack(x, axis=a), f32(*shape))
for kind in KINDS[1:]:
    add("Unpack", kind, lambda x: tf.unstack(x, axis=0), tensor(kind, 2, 3))
for shape, parts, axis in (
    ((6,), 3, 0),
    ((4, 3), 2, 0),
    ((2, 6), 3, 1),
    ((2, 3, 4), 2, -1),
    (("n", 6), 2, 1),
    (("n", "h", 4), 4, 2),
    ((2, 3), 1, 1),
):
    add("Split", f"f32 {text(shape)} in {parts} at {axis}", lambda x, p=parts, a=axis: tf.split(x, p, a), f32(*shape))
for kind in "i8", "i16", "i32", "i64", "u8", "f16":
    add("Split", kind, lambda x: tf.split(x, 2, 1), tensor(kind, 2, 4))
for shape, sizes, axis in (
    ((6,), [1, 2, 3], 0),
    ((2, 5), [4, 1], 1),
    ((2, 5), [2, -1], -1),
    (("n", 5), [1, 3, 1], 1),
    (("n", "h", 6), [2, 4], 2),
):
    add(
        "SplitV",
        f"f32 {text(shape)} in {text(sizes)} at {axis}",
        lambda x, p=sizes, a=axis: tf.split(x, p, a),
        f32(*shape),
    )
for kind in "i8", "i16", "i32", "i64", "u8":
    add("SplitV", kind, lambda x: tf.split(x, [1, 3], 1), tensor(kind, 2, 4))
add("SplitV", "one part used", lambda x: tf.split(x, [1, 2, 3], 1)[2], f32("n", 6))

PADS = [
    ((3,), [[1, 2]]),
    ((2, 3), [[1, 0], [0, 2]]),
    ((2, 3, 4), [[0, 0], [1, 1], [2, 0]]),
    ((1, 3, 4, 2), [[0, 0], [1, 2], [1, 1], [0, 0]]),
    ((1, 2, 3, 2, 2), [[0, 0], [1, 0], [0, 1], [1, 1], [0, 0]]),
    (("n", 3), [[0, 0], [1, 1]]),
    (("n", "h", "w", 2), [[0, 0], [1, 1], [2, 2], [0, 0]]),
    ((2, 3), [[0, 0], [0, 0]]),
]
for shape, pads in PADS:
    name = f"{text(shape)} {'_'.join(f'{a},{b}' for a, b in pads)}"
    add("Pad", f"f32 {name}", raw("Pad", paddings=pads), f32(*shape))
    add("PadV2", f"f32 {name}", raw("PadV2", paddings=pads, constant_values=np.float32(-1.5)), f32(*shape))
for kind in KINDS[1:]:
    add("Pad", kind, raw("Pad", paddings=[[1, 0], [0, 2]]), tensor(kind, 2, 3))
    add(
        "PadV2",
        kind,
        lambda x: tf.raw_ops.PadV2(input=x, paddings=[[1, 0], [0, 2]], constant_values=tf.cast(1, x.dtype)),
        tensor(kind, 2, 3),
    )
add("Pad", "f32 rank 6", raw("Pad", paddings=[[0, 0], [1, 0], [0, 0], [0, 0], [0, 2], [0, 0]]), f32(2, 1, 2, 1, 2, 2))
add("Pad", "paddings are an input", raw("Pad"), f32(2, 3), i32(2, 2, values=given(1, 0, 0, 2)))
add("Pad", "int64 paddings", raw("Pad", paddings=np.array([[1, 0], [0, 2]], np.int64)), f32(2, 3))
add("Pad", "to a multiple", lambda x: tf.pad(x, [[0, 0], [0, (-tf.shape(x)[1]) % 4]]), f32("n", "h"))
for mode in "REFLECT", "SYMMETRIC":
    for shape, pads in (
        ((5,), [[2, 1]]),
        ((3, 4), [[1, 1], [2, 0]]),
        ((1, 4, 4, 2), [[0, 0], [1, 1], [2, 2], [0, 0]]),
        (("n", "h", "w", 2), [[0, 0], [1, 2], [1, 1], [0, 0]]),
        (("n", 5), [[0, 0], [2, 2]]),
    ):
        name = f"{mode.lower()} {text(shape)} {'_'.join(f'{a},{b}' for a, b in pads)}"
        add("MirrorPad", name, raw("MirrorPad", paddings=pads, mode=mode), f32(*shape))
    for kind in "i8", "i32", "i64", "u8", "bool", "f16":
        add(
            "MirrorPad",
            f"{mode.lower()} {kind}",
            raw("MirrorPad", paddings=[[0, 0], [1, 1]], mode=mode),
            tensor(kind, 2, 3),
        )
