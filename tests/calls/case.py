"""What the suite knows of a model: how it is made and how it is called."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

# The arguments of one call, by their names in the signature.
Feeds = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A model and the calls that are made of it, in their order and on one interpreter."""

    name: str
    # Writes the SavedModel to this folder.
    write: Callable[[Path], None]
    # The calls of signature `signature`, or of several: pairs of key and feeds.
    calls: Callable[[], list[tuple[str, Feeds]]]
    # Largest error allowed, as a part of the answer's range.
    tolerance: float = 1e-4
    # Options of `tolite convert`.
    options: tuple[str, ...] = ()
    # The file of cases that it stands in, where that is not the one of `write`.
    file: str = ""

    @property
    def source(self) -> Path:
        return Path(self.file or self.write.__code__.co_filename)

    def answers(self, folder: Path) -> list[tuple[str, Feeds, dict[str, np.ndarray]]]:
        """The calls, each with TensorFlow's answers of the model that was written."""
        loaded = tf.saved_model.load(str(folder))
        made = []
        for key, feeds in self.calls():
            results = loaded.signatures[key](**{name: tf.constant(value) for name, value in feeds.items()})
            made.append((key, feeds, {name: value.numpy() for name, value in results.items()}))
        return made


CASES: list[Case] = []

KEY = "serving_default"


def random(*shape: int, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    """Normally distributed numbers that are the same in every run."""
    return (scale * np.random.default_rng([seed, *shape]).standard_normal(shape)).astype(np.float32)


def batches(name: str, *shape: int, sizes=(2, 5, 2, 1)) -> Callable[[], list[tuple[str, Feeds]]]:
    """Calls with one argument, of these batch sizes."""
    return lambda: [(KEY, {name: random(size, *shape, seed=i)}) for i, size in enumerate(sizes)]


def function(name: str, signature: list[tf.TensorSpec], calls, tolerance: float = 1e-4, module=tf.Module, options=()):
    """Registers a case made of a function of a module and its arguments: a dictionary of results."""

    def register(body):
        def write(folder: Path) -> None:
            owner = module()
            owner.call = tf.function(lambda *arguments: body(owner, *arguments), input_signature=signature)
            tf.saved_model.save(owner, str(folder), signatures=owner.call.get_concrete_function())

        CASES.append(Case(name, write, calls, tolerance, options, body.__code__.co_filename))
        return body

    return register


def keras_model(name: str, calls, tolerance: float = 1e-4, options=()):
    """Registers a case made of a function that makes a Keras model, Keras 3 or tf_keras."""

    def register(make):
        def write(folder: Path) -> None:
            model = make()
            model.export(str(folder), **({"verbose": False} if type(model).__module__.startswith("keras.") else {}))

        CASES.append(Case(name, write, calls, tolerance, options, make.__code__.co_filename))
        return make

    return register


def spec(name: str, *shape: int | None, dtype=tf.float32) -> tf.TensorSpec:
    return tf.TensorSpec(shape, dtype, name=name)
