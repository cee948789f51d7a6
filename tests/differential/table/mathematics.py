"""Functions that the runtime has no op for: trigonometry, special functions, bits, scans, counts."""

import numpy as np

from ..case import (
    APPROXIMATE,
    DTYPES,
    Tolerance,
    add,
    constant,
    edges,
    f16,
    f32,
    given,
    nonzero,
    permutation,
    raw,
    some,
    tensor,
    text,
    tf,
    uniform,
)

# What float32 arithmetic of a few roundings gives; relative, so that results near 0 count.
FLOAT = Tolerance(relative=4e-6, absolute=1e-12)
# TensorFlow's own float32 kernel is no better than this, or the function has zeros away from 0.
NEAR = Tolerance(relative=4e-6, absolute=1e-6)

unit = uniform(-1, 1)
tiny = given(1e-30, -1e-20, 1e-8, -1e-5, 1e-3, -0.02, 0.1, -0.3)


def repeated_edges(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Each of the six edges of an integer type six times: with `edges`, every pair."""
    return np.repeat(edges(rng, (6,), dtype), 6)


# op: ordinary values, edge values, tolerance
FUNCTIONS = {
    "Erf": (some, (0, 1e-30, -1e-8, 0.5, -1, 2, -3, 3.9, 4, 5, -6, 50, -1e4), FLOAT),
    "Erfc": (some, (0, 1e-8, -1e-3, 0.5, -1, 2, -3, 4, 6, 8, 9, -9, 50), FLOAT),
    "Erfinv": (unit, (0, 1e-8, -1e-3, 0.5, -0.9, 0.99, -0.999, 0.9999, -0.99999, 0.9999999), APPROXIMATE),
    "Ndtri": (uniform(0, 1), (0.5, 0.4999, 1e-3, 0.999, 1e-5, 1e-10, 1e-20, 1e-37, 0.25, 0.99999), APPROXIMATE),
    "Lgamma": (some, (0.5, 1, 1.0001, 2, 2.0001, 3, 4, 10, 100, 1e5, 1e10, -0.5, -1.5, -2.5, -3.25, 1e-10), NEAR),
    "Digamma": (some, (0.5, 1, 1.46, 2, 3, 10, 100, 1e5, -0.5, -1.25, -2.75, -3.25, 1e-3), NEAR),
    "Tan": (uniform(-1.5, 1.5), (0, 1e-8, 1, -1, 1.5, 3, -3, 4, 10), NEAR),
    "Sinh": (some, (0, 1, -1, 0.01, 10, -10, 80, -80, 89, -89), FLOAT),
    "Cosh": (some, (0, 1, -1, 0.01, 10, -10, 80, -80, 89, -89), FLOAT),
    "Asin": (unit, (0, 1, -1, 0.5, 0.9999, -0.9999, 0.9999999, 2), FLOAT),
    "Acos": (unit, (0, 1, -1, 0.5, 0.9999, -0.9999, 0.9999999, 2), FLOAT),
    "Atan": (some, (0, 1, -1, 1e-10, 1e10, -1e10, 100, np.inf, -np.inf), FLOAT),
    "Asinh": (some, (0, 1, -1, 100, -1e10, 1e20, -1e30), FLOAT),
    "Acosh": (uniform(1, 9), (1, 1.0000001, 1.001, 2, 100, 1e10, 1e30), FLOAT),
    "Atanh": (unit, (0, 0.5, -0.5, 0.99, -0.9999, 0.9999999), FLOAT),
    "Expm1": (some, (0, 1, -1, 20, -20, 80, -100), FLOAT),
    "Log1p": (uniform(-0.9, 5), (0, 1, -0.5, -0.9999999, 100, 1e10, 1e30), FLOAT),
}
SHAPES = [(), (7,), (2, 3), (2, 3, 4), (2, 1, 3, 2), (2, 1, 2, 1, 3), (1, 2, 1, 2, 1, 3), ("n", 3), ("n", "h", "w", 2)]

for op, (values, special, tolerance) in FUNCTIONS.items():
    weight = constant(4, values=values)
    for shape in SHAPES:
        add(op, f"f32 of {text(shape)}", raw(op), f32(*shape, values=values), tolerance=tolerance)
    if op not in ("Erfinv", "Ndtri"):
        add(op, "f16", raw(op), f16(2, 3, values=values), tolerance=tolerance)
    add(op, "f32 edges", raw(op), f32(len(special), values=given(*special)), tolerance=tolerance)
    add(op, "f32 wide", raw(op), f32(50, 40, values=values), tolerance=tolerance)
    add(op, "f32 no elements", raw(op), f32(0, 3, values=values), tolerance=tolerance)
    add(
        op,
        "f32 constant",
        lambda x, op=op, w=weight: x + raw(op)(tf.constant(w)),
        f32("n", 4),
        tolerance=NEAR,
    )
    if op not in ("Ndtri", "Acosh", "Digamma", "Lgamma", "Erfinv", "Cosh", "Acos"):
        add(op, "f32 near 0", raw(op), f32(8, values=tiny), tolerance=FLOAT)
add("Log1p", "f32 at -1", raw("Log1p"), f32(2, values=given(-1, 0)))

# Scans ------------------------------------------------------------------------------------------------------------

for op, kinds, values, tolerance in (
    ("Cumprod", "f32 i32 i64 f16 i8 i16 u8 u16 u32", uniform(1, 4), FLOAT),
    ("CumulativeLogsumexp", "f32 f16", some, NEAR),
):
    for kind in kinds.split():
        for axis in 0, -1:
            add(op, f"{kind} axis {axis}", raw(op, axis=axis), tensor(kind, 4, 3, values=values), tolerance=tolerance)
    for exclusive in False, True:
        for reverse in False, True:
            call = raw(op, axis=1, exclusive=exclusive, reverse=reverse)
            name = f"f32 {'exclusive' if exclusive else 'inclusive'}{' reverse' if reverse else ''}"
            for length in 1, 2, 5, 16:
                add(op, f"{name} {length}", call, f32(2, length, 3, values=values), tolerance=tolerance)
            add(op, f"{name} dynamic", call, f32("n", 6, "m", values=values), tolerance=tolerance)
    for shape, axis in (
        ((3,), 0),
        ((1, 2, 3, 2), 2),
        ((2, 1, 2, 1, 3), 4),
        ((1, 2, 1, 2, 1, 3), 5),
        ((0, 3), 1),
        ((2, 0), 1),
    ):
        add(op, f"f32 {text(shape)} axis {axis}", raw(op, axis=axis), f32(*shape, values=values), tolerance=tolerance)

# Counts -----------------------------------------------------------------------------------------------------------

no_weights = {
    kind: np.zeros(0, np.dtype(name)) for kind, name in (("f32", "float32"), ("i32", "int32"), ("i64", "int64"))
}
for kind, weights in no_weights.items():
    for shape in (), (7,), (2, 3), ("n", 4):
        numbers = tensor("i32", *shape, values=uniform(0, 6))
        add("Bincount", f"{kind} {text(shape)}", lambda x, w=weights: raw("Bincount")(x, 4, w), numbers)
    for number in "i32", "i64":
        for binary in False, True:
            for shape in (7,), (3, 5), ("n",), ("n", 4), ("n", "h"):
                add(
                    "DenseBincount",
                    f"{number} {kind}{' binary' if binary else ''} {text(shape)}",
                    lambda x, w=weights, s=number, y=binary: tf.raw_ops.DenseBincount(
                        input=x, size=tf.cast(5, x.dtype), weights=w, binary_output=y
                    ),
                    tensor(number, *shape, values=uniform(0, 8)),
                )
for kind in "f32", "i32":
    for shape in (7,), (2, 3), ("n", 4):
        add(
            "Bincount",
            f"weighted {kind} {text(shape)}",
            lambda x, w: raw("Bincount")(x, 4, w),
            tensor("i32", *shape, values=uniform(0, 6)),
            tensor(kind, *shape),
            tolerance=FLOAT,
        )
    for shape in (7,), (3, 5), ("n", 4):
        add(
            "DenseBincount",
            f"weighted {kind} {text(shape)}",
            lambda x, w: tf.raw_ops.DenseBincount(input=x, size=5, weights=w),
            tensor("i32", *shape, values=uniform(0, 8)),
            tensor(kind, *shape),
            tolerance=FLOAT,
        )
add("Bincount", "no elements", lambda x: raw("Bincount")(x, 4, no_weights["i32"]), tensor("i32", 0))
add(
    "bincount",
    "tf.math.bincount",
    lambda x: tf.math.bincount(x, minlength=6, maxlength=6),
    tensor("i32", "n", values=uniform(0, 9)),
)
add(
    "bincount",
    "multi-hot rows",
    lambda x: tf.math.bincount(x, minlength=6, maxlength=6, axis=-1, binary_output=True),
    tensor("i32", "n", 4, values=uniform(0, 6)),
)

for kind in "i32", "i64":
    for shape in (3, 5), ("n", 6):
        for k in 1, 3, 9:
            predictions, targets = f32(*shape), tensor(kind, shape[0], values=given(0, 4, 7, -1, 2))
            add(
                "InTopKV2",
                f"{kind} {text(shape)} k {k}",
                lambda p, t, k=k: raw("InTopKV2")(p, t, tf.cast(k, t.dtype)),
                predictions,
                targets,
            )
            add(
                "InTopK",
                f"{kind} {text(shape)} k {k}",
                lambda p, t, k=k: tf.raw_ops.InTopK(predictions=p, targets=t, k=k),
                predictions,
                targets,
            )
add(
    "InTopKV2",
    "ties",
    lambda p, t: raw("InTopKV2")(p, t, 2),
    f32(4, 5, values=given(1, 1, 0, 1, 2)),
    tensor("i32", 4, values=given(0, 1, 3, 4)),
)

for kind in "f32", "i32":
    for reverse in False, True:
        for shape in (6,), (2, 5), (2, 3, 4), ("n", 7):
            name = f"{kind}{' reverse' if reverse else ''} {text(shape)}"
            add(
                "NthElement",
                name,
                lambda x, r=reverse: tf.raw_ops.NthElement(input=x, n=2, reverse=r),
                tensor(kind, *shape),
            )
    add(
        "NthElement",
        f"{kind} computed n",
        lambda x, k: tf.raw_ops.NthElement(input=x, n=k),
        tensor(kind, 2, 5),
        tensor("i32", values=given(3)),
    )

# Integers of every width ------------------------------------------------------------------------------------------

INTEGERS = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"]
PAIRS = [((7,), (7,)), ((2, 3), ()), (("n", 3), (3,)), ((2, 1, 4), (3, 1)), ((1, 2, 1, 2, 1, 3), (1, 2, 1, 2, 1, 3))]
for kind in INTEGERS:
    for op in "BitwiseAnd", "BitwiseOr", "BitwiseXor":
        for a, b in PAIRS:
            add(op, f"{kind} with {text(a)} {text(b)}", raw(op), tensor(kind, *a), tensor(kind, *b))
        add(op, f"{kind} edges", raw(op), tensor(kind, 36, values=edges), tensor(kind, 36, values=repeated_edges))
    for op in "Invert", "PopulationCount":
        for shape in (), (5,), ("n", 3), (2, 1, 3, 2), (1, 2, 1, 2, 1, 3), (0, 3):
            add(op, f"{kind} {text(shape)}", raw(op), tensor(kind, *shape))
        add(op, f"{kind} edges", raw(op), tensor(kind, 6, values=edges))
    for a, b in PAIRS:
        name = f"{kind} {text(a)} {text(b)}"
        add("LeftShift", name, raw("LeftShift"), tensor(kind, *a), tensor(kind, *b, values=uniform(0, 7)))
    add(
        "LeftShift",
        f"{kind} edges",
        raw("LeftShift"),
        tensor(kind, 6, values=edges),
        tensor(kind, 6, values=given(0, 1, 3)),
    )
for kind in "i8", "i16", "i32", "u8", "u16", "u32":
    for a, b in PAIRS[:4]:
        name = f"{kind} of {text(a)} {text(b)}"
        add("RightShift", name, raw("RightShift"), tensor(kind, *a), tensor(kind, *b, values=uniform(0, 7)))
    add(
        "RightShift",
        f"{kind} edges",
        raw("RightShift"),
        tensor(kind, 6, values=edges),
        tensor(kind, 6, values=given(0, 1, 3)),
    )
for op in "FloorMod", "TruncateMod", "Mod":
    kinds = {"FloorMod": "u8 u16 u32 i64", "TruncateMod": "i32 i64 f32", "Mod": "i32 i64 f32"}[op]
    for kind in kinds.split():
        if op == "Mod" and kind == "f32":
            continue
        for a, b in PAIRS[:4]:
            name = f"{kind} by {text(a)} {text(b)}"
            add(op, name, raw(op), tensor(kind, *a), tensor(kind, *b, values=nonzero), tolerance=FLOAT)
        if kind[0] == "i" or kind == "f32":
            left, right = given(7, -7, 7, -7, 6, -6, 0), given(3, 3, -3, -3, 3, 3, -3)
            add(op, f"{kind} of both signs", raw(op), tensor(kind, 7, values=left), tensor(kind, 7, values=right))
for op, kinds in (("TruncateDiv", "i8 i16 u8 u16"), ("FloorDiv", "u8 u16"), ("Div", "i8 i16 u8")):
    for kind in kinds.split():
        for a, b in PAIRS[:4]:
            add(op, f"{kind} by {text(a)} {text(b)}", raw(op), tensor(kind, *a), tensor(kind, *b, values=nonzero))
for op, kinds in (
    ("AddV2", "i8 u8 u16 u64"),
    ("Sub", "i8 i16 u8 u16 u32 u64"),
    ("Mul", "u16 u32 u64"),
    ("Maximum", "u16 u32"),
    ("Minimum", "u16 u32"),
    ("SquaredDifference", "i64"),
):
    for kind in kinds.split():
        for a, b in PAIRS[:4]:
            add(op, f"{kind} with {text(a)} {text(b)}", raw(op), tensor(kind, *a), tensor(kind, *b))
        add(op, f"{kind} edges", raw(op), tensor(kind, 36, values=edges), tensor(kind, 36, values=repeated_edges))
for op, kinds in (("Abs", "i8 i64"), ("Neg", "u32"), ("Sign", "i8 i16 i64"), ("Square", "i8 i16 u8")):
    for kind in kinds.split():
        if op == "Neg":
            continue
        for shape in (5,), ("n", 3), (0, 2):
            add(op, f"{kind} of {text(shape)}", raw(op), tensor(kind, *shape))
numbers = given(1, -1, 0, 0, 1e-3, -2.5, 3, 1, np.nan, 1)
targets = given(2, -2, 1, -1, 0, 0, 3, -1, 1, np.nan)
add("NextAfter", "f32 edges", raw("NextAfter"), f32(10, values=numbers), f32(10, values=targets))
for a, b in PAIRS:
    add("NextAfter", f"f32 {text(a)} {text(b)}", raw("NextAfter"), f32(*a), f32(*b))
for kind in [*INTEGERS, "bool"]:
    for wide, other in ("u64", kind), (kind, "u64"):
        name = f"{wide} to {other} by bits"
        function = lambda x, t=other: tf.cast(x, DTYPES[t])  # noqa: E731
        if wide != other and (wide, other) != ("u64", "u64"):
            add("Cast", name, function, tensor(wide, "n", 3))
            add("Cast", f"{name} edges", function, tensor(wide, 6, values=edges))
for kind in "i8", "i16", "u8", "u16", "u32", "i64", "f16":
    for k in 1, 3:
        call = lambda x, k=k: list(tf.raw_ops.TopKV2(input=x, k=k))  # noqa: E731
        add("TopKV2", f"{kind} of 4 {k}", call, tensor(kind, 3, 4, values=permutation))
