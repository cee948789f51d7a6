"""Numbers rounded to those that few bits can hold: FakeQuant and QuantizeAndDequantize in their versions."""

import numpy as np

from .. import case
from ..case import Tolerance, constant, f32, given, raw, text, tf, uniform

SHAPES = [(), (7,), (3, 4), (2, 3, 4), (2, 5, 6, 3), (1, 2, 3, 2, 2), (1, 2, 1, 2, 3, 2), (0, 3)]
UNKNOWN = [("n", 4), ("n", "h", "w", 3)]
RANGES = [(-6.0, 6.0), (0.0, 6.0), (-1.0, 0.0), (-0.3, 5.1), (0.5, 3.0), (-4.0, -1.0), (-1e-3, 2e-3), (-3e4, 1e5)]
# Beyond the range at both sides, and no tie between two steps of any of the ranges.
wide = uniform(-9, 9)
# A step that is computed at run time may differ in its last place.
STEPS = Tolerance(relative=1e-6)
# DEQUANTIZE computes scale * stored - scale * zero point where the processor does it in one instruction. A value that
# was rounded to the wrong step is off by far more.
BYTES = Tolerance(relative=1e-6, scale=3e-7)


def add(family, variant, function, *inputs, tolerance=BYTES, reference=None):
    case.add(family, variant, function, *inputs, tolerance=tolerance, reference=reference)


def args(x, **attributes):
    return tf.raw_ops.FakeQuantWithMinMaxArgs(inputs=x, **attributes)


def variables(x, low, high, **attributes):
    return tf.raw_ops.FakeQuantWithMinMaxVars(inputs=x, min=low, max=high, **attributes)


for shape in SHAPES + UNKNOWN:
    add("FakeQuantWithMinMaxArgs", text(shape), args, f32(*shape, values=wide))
    add(
        "FakeQuantWithMinMaxArgs",
        f"narrow {text(shape)}",
        lambda x: args(x, narrow_range=True),
        f32(*shape, values=wide),
    )
    add("FakeQuantWithMinMaxVars", text(shape), lambda x: variables(x, -1.5, 3.0), f32(*shape, values=wide))


def off_ties(low, high, bits):
    """Some beyond the range; none halfway between two steps, where the order of arithmetic decides."""

    def values(rng, shape, dtype):
        steps = 2**bits - 1
        k = rng.integers(-steps // 4, steps + steps // 4, shape)
        zero = np.round(-low / (high - low) * steps)
        return ((k - zero + rng.uniform(-0.4, 0.4, shape)) * (high - low) / steps).astype(dtype)

    return values


for bits in range(2, 17):
    for narrow in False, True:
        add(
            "FakeQuantWithMinMaxVars",
            f"{bits} bits{' narrow' if narrow else ''}",
            lambda x, b=bits, n=narrow: variables(x, -2.5, 7.0, num_bits=b, narrow_range=n),
            f32(3, 50, values=off_ties(-2.5, 7.0, bits)),
        )
for low, high in RANGES:
    for bits in 4, 8, 16:
        add(
            "FakeQuantWithMinMaxVars",
            f"{bits} bits from {low} to {high}",
            lambda x, lo=low, hi=high, b=bits: variables(x, lo, hi, num_bits=b),
            f32(4, 30, values=off_ties(low, high, bits)),
        )
    if low <= 0 <= high:
        add(
            "FakeQuantWithMinMaxArgs",
            f"6 bits from {low} to {high}",
            lambda x, lo=low, hi=high: args(x, min=lo, max=hi, num_bits=6, narrow_range=True),
            f32(4, 30, values=uniform(2 * low, 2 * high)),
        )
add("FakeQuantWithMinMaxVars", "range is 0", lambda x: variables(x, 0.0, 0.0), f32(3, 4))
add(
    "FakeQuantWithMinMaxVars",
    "halves",
    lambda x: variables(x, 0.0, 15.0, num_bits=4),
    f32(8, values=given(0.5, 1.5, 2.5)),
)
add(
    "FakeQuantWithMinMaxVars",
    "infinities",
    lambda x: variables(x, -1.0, 2.0, num_bits=7),
    f32(4, values=given(np.inf, -np.inf, 1e30, -1e30)),
)
add("FakeQuantWithMinMaxVars", "of a constant", lambda x: x + variables(constant(3, 4), -1.0, 2.0), f32(3, 4))
add(
    "FakeQuantWithMinMaxVars",
    "of weights",
    lambda x: x @ variables(constant(40, 50), -1.0, 2.0),
    f32(3, 40),
    tolerance=Tolerance(1e-5, scale=1e-5),
)
add(
    "FakeQuantWithMinMaxVars",
    "twice of one value",
    lambda x: variables(x, -1.0, 2.0) + variables(x, -3.0, 2.5) + variables(x, -1.0, 2.0),
    f32(3, 4),
)
add(
    "FakeQuantWithMinMaxVars",
    "range is an input",
    variables,
    f32(3, 4),
    f32(values=given(-1.5)),
    f32(values=given(2.0)),
    tolerance=STEPS,
)
add(
    "FakeQuantWithMinMaxVars",
    "range of the data",
    lambda x: variables(x, tf.reduce_min(x), tf.reduce_max(x)),
    f32("n", 4, values=wide),
    tolerance=STEPS,
)
add(
    "FakeQuantWithMinMaxVars",
    "between transposes",
    lambda x: tf.transpose(variables(tf.transpose(x, [0, 3, 1, 2]), -1.5, 3.0), [0, 2, 3, 1]),
    f32("n", 4, 5, 3, values=wide),
)
add(
    "FakeQuantWithMinMaxVars",
    "around an NCHW convolution",
    lambda x: variables(
        tf.nn.relu(
            tf.transpose(
                tf.nn.conv2d(
                    tf.transpose(variables(x, -8.0, 8.0), [0, 2, 3, 1]),
                    tf.quantization.fake_quant_with_min_max_vars(constant(3, 3, 2, 4), -2.0, 2.0, narrow_range=True),
                    1,
                    "SAME",
                ),
                [0, 3, 1, 2],
            )
        ),
        0.0,
        100.0,
        num_bits=4,
    ),
    f32(1, 2, 5, 6, values=wide),
)

CHANNELS = [(4,), (3, 4), (2, 3, 4), (2, 3, 5, 4), ("n", 4), ("n", "h", "w", 4)]
LOW, HIGH = np.float32([-1, -2.5, 0, -0.1]), np.float32([1, 3, 6, 0.7])
for shape in CHANNELS:
    for bits, narrow in (8, False), (8, True), (4, False), (16, False), (2, True):
        add(
            "FakeQuantWithMinMaxVarsPerChannel",
            f"{bits} bits{' narrow' if narrow else ''} {text(shape)}",
            raw("FakeQuantWithMinMaxVarsPerChannel", min=LOW, max=HIGH, num_bits=bits, narrow_range=narrow),
            f32(*shape, values=wide),
        )
add(
    "FakeQuantWithMinMaxVarsPerChannel",
    "a range is 0",
    raw("FakeQuantWithMinMaxVarsPerChannel", min=LOW * [1, 0, 0, 1], max=HIGH * [1, 0, 0, 1]),
    f32(3, 4, values=wide),
)
add(
    "FakeQuantWithMinMaxVarsPerChannel",
    "range is an input",
    raw("FakeQuantWithMinMaxVarsPerChannel"),
    f32(3, 4),
    f32(4, values=given(-1, -2, -0.5)),
    f32(4, values=given(1, 2, 3)),
    tolerance=STEPS,
)


def version_3(x, low, high, **attributes):
    bits = attributes.pop("num_bits", 8)
    attributes.pop("round_mode", None)
    return tf.raw_ops.QuantizeAndDequantizeV3(input=x, input_min=low, input_max=high, num_bits=bits, **attributes)


def version_2(x, low, high, **attributes):
    return tf.raw_ops.QuantizeAndDequantizeV2(input=x, input_min=low, input_max=high, **attributes)


def version_4(x, low, high, **attributes):
    return tf.raw_ops.QuantizeAndDequantizeV4(input=x, input_min=low, input_max=high, **attributes)


OPS = {
    "QuantizeAndDequantizeV2": version_2,
    "QuantizeAndDequantizeV3": version_3,
    "QuantizeAndDequantizeV4": version_4,
}
for name, op in OPS.items():
    for shape in SHAPES[1 if op is version_3 else 0 :] + UNKNOWN:
        add(name, text(shape), lambda x, f=op: f(x, -1.5, 3.0, range_given=True), f32(*shape, values=wide))
        if shape != (0, 3):
            add(
                name,
                f"of data {text(shape)}",
                lambda x, f=op: f(x, 0.0, 0.0, range_given=False),
                f32(*shape, values=wide),
                tolerance=STEPS,
            )
    for bits in 2, 4, 7, 8, 12, 16:
        for signed in True, False:
            for narrow in (False, True) if signed else (False,):
                attributes = {"num_bits": bits, "signed_input": signed, "narrow_range": narrow}
                label = f"{bits} bits {'signed' if signed else 'unsigned'}{' narrow' if narrow else ''}"
                add(
                    name,
                    label,
                    lambda x, f=op, a=attributes: f(x, -1.5, 3.0, range_given=True, **a),
                    f32(3, 40, values=wide),
                )
                add(
                    name,
                    f"{label} of data",
                    lambda x, f=op, a=attributes: f(x, 0.0, 0.0, range_given=False, **a),
                    f32(3, 40, values=wide),
                    tolerance=STEPS,
                )
    for low, high in [*RANGES[:4], RANGES[6], (-10.0, 1.0), (0.0, 0.0)]:
        add(
            name,
            f"from {low} to {high}",
            lambda x, f=op, lo=low, hi=high: f(x, lo, hi, range_given=True),
            f32(4, 30, values=uniform(2 * low - 1e-3, 2 * high + 1e-3)),
        )
    # Of given ranges for channels TensorFlow's CPU has a kernel in version 3 only.
    for axis in range(4):
        channels = (2, 3, 4, 5)[axis]
        low = np.linspace(-1, -3, channels, dtype=np.float32)
        high = np.linspace(0.5, 4, channels, dtype=np.float32)
        for signed, narrow in (True, False), (True, True), (False, False):
            label = f"axis {axis} {'signed' if signed else 'unsigned'}{' narrow' if narrow else ''}"
            attributes = {"axis": axis, "signed_input": signed, "narrow_range": narrow}
            add(
                name,
                label,
                lambda x, f=op, lo=low, hi=high, a=attributes: f(x, lo, hi, range_given=True, **a),
                f32(2, 3, 4, 5, values=wide),
                reference=lambda x, lo=low, hi=high, a=attributes: version_3(x, lo, hi, range_given=True, **a),
            )
            add(
                name,
                f"{label} of data",
                lambda x, f=op, lo=low, hi=high, a=attributes: f(x, lo, hi, range_given=False, **a),
                f32(2, 3, 4, 5, values=wide),
                tolerance=STEPS,
            )
    add(
        name,
        "axis 1 of unknown rows",
        lambda x, f=op: f(x, [-1.0] * 4, [2.0] * 4, range_given=True, axis=1),
        f32("n", 4),
        reference=lambda x: version_3(x, [-1.0] * 4, [2.0] * 4, range_given=True, axis=1),
    )
    add(
        name,
        "all of one sign",
        lambda x, f=op: f(x, 0.0, 0.0, range_given=False),
        f32(3, 4, values=uniform(1, 2)),
        tolerance=STEPS,
    )
    add(
        name,
        "all negative",
        lambda x, f=op: f(x, 0.0, 0.0, range_given=False),
        f32(3, 4, values=uniform(-2, -1)),
        tolerance=STEPS,
    )
    add(name, "all 0", lambda x, f=op: f(x, 0.0, 0.0, range_given=False), f32(3, 4, values=given(0)))
    add(
        name,
        "range is an input",
        lambda x, lo, hi, f=op: f(x, lo, hi, range_given=True),
        f32(3, 4),
        f32(values=given(-1.5)),
        f32(values=given(2.0)),
        tolerance=STEPS,
    )
    if name != "QuantizeAndDequantizeV3":
        for mode in "HALF_TO_EVEN", "HALF_UP":
            add(
                name,
                mode,
                lambda x, f=op, m=mode: f(x, -8.0, 7.0, range_given=True, num_bits=4, round_mode=m),
                f32(12, values=given(0.5, 1.5, 2.5, -0.5, -1.5, -2.5)),
            )
            add(
                name,
                f"{mode} of data",
                lambda x, f=op, m=mode: f(x, 0.0, 0.0, range_given=False, num_bits=4, round_mode=m),
                f32(8, values=given(0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 7, -8)),
            )
