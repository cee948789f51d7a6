"""CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV: one scale and one a channel, int32 and int64 biases, int4 weights."""

from itertools import cycle, product

import numpy as np

from ..case import ACTIVATIONS, Stored, add, schema

ACTIVATION = cycle(ACTIVATIONS)
BIAS_TYPES = {"int8": ("int32",), "int16": ("int64", "int32")}
DATA = {
    "int8": cycle([(0.05, 3), (0.1, -128), (0.03, 127)]),
    "int16": cycle([(3e-4, 0), (1 / 4096, 0), (1e-5, 0)]),
}

# Image, filter height and width, output channels, groups, strides, dilations.
CONVOLUTIONS = (
    ((1, 5, 5, 3), (3, 3), 4, 1, (1, 1), (1, 1)),
    ((2, 8, 7, 5), (1, 1), 9, 1, (1, 1), (1, 1)),
    ((1, 9, 9, 2), (3, 2), 7, 1, (2, 2), (1, 1)),
    ((1, 9, 10, 4), (3, 3), 3, 1, (1, 1), (2, 3)),
    ((1, 6, 6, 8), (3, 3), 12, 4, (1, 1), (1, 1)),
    ((1, 6, 6, 6), (2, 2), 6, 6, (2, 1), (1, 1)),
    ((1, 4, 4, 70), (3, 3), 5, 1, (1, 1), (1, 1)),
    ((2, 6, 6, 16), (1, 1), 8, 1, (2, 2), (1, 1)),
    ((1, 1, 12, 3), (1, 5), 6, 1, (1, 2), (1, 1)),
)
DEPTHWISE = (
    ((1, 5, 5, 3), (3, 3), 1, (1, 1), (1, 1)),
    ((2, 8, 7, 4), (3, 3), 2, (2, 2), (1, 1)),
    ((1, 9, 9, 1), (2, 5), 6, (1, 1), (1, 1)),
    ((1, 9, 10, 19), (3, 3), 1, (1, 1), (2, 2)),
    ((1, 1, 1, 8), (1, 1), 1, (1, 1), (1, 1)),
)
# Result, filter, input channels, strides, by padding.
TRANSPOSED = (
    ((3, 3), 4, 3, (2, 2), (1, 4, 4)),
    ((2, 2), 3, 5, (2, 2), (2, 3, 3)),
    ((4, 3), 6, 2, (3, 2), (1, 3, 4)),
    ((3, 3), 1, 70, (1, 1), (1, 5, 5)),
    ((1, 1), 5, 4, (1, 1), (1, 4, 3)),
)


def weights(shape, axis, by_channel, kind="int8"):
    channels = shape[axis]
    scale = np.geomspace(2e-3, 0.05, channels) if by_channel and channels > 1 else 0.01
    return Stored(shape, kind, scale, axis=axis, constant=True)


def operands(type_, image, filter_, depth, bias_type):
    """Data, weights, a bias that matters, and a result of a scale at which some elements saturate."""
    scale, zero = next(DATA[type_])
    spread = (75 if type_ == "int8" else 19_000) * 75 * max(depth, 4) ** 0.5  # of the sums
    scales = scale * np.atleast_1d(filter_.scale)
    bias = Stored(
        (filter_.shape[filter_.axis],), bias_type, scales, constant=True, within=(-int(spread) // 2, int(spread) // 2)
    )
    result_scale = float(scales.max()) * spread * 1.5 / (128 if type_ == "int8" else 32768)
    return Stored(image, type_, scale, zero), bias, Stored((), type_, result_scale, -zero if zero > -128 else zero)


def options(padding, strides, dilations=(1, 1), bias_type="", **more):
    made = {
        "padding": padding,
        "strideH": strides[0],
        "strideW": strides[1],
        "fusedActivationFunction": getattr(schema.ActivationFunctionType, next(ACTIVATION)),
    }
    if bias_type == "int32":
        made["quantizedBiasType"] = schema.TensorType.INT32
    return made | more


for type_, padding, by_channel, (image, size, channels, groups, strides, dilations) in product(
    ("int8", "int16"), (0, 1), (False, True), CONVOLUTIONS
):
    for bias_type in BIAS_TYPES[type_]:
        filter_ = weights((channels, *size, image[3] // groups), 0, by_channel)
        data, bias, result = operands(type_, image, filter_, size[0] * size[1] * image[3] // groups, bias_type)
        kind = f"{type_}/{bias_type}/{padding}/{by_channel}"
        add(
            f"CONV_2D/{kind}/{image}/{size}/{channels},{groups}/{strides}/{dilations}".replace(" ", ""),
            "CONV_2D",
            [data, filter_, bias],
            result,
            options_name="Conv2DOptions",
            options=options(
                padding,
                strides,
                bias_type=bias_type if type_ == "int16" else "",
                dilationHFactor=dilations[0],
                dilationWFactor=dilations[1],
            ),
        )

for type_, padding, by_channel, (image, size, multiplier, strides, dilations) in product(
    ("int8", "int16"), (0, 1), (False, True), DEPTHWISE
):
    # The int16 kernel takes scales by channel alone.
    if type_ == "int16" and not by_channel:
        continue
    filter_ = weights((1, *size, image[3] * multiplier), 3, by_channel)
    data, bias, result = operands(type_, image, filter_, size[0] * size[1], BIAS_TYPES[type_][0])
    add(
        f"DEPTHWISE_CONV_2D/{type_}/{padding}/{by_channel}/{image}/{size}/{strides}/{dilations}".replace(" ", ""),
        "DEPTHWISE_CONV_2D",
        [data, filter_, bias],
        result,
        options_name="DepthwiseConv2DOptions",
        options=options(
            padding,
            strides,
            depthMultiplier=multiplier,
            dilationHFactor=dilations[0],
            dilationWFactor=dilations[1],
        ),
    )

for type_, padding, by_channel, (size, channels, depth, strides, (batch, height, width)) in product(
    ("int8", "int16"), (0, 1), (False, True), TRANSPOSED
):
    for bias_type in (*BIAS_TYPES[type_], ""):
        filter_ = weights((channels, *size, depth), 0, by_channel)
        data, bias, result = operands(type_, (batch, height, width, depth), filter_, depth, bias_type or "int32")
        shape = [height * strides[0], width * strides[1]]
        if padding == 1:
            shape = [(n - 1) * stride + k for n, stride, k in zip((height, width), strides, size, strict=True)]
        kind = f"{type_}/{bias_type or 'no bias'}/{padding}/{by_channel}"
        add(
            f"TRANSPOSE_CONV/{kind}/{size}/{channels}/{depth}/{strides}".replace(" ", ""),
            "TRANSPOSE_CONV",
            [
                Stored(type="int32", values=np.array([batch, *shape, channels], np.int32)),
                filter_,
                data,
                *([bias] if bias_type else []),
            ],
            result,
            options_name="TransposeConvOptions",
            options=options(padding, strides, bias_type=bias_type if type_ == "int16" else ""),
        )

# Four-bit weights.
for op, axis, shape in (("CONV_2D", 0, (6, 3, 3, 5)), ("DEPTHWISE_CONV_2D", 3, (1, 3, 3, 5))):
    for by_channel in (False, True):
        filter_ = weights(shape, axis, by_channel, "int4")
        data, bias, result = operands("int8", (1, 7, 7, 5), filter_, 45, "int32")
        add(
            f"{op}/int4/{by_channel}",
            op,
            [data, filter_, bias],
            result,
            options_name="Conv2DOptions" if op == "CONV_2D" else "DepthwiseConv2DOptions",
            options=options(0, (1, 1)) | ({"depthMultiplier": 1} if axis == 3 else {}),
        )
