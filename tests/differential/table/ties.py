"""Inputs on a limit, or next to one: overlaps equal to the threshold, numbers halfway between two steps, quotients that
are whole."""

import numpy as np

from ..case import add, constant, f32, raw, tf


def pairs_of_squares(rng, shape, dtype):
    """Unit squares, each there twice: overlaps of exactly 0, 1/3 and 1."""
    left = np.arange(shape[0]) // 2 * 0.5
    zero = np.zeros_like(left)
    return np.stack([zero, left, zero + 1, left + 1], axis=-1).astype(dtype)


def shuffled(rng, shape, dtype):
    return (rng.permutation(shape[0]) / shape[0]).astype(dtype)


for op, fixed in (
    ("NonMaxSuppression", {}),
    ("NonMaxSuppressionV3", {"score_threshold": 0.3}),
    ("NonMaxSuppressionV5", {"score_threshold": -1.0, "soft_nms_sigma": 0.0}),
):
    for label, threshold in ("0", 0.0), ("a third", 1 / 3), ("1", 1.0):
        add(
            op,
            f"equal squares, threshold {label}",
            raw(op, max_output_size=10, iou_threshold=threshold, **fixed),
            f32(10, 4, values=pairs_of_squares),
            f32(10, values=shuffled),
        )


def near_ties(low, high, bits, narrow):
    """Halfway between two steps but for a thousandth of one, as float32 rounds it."""

    def values(rng, shape, dtype):
        lowest = np.float32(1 if narrow else 0)
        highest = np.float32(2**bits - 1)
        step = (np.float32(high) - np.float32(low)) / (highest - lowest)
        zero = np.floor(lowest - np.float32(low) / step + np.float32(0.5))
        k = rng.integers(0, int(highest - lowest), shape)
        return ((k + 0.5 + lowest - zero + rng.uniform(-1e-3, 1e-3, shape)) * step).astype(dtype)

    return values


for bits, narrow in (16, False), (16, True), (12, False), (8, True), (4, False):
    for low, high in (-2.5, 7.0), (-0.3, 5.1):
        fixed = {"num_bits": bits, "narrow_range": narrow}
        name = f"ties of {bits} bits{' narrow' if narrow else ''} from {low} to {high}"
        data = f32(50, 40, values=near_ties(low, high, bits, narrow))
        add(
            "FakeQuantWithMinMaxVars",
            name,
            lambda x, lo=low, hi=high, a=fixed: tf.raw_ops.FakeQuantWithMinMaxVars(inputs=x, min=lo, max=hi, **a),
            data,
        )
        weights = constant(50, 40, values=near_ties(low, high, bits, narrow))
        add(
            "FakeQuantWithMinMaxVars",
            f"{name}, weights",
            lambda x, w=weights, lo=low, hi=high, a=fixed: (
                x + tf.raw_ops.FakeQuantWithMinMaxVars(inputs=w, min=lo, max=hi, **a)
            ),
            f32(50, 40),
        )


def multiples(rng, shape, dtype):
    return np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)


# 41 * (1 / 41) is less than 1 in float32.
for divisor in 41.0, 47.0, 55.0, 61.0:
    for op in "Floor", "Ceil", "Rint":
        add(
            op,
            f"of a quotient by {divisor}",
            lambda x, f=op, d=divisor: getattr(tf.raw_ops, f)(x=x / d),
            f32(4, 61, values=multiples),
        )
    add(
        "Cast",
        f"of a quotient by {divisor}",
        lambda x, d=divisor: tf.cast(x / d, tf.int32),
        f32(4, 61, values=multiples),
    )
    add("Floor", f"of a sum by {divisor}", lambda x, d=divisor: tf.floor(x / d + 1.0), f32(4, 61, values=multiples))
