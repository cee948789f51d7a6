"""SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION."""

from ..case import Stored, add

SHAPES = ((1, 10), (3, 7), (2, 3, 4, 5), (12,), (1, 300), (4, 1))

for shape in SHAPES:
    for a, za in ((0.1, 3), (0.5, -128), (0.01, 127), (4.0, 0), (1e-4, 5)):
        size = f"{shape}/{a}".replace(" ", "")
        for beta in (1.0, 0.3):
            add(
                f"SOFTMAX/int8/{size}/{beta}",
                "SOFTMAX",
                [Stored(shape, "int8", a, za)],
                Stored((), "int8", 1 / 256, -128),
                options_name="SoftmaxOptions",
                options={"beta": beta},
            )
            add(
                f"SOFTMAX/int16/{size}/{beta}",
                "SOFTMAX",
                [Stored(shape, "int16", a / 100)],
                Stored((), "int16", 1 / 32768),
                options_name="SoftmaxOptions",
                options={"beta": beta},
            )
        add(
            f"LOG_SOFTMAX/int8/{size}",
            "LOG_SOFTMAX",
            [Stored(shape, "int8", a, za)],
            Stored((), "int8", 16 / 256, 127),
            options_name="LogSoftmaxOptions",
        )
        add(
            f"L2_NORMALIZATION/int8/{size}",
            "L2_NORMALIZATION",
            [Stored(shape, "int8", a, za)],
            Stored((), "int8", 1 / 128, 0),
            options_name="L2NormOptions",
        )
