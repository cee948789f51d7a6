"""MEAN, SUM, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, ARG_MAX, ARG_MIN."""

from itertools import cycle

import numpy as np

from ..case import Stored, add

AXES = (
    ((2, 7, 7, 8), (1, 2)),
    ((2, 7, 7, 8), (3,)),
    ((3, 4, 5), (0,)),
    ((3, 4, 5), (0, 1, 2)),
    ((3, 4, 5), (-1,)),
    ((2, 3, 2, 3, 2), (1, 3)),
    ((200,), (0,)),
)
SCALES = {
    "int8": cycle([(0.05, 3, 0.04, -11), (0.1, -128, 0.1, -128), (0.03, 127, 0.5, 127), (1.0, 0, 0.1, 0)]),
    "int16": cycle([(3e-4, 0, 1e-4, 0), (1 / 4096, 0, 1 / 4096, 0), (1e-3, 0, 0.1, 0)]),
}
# The reference kernel of SUM takes int8 for uint8.
ORACLES = {"SUM": "default"}


def axis_operand(axes: tuple[int, ...]) -> Stored:
    return Stored(type="int32", values=np.array(axes, np.int32))


for op in ("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN"):
    for type_ in ("int8", "int16"):
        for shape, axes in AXES:
            for keep in (False, True):
                a, za, c, zc = next(SCALES[type_])
                if op.startswith("REDUCE_M"):
                    c, zc = a, za
                if op == "REDUCE_PROD":
                    c, zc = 0.9, zc
                add(
                    f"{op}/{type_}/{shape}/{axes}/{keep}/{a}".replace(" ", ""),
                    op,
                    [Stored(shape, type_, a, za), axis_operand(axes)],
                    Stored((), type_, c, zc),
                    options_name="ReducerOptions",
                    options={"keepDims": keep},
                    oracle=ORACLES.get(op, "reference"),
                )

for op in ("ARG_MAX", "ARG_MIN"):
    for shape, axis in (((3, 9), 1), ((2, 3, 4, 5), 2), ((7,), 0)):
        add(
            f"{op}/int8/{shape}/{axis}".replace(" ", ""),
            op,
            [Stored(shape, "int8", 0.1, 5), Stored(type="int32", values=np.array(axis, np.int32))],
            Stored((), "int32"),
            options_name="ArgMaxOptions" if op == "ARG_MAX" else "ArgMinOptions",
            options={"outputType": 2},
        )
