"""float64 models under --narrow-float64."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .case import KEY, function, keras_model, random, spec
from .recurrent import seeded

NARROW = ("--narrow-float64",)


def wide(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers of float64 that float32 holds too."""
    return random(*shape, seed=seed).astype(np.float64)


@keras_model("float64_network", lambda: [(KEY, {"x": wide(b, 9, 4, seed=b)}) for b in (2, 5, 2)], options=NARROW)
def _():
    keras.backend.clear_session()
    keras.backend.set_floatx("float64")
    try:
        x = keras.Input((9, 4), name="x")
        y = layers.Conv1D(6, 3, activation="relu")(x)
        y = layers.LSTM(5, return_sequences=True)(y)
        y = layers.GRU(5)(layers.LayerNormalization()(y))
        return seeded(keras.Model(x, layers.Dense(3, activation="softmax")(y)))
    finally:
        keras.backend.set_floatx("float32")


class Averages(tf.Module):
    """Variables that change, a table of weights, and a loop."""

    def __init__(self):
        super().__init__()
        self.sum = tf.Variable(tf.zeros([3], tf.float64))
        self.calls = tf.Variable(0, dtype=tf.int64)
        self.weights = tf.Variable(tf.constant([[0.1, -2.0, 3.5]] * 3, tf.float64))


@function(
    "float64_state",
    [spec("x", None, 3, dtype=tf.float64), spec("steps", dtype=tf.int32)],
    lambda: [(KEY, {"x": wide(b, 3, seed=i), "steps": np.int32(b)}) for i, b in enumerate((2, 4, 1, 2))],
    module=Averages,
    options=NARROW,
)
def _(module, x, steps):
    module.sum.assign_add(tf.reduce_sum(x, 0))
    module.calls.assign_add(1)
    mean = module.sum / tf.cast(module.calls, tf.float64)
    rows = tf.TensorArray(tf.float64, size=steps, element_shape=[None, 3])
    for i in tf.range(steps):
        x = tf.tanh(tf.matmul(x, module.weights) + mean)
        rows = rows.write(i, x)
    return {"mean": mean, "rows": rows.stack(), "part": steps / 4}
