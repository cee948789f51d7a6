"""UNIDIRECTIONAL_SEQUENCE_LSTM: plain, with coupled gates, peepholes, a projection, clipped."""

from itertools import product

from ..case import Stored, add


def weights(*shape: int, scale: float = 0.008) -> Stored:
    return Stored(shape, "int8", scale, constant=True, within=(-127, 127))


def bias(size: int, scale: float) -> Stored:
    return Stored((size,), "int32", scale, constant=True, within=(-5000, 5000))


for (coupled, peephole, projection), (time_major, time, batch, features, cells), cell_power, clip in product(
    ((False, False, False), (True, False, False), (False, True, False), (False, False, True), (True, True, True)),
    ((False, 5, 2, 3, 4), (True, 4, 3, 17, 9)),
    (-11, -9),
    (0.0, 0.5),
):
    outputs = 6 if projection and not peephole else cells  # with peepholes the kernel takes one for the other
    x = Stored((time, batch, features) if time_major else (batch, time, features), "int8", 0.03, 5)
    out_scale, out_zero = 1 / 128, 3
    gates = range(1 if coupled else 0, 4)
    operands = [None] * 24
    operands[0] = x
    for g in gates:
        operands[1 + g] = weights(cells, features)
        operands[5 + g] = weights(cells, outputs)
        operands[12 + g] = bias(cells, 0.03 * 0.008)
    if peephole:
        for slot in (9, 10, 11)[1 if coupled else 0 :]:
            operands[slot] = Stored((cells,), "int16", 1e-5, constant=True)
    if projection:
        operands[16] = weights(outputs, cells)
        operands[17] = bias(outputs, 0.008 / 128)
    operands[18] = Stored((batch, outputs), "int8", out_scale, out_zero, variable=True)
    operands[19] = Stored((batch, cells), "int16", 2.0**cell_power, variable=True)
    hidden = Stored((), "int8", 0.006, -7) if projection else Stored((), "int8", out_scale, out_zero)
    kind = f"{coupled},{peephole},{projection}/{time_major},{features},{cells}/{cell_power}/{clip}"
    add(
        f"UNIDIRECTIONAL_SEQUENCE_LSTM/int8/{kind}",
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        operands,
        Stored((), "int8", out_scale, out_zero),
        options_name="UnidirectionalSequenceLSTMOptions",
        options={"timeMajor": time_major, "fusedActivationFunction": 4, "cellClip": clip, "projClip": clip},
        intermediates=[Stored((), "int16", 2.0**-12)] * 4 + [hidden],
    )


# float32 data, int8 weights: the runtime's logistic and tanh of float32 are approximations.
for peephole, projection, asymmetric in product((False, True), (False, True), (False, True)):
    batch, time, features, cells = 2, 5, 7, 6
    outputs = 4 if projection else cells
    operands = [None] * 24
    operands[0] = Stored((batch, time, features), "float32")
    for g in range(4):
        operands[1 + g] = weights(cells, features)
        operands[5 + g] = weights(cells, outputs)
        operands[12 + g] = Stored((cells,), "float32", constant=True)
    if peephole:
        for slot in (9, 10, 11):
            operands[slot] = weights(cells)
    if projection:
        operands[16] = weights(outputs, cells)
        operands[17] = Stored((outputs,), "float32", constant=True)
    operands[18] = Stored((batch, outputs), "float32", variable=True)
    operands[19] = Stored((batch, cells), "float32", variable=True)
    add(
        f"hybrid_UNIDIRECTIONAL_SEQUENCE_LSTM/{peephole},{projection}/{asymmetric}",
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        operands,
        Stored((), "float32"),
        options_name="UnidirectionalSequenceLSTMOptions",
        options={"fusedActivationFunction": 4, "asymmetricQuantizeInputs": asymmetric},
        tolerance=2e-6,
    )
    if not peephole:
        add(
            f"hybrid_UNIDIRECTIONAL_SEQUENCE_RNN/{projection}/{asymmetric}",
            "UNIDIRECTIONAL_SEQUENCE_RNN",
            [
                Stored((batch, time, features), "float32"),
                weights(cells, features),
                weights(cells, cells),
                Stored((cells,), "float32", constant=True),
                Stored((batch, cells), "float32", variable=True),
            ],
            Stored((), "float32"),
            options_name="SequenceRNNOptions",
            options={
                "fusedActivationFunction": 1 if projection else 4,
                "asymmetricQuantizeInputs": asymmetric,
            },
            tolerance=2e-6,
        )
