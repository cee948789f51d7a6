"""AVERAGE_POOL_2D, MAX_POOL_2D, RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR."""

from itertools import cycle, product

import numpy as np

from ..case import ACTIVATIONS, Stored, add, schema

SCALES = {
    "int8": cycle([(0.05, 3), (0.1, -128), (0.03, 127), (1.0, 0)]),
    "int16": cycle([(3e-4, 0), (1 / 4096, 0), (1e-3, 0)]),
}

for op, type_, padding, (shape, filter_, stride) in product(
    ("AVERAGE_POOL_2D", "MAX_POOL_2D"),
    ("int8", "int16"),
    (0, 1),
    (((1, 6, 6, 3), (2, 2), (2, 2)), ((2, 7, 5, 4), (3, 2), (1, 2)), ((1, 7, 7, 9), (7, 7), (1, 1))),
):
    for activation in ACTIVATIONS:
        scale, zero = next(SCALES[type_])
        add(
            f"{op}/{type_}/{shape}/{filter_}/{padding}/{activation}/{scale}".replace(" ", ""),
            op,
            [Stored(shape, type_, scale, zero)],
            Stored((), type_, scale, zero),
            options_name="Pool2DOptions",
            options={
                "padding": padding,
                "filterHeight": filter_[0],
                "filterWidth": filter_[1],
                "strideH": stride[0],
                "strideW": stride[1],
                "fusedActivationFunction": getattr(schema.ActivationFunctionType, activation),
            },
        )

for name, op in (("ResizeBilinear", "RESIZE_BILINEAR"), ("ResizeNearestNeighbor", "RESIZE_NEAREST_NEIGHBOR")):
    for type_, (align, half), (shape, size) in product(
        ("int8", "int16"),
        ((False, False), (True, False), (False, True)),
        (((1, 4, 5, 3), (8, 10)), ((2, 7, 6, 2), (3, 4)), ((1, 3, 3, 1), (7, 1)), ((1, 1, 2, 4), (5, 5))),
    ):
        scale, zero = next(SCALES[type_])
        add(
            f"{op}/{type_}/{shape}/{size}/{align},{half}".replace(" ", ""),
            op,
            [Stored(shape, type_, scale, zero), Stored(type="int32", values=np.array(size, np.int32))],
            Stored((), type_, scale, zero),
            options_name=f"{name}Options",
            options={"alignCorners": align, "halfPixelCenters": half},
        )
