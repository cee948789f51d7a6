"""Activations, functions of one element, PRELU."""

from itertools import cycle, product

from ..case import Stored, add

# Scale and zero point of the operand and the result.
INT8 = [
    (0.05, 3, 0.04, -11),
    (0.1, -128, 0.1, -128),
    (0.03, 127, 0.05, 127),
    (1.0, 0, 0.01, 0),
    (0.002, -5, 0.5, 5),
    (1e-5, 10, 1e-5, 10),
]
INT16 = [(3e-4, 0, 1e-4, 0), (1 / 4096, 0, 1 / 4096, 0), (1e-3, 0, 1.0, 0), (0.1, 0, 1e-3, 0), (1e-6, 0, 1e-6, 0)]
STORED = {"int8": INT8, "int16": INT16}
SHAPES = cycle([(256,), (3, 5, 7), (), (1, 4, 4, 9), (2, 1, 2, 3, 2, 2), (40, 50), (1,)])

BOTH = ("int8", "int16")
# The set of reference kernels has none of ELU.
ORACLES = {"ELU": "default"}
for op, types in {
    "RELU": BOTH,
    "RELU6": BOTH,
    "RELU_N1_TO_1": ("int8",),
    "RELU_0_TO_1": ("int8",),
    "ELU": ("int8",),
    "EXP": BOTH,
    "LOG": BOTH,
    "ABS": BOTH,
}.items():
    for type_ in types:
        for a, za, c, zc in STORED[type_]:
            add(
                f"{op}/{type_}/{a},{c}",
                op,
                [Stored(next(SHAPES), type_, a, za)],
                Stored((), type_, c, zc),
                options_name={"EXP": "ExpOptions", "ABS": "AbsOptions"}.get(op, ""),
                oracle=ORACLES.get(op, "reference"),
            )
        # Every number that can be stored.
        a, za, c, zc = STORED[type_][0]
        every = Stored((2**8,) if type_ == "int8" else (2**16,), type_, a, za)
        add(f"{op}/{type_}/every", op, [every], Stored((), type_, c, zc), oracle=ORACLES.get(op, "reference"))

for type_, approximate in product(BOTH, (False, True)):
    for a, za, c, zc in STORED[type_]:
        add(
            f"GELU/{type_}/{approximate}/{a},{c}",
            "GELU",
            [Stored(next(SHAPES), type_, a, za)],
            Stored((), type_, c, zc),
            options_name="GeluOptions",
            options={"approximate": approximate},
        )

for type_, alpha in product(BOTH, (0.2, 0.01, 1.5, 0.0, -0.3)):
    for a, za, c, zc in STORED[type_]:
        add(
            f"LEAKY_RELU/{type_}/{alpha}/{a},{c}",
            "LEAKY_RELU",
            [Stored(next(SHAPES), type_, a, za)],
            Stored((), type_, c, zc),
            options_name="LeakyReluOptions",
            options={"alpha": alpha},
        )

# Nothing negative: the kernels refuse it.
for op in ("SQRT", "RSQRT"):
    for a, c in ((0.05, 0.04), (1.0, 0.1), (1e-3, 5e-3), (0.3, 0.02)):
        for zero in (-128, 0, 50):
            add(
                f"{op}/int8/{a},{c},{zero}",
                op,
                [Stored((300,), "int8", a, zero, within=(zero, 127))],
                Stored((), "int8", c, -100),
            )
        add(
            f"{op}/int16/{a},{c}",
            op,
            [Stored((2000,), "int16", a / 300, within=(0, 32767))],
            Stored((), "int16", c / 100),
        )

for a, za, c, zc in [*INT8[:3], (0.02, 0, 0.03, 4), (0.5, -100, 0.6, -120), (3.0, 5, 4.0, 6), (0.004, 0, 0.01, 7)]:
    add(
        f"HARD_SWISH/int8/{a},{c}",
        "HARD_SWISH",
        [Stored((256,), "int8", a, za)],
        Stored((), "int8", max(c, a / 100), zc),
        options_name="HardSwishOptions",
    )

for type_, (shape, alpha) in product(
    BOTH, (((2, 3, 4, 5), (5,)), ((2, 3, 4, 5), (1, 1, 5)), ((6, 7), (6, 7)), ((9,), ()), ((2, 3, 4), (3, 1)))
):
    for (a, za, c, zc), (b, zb) in zip(STORED[type_], cycle(((0.01, 5), (0.002, -128), (0.5, 127))), strict=False):
        add(
            f"PRELU/{type_}/{shape}x{alpha}/{a},{b},{c}".replace(" ", ""),
            "PRELU",
            [Stored(shape, type_, a, za), Stored(alpha, "int8", b, zb, constant=True)],
            Stored((), type_, c, zc),
        )

for a, za in ((0.05, 3), (0.1, -128), (0.02, 127), (1.0, 0), (1e-3, 9)):
    add(f"LOGISTIC/int8/{a}", "LOGISTIC", [Stored((256,), "int8", a, za)], Stored((), "int8", 1 / 256, -128))
    for c, zc in ((1 / 128, 0), (0.02, -7)):
        add(f"TANH/int8/{a},{c}", "TANH", [Stored((256,), "int8", a, za)], Stored((), "int8", c, zc))
for a in (3e-4, 1 / 4096, 1 / 2048, 1 / 1024, 1e-3, 0.3, 1.5, 100.0, 1e-7):
    for op in ("LOGISTIC", "TANH"):
        add(f"{op}/int16/{a}", op, [Stored((3000,), "int16", a)], Stored((), "int16", 1 / 32768))
