"""The same small classifier in the other forms and shapes people keep models in."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .model import Model
from .weights import randomize


def classifier(dtype: str = "float32") -> keras.Model:
    """A few convolutions with batch norm; what differs between the models of this file is how it is kept."""
    image = keras.Input((48, 48, 3), name="image")
    x = image
    for filters in (16, 32, 48):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False, dtype=dtype)(x)
        x = layers.ReLU(dtype=dtype)(layers.BatchNormalization(dtype=dtype)(x))
        y = layers.DepthwiseConv2D(3, padding="same", dtype=dtype)(x)
        x = layers.Add(dtype=dtype)([x, layers.Activation("relu6", dtype=dtype)(y)])
    x = layers.GlobalAveragePooling2D(dtype=dtype)(x)
    # Mixed precision keeps its last layer in single precision, as Keras advises.
    return keras.Model(image, layers.Dense(20, activation="softmax", dtype="float32")(x), name="classifier")


def write_saved_model_save(folder: Path) -> None:
    """`tf.saved_model.save` of a Keras 3 model: its restore function names other variables than its call does."""
    keras.backend.clear_session()
    tf.saved_model.save(randomize(classifier(), 51), str(folder))


class Service(tf.Module):
    """A plain module that holds a Keras 3 model, with a signature of its own."""

    def __init__(self, network: keras.Model):
        super().__init__()
        self.network = network
        self.temperature = tf.Variable(2.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 48, 48, 3], tf.float32, name="photo")])
    def classify(self, photo):
        scores = self.network(photo, training=False)
        return {"scores": scores, "sharpened": tf.nn.softmax(tf.math.log(scores + 1e-6) * self.temperature)}


def write_module(folder: Path) -> None:
    keras.backend.clear_session()
    service = Service(randomize(classifier(), 52))
    tf.saved_model.save(service, str(folder), signatures={"classify": service.classify})


def write_mixed_float16(folder: Path) -> None:
    keras.backend.clear_session()
    randomize(classifier("mixed_float16"), 53).export(str(folder), verbose=False)


def write_two_in_two_out(folder: Path) -> None:
    """Names in reverse alphabetical order: the order of inputs and outputs must be the author's."""
    keras.backend.clear_session()
    zeta = keras.Input((24,), name="zeta")
    alpha = keras.Input((8, 8, 2), name="alpha")
    left = layers.Dense(16, activation="relu")(zeta)
    right = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(alpha))
    both = layers.Concatenate()([left, layers.Dense(16, activation="relu")(right)])
    second, first = layers.Dense(5, name="to_second")(both), layers.Dense(3, activation="tanh", name="to_first")(both)
    model = randomize(keras.Model([zeta, alpha], {"second": second, "first": first}), 54)
    model.export(str(folder), verbose=False)


class ChannelsFirst(tf.Module):
    """A graph as other frameworks write it: channels before rows and columns, everywhere."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(55)

        def variable(*shape, scale=None, center=0.0):
            scale = np.sqrt(2 / np.prod(shape[:-1])) if scale is None else scale
            return tf.Variable((center + scale * rng.normal(size=shape)).astype(np.float32))

        self.stem, self.stem_bias = variable(3, 3, 3, 16), variable(16, scale=0.1)
        self.gamma, self.beta = variable(16, scale=0.2, center=1), variable(16, scale=0.2)
        self.mean, self.variance = variable(16, scale=0.2), tf.Variable(rng.uniform(0.5, 2, 16).astype(np.float32))
        self.body, self.body_bias = variable(3, 3, 16, 32), variable(32, scale=0.1)
        self.side, self.side_bias = variable(1, 1, 16, 32), variable(32, scale=0.1)
        self.head, self.head_bias = variable(32, 10, scale=0.4), variable(10, scale=0.1)

    @tf.function(input_signature=[tf.TensorSpec([None, 3, 48, 48], tf.float32, name="image")])
    def classify(self, image):
        form = {"data_format": "NCHW"}
        x = tf.nn.bias_add(tf.nn.conv2d(image, self.stem, 2, "SAME", **form), self.stem_bias, **form)
        x, _, _ = tf.compat.v1.nn.fused_batch_norm(
            x, self.gamma, self.beta, self.mean, self.variance, is_training=False, **form
        )
        x = tf.nn.max_pool2d(tf.nn.relu(x), 2, 2, "VALID", **form)
        y = tf.nn.bias_add(tf.nn.conv2d(x, self.body, 1, "SAME", **form), self.body_bias, **form)
        z = tf.nn.bias_add(tf.nn.conv2d(x, self.side, 1, "SAME", **form), self.side_bias, **form)
        x = tf.concat([tf.nn.relu6(y), tf.pad(z, [[0, 0]] * 4) * 0.5], axis=1)
        x = tf.reduce_mean(x[:, ::2] + x[:, 1::2], axis=[2, 3])
        return {"scores": tf.nn.softmax(tf.linalg.matmul(x, self.head) + self.head_bias)}


def write_channels_first(folder: Path) -> None:
    module = ChannelsFirst()
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.classify})


def write_keras_2(folder: Path) -> None:
    """Keras 2 (tf_keras) in its own SavedModel form."""
    import tf_keras

    tf_keras.backend.clear_session()
    rng = np.random.default_rng(56)
    image = tf_keras.Input((64, 64, 3), name="image")
    x = image
    for filters in (16, 32, 64):
        x = tf_keras.layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
        x = tf_keras.layers.ReLU(6.0)(tf_keras.layers.BatchNormalization()(x))
        x = tf_keras.layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
        x = tf_keras.layers.ReLU()(tf_keras.layers.BatchNormalization()(x))
    x = tf_keras.layers.GlobalAveragePooling2D()(x)
    model = tf_keras.Model(image, tf_keras.layers.Dense(12, activation="softmax")(x), name="keras_2")
    for weight in model.weights:
        shape, name = tuple(weight.shape), weight.name
        if "moving_variance" in name or "gamma" in name:
            weight.assign(rng.uniform(0.6, 1.5, size=shape))
        elif len(shape) == 1:
            weight.assign(rng.normal(0, 0.2, size=shape))
        else:
            fan_in = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
            weight.assign(rng.normal(0, np.sqrt(2 / fan_in), size=shape))
    model.save(str(folder), save_format="tf")


def version_1_graph(session: tf.compat.v1.Session):
    """A graph of TensorFlow 1: reference variables, FusedBatchNorm, dropout behind a placeholder."""
    v1 = tf.compat.v1
    rng = np.random.default_rng(57)

    def variable(name, shape, scale, center=0.0):
        values = (center + scale * rng.normal(size=shape)).astype(np.float32)
        return v1.get_variable(name, initializer=values, use_resource=False)

    image = v1.placeholder(tf.float32, [None, 32, 32, 3], name="image")
    x = image
    for index, (channels, filters) in enumerate(((3, 16), (16, 32))):
        with v1.variable_scope(f"block_{index}"):
            kernel = variable("kernel", (3, 3, channels, filters), np.sqrt(2 / (9 * channels)))
            x = tf.nn.conv2d(x, kernel, 1, "SAME")
            x, _, _ = v1.nn.fused_batch_norm(
                x,
                variable("gamma", (filters,), 0.2, 1.0),
                variable("beta", (filters,), 0.2),
                variable("mean", (filters,), 0.2),
                tf.abs(variable("variance", (filters,), 0.2, 1.0)),
                is_training=False,
            )
            x = tf.nn.max_pool2d(tf.nn.relu(x), 2, 2, "SAME")
    x = tf.reshape(x, [-1, 8 * 8 * 32], name="flat")
    logits = tf.linalg.matmul(x, variable("head", (8 * 8 * 32, 10), 0.03)) + variable("bias", (10,), 0.1)
    scores = tf.nn.softmax(logits, name="scores")
    session.run(v1.global_variables_initializer())
    return image, scores


def write_version_1(folder: Path) -> None:
    """A SavedModel as TensorFlow 1 wrote it."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        image, scores = version_1_graph(session)
        tf.compat.v1.saved_model.simple_save(session, str(folder), {"image": image}, {"scores": scores})


def write_frozen(file: Path) -> None:
    """The TensorFlow 1 graph with its variables made constants, as one GraphDef."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        version_1_graph(session)
        graph = tf.compat.v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["scores"])
    file.write_bytes(graph.SerializeToString())


MODELS = (
    Model("saved_model_save", write_saved_model_save, "`tf.saved_model.save` of a Keras 3 model"),
    Model("module_with_keras", write_module, "`tf.Module` holding a Keras 3 model, two outputs"),
    # TensorFlow computes in half precision, whose step is 2^-11 of a value: a file that computes in single
    # precision is nearer the truth than its source, and cannot be nearer to the source than that.
    Model("mixed_float16", write_mixed_float16, "Keras 3 `mixed_float16` policy", tolerance=4e-3),
    Model("two_in_two_out", write_two_in_two_out, "two inputs, two outputs, names not in order"),
    Model("channels_first", write_channels_first, "NCHW graph", needs_xla=True),
    Model("keras_2", write_keras_2, "tf_keras 2 SavedModel"),
    Model("version_1", write_version_1, "TensorFlow 1 SavedModel"),
    Model("frozen", write_frozen, "frozen GraphDef", frozen=(("image",), ("scores",))),
)
