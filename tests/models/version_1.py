"""Networks of TensorFlow 1 with loops and conditionals: Switch, Merge, Enter, Exit, NextIteration and LoopCond."""

from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf
from tf_keras.src.layers.rnn import legacy_cells as cells

from .model import Model

v1 = tf.compat.v1


@contextmanager
def session(seed: int):
    """A graph as TensorFlow 1 built it, with weights that are drawn from the seed."""
    v1.disable_control_flow_v2()
    try:
        with tf.Graph().as_default(), v1.Session() as opened:
            yield opened, np.random.default_rng(seed)
    finally:
        v1.enable_control_flow_v2()


def draw(opened: v1.Session, rng: np.random.Generator) -> None:
    opened.run(v1.global_variables_initializer())
    for variable in v1.global_variables():
        shape = variable.shape.as_list()
        scale = 0.3 if len(shape) < 2 else 1.5 / np.sqrt(shape[0])
        variable.load(rng.normal(0, scale, shape).astype(np.float32), opened)


def write(build, seed: int, frozen: bool, path: Path) -> None:
    with session(seed) as (opened, rng):
        inputs, outputs = build(rng)
        draw(opened, rng)
        if not frozen:
            v1.saved_model.simple_save(opened, str(path), inputs, outputs)
            return
        graph = v1.graph_util.convert_variables_to_constants(opened, opened.graph_def, list(outputs))
        path.write_bytes(graph.SerializeToString())


def dense(x, units: int, name: str):
    weights = v1.get_variable(name, [x.shape[-1], units], use_resource=False)
    return tf.matmul(x, weights) + v1.get_variable(f"{name}_bias", [units], use_resource=True)


def lengths(sequence):
    """Between one step and all of them, as the data has it."""
    steps = tf.reduce_sum(tf.cast(sequence[:, :, 0] > 0, tf.int32), axis=1)
    return tf.maximum(steps, 1)


def lstm(_rng):
    """`dynamic_rnn` of two LSTM layers that stops at each sequence's end."""
    x = v1.placeholder(tf.float32, [None, None, 6], name="sequence")
    cell = cells.MultiRNNCell([cells.BasicLSTMCell(12), cells.LSTMCell(10, use_peepholes=True, num_proj=8)])
    outputs, state = v1.nn.dynamic_rnn(cell, x, sequence_length=lengths(x), dtype=tf.float32)
    scores = tf.nn.softmax(dense(state[-1].h, 5, "head"), name="scores")
    return {"sequence": x}, {"scores": scores, "steps": tf.identity(outputs, name="steps")}


def gru(_rng):
    """GRU in both directions, of a fixed number of steps."""
    x = v1.placeholder(tf.float32, [None, 9, 6], name="sequence")
    outputs, _ = v1.nn.bidirectional_dynamic_rnn(cells.GRUCell(8), cells.GRUCell(7), x, dtype=tf.float32)
    y = tf.reduce_max(tf.concat(outputs, axis=-1), axis=1)
    return {"sequence": x}, {"scores": tf.tanh(dense(y, 4, "head"), name="scores")}


def attention(_rng):
    """A decoder written as a loop: attends to the input, feeds back what it said, keeps each step in a TensorArray."""
    x = v1.placeholder(tf.float32, [None, None, 8], name="sequence")
    keys = tf.reshape(dense(tf.reshape(x, [-1, 8]), 8, "keys"), tf.shape(x))
    recurrent = v1.get_variable("recurrent", [16, 8])

    def step(i, state, said):
        weights = tf.nn.softmax(tf.einsum("bth,bh->bt", keys, state))
        context = tf.einsum("bt,bth->bh", weights, x)
        state = tf.tanh(tf.matmul(tf.concat([context, state], axis=1), recurrent))
        # Every other step is mixed with the mean of the input.
        state = tf.cond(tf.equal(i % 2, 0), lambda: state, lambda: 0.5 * (state + tf.reduce_mean(x, axis=1)))
        return i + 1, state, said.write(i, state)

    said = tf.TensorArray(tf.float32, size=7, element_shape=[None, 8])
    _, _, said = v1.while_loop(lambda i, *_: i < 7, step, (0, tf.reduce_mean(keys, axis=1), said))
    return {"sequence": x}, {"said": tf.transpose(said.stack(), [1, 0, 2], name="said")}


def routes(_rng):
    """Each row takes a way of its own: conditionals in conditionals, a loop in one of them, all in a loop over rows."""
    x = v1.placeholder(tf.float32, [None, 16], name="rows")
    weights = v1.get_variable("weights", [16, 16])

    def iterate(row):
        return v1.while_loop(
            lambda i, r: (i < 6) & (tf.reduce_max(tf.abs(r)) < 4), lambda i, r: (i + 1, 1.4 * r), (0, row)
        )[1]

    def route(row):
        mixed = tf.linalg.matvec(weights, row)
        score = tf.reduce_mean(mixed)
        return tf.case(
            [
                (score > 0.2, lambda: iterate(mixed)),
                (score > 0, lambda: tf.cond(row[0] > 0, lambda: tf.sin(3 * mixed), lambda: mixed[::-1])),
            ],
            default=lambda: tf.cond(score < -0.2, lambda: row - mixed, lambda: tf.nn.relu(row) + score),
        )

    return {"rows": x}, {"routed": tf.identity(tf.map_fn(route, x), name="routed")}


def filters(_rng):
    """Recurrences without cells: `scan` along time, then `foldl`, and batch norm whose mode is a conditional."""
    x = v1.placeholder(tf.float32, [None, None, 5], name="signal")
    training = v1.placeholder_with_default(False, [], name="training")
    decay = tf.sigmoid(v1.get_variable("decay", [5]))
    mean, variance = v1.get_variable("mean", [5]), tf.exp(v1.get_variable("log_variance", [5]))
    m, v = tf.cond(training, lambda: tf.nn.moments(x, [0, 1]), lambda: (mean, variance))
    normal = tf.transpose((x - m) * tf.math.rsqrt(v + 1e-3), [1, 0, 2])
    smooth = tf.scan(lambda a, b: decay * a + (1 - decay) * b, normal)
    peak = tf.foldl(lambda a, b: tf.maximum(0.9 * a, b), smooth)
    return {"signal": x}, {
        "smooth": tf.transpose(smooth, [1, 0, 2], name="smooth"),
        "peak": tf.identity(peak, name="peak"),
    }


NETWORKS = (
    # network, seed, input and its open sizes, outputs, about
    (lstm, 81, {"sequence": (11, 6)}, ("scores", "steps"), "stacked LSTM, peepholes, sequence lengths: `dynamic_rnn`"),
    (gru, 82, {"sequence": (9, 6)}, ("scores",), "GRU in both directions: `bidirectional_dynamic_rnn`"),
    (attention, 83, {"sequence": (10, 8)}, ("said",), "decoder with attention: `while_loop`, TensorArray, `tf.cond`"),
    (routes, 84, {"rows": (16,)}, ("routed",), "`map_fn`, `tf.case`, nested `tf.cond`, a loop in a branch"),
    (filters, 85, {"signal": (12, 5)}, ("smooth", "peak"), "`scan`, `foldl`, batch norm in a `tf.cond`"),
)

MODELS = tuple(
    Model(
        f"v1_{build.__name__}" + ("_frozen" if frozen else ""),
        partial(write, build, seed, frozen),
        f"TensorFlow 1 {'frozen graph' if frozen else 'SavedModel'}, {about}",
        open_shapes=open_shapes,
        frozen=(tuple(open_shapes), outputs) if frozen else None,
    )
    for build, seed, open_shapes, outputs, about in NETWORKS
    for frozen in (False, True)
)
