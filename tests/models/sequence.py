"""Transformers and signals."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .model import Model
from .weights import draw_weights, randomize


class ClassAndPosition(layers.Layer):
    """Puts the class token before the patches and adds what tells places apart."""

    def build(self, shape):
        self.token = self.add_weight(shape=(1, 1, shape[-1]), initializer="zeros", name="token")
        self.position = self.add_weight(shape=(1, shape[1] + 1, shape[-1]), initializer="zeros", name="position")

    def call(self, patches):
        token = keras.ops.broadcast_to(self.token, (keras.ops.shape(patches)[0], 1, patches.shape[-1]))
        return keras.ops.concatenate([token, patches], axis=1) + self.position

    def compute_output_shape(self, shape):
        return (shape[0], shape[1] + 1, shape[2])


def vit() -> keras.Model:
    """Patches, three encoder blocks with multi-head attention and GELU, a classifier on the class token."""
    width, heads = 96, 4
    image = keras.Input((96, 96, 3), name="image")
    x = layers.Conv2D(width, 16, strides=16, name="patches")(image)
    x = ClassAndPosition()(layers.Reshape((-1, width))(x))
    for _ in range(3):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        x = layers.Add()([x, layers.MultiHeadAttention(heads, width // heads)(y, y)])
        y = layers.Dense(4 * width, activation="gelu")(layers.LayerNormalization(epsilon=1e-6)(x))
        x = layers.Add()([x, layers.Dense(width)(layers.Dropout(0.1)(y))])
    x = layers.LayerNormalization(epsilon=1e-6)(x)[:, 0]
    return keras.Model(image, layers.Dense(100, activation="softmax")(x), name="vit")


def write_vit(folder: Path) -> None:
    keras.backend.clear_session()
    randomize(vit(), 41).export(str(folder), verbose=False)


class Signal(tf.Module):
    """A detector on a raw signal of unknown length: `[..., tf.newaxis]` gives it its channel."""

    def __init__(self):
        super().__init__()
        frames = keras.Input((None, 1), name="frames")
        x = layers.Conv1D(16, 9, strides=2, padding="same", activation="relu")(frames)
        x = layers.Conv1D(32, 9, strides=2, padding="same", activation="relu")(x)
        x = layers.GlobalAveragePooling1D()(layers.Conv1D(32, 3, dilation_rate=2, padding="same")(x))
        self.network = keras.Model(frames, layers.Dense(8, activation="softmax")(x))
        rng = np.random.default_rng(42)
        for layer in self.network.layers:
            draw_weights(layer, rng)

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, name="signal")])
    def detect(self, signal):
        return {"scores": self.network(signal[..., tf.newaxis])}


def write_signal(folder: Path) -> None:
    keras.backend.clear_session()
    module = Signal()
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.detect})


MODELS = (
    Model("vit", write_vit, "ViT-like encoder with multi-head attention"),
    Model(
        "signal_any_length",
        write_signal,
        "convolutions on a signal of unknown length, `[..., newaxis]`",
        open_shapes={"signal": (400,)},
    ),
)
