"""Variables that change, hash tables, several signatures."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from .case import CASES, KEY, Case, batches, function, random, spec

ROWS = [spec("x", None, 3)]


class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.count = tf.Variable(0.0, name="count")
        self.sum = tf.Variable(tf.zeros([3]), name="sum")


@function("counter", ROWS, batches("x", 3), module=Counter)
def _(self, x):
    self.count.assign_add(1.0)
    self.sum.assign(self.sum * 0.5 + tf.reduce_sum(x, 0))
    return {"count": self.count.read_value(), "sum": self.sum.read_value()}


@function("state_in_branches_and_loops", ROWS, batches("x", 3), module=Counter)
def _(self, x):
    before = self.sum.read_value()
    self.sum.assign(before + tf.reduce_sum(x, 0))

    def step(i, total):
        self.count.assign_add(2.0)
        return i + 1, total + self.count

    _, total = tf.while_loop(lambda i, s: i < 3, step, [0, 0.0])
    y = tf.cond(total > 20.0, lambda: self.count.assign(0.0) * 1.0, lambda: self.count * 1.0)
    return {"before": before, "total": total, "after": self.sum.read_value(), "y": y}


class Cache(tf.Module):
    """Keys and values of a decoder, a row a step."""

    def __init__(self):
        super().__init__()
        self.rows = tf.Variable(tf.zeros([8, 3]), name="rows")
        self.position = tf.Variable(0, name="position")


@function("cache", [spec("row", 1, 3)], lambda: [(KEY, {"row": random(1, 3, seed=i)}) for i in range(5)], module=Cache)
def _(self, row):
    at = tf.reshape(self.position, [1, 1])
    self.rows.assign(tf.tensor_scatter_nd_update(self.rows, at, row))
    self.rows.scatter_nd_add(at, row)
    self.position.assign_add(1)
    return {"rows": self.rows.read_value(), "weights": tf.linalg.matvec(self.rows, row[0])}


class Coder(tf.Module):
    """Two signatures on one variable."""

    def __init__(self):
        super().__init__()
        self.memory = tf.Variable(tf.zeros([1, 3]), name="memory")

    @tf.function(input_signature=ROWS)
    def encode(self, x):
        self.memory.assign(tf.reduce_mean(x, 0, keepdims=True))
        return {"done": tf.constant(True)}

    @tf.function(input_signature=[spec("y", None, 3)])
    def decode(self, y):
        return {"scores": tf.linalg.matmul(y, self.memory, transpose_b=True)}


def write_coder(folder: Path) -> None:
    coder = Coder()
    tf.saved_model.save(coder, str(folder), signatures={"encode": coder.encode, "decode": coder.decode})


def coder_calls():
    calls = []
    for i in range(3):
        calls.append(("encode", {"x": random(2 + i, 3, seed=i)}))
        calls.append(("decode", {"y": random(1 + i, 3, seed=10 + i)}))
    return calls


CASES.append(Case("encoder_decoder", write_coder, coder_calls))


class Trainer(tf.Module):
    """The on-device training of the guide, in small: a linear model, a step of gradient descent a call."""

    def __init__(self):
        super().__init__()
        self.weights = tf.Variable(tf.constant(random(4, 3, seed=7)), name="weights")
        self.bias = tf.Variable(tf.zeros([3]), name="bias")

    @tf.function(input_signature=[spec("x", None, 4), spec("y", None, 3)])
    def train(self, x, y):
        with tf.GradientTape() as tape:
            logits = x @ self.weights + self.bias
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, logits))
        gradients = tape.gradient(loss, [self.weights, self.bias])
        for variable, gradient in zip([self.weights, self.bias], gradients, strict=True):
            variable.assign_sub(0.1 * gradient)
        return {"loss": loss}

    @tf.function(input_signature=[spec("x", None, 4)])
    def infer(self, x):
        return {"output": tf.nn.softmax(x @ self.weights + self.bias)}

    @tf.function(input_signature=[])
    def save(self):
        return {"weights": self.weights.read_value(), "bias": self.bias.read_value()}

    @tf.function(input_signature=[spec("weights", 4, 3), spec("bias", 3)])
    def restore(self, weights, bias):
        self.weights.assign(weights)
        self.bias.assign(bias)
        return {"done": tf.constant(True)}


def write_trainer(folder: Path) -> None:
    trainer = Trainer()
    keys = ("train", "infer", "save", "restore")
    tf.saved_model.save(trainer, str(folder), signatures={key: getattr(trainer, key) for key in keys})


def trainer_calls():
    x = random(6, 4, seed=1)
    y = np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1, 2]]
    train = ("train", {"x": x, "y": y})
    infer = ("infer", {"x": x[:2]})
    restore = ("restore", {"weights": random(4, 3, seed=9), "bias": random(3, seed=9)})
    return [infer, train, train, infer, ("save", {}), restore, infer, train, infer]


CASES.append(Case("training", write_trainer, trainer_calls))


class Tables(tf.Module):
    def __init__(self):
        super().__init__()
        words, numbers = tf.constant(["a", "b", "c"]), tf.constant([5, 6, 7], tf.int64)
        values = tf.lookup.KeyValueTensorInitializer
        self.to_number = tf.lookup.StaticHashTable(values(words, numbers), -1)
        self.to_word = tf.lookup.StaticHashTable(values(numbers, words), "?")
        self.renumber = tf.lookup.StaticHashTable(values(numbers * 10, numbers), 9)


def words(*texts: str) -> np.ndarray:
    return np.array([text.encode() for text in texts], object)


@function(
    "tables",
    [spec("s", None, dtype=tf.string), spec("k", None, dtype=tf.int64)],
    lambda: [
        (KEY, {"s": words("a", "zz", "c"), "k": np.array([50, 3, 70], np.int64)}),
        (KEY, {"s": words("b"), "k": np.array([60], np.int64)}),
    ],
    module=Tables,
)
def _(self, s, k):
    number = self.to_number.lookup(s)
    return {
        "number": number,
        "word": self.to_word.lookup(number),
        "renumbered": self.renumber.lookup(k),
        "size": self.to_number.size(),
    }


class FileTable(tf.Module):
    def __init__(self):
        super().__init__()
        name = "ram://lines.txt"  # a file in memory: the graph names it
        with tf.io.gfile.GFile(name, "w") as file:
            file.write("hello\nworld\nfoo\n")
        whole, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        lines = tf.lookup.TextFileInitializer(name, tf.string, whole, tf.int64, number)
        self.table = tf.lookup.StaticHashTable(lines, -1)


@function(
    "table_from_a_file",
    [spec("s", None, dtype=tf.string)],
    lambda: [(KEY, {"s": words("world", "zz", "foo")}), (KEY, {"s": words("hello")})],
    module=FileTable,
)
def _(self, s):
    return {"number": self.table.lookup(s)}
