"""Functions whose ops have no builtin form, each with the specs and values of its arguments."""

from dataclasses import dataclass
from typing import Any

import numpy as np

RANDOM = np.random.default_rng(20)


@dataclass
class Case:
    """A TensorFlow function of one output; a None in a shape is a dimension unknown to the graph."""

    name: str
    function: Any
    shapes: list[list[int | None]]
    values: list[np.ndarray]


def floats(*shape: int, dtype: str = "float32") -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(dtype)


def symmetric(*shape: int) -> np.ndarray:
    """Positive definite matrices."""
    a = RANDOM.standard_normal(shape)
    return (a @ np.swapaxes(a, -1, -2) + 3 * np.eye(shape[-1])).astype("float32")


def words(*texts: str) -> np.ndarray:
    return np.array([text.encode() for text in texts], dtype=object)


def cases() -> list[Case]:
    import tensorflow as tf

    raw = tf.raw_ops
    text = words("a bcd", "", "Zebra aaab", "12 34")
    return [
        Case("Cholesky", tf.linalg.cholesky, [[None, 3, 3]], [symmetric(2, 3, 3)]),
        Case("Cholesky in a sum", lambda x: tf.linalg.cholesky(x) * 2.0 + x, [[3, 3]], [symmetric(3, 3)]),
        Case("Qr", lambda x: tf.abs(tf.linalg.qr(x)[1]), [[4, 3]], [floats(4, 3)]),
        Case("FFT2D", lambda x: tf.abs(tf.signal.fft2d(tf.complex(x, x))), [[None, 4]], [floats(4, 4)]),
        Case("StringJoin", lambda a: tf.strings.join([a, "x", a], "-"), [[None]], [text]),
        Case("StringSplitV2", lambda a: raw.StringSplitV2(input=a, sep=" ").values, [[None]], [text]),
        Case("StaticRegexReplace", lambda a: tf.strings.regex_replace(a, "a+", "b"), [[None]], [text]),
        Case("StringToHashBucketFast", lambda a: tf.strings.to_hash_bucket_fast(a, 10), [[None]], [text]),
        Case("StringToNumber", tf.strings.to_number, [[None]], [words("1.5", "-2e3")]),
        Case("StringLength", lambda a: tf.strings.length(a, unit="UTF8_CHAR"), [[None]], [text]),
        Case("Substr", lambda a: tf.strings.substr(a, 0, 2), [[2]], [words("abc", "xy")]),
        Case("AsString", lambda a: tf.strings.as_string(a, precision=3), [[None]], [floats(4)]),
        Case("StringFormat", lambda a: tf.strings.format("v {}", [a]), [[2]], [np.array([1, 2], "int32")]),
        Case("DecodeRaw", lambda a: tf.io.decode_raw(a, tf.int16), [[None]], [words("abcd", "efgh")]),
        Case("UniqueWithCounts", lambda a: tf.unique_with_counts(a)[2], [[None]], [np.array([3, 1, 3, 3], "int64")]),
        Case(
            "DenseToDenseSetOperation",
            lambda a: tf.sets.intersection(a, a + 1).values,
            [[2, 3]],
            [np.array([[1, 2, 5], [4, 5, 6]], "int32")],
        ),
        Case(
            "AddV2 of float64",
            lambda a, b: a + b,
            [[None, 2], [2]],
            [floats(3, 2, dtype="float64"), floats(2, dtype="float64")],
        ),
        Case("Cholesky of float64", tf.linalg.cholesky, [[2, 2]], [symmetric(2, 2).astype("float64")]),
        Case("MatrixInverse", tf.linalg.inv, [[3, 3]], [symmetric(3, 3)]),
        Case(
            "ResizeNearestNeighborGrad",
            lambda a: raw.ResizeNearestNeighborGrad(grads=a, size=[4, 4]),
            [[1, 8, 8, 2]],
            [floats(1, 8, 8, 2)],
        ),
        Case(
            "StatelessRandomUniformV2",
            lambda a: tf.random.stateless_uniform([2, 3], a),
            [[2]],
            [np.array([1, 2], "int32")],
        ),
        Case("CTCGreedyDecoder", lambda a: tf.nn.ctc_greedy_decoder(a, [5, 5])[1], [[5, 2, 4]], [floats(5, 2, 4)]),
        Case("RaggedTensorToTensor", lambda a: tf.strings.split(a).to_tensor(b"?"), [[None]], [text]),
        Case(
            "EluGrad of float16",
            lambda a, b: raw.EluGrad(gradients=a, outputs=b) + a,
            [[4], [4]],
            [floats(4, dtype="float16"), floats(4, dtype="float16")],
        ),
        Case("Real of FFT", lambda a: tf.math.real(tf.signal.fft(tf.cast(a, tf.complex64))), [[8]], [floats(8)]),
    ]


def custom_cases() -> list[Case]:
    """Functions of ops that the Flex delegate does not run either, with attributes of each kind."""
    import tensorflow as tf

    raw = tf.raw_ops
    return [
        Case("Svd", lambda x: raw.Svd(input=x).s, [[3, 3]], [floats(3, 3)]),
        Case(
            "FractionalMaxPool",
            lambda x: raw.FractionalMaxPool(value=x, pooling_ratio=[1.0, 1.5, 1.5, 1.0], deterministic=True, seed=7)[0],
            [[1, 6, 6, 1]],
            [floats(1, 6, 6, 1)],
        ),
        Case("Betainc", lambda x: raw.Betainc(a=x, b=x, x=x), [[None]], [np.array([0.1, 0.9], "float32")]),
    ]
