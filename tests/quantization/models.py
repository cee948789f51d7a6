"""The models that are quantized, and samples for them."""

import pickle
import zlib
from pathlib import Path

import numpy as np

from tests.calls import build as calls
from tests.calls.case import CASES
from tests.models import generate
from tests.models.weights import smooth_images
from tests.models.zoo import MODELS

ZOO = (
    "mobilenet_v2",
    "mobilenet_v3_large",
    "efficientnet_b0",
    "resnet50",
    "densenet121",
    "vit",
    "unet",
    "ssd",
)
CALLED = ("bert", "keras3_bidirectional", "temporal_convolutions", "keyword_spotting")
# Samples to calibrate on, and others to judge by: fewer let chance decide by half a decibel.
COUNTS = {"calibrate": 8, "judge": 32}


def like(example: np.ndarray, count: int, values: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Random samples of the shape (behind the batch) and the kind of an example."""
    shape = (count, *example.shape[1:])
    if example.dtype.kind in "iu":
        return rng.integers(example.min(), example.max() + 1, shape).astype(example.dtype)
    if len(shape) == 4:
        return smooth_images(shape, values, rng)
    return rng.standard_normal(shape).astype(example.dtype)


def network(name: str) -> tuple[Path, dict[str, np.ndarray], tuple[float, float]]:
    """The SavedModel, made now if it is not there; an example of its inputs, and the bounds of its images."""
    if name in ZOO:
        folder = generate.ensure(MODELS[name], peer=False)
        example = dict(np.load(folder / "samples_1.npz"))
        names = generate.reference(MODELS[name], folder / MODELS[name].file_name)[0]
        return folder / MODELS[name].file_name, {key: example[key] for key in names}, MODELS[name].values
    folder = calls.ensure(next(case for case in CASES if case.name == name))
    _, example, _ = pickle.loads((folder / "calls.pickle").read_bytes())[0]
    return folder / "saved_model", example, (-1.0, 1.0)


def write_samples(name: str, folder: Path) -> Path:
    """`calibrate.npz` and `judge.npz` in the folder; the SavedModel they are for."""
    source, example, values = network(name)
    folder.mkdir(parents=True, exist_ok=True)
    for purpose, count in COUNTS.items():
        file = folder / f"{purpose}.npz"
        if file.exists():
            continue
        rng = np.random.default_rng(zlib.crc32(f"{name} {purpose}".encode()))
        np.savez(file, **{key: like(array, count, values, rng) for key, array in sorted(example.items())})
    return source
