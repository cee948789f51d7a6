"""QUANTIZE of float32 and of what is stored already, DEQUANTIZE."""

from itertools import product

import numpy as np

from ..case import Stored, add

SCALES = ((0.05, 3), (0.1, -128), (0.03, 127), (1e-3, 0), (2.0, 11))
SHAPE = (3, 5, 8)
PAIRS = (
    ("int8", "int8"),
    ("int8", "int16"),
    ("int16", "int8"),
    ("int16", "int16"),
    ("int16", "int32"),
    ("int32", "int8"),
    ("int32", "int16"),
)

for (a, za), (c, zc), (from_, to) in product(SCALES, SCALES, PAIRS):
    add(
        f"QUANTIZE/{from_},{to}/{a},{c}",
        "QUANTIZE",
        [
            Stored(
                SHAPE,
                from_,
                a if from_ == "int8" else a / 100,
                za if from_ == "int8" else 0,
                within=(-(2**20), 2**20) if from_ == "int32" else None,
            )
        ],
        Stored((), to, c, zc if to == "int8" else 0),
    )

for type_ in ("int8", "int16"):
    for scale, zero in SCALES:
        zero = zero if type_ == "int8" else 0
        add(f"QUANTIZE/float32,{type_}/{scale}", "QUANTIZE", [Stored(SHAPE, "float32")], Stored((), type_, scale, zero))
        add(f"DEQUANTIZE/{type_}/{scale}", "DEQUANTIZE", [Stored(SHAPE, type_, scale, zero)], Stored((), "float32"))
    by_channel = np.geomspace(1e-3, 1, 8)
    add(
        f"QUANTIZE/float32,{type_}/channels",
        "QUANTIZE",
        [Stored(SHAPE, "float32")],
        Stored((), type_, by_channel, 0, axis=2),
    )

add(
    "DEQUANTIZE/int8/channels",
    "DEQUANTIZE",
    [Stored(SHAPE, "int8", np.geomspace(1e-3, 1, 8), 0, axis=2)],
    Stored((), "float32"),
)
