"""Whole networks with loops, sequences, strings and detections."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .case import KEY, batches, function, keras_model, random, spec
from .recurrent import seeded
from .state import words


def tokens(*shape: int, most: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).integers(1, most, shape).astype(np.int32)


@keras_model("temporal_convolutions", lambda: [(KEY, {"x": random(b, t, 4)}) for b, t in ((1, 32), (2, 40), (1, 32))])
def _():
    keras.backend.clear_session()
    x = keras.Input((None, 4), name="x")
    y = x
    for dilation in (1, 2, 4):
        z = layers.Conv1D(8, 3, dilation_rate=dilation, padding="causal", activation="relu")(y)
        y = layers.Add()([layers.Conv1D(8, 1)(y), z])
    return seeded(keras.Model(x, layers.Dense(3)(y)))


class Positions(layers.Layer):
    """Learnt positions, as many as the sequence is long."""

    def build(self, shape):
        self.table = self.add_weight(shape=(32, shape[-1]), name="table")

    def call(self, x):
        return x + self.table[: keras.ops.shape(x)[1]]


def encoder_block(x, width: int, mask=None):
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, width // 2)(y, y, attention_mask=mask)])
    y = layers.Dense(2 * width, activation="gelu")(layers.LayerNormalization()(x))
    return layers.Add()([x, layers.Dense(width)(y)])


def encoded_calls():
    sizes = ((2, 7), (1, 12), (3, 7))
    return [
        (
            KEY,
            {
                "ids": tokens(b, t, most=50, seed=i),
                "mask": (np.arange(t) < np.arange(t - b, t)[:, None] + 1).astype(np.int32),
            },
        )
        for i, (b, t) in enumerate(sizes)
    ]


@keras_model("bert", encoded_calls, tolerance=2e-4)
def _():
    keras.backend.clear_session()
    ids = keras.Input((None,), name="ids", dtype="int32")
    mask = keras.Input((None,), name="mask", dtype="int32")
    x = Positions()(layers.Embedding(50, 16)(ids))
    wide = layers.Lambda(lambda m: keras.ops.cast(m[:, None, :], "bool"))(mask)
    for _ in range(2):
        x = encoder_block(x, 16, wide)
    x = layers.LayerNormalization()(x)
    pooled = layers.Dense(16, activation="tanh")(x[:, 0])
    return seeded(keras.Model([ids, mask], [x, pooled]))


class Decoder(tf.Module):
    """A GPT-like decoder that writes tokens greedily, with keys and values of earlier tokens kept in the loop."""

    WIDTH, HEADS, WORDS = 16, 2, 40

    def __init__(self):
        super().__init__()
        width = self.WIDTH
        make = lambda name, *shape, seed: tf.Variable(random(*shape, seed=seed, scale=0.3), name=name)  # noqa: E731
        self.embedding = make("embedding", self.WORDS, width, seed=1)
        self.positions = make("positions", 32, width, seed=2)
        self.qkv = make("qkv", width, 3 * width, seed=3)
        self.out = make("out", width, width, seed=4)
        self.up = make("up", width, 2 * width, seed=5)
        self.down = make("down", 2 * width, width, seed=6)

    def heads(self, x):
        shape = tf.shape(x)
        return tf.transpose(tf.reshape(x, [shape[0], shape[1], self.HEADS, self.WIDTH // self.HEADS]), [0, 2, 1, 3])

    def block(self, x, keys, values, mask):
        q, k, v = tf.split(tf.linalg.matmul(x, self.qkv), 3, axis=-1)
        keys = tf.concat([keys, self.heads(k)], 2)
        values = tf.concat([values, self.heads(v)], 2)
        scores = tf.linalg.matmul(self.heads(q), keys, transpose_b=True) / 8.0**0.5
        if mask is not None:
            scores += (1.0 - mask) * -1e9
        y = tf.linalg.matmul(tf.nn.softmax(scores), values)
        y = tf.reshape(tf.transpose(y, [0, 2, 1, 3]), tf.shape(x))
        x = x + tf.linalg.matmul(y, self.out)
        return x + tf.linalg.matmul(tf.nn.gelu(tf.linalg.matmul(x, self.up)), self.down), keys, values

    def logits(self, x):
        return tf.linalg.matmul(x, self.embedding, transpose_b=True)

    def generate(self, ids, count):
        batch, length = tf.shape(ids)[0], tf.shape(ids)[1]
        empty = tf.zeros([batch, self.HEADS, 0, self.WIDTH // self.HEADS])
        mask = tf.linalg.band_part(tf.ones([length, length]), -1, 0)
        x = tf.gather(self.embedding, ids) + self.positions[:length]
        x, keys, values = self.block(x, empty, empty, mask)
        token = tf.argmax(self.logits(x[:, -1]), -1, output_type=tf.int32)
        written = tf.concat([ids, token[:, None]], 1)

        def step(i, written, token, keys, values):
            x = tf.gather(self.embedding, token)[:, None] + self.positions[length + i]
            x, keys, values = self.block(x, keys, values, None)
            token = tf.argmax(self.logits(x[:, -1]), -1, output_type=tf.int32)
            return i + 1, tf.concat([written, token[:, None]], 1), token, keys, values

        unknown = tf.TensorShape([None, self.HEADS, None, self.WIDTH // self.HEADS])
        result = tf.while_loop(
            lambda i, *_: i < count - 1,
            step,
            [0, written, token, keys, values],
            shape_invariants=[
                tf.TensorShape([]),
                tf.TensorShape([None, None]),
                tf.TensorShape([None]),
                unknown,
                unknown,
            ],
        )
        return {"ids": result[1]}


@function(
    "gpt_decode_loop",
    [spec("ids", None, None, dtype=tf.int32), spec("count", dtype=tf.int32)],
    lambda: [
        (KEY, {"ids": tokens(b, t, most=40, seed=i), "count": np.int32(n)})
        for i, (b, t, n) in enumerate(((1, 3, 5), (2, 6, 4), (1, 3, 9)))
    ],
    module=Decoder,
)
def _(self, ids, count):
    return self.generate(ids, count)


def pair_calls():
    sizes = ((2, 6, 4), (1, 9, 5), (2, 6, 4))
    return [
        (KEY, {"source": tokens(b, s, most=30, seed=i), "target": tokens(b, t, most=30, seed=i + 5)})
        for i, (b, s, t) in enumerate(sizes)
    ]


@keras_model("seq2seq_with_attention", pair_calls)
def _():
    keras.backend.clear_session()
    source = keras.Input((None,), name="source", dtype="int32")
    target = keras.Input((None,), name="target", dtype="int32")
    states, h, c = layers.LSTM(12, return_sequences=True, return_state=True)(layers.Embedding(30, 8)(source))
    decoded = layers.LSTM(12, return_sequences=True)(layers.Embedding(30, 8)(target), initial_state=[h, c])
    context = layers.Attention()([decoded, states])
    return seeded(keras.Model([source, target], layers.Dense(30)(layers.Concatenate()([decoded, context]))))


class RelativeBias(layers.Layer):
    """T5's bias by bucketed distance."""

    def build(self, shape):
        self.table = self.add_weight(shape=(8, 2), name="table")

    def call(self, x):
        length = tf.shape(x)[1]
        distance = tf.range(length)[None, :] - tf.range(length)[:, None]
        n = tf.abs(distance)
        large = 2 + tf.cast(tf.math.log(tf.cast(tf.maximum(n, 1), tf.float32) / 2.0) / np.log(8.0) * 2.0, tf.int32)
        bucket = tf.where(n < 2, n, tf.minimum(large, 3)) + tf.where(distance > 0, 4, 0)
        return tf.transpose(tf.gather(self.table, bucket), [2, 0, 1])[None]


class BiasedAttention(layers.Layer):
    def build(self, shape):
        self.qkv = self.add_weight(shape=(shape[-1], 3 * shape[-1]), name="qkv")

    def call(self, x, bias):
        q, k, v = tf.split(tf.linalg.matmul(x, self.qkv), 3, axis=-1)
        shape = tf.shape(x)
        heads = lambda y: tf.transpose(tf.reshape(y, [shape[0], shape[1], 2, -1]), [0, 2, 1, 3])  # noqa: E731
        weights = tf.nn.softmax(tf.linalg.matmul(heads(q), heads(k), transpose_b=True) + bias)
        return tf.reshape(tf.transpose(tf.linalg.matmul(weights, heads(v)), [0, 2, 1, 3]), shape)


@keras_model("t5_encoder", lambda: [(KEY, {"ids": tokens(b, t, most=50)}) for b, t in ((2, 7), (1, 12), (2, 7))])
def _():
    keras.backend.clear_session()
    ids = keras.Input((None,), name="ids", dtype="int32")
    x = layers.Embedding(50, 16)(ids)
    y = BiasedAttention()(x, RelativeBias()(x))
    return seeded(keras.Model(ids, layers.Dense(16, activation="relu")(x + y)))


@keras_model("video", batches("x", 4, 16, 16, 3, sizes=(1, 2, 1)))
def _():
    keras.backend.clear_session()
    x = keras.Input((4, 16, 16, 3), name="x")
    y = layers.Conv3D(4, 3, padding="same", activation="relu")(x)
    y = layers.MaxPooling3D((1, 2, 2))(y)
    y = layers.Conv3D(8, 3, strides=(2, 2, 2), padding="same", activation="relu")(y)
    y = layers.AveragePooling3D((2, 2, 2))(y)
    return seeded(keras.Model(x, layers.Dense(5)(layers.GlobalAveragePooling3D()(y))))


@keras_model("generator", batches("z", 8, sizes=(1, 3, 1)))
def _():
    keras.backend.clear_session()
    z = keras.Input((8,), name="z")
    y = layers.LeakyReLU()(layers.BatchNormalization()(layers.Dense(4 * 4 * 8)(z)))
    y = layers.Reshape((4, 4, 8))(y)
    for width in (8, 4):
        y = layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False)(y)
        y = layers.LeakyReLU()(layers.BatchNormalization()(y))
    return keras.Model(z, layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(y))


@function("keyword_spotting", [spec("signal", None, 1600)], batches("signal", 1600, sizes=(1, 2, 1)), tolerance=1e-3)
def _(_, signal):
    spectrum = tf.abs(tf.signal.stft(signal, 256, 128, 256))
    mel = tf.signal.linear_to_mel_weight_matrix(20, 129, 16000, 60.0, 7000.0)
    features = tf.math.log(tf.linalg.matmul(spectrum, mel) + 1e-3)
    kernel = tf.constant(random(3, 3, 1, 4, seed=3))
    y = tf.nn.relu(tf.nn.conv2d(features[..., None], kernel, 2, "SAME"))
    return {"scores": tf.nn.softmax(tf.reduce_mean(y, [1, 2]))}


@keras_model("speech", lambda: [(KEY, {"x": random(b, t, 1)}) for b, t in ((1, 400), (2, 320), (1, 400))])
def _():
    keras.backend.clear_session()
    x = keras.Input((None, 1), name="x")
    y = x
    for width, kernel, stride in ((8, 10, 5), (16, 3, 2), (16, 3, 2)):
        y = layers.Conv1D(width, kernel, strides=stride, use_bias=False)(y)
        y = layers.Activation("gelu")(layers.LayerNormalization()(y))
    y = layers.Add()([y, layers.Conv1D(16, 8, padding="same", groups=4, activation="gelu")(y)])
    return seeded(keras.Model(x, layers.Dense(30)(encoder_block(y, 16))))


def boxes(batch: int, count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng([seed, batch, count])
    corner = rng.uniform(0, 0.6, (batch, count, 2))
    return np.concatenate([corner, corner + rng.uniform(0.1, 0.4, (batch, count, 2))], -1).astype(np.float32)


def detection_calls():
    return [
        (
            KEY,
            {
                "boxes": boxes(1, 20, seed=i),
                "scores": np.random.default_rng(i).uniform(0, 1, (1, 20, 3)).astype(np.float32),
            },
        )
        for i in range(3)
    ]


DETECTIONS = [spec("boxes", 1, 20, 4), spec("scores", 1, 20, 3)]


@function("detector", DETECTIONS, detection_calls)
def _(_, boxes, scores):
    best = tf.reduce_max(scores[0], -1)
    chosen, valid = tf.image.non_max_suppression_padded(boxes[0], best, 5, 0.5, 0.2, pad_to_max_output_size=True)
    return {"boxes": tf.gather(boxes[0], chosen), "count": valid}


@function("detector_of_classes", DETECTIONS, detection_calls)
def _(_, boxes, scores):
    found = tf.image.combined_non_max_suppression(boxes[:, :, None], scores, 4, 8, 0.5, 0.3)
    return dict(zip(("boxes", "scores", "classes", "count"), found, strict=True))


def feature_calls():
    return [
        (KEY, {"city": words(*cities)[:, None], "age": random(len(cities), 1, seed=i, scale=30.0)})
        for i, cities in enumerate((("rome", "oslo"), ("lima",), ("oslo", "x", "rome")))
    ]


@keras_model("features", feature_calls)
def _():
    keras.backend.clear_session()
    city = keras.Input((1,), name="city", dtype="string")
    age = keras.Input((1,), name="age")
    number = layers.StringLookup(vocabulary=["rome", "oslo", "lima"])(city)
    place = layers.Flatten()(layers.Embedding(5, 3)(number))
    band = layers.CategoryEncoding(4)(layers.Discretization([-10.0, 0.0, 10.0])(age))
    scaled = layers.Normalization(mean=5.0, variance=9.0)(age)
    return seeded_dense(keras.Model([city, age], layers.Dense(2)(layers.Concatenate()([place, band, scaled]))))


def seeded_dense(model):
    """Draws the weights of layers that learn; tables keep theirs."""
    for index, layer in enumerate(model.layers):
        if isinstance(layer, layers.Dense | layers.Embedding):
            layer.set_weights([random(*w.shape, seed=index, scale=0.4) for w in layer.get_weights()])
    return model
