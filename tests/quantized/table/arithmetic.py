"""ADD, SUB, MUL, DIV, SQUARED_DIFFERENCE and comparisons."""

from itertools import cycle

from ..case import ACTIVATIONS, Stored, add, schema

SHAPES = [
    ((2, 3, 4), (2, 3, 4)),
    ((1, 4, 4, 8), (8,)),
    ((3, 5), ()),
    ((), (7,)),
    ((2, 1, 3), (1, 4, 1)),
    ((64,), (64,)),
    ((2, 2, 1, 3, 2), (2, 1, 2, 3, 1)),
    ((1,), (2, 1, 2, 1, 2, 3)),
    ((40, 50), (1, 50)),
]

# Scales and zero points of both operands and the result: usual ones, zero points at the ends, a result that saturates,
# one much finer than it need be, operands far apart, tiny and large scales.
INT8 = [
    (0.05, 3, 0.02, -7, 0.06, 11),
    (0.1, -128, 0.1, 127, 0.1, -128),
    (1.0, 127, 0.5, -128, 0.01, 127),
    (2e-3, 0, 8.0, 5, 9.0, -3),
    (1e-6, -20, 2e-6, 30, 3e-6, 0),
    (700.0, 1, 300.0, -1, 1e5, 0),
    (0.25, 0, 0.5, 0, 1.0, 0),
]
INT16 = [
    (3e-4, 0, 1e-4, 0, 4e-4, 0),
    (1 / 32768, 0, 1 / 16384, 0, 3e-5, 0),
    (0.5, 0, 1e-5, 0, 0.4, 0),
    (1.0, 0, 1.0, 0, 0.01, 0),
    (1e-7, 0, 2e-7, 0, 5e-7, 0),
]
STORED = {"int8": cycle(INT8), "int16": cycle(INT16)}

BINARY = {
    "ADD": ("AddOptions", ("int8", "int16")),
    "SUB": ("SubOptions", ("int8", "int16")),
    "MUL": ("MulOptions", ("int8", "int16")),
    "DIV": ("DivOptions", ("int8", "int16")),
    "SQUARED_DIFFERENCE": ("", ("int8",)),
}


def result_scale(op: str, a: float, b: float, c: float) -> float:
    """Where the result is not of the size of the operands."""
    return {"MUL": max(a * b * 100, 1e-8), "DIV": a / b / 20, "SQUARED_DIFFERENCE": max(a, b) ** 2 * 90}.get(op, c)


for op, (options, types) in BINARY.items():
    for type_ in types:
        for shape_a, shape_b in SHAPES:
            for activation in ACTIVATIONS if options else ("NONE",) * 3:
                a, za, b, zb, c, zc = next(STORED[type_])
                name = f"{op}/{type_}/{shape_a}x{shape_b}/{activation}/{a}"
                add(
                    name.replace(" ", ""),
                    op,
                    [
                        Stored(shape_a, type_, a, za),
                        Stored(shape_b, type_, b, zb, avoid=zb if op == "DIV" else None),
                    ],
                    Stored((), type_, result_scale(op, a, b, c), zc),
                    options_name=options,
                    options={"fusedActivationFunction": getattr(schema.ActivationFunctionType, activation)}
                    | ({"potScaleInt16": False} if op in ("ADD", "SUB") else {}),
                )

# Scales that are powers of two: one operand is shifted.
for op in ("ADD", "SUB"):
    for a, b, c in ((-10, -12, -10), (-13, -9, -9), (-8, -8, -8), (-15, -12, -12)):
        for activation in ACTIVATIONS:
            add(
                f"{op}/int16/powers/{a},{b},{c}/{activation}",
                op,
                [Stored((50,), "int16", 2.0**a), Stored((50,), "int16", 2.0**b)],
                Stored((), "int16", 2.0**c),
                options_name=BINARY[op][0],
                options={
                    "fusedActivationFunction": getattr(schema.ActivationFunctionType, activation),
                    "potScaleInt16": True,
                },
            )

# A product of which nothing, or everything, is left.
for type_ in ("int8", "int16"):
    for scale in (1e-12, 1e6, 1e12):
        add(
            f"MUL/{type_}/extreme/{scale}",
            "MUL",
            [Stored((200,), type_, 0.5), Stored((200,), type_, 0.25)],
            Stored((), type_, scale),
            options_name="MulOptions",
        )

COMPARISONS = ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
NAMES = {op: "".join(word.title() for word in op.split("_")) + "Options" for op in COMPARISONS}
for op in COMPARISONS:
    for shape_a, shape_b in SHAPES[:6]:
        for a, za, b, zb in ((0.1, 0, 0.1, 0), (0.05, -128, 0.03, 127), (0.9, 5, 0.001, -5), (1e-3, 0, 1e-3, 0)):
            add(
                f"{op}/int8/{shape_a}x{shape_b}/{a},{b}".replace(" ", ""),
                op,
                [Stored(shape_a, "int8", a, za), Stored(shape_b, "int8", b, zb)],
                Stored((), "bool"),
                options_name=NAMES[op],
            )
