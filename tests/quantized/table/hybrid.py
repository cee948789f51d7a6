"""float32 data and stored weights: the kernels store the data as they go. Answers are float32, the same bits."""

from itertools import cycle, product

import numpy as np

from ..case import ACTIVATIONS, Stored, add, schema
from .convolution import CONVOLUTIONS, DEPTHWISE, TRANSPOSED, options
from .convolution import weights as any_weights

ACTIVATION = cycle(ACTIVATIONS)


def floats(*shape) -> Stored:
    return Stored(shape, "float32")


def weights(*arguments) -> Stored:
    """Without the lowest number: the runtime's vector code negates weights, which that one does not stand."""
    made = any_weights(*arguments)
    made.within = (-7, 7) if made.type == "int4" else (-127, 127)
    return made


def bias(channels: int) -> Stored:
    return Stored((channels,), "float32", constant=True)


for padding, by_channel, (image, size, channels, groups, strides, dilations) in product(
    (0, 1), (False, True), CONVOLUTIONS
):
    if groups != 1 and not by_channel:
        continue  # the runtime reads scales that are not there
    add(
        f"hybrid_CONV_2D/{padding}/{by_channel}/{image}/{size}/{channels},{groups}/{strides}/{dilations}".replace(
            " ", ""
        ),
        "CONV_2D",
        [floats(*image), weights((channels, *size, image[3] // groups), 0, by_channel), bias(channels)],
        Stored((), "float32"),
        options_name="Conv2DOptions",
        options=options(padding, strides, dilationHFactor=dilations[0], dilationWFactor=dilations[1]),
    )

for padding, (image, size, multiplier, strides, dilations) in product((0, 1), DEPTHWISE):
    channels = image[3] * multiplier
    add(
        f"hybrid_DEPTHWISE_CONV_2D/{padding}/{image}/{size}/{strides}/{dilations}".replace(" ", ""),
        "DEPTHWISE_CONV_2D",
        [floats(*image), weights((1, *size, channels), 3, True), bias(channels)],
        Stored((), "float32"),
        options_name="DepthwiseConv2DOptions",
        options=options(
            padding,
            strides,
            depthMultiplier=multiplier,
            dilationHFactor=dilations[0],
            dilationWFactor=dilations[1],
        ),
    )

for padding, (size, channels, depth, strides, (batch, height, width)) in product((0, 1), TRANSPOSED):
    shape = [height * strides[0], width * strides[1]]
    if padding == 1:
        shape = [(n - 1) * stride + k for n, stride, k in zip((height, width), strides, size, strict=True)]
    add(
        f"hybrid_TRANSPOSE_CONV/{padding}/{size}/{channels}/{depth}/{strides}".replace(" ", ""),
        "TRANSPOSE_CONV",
        [
            Stored(type="int32", values=np.array([batch, *shape, channels], np.int32)),
            weights((channels, *size, depth), 0, True),
            floats(batch, height, width, depth),
            bias(channels),
        ],
        Stored((), "float32"),
        options_name="TransposeConvOptions",
        options=options(padding, strides),
    )

for kind, by_channel, asymmetric, (rows, depth, units) in product(
    ("int8", "int4"), (False, True), (False, True), ((3, 8, 5), (1, 70, 9), (4, 33, 2), (2, 300, 16))
):
    add(
        f"hybrid_FULLY_CONNECTED/{kind}/{by_channel}/{asymmetric}/{rows},{depth},{units}",
        "FULLY_CONNECTED",
        [floats(rows, depth), weights((units, depth), 0, by_channel, kind), bias(units)],
        Stored((), "float32"),
        options_name="FullyConnectedOptions",
        options={
            "asymmetricQuantizeInputs": asymmetric,
            "fusedActivationFunction": getattr(schema.ActivationFunctionType, next(ACTIVATION)),
        },
    )

for asymmetric, (x, y, adj_x, adj_y) in product(
    (False, True),
    (
        ((2, 3, 4), (2, 4, 5), False, False),
        ((3, 4), (5, 4), False, True),
        ((5, 7, 2), (1, 7, 3), True, False),
        ((2, 1, 3, 40), (3, 40, 2), False, False),
    ),
):
    add(
        f"hybrid_BATCH_MATMUL/{asymmetric}/{x}x{y}/{adj_x},{adj_y}".replace(" ", ""),
        "BATCH_MATMUL",
        [floats(*x), weights(y, 0, False)],
        Stored((), "float32"),
        options_name="BatchMatMulOptions",
        options={"adjX": adj_x, "adjY": adj_y, "asymmetricQuantizeInputs": asymmetric},
    )
