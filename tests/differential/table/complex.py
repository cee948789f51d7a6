"""Complex numbers and Fourier transforms.  A complex operand is made of two real ones inside the graph."""

from collections.abc import Callable
from typing import Any

from ..case import (
    Tolerance,
    add,
    constant,
    f32,
    nonzero,
    text,
    tf,
)

# Results of a few roundings, and sums that may cancel.
NEAR = Tolerance(relative=4e-6, absolute=2e-6)
# A transform: the error follows the largest number.
SPECTRUM = Tolerance(relative=1e-5, scale=3e-6)


def parts(x: Any) -> list[Any]:
    return [tf.math.real(x), tf.math.imag(x)]


def of_parts(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    """A function of complex operands, as one of their parts."""

    def call(*inputs: Any) -> list[Any]:
        pairs = zip(inputs[::2], inputs[1::2], strict=True)
        result = function(*[tf.complex(real, imaginary) for real, imaginary in pairs])
        return parts(result) if result.dtype.is_complex else [result]

    return call


SHAPES = [(), (5,), (2, 3), (2, 3, 4), (2, 1, 3, 2), (1, 2, 1, 2, 3), ("n", 3), ("n", "h", 2)]
weight = constant(3, seed=3, values=nonzero) + 1j * constant(3, seed=4)

UNARY = {
    "Real": lambda x: tf.math.real(x),
    "Imag": lambda x: tf.math.imag(x),
    "ComplexAbs": lambda x: tf.abs(x),
    "Angle": lambda x: tf.math.angle(x),
    "Conj": lambda x: tf.math.conj(x),
    "Neg": lambda x: -x,
    "Square": lambda x: tf.square(x),
    "Exp": lambda x: tf.exp(x),
    "ZerosLike": lambda x: tf.zeros_like(x) + x,
}
# Sines and cosines of XNNPACK are approximations, here multiplied by exponentials.
APPROXIMATED = Tolerance(relative=1e-5, absolute=2e-6)
for op, function in UNARY.items():
    tolerance = APPROXIMATED if op == "Exp" else NEAR
    for shape in SHAPES:
        real, imaginary = (f32(*shape, values=nonzero) for _ in range(2))
        add(op, f"complex {text(shape)}", of_parts(function), real, imaginary, tolerance=tolerance)
    add(op, "complex no elements", of_parts(function), f32(0, 3), f32(0, 3), tolerance=tolerance)

BINARY = {
    "AddV2": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "RealDiv": lambda x, y: x / y,
}
for op, function in BINARY.items():
    for a, b in ((5,), (5,)), ((2, 3), (3,)), ((2, 3, 4), ()), (("n", 3), ("n", 3)), (("n", 3), (3,)), ((2, 1), (1, 3)):
        operands = [f32(*a, values=nonzero), f32(*a), f32(*b, values=nonzero), f32(*b, values=nonzero)]
        add(op, f"complex {text(a)} {text(b)}", of_parts(function), *operands, tolerance=NEAR)
    pair = f32("n", 3), f32("n", 3)
    add(op, "complex constant", of_parts(lambda x, f=function: f(x, tf.constant(weight))), *pair, tolerance=NEAR)
    add(
        op,
        "complex constant left",
        of_parts(lambda x, f=function: f(tf.constant(weight), x + 9)),
        *pair,
        tolerance=NEAR,
    )
    add(
        op,
        "complex real right",
        lambda x, y, z, f=function: parts(f(tf.complex(x, y), tf.cast(z, tf.complex64))),
        f32("n", 3),
        f32("n", 3),
        f32("n", 3, values=nonzero),
        tolerance=NEAR,
    )
    add(
        op,
        "complex real left",
        lambda x, y, z, f=function: parts(f(tf.cast(x, tf.complex64), tf.complex(y, z))),
        f32("n", 3),
        f32("n", 3, values=nonzero),
        f32("n", 3),
        tolerance=NEAR,
    )
add("Complex", "scalar part", lambda x, y: parts(tf.complex(x, y) * 2), f32(2, 3), f32())
add("Complex", "row and column", lambda x, y: parts(tf.raw_ops.Complex(real=x, imag=y)), f32(2, 1), f32(1, 3))
add("Cast", "f32 to complex64 and back", lambda x: tf.cast(tf.cast(x, tf.complex64) * 2, tf.float32), f32("n", 3))
add("Cast", "complex64 to i32", lambda x, y: tf.cast(tf.complex(x, y), tf.int32), f32(2, 3), f32(2, 3))
for shape, order in ((2, 3), (1, 0)), ((2, 3, 4), (2, 0, 1)), (("n", 3), (1, 0)), ((2, 1, 3, 2), (0, 3, 2, 1)):
    call = of_parts(lambda x, o=order: tf.raw_ops.ConjugateTranspose(x=x, perm=o))
    add("ConjugateTranspose", f"complex {text(shape)}", call, f32(*shape), f32(*shape))
    add(
        "ConjugateTranspose",
        f"f32 {text(shape)}",
        lambda x, o=order: tf.raw_ops.ConjugateTranspose(x=x, perm=o),
        f32(*shape),
    )
add("AdjointMatMul", "f32", lambda x, y: tf.matmul(x, tf.linalg.adjoint(y)), f32(2, 3), f32(4, 3), tolerance=NEAR)

# What only moves elements carries complex ones too.
MOVES = {
    "Reshape": lambda x: tf.reshape(x, [-1, 2]),
    "Transpose": lambda x: tf.transpose(x),
    "Slice": lambda x: x[:, 1:],
    "GatherV2": lambda x: tf.gather(x, [1, 0, 1], axis=1),
    "ConcatV2": lambda x: tf.concat([x, x], 0),
    "Pack": lambda x: tf.stack([x, x]),
    "ReverseV2": lambda x: tf.reverse(x, [1]),
    "ExpandDims": lambda x: tf.expand_dims(x, 1),
    "Pad": lambda x: tf.pad(x, [[0, 0], [1, 2]]),
    "Tile": lambda x: tf.tile(x, [1, 2]),
    "BroadcastTo": lambda x: tf.broadcast_to(x[:, :1], [2, 3]),
}
for op, function in MOVES.items():
    add(op, "complex 2x4", of_parts(function), f32(2, 4), f32(2, 4))
    if op != "BroadcastTo":
        add(op, "complex nx4", of_parts(function), f32("n", 4), f32("n", 4))
for op, function in (("Sum", lambda x: tf.reduce_sum(x, 1)), ("Mean", lambda x: tf.reduce_mean(x, 1))):
    add(op, "complex 2x4", of_parts(function), f32(2, 4), f32(2, 4), tolerance=NEAR)
    add(op, "complex nx4", of_parts(function), f32("n", 4), f32("n", 4), tolerance=NEAR)

# Transforms -------------------------------------------------------------------------------------------------------

for shape, length in (
    ((8,), 8),
    ((7,), 7),
    ((2, 16), 16),
    ((2, 12), 12),
    ((2, 10), 16),
    ((2, 20), 16),
    ((2, 10), 12),
    ((2, 20), 12),
    (("n", 32), 32),
    (("n", "h", 15), 15),
    (("n", "h"), 8),
    (("n", "h"), 6),
    ((2, 3, 2, 8), 8),
    ((1, 2, 1, 2, 6), 6),
    ((2, 400), 400),
    ((2, 400), 512),
    ((1, 1024), 1024),
    ((3, 1), 1),
    ((3, 2), 2),
):
    name = f"{text(shape)} to {length}"
    add("RFFT", name, lambda x, n=length: parts(tf.signal.rfft(x, [n])), f32(*shape), tolerance=SPECTRUM)
    add(
        "RFFT", f"magnitude {name}", lambda x, n=length: tf.abs(tf.signal.rfft(x, [n])), f32(*shape), tolerance=SPECTRUM
    )
for shape, length in (
    ((5,), 8),
    ((4,), 7),
    ((2, 9), 16),
    ((2, 7), 12),
    ((2, 6), 16),
    ((2, 12), 16),
    (("n", 17), 32),
    (("n", "h", 8), 15),
    (("n", "h"), 8),
    ((2, 257), 512),
    ((1, 513), 1024),
    ((1, 1025), 2048),
    ((2, 1), 1),
    ((2, 2), 2),
    ((2, 2), 3),
):
    name = f"{text(shape)} to {length}"
    call = of_parts(lambda x, n=length: tf.signal.irfft(x, [n]))
    add("IRFFT", name, call, f32(*shape), f32(*shape), tolerance=SPECTRUM)
add("IRFFT", "of RFFT", lambda x: tf.signal.irfft(tf.signal.rfft(x), [64]), f32("n", 64), tolerance=SPECTRUM)
for op, function in (("FFT", lambda x: tf.signal.fft(x)), ("IFFT", lambda x: tf.signal.ifft(x))):
    for shape in (
        (1,),
        (2,),
        (8,),
        (2, 7),
        (2, 12),
        (2, 3, 16),
        ("n", 5),
        ("n", "h", 8),
        (1, 2, 1, 2, 6),
        (2, 512),
        (1, 1024),
    ):
        add(op, text(shape), of_parts(function), f32(*shape), f32(*shape), tolerance=SPECTRUM)
        add(
            op,
            f"real {text(shape)}",
            lambda x, f=function: parts(f(tf.cast(x, tf.complex64))),
            f32(*shape),
            tolerance=SPECTRUM,
        )
for op, function in (("FFT2D", lambda x: tf.signal.fft2d(x)), ("IFFT2D", lambda x: tf.signal.ifft2d(x))):
    for shape in (4, 4), (3, 5), (2, 8, 6), ("n", 4, 8):
        add(op, text(shape), of_parts(function), f32(*shape), f32(*shape), tolerance=SPECTRUM)
for op, function in (("FFT3D", lambda x: tf.signal.fft3d(x)), ("IFFT3D", lambda x: tf.signal.ifft3d(x))):
    for shape in (2, 4, 4), (2, 3, 2, 5):
        add(op, text(shape), of_parts(function), f32(*shape), f32(*shape), tolerance=SPECTRUM)
for shape, size in (
    ((8, 8), (8, 8)),
    ((2, 4, 16), (4, 16)),
    ((2, 5, 6), (5, 6)),
    (("n", 8, 12), (8, 12)),
    ((3, 5), (4, 8)),
    ((9, 9), (4, 8)),
):
    name = f"{text(shape)} to {text(size)}"
    add("RFFT2D", name, lambda x, n=size: parts(tf.signal.rfft2d(x, n)), f32(*shape), tolerance=SPECTRUM)
    half = (*shape[:-1], size[1] // 2 + 1)
    call = of_parts(lambda x, n=size: tf.signal.irfft2d(x, n))
    add("IRFFT2D", f"{text(half)} to {text(size)}", call, f32(*half), f32(*half), tolerance=SPECTRUM)

# Speech -----------------------------------------------------------------------------------------------------------

LOUD = Tolerance(relative=1e-4, scale=1e-5)


def spectrogram(x: Any, length: int = 64, step: int = 32, fft: int | None = None) -> Any:
    return tf.abs(tf.signal.stft(x, frame_length=length, frame_step=step, fft_length=fft))


def log_mel(x: Any) -> Any:
    mel = tf.signal.linear_to_mel_weight_matrix(8, 33, 8000, 80.0, 3800.0)
    return tf.math.log(tf.tensordot(spectrogram(x), mel, 1) + 1e-2)


for shape in (256,), (2, 256), ("n", 256):
    add("stft", f"magnitude {text(shape)}", spectrogram, f32(*shape), tolerance=LOUD)
    add("stft", f"power {text(shape)}", lambda x: spectrogram(x) ** 2, f32(*shape), tolerance=LOUD)
    add("stft", f"frames of 60 {text(shape)}", lambda x: spectrogram(x, 60, 25), f32(*shape), tolerance=LOUD)
    add("stft", f"fft of 60 {text(shape)}", lambda x: spectrogram(x, 60, 25, 60), f32(*shape), tolerance=LOUD)
    add("stft", f"log mel {text(shape)}", log_mel, f32(*shape), tolerance=LOUD)
    add(
        "stft",
        f"mfcc {text(shape)}",
        lambda x: tf.signal.mfccs_from_log_mel_spectrograms(log_mel(x))[..., :5],
        f32(*shape),
        tolerance=LOUD,
    )
    add(
        "inverse_stft",
        text(shape),
        lambda x: tf.signal.inverse_stft(
            tf.signal.stft(x, 64, 32), 64, 32, window_fn=tf.signal.inverse_stft_window_fn(32)
        ),
        f32(*shape),
        tolerance=LOUD,
    )
add(
    "stft",
    "phase",
    lambda x: tf.math.cos(tf.math.angle(tf.signal.stft(x, 64, 32)[:, 1:-1])),
    f32(256),
    tolerance=Tolerance(absolute=2e-3),
)
for kind in 1, 2, 3:
    add("dct", f"type {kind}", lambda x, k=kind: tf.signal.dct(x, type=k), f32("n", 8), tolerance=SPECTRUM)
add("dct", "orthogonal", lambda x: tf.signal.dct(x, type=2, norm="ortho"), f32("n", 8), tolerance=SPECTRUM)
add("dct", "inverse", lambda x: tf.signal.idct(tf.signal.dct(x)), f32("n", 8), tolerance=SPECTRUM)
