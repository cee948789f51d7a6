"""TensorFlow 1: conditionals of Switch and Merge, loops of Enter, Exit and NextIteration."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import control_flow_ops  # Switch and Merge themselves have no public name
from tf_keras.src.layers.rnn import legacy_cells as cells

from .case import CASES, KEY, Case, batches, random

v1 = tf.compat.v1


def graph(name: str, calls, tolerance: float = 1e-4):
    """Registers a case made of a function that builds a graph and returns its inputs and outputs by name."""

    def register(build):
        def write(folder: Path) -> None:
            v1.disable_control_flow_v2()
            try:
                with tf.Graph().as_default(), v1.Session() as session:
                    inputs, outputs = build()
                    session.run(v1.global_variables_initializer())
                    for i, variable in enumerate(v1.trainable_variables()):
                        variable.load(random(*variable.shape.as_list(), seed=i, scale=0.4), session)
                    v1.saved_model.simple_save(session, str(folder), inputs, outputs)
            finally:
                v1.enable_control_flow_v2()

        CASES.append(Case(f"v1_{name}", write, calls, tolerance))
        return build

    return register


def rows():
    return v1.placeholder(tf.float32, [None, 3], name="x")


THREE = batches("x", 3)
COUNTED = [(KEY, {"x": random(size, 3, seed=n), "n": np.int32(n)}) for size, n in ((2, 3), (3, 0), (1, 1), (2, 6))]


@graph("cond", THREE)
def _():
    x = rows()
    y, z = tf.cond(tf.reduce_sum(x) > 0, lambda: (x * 2, x), lambda: (x - 1, tf.nn.relu(x)))
    return {"x": x}, {"y": y, "z": z}


@graph("cond_returns_one_tensor_twice", THREE)
def _():
    x = rows()
    y, z = tf.cond(tf.reduce_sum(x) > 0, lambda: (x * 2, x), lambda: 2 * (tf.exp(x),))
    return {"x": x}, {"y": y, "z": z}


@graph("cond_nested", batches("x", 3, sizes=(2, 5, 2, 1, 2, 2, 2)))
def _():
    x = rows()
    first, sum_ = x[0, 0] > 0, tf.reduce_sum(x)
    y = tf.cond(
        sum_ > 0,
        lambda: tf.cond(first, lambda: x * 2, lambda: x * 3 + sum_),
        lambda: tf.cond(first, lambda: x, lambda: -x),
    )
    return {"x": x}, {"y": tf.identity(y)}


@graph("conds_in_a_row", THREE)
def _():
    x = rows()
    positive = tf.reduce_sum(x) > 0
    for scale in (0.5, 0.25, 2.0):
        x = tf.tanh(tf.cond(positive, lambda x=x, s=scale: x * s, lambda x=x, s=scale: x - s)) + x
    return {"x": x.graph.get_tensor_by_name("x:0")}, {"y": x}


@graph("case", batches("x", 3, sizes=(2, 5, 2, 1, 2, 2, 2)))
def _():
    x = rows()
    sum_ = tf.reduce_sum(x)
    y = tf.case([(sum_ > 1, lambda: x), (sum_ > 0, lambda: x * 2), (sum_ > -1, lambda: x * 3)], lambda: x * 4)
    return {"x": x}, {"y": tf.identity(y)}


@graph("switch_and_merge", THREE)
def _():
    x = rows()
    no, yes = control_flow_ops.switch(x, tf.reduce_sum(x) > 0)
    y, taken = control_flow_ops.merge([yes + 1, no])
    return {"x": x}, {"y": tf.identity(y), "taken": tf.identity(taken)}


@graph("assertion", THREE)
def _():
    x = rows()
    with tf.control_dependencies([v1.Assert(tf.reduce_sum(x) < 1e9, [x]), v1.assert_greater(x, -1e9)]):
        return {"x": x}, {"y": x * 2}


@graph("while", lambda: COUNTED)
def _():
    x, n = rows(), v1.placeholder(tf.int32, [], name="n")
    i, y = v1.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * 1.5 + x), (0, x))
    return {"x": x, "n": n}, {"y": y, "i": i}


@graph("while_swaps", lambda: COUNTED)
def _():
    x, n = rows(), v1.placeholder(tf.int32, [], name="n")
    _, y, z = v1.while_loop(lambda i, *_: i < n, lambda i, y, z: (i + 1, z, y), (0, x, -2 * x))
    return {"x": x, "n": n}, {"y": y, "z": z}


@graph("while_grows", lambda: COUNTED)
def _():
    x, n = rows(), v1.placeholder(tf.int32, [], name="n")
    invariants = (tf.TensorShape([]), tf.TensorShape([None, 3]))
    y = v1.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.concat([y, x], 0)), (0, x), invariants)[1]
    return {"x": x, "n": n}, {"y": tf.identity(y)}


@graph("loops_and_conds", lambda: COUNTED)
def _():
    x, n = rows(), v1.placeholder(tf.int32, [], name="n")

    def inner(y):
        step = lambda j, z: (j + 1, tf.cond(tf.reduce_sum(z) > 0, lambda: z - x, lambda: z * 0.9 + x))  # noqa: E731
        return v1.while_loop(lambda j, z: j < n, step, (0, y))[1]

    def outer(i, y, said):
        y = tf.cond(tf.equal(i % 2, 0), lambda: inner(y), lambda: y * 0.5)
        return i + 1, y, said.write(i, y)

    said = tf.TensorArray(tf.float32, 4)
    _, y, said = v1.while_loop(lambda i, *_: i < 4, outer, (0, x, said))
    return {"x": x, "n": n}, {"y": y, "said": said.stack()}


@graph("cond_in_the_condition", THREE)
def _():
    x = rows()
    go_on = lambda i, y: tf.cond(tf.reduce_sum(y) > 3, lambda: i < 2, lambda: i < 6)  # noqa: E731
    y = v1.while_loop(go_on, lambda i, y: (i + 1, y + 0.3), (0, x))[1]
    return {"x": x}, {"y": tf.identity(y)}


@graph("scan_of_conds", THREE)
def _():
    x = rows()
    keep = lambda a, b: tf.cond(tf.reduce_sum(b) > 0, lambda: 0.5 * a + b, lambda: a)  # noqa: E731
    return {"x": x}, {"y": tf.scan(keep, x), "last": tf.foldl(keep, x)}


SEQUENCES = [
    (KEY, {"x": random(batch, steps, 4, seed=steps), "lengths": np.array(lengths, np.int32)})
    for batch, steps, lengths in ((2, 5, (5, 2)), (3, 7, (1, 7, 4)), (2, 5, (3, 3)), (1, 1, (1,)))
]


@graph("dynamic_rnn", lambda: SEQUENCES)
def _():
    x, lengths = v1.placeholder(tf.float32, [None, None, 4], name="x"), v1.placeholder(tf.int32, [None], name="lengths")
    cell = cells.MultiRNNCell([cells.BasicLSTMCell(5), cells.GRUCell(6)])
    steps, state = v1.nn.dynamic_rnn(cell, x, sequence_length=lengths, dtype=tf.float32)
    return {"x": x, "lengths": lengths}, {"steps": tf.identity(steps), "last": tf.identity(state[-1])}


@graph("bidirectional_dynamic_rnn", lambda: [(KEY, {"x": feeds["x"]}) for _, feeds in SEQUENCES])
def _():
    x = v1.placeholder(tf.float32, [None, None, 4], name="x")
    steps, _ = v1.nn.bidirectional_dynamic_rnn(cells.LSTMCell(5), cells.BasicRNNCell(3), x, dtype=tf.float32)
    return {"x": x}, {"steps": tf.concat(steps, -1)}
