"""FULLY_CONNECTED and BATCH_MATMUL."""

from itertools import product

import numpy as np

from ..case import ACTIVATIONS, Stored, add, schema
from .convolution import BIAS_TYPES, operands, weights

SHAPES = (((3, 8), 5, False), ((1, 70), 9, False), ((2, 3, 17), 4, True), ((2, 4, 6), 3, False), ((300,), 1, False))

for type_, by_channel, kind, ((shape, units, keep), activation) in product(
    ("int8", "int16"), (False, True), ("int8", "int4"), zip(SHAPES, (*ACTIVATIONS, "NONE"), strict=True)
):
    for bias_type in (*BIAS_TYPES[type_], ""):
        filter_ = weights((units, shape[-1]), 0, by_channel, kind)
        data, bias, result = operands(type_, shape, filter_, shape[-1], bias_type or "int32")
        made = {
            "keepNumDims": keep,
            "fusedActivationFunction": getattr(schema.ActivationFunctionType, activation),
        }
        if type_ == "int16" and bias_type == "int32":
            made["quantizedBiasType"] = schema.TensorType.INT32
        add(
            f"FULLY_CONNECTED/{type_}x{kind}/{bias_type or 'no bias'}/{shape}/{units}/{by_channel}".replace(" ", ""),
            "FULLY_CONNECTED",
            [data, filter_, bias] if bias_type else [data, filter_],
            result,
            options_name="FullyConnectedOptions",
            options=made,
        )

# Weights that are computed have a zero point.
for zero in (-128, 5, 127):
    add(
        f"FULLY_CONNECTED/int8/computed/{zero}",
        "FULLY_CONNECTED",
        [Stored((3, 20), "int8", 0.02, 9), Stored((6, 20), "int8", 0.03, zero)],
        Stored((), "int8", 0.6, -4),
        options_name="FullyConnectedOptions",
    )

PRODUCTS = (
    ((2, 3, 4), (2, 4, 5), False, False),
    ((3, 4), (4, 5), False, True),
    ((5, 2, 7), (1, 7, 3), True, False),
    ((2, 1, 3, 40), (3, 40, 2), False, False),
    ((1, 2, 2, 3, 4), (2, 1, 1, 4, 6), False, True),
    ((6, 300), (300, 2), True, True),
)
for (types, scales), (x, y, adj_x, adj_y) in product(
    {
        ("int8", "int8"): ((0.05, 3), (0.02, -7), (0.3, 5)),
        ("int8 ", "int8"): ((0.1, -128), (0.1, 127), (2.0, -128)),
        ("int16", "int16"): ((3e-4, 0), (1e-4, 0), (1e-3, 0)),
        ("int16", "int8"): ((3e-4, 0), (1e-2, 0), (1e-2, 0)),
    }.items(),
    PRODUCTS,
):
    a, b = (types[0].strip(), types[1])
    shape_x = (*x[:-2], x[-1], x[-2]) if adj_x else x
    shape_y = (*y[:-2], y[-1], y[-2]) if adj_y else y
    reach = np.sqrt(x[-1]) / 2
    add(
        f"BATCH_MATMUL/{a}x{b}/{scales[0][0]}/{x}{y}/{adj_x},{adj_y}".replace(" ", ""),
        "BATCH_MATMUL",
        [Stored(shape_x, a, *scales[0]), Stored(shape_y, b, *scales[1])],
        Stored((), a, float(scales[2][0] * reach), scales[2][1]),
        options_name="BatchMatMulOptions",
        options={"adjX": adj_x, "adjY": adj_y},
    )
