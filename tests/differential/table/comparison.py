"""Comparison, logic and selection."""

from ..case import add, boolean, constant, edges, f32, given, i32, raw, tensor, text, tf, ties

SHAPES = [
    ((2, 3, 4), (2, 3, 4)),
    ((2, 3, 4), ()),
    ((2, 3, 4), (3, 1)),
    ((4,), (2, 3, 4)),
    ((2, 1, 3, 1), (1, 2, 1, 2)),
    ((2, 1, 3, 1, 2), (1, 2, 1, 2, 1)),
    ((2, 1, 2, 3, 2, 2), (1, 3, 1, 3, 2, 2)),
    (("n", 4), ("n", 4)),
    (("n", 4), (4,)),
    (("n", "h", 4), ("n", 1, 1)),
]
for op in "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual":
    equality = op in ("Equal", "NotEqual")
    for kind in ["f32", "i32", "i64", "i16", "f16"] + (["bool"] if equality else []):
        for a, b in SHAPES if kind == "f32" else [SHAPES[n] for n in (0, 2, 8)]:
            add(
                op,
                f"{kind} {text(a)} {text(b)}",
                raw(op),
                tensor(kind, *a, values=ties if kind != "bool" else edges),
                tensor(kind, *b, values=ties if kind != "bool" else edges),
            )
    add(op, "f32 edges", raw(op), f32(4, 4, values=edges), f32(values=given(0)))
    add(op, "f32 constant", lambda x, op=op: raw(op)(x, constant(4, values=ties)), f32("n", 4, values=ties))
    add(op, "u8", raw(op), tensor("u8", 2, 3, values=ties), tensor("u8", 2, 3, values=ties))

for op in "LogicalAnd", "LogicalOr":
    for a, b in SHAPES:
        add(op, f"{text(a)} {text(b)}", raw(op), boolean(*a), boolean(*b))
    add(op, "constant", lambda x, op=op: raw(op)(x, [True, False, True, True]), boolean("n", 4))
for shape in (), (3,), (2, 3, 4), ("n", 3):
    add("LogicalNot", text(shape), raw("LogicalNot"), boolean(*shape))
add("logic", "xor", lambda x, y: tf.math.logical_xor(x, y), boolean("n", 3), boolean("n", 3))

SELECTS = [
    ((2, 3), (2, 3), (2, 3)),
    ((), (2, 3), (2, 3)),
    ((2, 1), (2, 3), (1, 3)),
    ((2, 3), (), (2, 3)),
    ((2, 3), (2, 3), ()),
    ((3,), (2, 3), (2, 1)),
    ((2, 1, 2, 1), (1, 2, 1, 2), (1,)),
    ((2, 1, 3, 1, 2), (1, 2, 1, 2, 1), (2, 2, 3, 2, 2)),
    (("n", 3), ("n", 3), ("n", 3)),
    (("n", 1), ("n", 3), (3,)),
    (("n", "h"), ("n", "h"), ()),
]
for c, a, b in SELECTS:
    add("SelectV2", f"f32 {text(c)} {text(a)} {text(b)}", raw("SelectV2"), boolean(*c), f32(*a), f32(*b))
for kind in "i8", "i16", "i32", "i64", "u8", "bool", "f16":
    add("SelectV2", f"{kind}", raw("SelectV2"), boolean(2, 1), tensor(kind, 2, 3), tensor(kind, 2, 3))
    add("SelectV2", f"{kind} dynamic", raw("SelectV2"), boolean("n", 3), tensor(kind, "n", 3), tensor(kind, "n", 3))
for c, a in ((2, 3), (2, 3)), ((), (2, 3)), ((2,), (2, 3)), (("n", 3), ("n", 3)), (("n",), ("n", 3)):
    for kind in "f32", "i32":
        add("Select", f"{kind} {text(c)} {text(a)}", raw("Select"), boolean(*c), tensor(kind, *a), tensor(kind, *a))
add("SelectV2", "of a comparison", lambda x, y: tf.where(x > y, x, y * 2), f32("n", 3), f32(3))
add("SelectV2", "constant branches", lambda x: tf.where(x > 0, 1.0, 0.0), f32("n", 3))
add("Equal", "i32 counting", lambda x: tf.reduce_sum(tf.cast(tf.equal(x, 2), tf.int32)), i32("n", 4, values=ties))

for kind in "f32", "i32", "i64", "u8", "bool":
    add("Where", f"{kind}", raw("Where"), tensor(kind, 3, 4, values=lambda r, s, d: r.integers(0, 2, s).astype(d)))
add("Where", "bool dynamic", raw("Where"), boolean("n", 4))
add("Where", "bool rank 1", raw("Where"), boolean(7))
add("Where", "bool rank 4", raw("Where"), boolean(2, 2, 2, 2))
add("Where", "all false", raw("Where"), boolean(5, values=given(0)))
