"""Whole models that need TensorFlow's kernels, and how they are called."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Calls = list[tuple[str, dict[str, np.ndarray]]]
KEY = "serving_default"


@dataclass(frozen=True)
class Model:
    """A model and what is called of it: sessions, each on a fresh interpreter, of calls in their order."""

    name: str
    # Writes the SavedModel to this folder.
    write: Callable[[Path], None]
    # The sessions; files that they write and read go to this folder.
    sessions: Callable[[Path], list[Calls]]
    # Ops that have to be Select TF ops of our file.
    ops: set[str]


MODELS: list[Model] = []


def texts(*lines: str) -> dict[str, np.ndarray]:
    return {"text": np.array([line.encode() for line in lines], object)}


def text_calls(_: Path) -> list[Calls]:
    return [
        [
            (KEY, texts("a film that I loved!", "Bad, bad film.")),
            (KEY, texts("The quick brown fox", "", "dog dog dog", "nothing known; of it", "over a lazy dog lazily")),
            (KEY, texts("THE DOG")),
            (KEY, texts("  over   the fox ", "a")),
        ]
    ]


def text_model(name: str, ops: set[str], **options: Any) -> None:
    """A classifier of texts: TextVectorization with a saved vocabulary, then an embedding where it gives numbers."""

    def write(folder: Path) -> None:
        import keras

        keras.utils.set_random_seed(1)
        layers = keras.layers
        vectorize = layers.TextVectorization(max_tokens=30, **options)
        vectorize.adapt(["the quick brown fox", "jumped over the lazy dog", "a film I loved", "bad, bad film"])
        x = keras.Input([], dtype="string", name="text")
        y = vectorize(x)
        if options.get("output_mode", "int") == "int":
            y = layers.GlobalAveragePooling1D()(layers.Embedding(30, 8)(y))
        keras.Model(x, layers.Dense(3, "softmax")(y)).export(str(folder), verbose=False)

    MODELS.append(Model(f"text_{name}", write, text_calls, ops | {"StringLower", "StaticRegexReplace"}))


text_model("of_fixed_length", {"StringSplitV2", "RaggedTensorToTensor"}, output_sequence_length=6)
text_model("of_any_length", {"StringSplitV2", "RaggedTensorToTensor"})
text_model("multi_hot", {"StringSplitV2", "RaggedBincount"}, output_mode="multi_hot")
text_model("counted", {"StringSplitV2", "RaggedBincount"}, output_mode="count")
text_model("of_characters", {"UnicodeDecode", "UnicodeEncode"}, output_sequence_length=20, split="character")


def training_sessions(folder: Path) -> list[Calls]:
    """Trains, saves what was learnt, and restores it where nothing was."""
    random = np.random.default_rng(3)
    images = random.random((6, 4, 4), np.float32)
    labels = np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1, 2]]
    path = {"checkpoint_path": np.array(str(folder / "learnt.ckpt").encode(), object)}
    infer = ("infer", {"x": images[:2]})
    steps = [("train", {"x": images[i:], "y": labels[i:]}) for i in range(4)]
    return [[infer, *steps, infer, ("save", path)], [infer, ("restore", path), infer, steps[0], infer]]


def training_model(name: str, library: str, optimizer: str) -> None:
    """The on-device training of TensorFlow Lite's guide: four signatures on the variables of a Keras model."""

    def write(folder: Path) -> None:
        from importlib import import_module

        import tensorflow as tf

        keras = import_module(library)
        keras.utils.set_random_seed(2)
        model = keras.Sequential(
            [keras.Input([4, 4]), keras.layers.Flatten(), keras.layers.Dense(8, "relu"), keras.layers.Dense(3)]
        )
        optimizer_object = keras.optimizers.get(optimizer)
        optimizer_object.build(model.trainable_variables)
        loss_of = keras.losses.CategoricalCrossentropy(from_logits=True)
        images, path = tf.TensorSpec([None, 4, 4], name="x"), tf.TensorSpec([], tf.string, name="checkpoint_path")

        class Trainer(tf.Module):
            def __init__(self):
                super().__init__()
                self.model = model
                self.optimizer = optimizer_object

            @tf.function(input_signature=[images, tf.TensorSpec([None, 3], name="y")])
            def train(self, x, y):
                with tf.GradientTape() as tape:
                    loss = loss_of(y, model(x))
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer_object.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
                return {"loss": loss}

            @tf.function(input_signature=[images])
            def infer(self, x):
                logits = model(x)
                return {"output": tf.nn.softmax(logits, axis=-1), "logits": logits}

            @tf.function(input_signature=[path])
            def save(self, checkpoint_path):
                names = [f"{i}" for i in range(len(model.weights))]
                values = [tf.convert_to_tensor(weight) for weight in model.weights]
                tf.raw_ops.Save(filename=checkpoint_path, tensor_names=names, data=values, name="save")
                return {"checkpoint_path": checkpoint_path}

            @tf.function(input_signature=[path])
            def restore(self, checkpoint_path):
                restored = {}
                for i, weight in enumerate(model.weights):
                    value = tf.raw_ops.Restore(
                        file_pattern=checkpoint_path, tensor_name=f"{i}", dt=tf.float32, name="restore"
                    )
                    weight.assign(tf.ensure_shape(value, weight.shape))
                    restored[f"weight_{i}"] = value
                return restored

        trainer = Trainer()
        keys = ("train", "infer", "save", "restore")
        tf.saved_model.save(trainer, str(folder), signatures={key: getattr(trainer, key) for key in keys})

    MODELS.append(Model(f"training_{name}", write, training_sessions, {"Save", "Restore"}))


training_model("keras_2_sgd", "tf_keras", "sgd")
training_model("keras_3_sgd", "keras", "sgd")
training_model("keras_3_adam", "keras", "adam")
