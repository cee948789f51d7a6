"""Looks at and runs models in tolite's own evaluator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native


def _pack(value: ArrayLike) -> tuple[str, list[int], bytes, list[bytes]]:
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        strings = [s if isinstance(s, bytes) else str(s).encode() for s in array.ravel().tolist()]
        return "string", list(array.shape), b"", strings
    return array.dtype.name, list(array.shape), np.ascontiguousarray(array).tobytes(), []


def _unpack(parts: tuple[str, list[int], bytes, list[bytes]]) -> NDArray[Any]:
    name, shape, data, strings = parts
    if name == "string":
        array = np.empty(len(strings), dtype=object)
        array[:] = strings
        return array.reshape(shape)
    return np.frombuffer(data, dtype=np.dtype(name)).reshape(shape).copy()


def run(
    model: bytes | str | os.PathLike[str], inputs: Mapping[str, ArrayLike], signature: str = ""
) -> dict[str, NDArray[Any]]:
    """Runs a .tflite model in tolite's evaluator.

    Args:
        model: the bytes of a .tflite file, or its path.
        inputs: an array for each input, by its name in the signature.
        signature: which signature to run; may be empty if the model has only one.

    Returns:
        An array for each output, by its name in the signature.

    Raises:
        tolite.ConverterError: the file is no model, the inputs do not fit, or an op has no kernel here.
    """
    runner = _native.Runner(model if isinstance(model, bytes) else os.fspath(model), signature)
    packed = {name: _pack(value) for name, value in inputs.items()}
    return {name: _unpack(parts) for name, parts in runner.run(packed).items()}


def inspect(model: str | os.PathLike[str], *, json: bool = False) -> str:
    """The text form of a .tflite file, SavedModel or frozen graph; with ``json``, the same facts as JSON.

    Raises:
        tolite.ConverterError: the model cannot be read.
    """
    return _native.inspect(os.fspath(model), _native.Options(), json)
