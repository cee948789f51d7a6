"""Pooling, resizing, and moving between depth, space and batch."""

from itertools import product

import numpy as np

from ..case import ACCUMULATED, EXACT, add, f32, i32, permutation, raw, tensor, text, tf

for op, call, tolerance in ("MaxPool", "max_pool2d", EXACT), ("AvgPool", "avg_pool2d", ACCUMULATED):
    for size, stride, padding in product([(2, 2), (3, 3), (1, 2), (2, 3)], [1, 2], ["SAME", "VALID"]):
        for shape in (1, 7, 8, 3), ("n", 7, 8, 3), ("n", "h", "w", 3):
            name = f"{text(size)} stride {stride} {padding.lower()} of {text(shape)}"
            add(
                op,
                name,
                lambda x, c=call, k=size, s=stride, p=padding: getattr(tf.nn, c)(x, k, s, p),
                f32(*shape),
                tolerance=tolerance,
            )
    add(
        op,
        "whole image",
        lambda x, c=call: getattr(tf.nn, c)(x, [7, 8], 1, "VALID"),
        f32("n", 7, 8, 3),
        tolerance=tolerance,
    )
    add(
        op,
        "strides 1x3",
        lambda x, c=call: getattr(tf.nn, c)(x, 2, [1, 3], "SAME"),
        f32(1, 7, 8, 3),
        tolerance=tolerance,
    )
    add(
        op,
        "then relu",
        lambda x, c=call: tf.nn.relu(getattr(tf.nn, c)(x, 2, 2, "SAME")),
        f32(1, 7, 8, 3),
        tolerance=tolerance,
    )
    add(
        op,
        "padded",
        lambda x, c=call: getattr(tf.nn, c)(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), 3, 2, "VALID"),
        f32(1, 6, 6, 2),
        tolerance=tolerance,
    )
    add(op, "f16", lambda x, c=call: getattr(tf.nn, c)(x, 2, 2, "SAME"), tensor("f16", 1, 6, 6, 2), tolerance=tolerance)
    one = call.replace("2d", "1d")
    for shape in (2, 7, 3), ("n", "h", 3):
        for padding in "SAME", "VALID":
            add(
                one,
                f"{padding.lower()} {text(shape)}",
                lambda x, c=one, p=padding: getattr(tf.nn, c)(x, 2, 2, p),
                f32(*shape),
                tolerance=tolerance,
            )
add(
    "MaxPool",
    "explicit",
    lambda x: tf.raw_ops.MaxPool(
        input=x,
        ksize=[1, 3, 3, 1],
        strides=[1, 2, 2, 1],
        padding="EXPLICIT",
        explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0],
    ),
    f32(1, 6, 6, 2),
)
add(
    "MaxPoolV2",
    "constant size",
    lambda x: tf.raw_ops.MaxPoolV2(input=x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"),
    f32(1, 6, 6, 2),
)

SIZES = [(8, 10), (3, 4), (7, 9), (1, 1), (14, 18)]
for op, tolerance in ("ResizeBilinear", ACCUMULATED), ("ResizeNearestNeighbor", EXACT):
    for size, (align, half), shape in product(
        SIZES, [(False, False), (True, False), (False, True)], [(1, 7, 9, 2), ("n", 7, 9, 2)]
    ):
        if op == "ResizeNearestNeighbor" and align and size == (1, 1):
            continue
        name = f"to {text(size)}{' align corners' * align}{' half pixel' * half} of {text(shape)}"
        add(
            op,
            name,
            raw(op, size=list(size), align_corners=align, half_pixel_centers=half),
            f32(*shape),
            tolerance=tolerance,
        )
    add(
        op,
        "twice the size",
        lambda x, op=op: raw(op, half_pixel_centers=True)(x, tf.shape(x)[1:3] * 2),
        f32("n", "h", "w", 2),
        tolerance=tolerance,
    )
    add(
        op,
        "size is an input",
        lambda x, s, op=op: raw(op)(x, s),
        f32(1, 4, 4, 2),
        i32(2, values=lambda r, s, d: np.array([6, 3], d)),
        tolerance=tolerance,
    )
for kind in "i8", "u8", "i16", "i32":
    add("ResizeNearestNeighbor", kind, raw("ResizeNearestNeighbor", size=[8, 6]), tensor(kind, 1, 4, 4, 2))
add("ResizeBilinear", "u8", raw("ResizeBilinear", size=[8, 6]), tensor("u8", 1, 4, 4, 2), tolerance=ACCUMULATED)
for method in "bilinear", "nearest":
    add(
        "image.resize",
        method,
        lambda x, m=method: tf.image.resize(x, [10, 12], method=m),
        f32("n", 5, 6, 3),
        tolerance=ACCUMULATED,
    )

for block in 2, 3:
    for shape in (1, 6, 12, 2), ("n", 6, 12, 2):
        add("SpaceToDepth", f"{block} {text(shape)}", raw("SpaceToDepth", block_size=block), f32(*shape))
    for shape in (2, 3, 4, 36), ("n", "h", "w", 36):
        add("DepthToSpace", f"{block} {text(shape)}", raw("DepthToSpace", block_size=block), f32(*shape))
add("SpaceToDepth", "unknown sizes", lambda x: tf.nn.space_to_depth(x, 2), f32("n", "k", "k", 3))
for kind in "i8", "u8", "i32", "i64":
    add("SpaceToDepth", kind, raw("SpaceToDepth", block_size=2), tensor(kind, 1, 4, 4, 2, values=permutation))
    add("DepthToSpace", kind, raw("DepthToSpace", block_size=2), tensor(kind, 1, 2, 2, 8, values=permutation))
for shape in (1, 4, 6, 2), ("n", 4, 6, 2):
    for pads in [[0, 0], [0, 0]], [[1, 1], [2, 0]]:
        name = f"{text(shape)} {pads[0]},{pads[1]}".replace(" ", "_").replace(",_", ",")
        add("SpaceToBatchND", name, lambda x, p=pads: tf.space_to_batch(x, [2, 2], p), f32(*shape))
for shape in (4, 2, 3, 2), (8, 2, 3, 1):
    for crops in [[0, 0], [0, 0]], [[1, 0], [0, 2]]:
        name = f"{text(shape)} {crops[0]},{crops[1]}".replace(" ", "_").replace(",_", ",")
        add("BatchToSpaceND", name, lambda x, c=crops: tf.batch_to_space(x, [2, 2], c), f32(*shape))
add("SpaceToBatchND", "rank 3", lambda x: tf.space_to_batch(x, [2], [[1, 1]]), f32(2, 4, 3))
add("BatchToSpaceND", "rank 3", lambda x: tf.batch_to_space(x, [2], [[1, 0]]), f32(4, 3, 3))
add("SpaceToBatchND", "i32", lambda x: tf.space_to_batch(x, [2, 2], [[0, 0], [0, 0]]), i32(1, 4, 4, 1))
add("BatchToSpaceND", "i64", lambda x: tf.batch_to_space(x, [2, 2], [[0, 0], [0, 0]]), tensor("i64", 4, 2, 2, 1))
add("BatchToSpace", "f32", raw("BatchToSpace", crops=[[0, 0], [0, 0]], block_size=2), f32(4, 2, 3, 1))
add("SpaceToBatch", "f32", raw("SpaceToBatch", paddings=[[0, 0], [1, 1]], block_size=2), f32(1, 4, 4, 1))
