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
        Case("Real of FFT", lambda a: tf.math.real(tf.signal.fft(tf.complex(a, -a))), [[8]], [floats(8)]),
        *structured_cases(),
    ]


def structured_cases() -> list[Case]:
    """Several outputs, lists of them, state, and ops inside branches and loops."""
    import tensorflow as tf

    raw = tf.raw_ops
    text = words("a bcd", "", "Zebra aaab", "12 34")
    square = floats(3, 3)
    count = np.array(3, "int32")

    def branches(flag, x):
        return tf.cond(flag, lambda: tf.linalg.qr(x)[1] @ x, lambda: tf.linalg.inv(x + 3.0 * tf.eye(3)))

    def loop(n, x):
        body = [lambda i, v: (i + 1, tf.linalg.cholesky(v @ tf.transpose(v) + 3.0 * tf.eye(3)))]
        return tf.while_loop(lambda i, v: i < n, *body, (tf.constant(0), x))[1]

    def loop_of_texts(n, a):
        return tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, tf.strings.join([v, "!"])), (0, a))[1]

    def branch_of_texts(flag, a):
        return tf.cond(flag, lambda: tf.strings.substr(a, 0, 1), lambda: tf.strings.join([a, a]))

    def loop_in_branch(n, x):
        return tf.cond(n > 1, lambda: loop(n, x), lambda: x)

    def parsed(a):
        keys = {"x": tf.io.FixedLenFeature([2], tf.float32), "y": tf.io.FixedLenFeature([], tf.int64, default_value=7)}
        result = tf.io.parse_example(a, keys)
        return result["x"] * tf.cast(result["y"], tf.float32)[:, None]

    examples = [
        tf.train.Example(
            features=tf.train.Features(
                feature={"x": tf.train.Feature(float_list=tf.train.FloatList(value=[1.5 + i, -2.0]))}
            )
        ).SerializeToString()
        for i in range(2)
    ]

    return [
        Case("Qr in a branch", branches, [[], [3, 3]], [np.array(True), square]),
        Case("MatrixInverse in a branch", branches, [[], [3, 3]], [np.array(False), square]),
        Case("Cholesky in a loop", loop, [[], [3, 3]], [count, square]),
        Case("StringJoin in a loop", loop_of_texts, [[], [None]], [count, text]),
        Case("ParseExampleV2", parsed, [[None]], [np.array(examples, dtype=object)]),
        Case("UnicodeDecode", lambda a: tf.strings.unicode_decode(a, "UTF-8").values, [[None]], [text]),
        Case("Substr in a branch", branch_of_texts, [[], [2, 2]], [np.array(True), text.reshape(2, 2)]),
        Case("Cholesky in a loop in a branch", loop_in_branch, [[], [3, 3]], [count, square]),
        Case("FFT3D", lambda a: tf.math.real(tf.signal.fft3d(tf.complex(a, -a))), [[2, 3, 4]], [floats(2, 3, 4)]),
        Case("ListDiff of texts", lambda a: raw.ListDiff(x=a, y=tf.constant(["", "b"])).out, [[None]], [text]),
        Case("StringLength of scalars", lambda a: tf.strings.length(a), [[]], [np.array(b"abc", dtype=object)]),
        Case("BatchMatMulV2 of int64", lambda a: tf.matmul(a, a), [[None, 2, 2]], [np.arange(8).reshape(2, 2, 2)]),
        Case("StringSplitV2 into bytes", lambda a: tf.strings.bytes_split(a).values, [[None]], [text]),
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
        Case(
            "ParseExampleV2",
            lambda x: tf.io.parse_example(x, {"a": tf.io.FixedLenFeature([2], tf.float32, [1.0, 2.0])})["a"],
            [[None]],
            [np.array([b"", b""], object)],
        ),
        Case("Betainc", lambda x: raw.Betainc(a=x, b=x, x=x), [[None]], [np.array([0.1, 0.9], "float32")]),
    ]


def options(name: str, **values: Any) -> str:
    """What tf.function(experimental_implements=...) takes: the op's name and its attributes."""
    text = f'name: "{name}"'
    for key, value in values.items():
        if isinstance(value, bool):
            form = f"b: {str(value).lower()}"
        elif isinstance(value, int):
            form = f"i: {value}"
        elif isinstance(value, float):
            form = f"f: {value}"
        elif isinstance(value, str):
            form = f's: "{value}"'
        else:
            form = "list { " + " ".join(f"i: {v}" for v in value) + " }"
        text += f' attr {{ key: "{key}" value {{ {form} }} }}'
    return text


def implemented_cases() -> list[Case]:
    """Functions that say which op of the runtime they are."""
    import tensorflow as tf

    def implements(text, function, use=lambda result: result):
        inner = tf.function(function, experimental_implements=text, autograph=False)
        return lambda *arguments: use(inner(*arguments))

    def detect(boxes, scores, anchors):
        del scores, anchors
        return boxes[:, :10], boxes[:, :10, 0], boxes[:, :10, 1], boxes[:, 0, 0]

    detection = {
        "max_detections": 10,
        "max_classes_per_detection": 1,
        "nms_score_threshold": 0.2,
        "nms_iou_threshold": 0.5,
        "num_classes": 3,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    found = []
    for regular in False, True:
        text = options("TFLite_Detection_PostProcess", **detection, use_regular_nms=regular)
        function = implements(text, detect, lambda result: result[0])
        shapes = [[1, 20, 4], [1, 20, 4], [20, 4]]
        found.append(Case(f"detection, regular {regular}", function, shapes, [floats(*shape) for shape in shapes]))
    attributes = {"size": 3, "big": 5_000_000_000, "scale": 0.5, "mode": "same", "Exact": True, "open": False}
    for name, values in {"attributes": attributes, "no attributes": {}}.items():
        text = options("acme:MyOp", tfl_fusable_op=True, **values)
        function = implements(text, lambda x: tf.sin(x) * 2.0, lambda y: y + 1.0)
        found.append(Case(f"an op with {name}", function, [[None, 4]], [floats(2, 4)]))
    for padding, strides in ("SAME", [2, 2]), ("VALID", [1, 2]):
        text = options("addons:MaxUnpooling2D", pool_size=[2, 3], strides=strides, padding=padding)
        function = implements(
            text, lambda x, i: tf.zeros([1, 4, 4, 1]) * tf.reduce_sum(x) * tf.cast(i[0, 0, 0, 0], x.dtype)
        )
        values = [floats(1, 2, 2, 1), np.zeros((1, 2, 2, 1), "int32")]
        found.append(Case(f"unpooling {padding}", function, [[1, 2, 2, 1]] * 2, values))
    return found
