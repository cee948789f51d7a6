"""Element-wise arithmetic: one operand, two operands with every kind of broadcasting, and sums of many."""

from ..case import (
    APPROXIMATE,
    EXACT,
    ROUNDED,
    add,
    constant,
    edges,
    f32,
    finite_edges,
    given,
    i32,
    nonzero,
    raw,
    some,
    tensor,
    text,
    tf,
    ties,
    uniform,
)

positive = uniform(0.1, 5)
unit = uniform(-0.95, 0.95)
angles = uniform(-6, 6)

# op: types, values, tolerance
UNARY = {
    "Abs": ("f32 f16 i16 i32", some, EXACT),
    "Neg": ("f32 f16 i8 i16 i32 i64", some, EXACT),
    "Sign": ("f32 i32", ties, EXACT),
    "Ceil": ("f32 f16", ties, EXACT),
    "Floor": ("f32 f16", ties, EXACT),
    "Round": ("f32 f16", ties, EXACT),
    "Rint": ("f32", ties, EXACT),
    "Exp": ("f32 f16", some, APPROXIMATE),
    "Expm1": ("f32", some, APPROXIMATE),
    "Log": ("f32 f16", positive, APPROXIMATE),
    "Log1p": ("f32", positive, APPROXIMATE),
    "Sqrt": ("f32 f16", positive, ROUNDED),
    "Rsqrt": ("f32 f16", positive, APPROXIMATE),
    "Square": ("f32 f16 i32 i64", some, ROUNDED),
    "Sin": ("f32 f16", angles, APPROXIMATE),
    "Cos": ("f32 f16", angles, APPROXIMATE),
    "Reciprocal": ("f32", nonzero, ROUNDED),
    "Inv": ("f32", nonzero, ROUNDED),
    "IsNan": ("f32", edges, EXACT),
    "IsInf": ("f32", edges, EXACT),
    "IsFinite": ("f32", edges, EXACT),
    "ZerosLike": ("f32 i32 i64 bool u8", some, EXACT),
    "OnesLike": ("f32 i32 i64 bool", some, EXACT),
    "Identity": ("f32 i32 bool i64 u8 i8", some, EXACT),
    "StopGradient": ("f32", some, EXACT),
    "Snapshot": ("f32", some, EXACT),
    "PreventGradient": ("f32", some, EXACT),
}
SHAPES = [(), (7,), (2, 3), (2, 3, 4), (2, 3, 4, 2), (2, 1, 3, 2, 2), (2, 1, 2, 1, 3, 2)]
DYNAMIC = [("n", 3), ("n", "h", "w", 2)]
# RSQRT is missing: XNNPACK gives NaN at zero.
EDGES_AGREE = "Abs Neg Sign Ceil Floor Round Exp Log Sqrt Square ZerosLike Identity"

for op, (types, values, tolerance) in UNARY.items():
    for kind in types.split():
        shapes = SHAPES[:5] + DYNAMIC if kind == "f32" else [(2, 3, 4), ("n", 3)]
        for shape in shapes if op in "Abs Neg Exp Log Sqrt Rsqrt Square Floor" else shapes[3:6]:
            add(op, f"{kind} {text(shape)}", raw(op), tensor(kind, *shape, values=values), tolerance=tolerance)
    if op in EDGES_AGREE.split():
        special = finite_edges if tolerance is APPROXIMATE else edges
        add(op, "f32 edges", raw(op), f32(4, 4, values=special), tolerance=tolerance)
for op in "Neg", "Exp", "Square":
    add(op, "f32 rank 6", raw(op), f32(2, 1, 2, 1, 3, 2), tolerance=UNARY[op][2])
    add(op, "f32 no elements", raw(op), f32(0, 3), tolerance=UNARY[op][2])
add("Abs", "f32 behind an unknown rank-4 shape", raw("Abs"), f32("n", "m", "h", "w"))
add("CheckNumerics", "f32", raw("CheckNumerics", message="x"), f32(2, 3))
add("IdentityN", "f32 and i32", lambda x, y: tf.raw_ops.IdentityN(input=[x, y]), f32(2, 3), i32("n"))

# op: types, values of the left, of the right, tolerance
BINARY = {
    "AddV2": ("f32 f16 i16 i32 i64 u32", some, some, EXACT),
    "Add": ("f32 i32", some, some, EXACT),
    "Sub": ("f32 f16 i32 i64", some, some, EXACT),
    "Mul": ("f32 f16 i8 i16 i32 i64 u8", some, some, EXACT),
    "RealDiv": ("f32 f16", some, nonzero, ROUNDED),
    "Div": ("f32 i32", some, nonzero, ROUNDED),
    "TruncateDiv": ("i32", some, nonzero, EXACT),
    "FloorDiv": ("f32 i32 i16 i8", some, nonzero, EXACT),
    "FloorMod": ("f32 i32 i64 i16 i8", some, nonzero, APPROXIMATE),
    "Pow": ("f32", positive, some, APPROXIMATE),
    "Maximum": ("f32 f16 i8 i16 i32 i64 u8", some, some, EXACT),
    "Minimum": ("f32 f16 i8 i16 i32 i64 u8", some, some, EXACT),
    "SquaredDifference": ("f32 i32", some, some, ROUNDED),
    "DivNoNan": ("f32", some, ties, ROUNDED),
    "MulNoNan": ("f32", some, ties, EXACT),
    "Xdivy": ("f32", ties, nonzero, ROUNDED),
    "Xlogy": ("f32", ties, positive, APPROXIMATE),
    "Xlog1py": ("f32", ties, positive, APPROXIMATE),
    "Atan2": ("f32", nonzero, nonzero, APPROXIMATE),
    "BitwiseXor": ("i8 i16 i32 u8 u16 u32", some, some, EXACT),
    "RightShift": ("i8 i16 i32 u8 u16 u32", some, uniform(0, 5), EXACT),
}
BROADCASTS = [
    ((2, 3, 4), (2, 3, 4)),
    ((2, 3, 4), ()),
    ((), (2, 3)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 3, 4)),
    ((2, 3, 4, 5), (1, 3, 1, 5)),
    ((2, 1, 4), (3, 1)),
    ((2, 1, 3, 1, 2), (1, 2, 1, 2, 1)),
    ((2, 1, 2, 3, 2, 2), (1, 3, 1, 3, 2, 2)),
    (("n", 4), ("n", 4)),
    (("n", 4), (4,)),
    (("n", "h", 4), ("n", 1, 4)),
    (("n", "h"), ("h",)),
]
THOROUGH = ["AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum"]

for op, (types, left, right, tolerance) in BINARY.items():
    for kind in types.split():
        if op in THOROUGH and kind == "f32":
            chosen = BROADCASTS
        elif kind in ("f32", "i32"):
            chosen = [BROADCASTS[n] for n in (0, 1, 5, 7, 10, 11)]
        else:
            chosen = [BROADCASTS[n] for n in (0, 6, 10)]
        for a, b in chosen:
            add(
                op,
                f"{kind} {text(a)} {text(b)}",
                raw(op),
                tensor(kind, *a, values=left),
                tensor(kind, *b, values=right),
                tolerance=tolerance,
            )
    if "f32" in types.split():
        weight = constant(4, values=right)
        add(
            op,
            "f32 constant right",
            lambda x, op=op, w=weight: raw(op)(x, w),
            f32("n", 4, values=left),
            tolerance=tolerance,
        )
        scalar = constant(values=right)
        add(
            op,
            "f32 scalar right",
            lambda x, op=op, w=scalar: raw(op)(x, w),
            f32(2, 3, values=left),
            tolerance=tolerance,
        )
        weight = constant(3, 1, values=left)
        add(
            op,
            "f32 constant left",
            lambda x, op=op, w=weight: raw(op)(w, x),
            f32(2, 3, 4, values=right),
            tolerance=tolerance,
        )
for op in "Maximum", "Minimum", "AddV2", "Mul", "RealDiv":
    add(op, "f32 edges", raw(op), f32(16, values=finite_edges), f32(1, values=given(2)))
for op in "AddV2", "Mul":
    add(op, "f32 no elements", raw(op), f32(0, 4), f32(4))
add("AddV2", "same operand twice", lambda x: x + x, f32("n", 3))
add("Pow", "i32", raw("Pow"), i32(2, 3, values=uniform(-4, 5)), i32(2, 3, values=uniform(0, 4)))
for exponent in 0.5, 1.0, 2.0, 3.0, -0.5, -1.0:
    add(
        "Pow", f"f32 to the {exponent}", lambda x, e=exponent: x**e, f32("n", 4, values=positive), tolerance=APPROXIMATE
    )
add("FloorDiv", "f32 negative", raw("FloorDiv"), f32(4, values=given(7, -7, 7, -7)), f32(4, values=given(2, 2, -2, -2)))
add("FloorMod", "i32 signs", raw("FloorMod"), i32(4, values=given(7, -7, 7, -7)), i32(4, values=given(3, 3, -3, -3)))
add("FloorDiv", "i32 signs", raw("FloorDiv"), i32(4, values=given(7, -7, 7, -7)), i32(4, values=given(3, 3, -3, -3)))

for count in 1, 2, 3, 5:
    add("AddN", f"f32 of {count}", lambda *x: tf.raw_ops.AddN(inputs=list(x)), *[f32(2, 3)] * count, tolerance=ROUNDED)
add("AddN", "i32", lambda *x: tf.raw_ops.AddN(inputs=list(x)), *[i32("n", 3)] * 3)
add("AccumulateNV2", "f32", lambda *x: tf.raw_ops.AddN(inputs=list(x)), *[f32("n", 3)] * 3, tolerance=ROUNDED)

for shape in (2, 4), (2, 3, 4), (2, 3, 3, 4), (2, 2, 3, 3, 4), ("n", 4), ("n", "h", "w", 4):
    add("BiasAdd", f"f32 {text(shape)}", raw("BiasAdd"), f32(*shape), f32(4))
    add("BiasAdd", f"f32 constant {text(shape)}", lambda x: tf.nn.bias_add(x, constant(4)), f32(*shape))
for shape in (2, 4, 3, 3), ("n", 4, 3, 5):
    add("BiasAdd", f"NCHW {text(shape)}", raw("BiasAdd", data_format="NCHW"), f32(*shape), f32(4))
for shape in (3,), (4, 3), (2, 4, 3), (2, 1, 2, 4, 3), ("n", 3), ("n", "h", 3):
    for kind in "f32", "i32":
        add("Cross", f"{kind} {text(shape)}", raw("Cross"), *[tensor(kind, *shape)] * 2)
for kind in "f16", "i8", "i16", "i64", "u8", "u16", "u32":
    add("Cross", kind, raw("Cross"), *[tensor(kind, "n", 3)] * 2)
add("Cross", "f32 constant", lambda x: tf.linalg.cross(x, constant(4, 3)), f32(4, 3))
add("Cross", "f32 no elements", raw("Cross"), f32(0, 3), f32(0, 3))
add("TanhGrad", "f32", raw("TanhGrad"), f32("n", 3, values=unit), f32("n", 3), tolerance=APPROXIMATE)
add("SigmoidGrad", "f32", raw("SigmoidGrad"), f32("n", 3, values=uniform(0, 1)), f32("n", 3), tolerance=APPROXIMATE)
add("RsqrtGrad", "f32", raw("RsqrtGrad"), f32("n", 3, values=positive), f32("n", 3), tolerance=APPROXIMATE)
add("BiasAddGrad", "f32", raw("BiasAddGrad"), f32("n", 3, 4), tolerance=APPROXIMATE)
add("L2Loss", "f32", raw("L2Loss"), f32(2, 3), tolerance=APPROXIMATE)
add("L2Loss", "f32 dynamic", raw("L2Loss"), f32("n", 3), tolerance=APPROXIMATE)

low, high = -1.0, 2.0
add("clip_by_value", "f32", lambda x: tf.clip_by_value(x, low, high), f32("n", 4))
add("clip_by_value", "i32", lambda x: tf.clip_by_value(x, -3, 5), i32(2, 4))
add("ClipByValue", "f32", lambda x: tf.raw_ops.ClipByValue(t=x, clip_value_min=low, clip_value_max=high), f32("n", 4))
add("chain", "f32 scalars", lambda x: (x * 2 + 1) / 3 - 0.5, f32("n", 4), tolerance=APPROXIMATE)
add("chain", "f32 vectors", lambda x, y: tf.nn.relu(x * y + x) - y * 0.25, f32("n", 4), f32(4), tolerance=APPROXIMATE)
