"""Calls of a file, held against TensorFlow's answers."""

from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def check(answers: dict, expected: dict, tolerance: float) -> None:
    assert answers.keys() == expected.keys()
    for name, wanted in expected.items():
        got = answers[name]
        assert got.shape == wanted.shape, name
        assert got.dtype == wanted.dtype, name
        if wanted.dtype.kind == "f":
            scale = max(float(np.abs(wanted).max(initial=0)), 1e-3)
            assert float(np.abs(got - wanted).max(initial=0)) <= tolerance * scale, name
        else:
            assert (got == wanted).all(), name


def narrowed(arrays: dict) -> dict:
    """What a model is given and gives whose float64 is float32."""
    return {k: v.astype(np.float32) if v.dtype == np.float64 else v for k, v in arrays.items()}


def check_in_litert(file: Path, calls: list, tolerance: float) -> None:
    """All calls in their order, on one interpreter."""
    interpreter = Interpreter(str(file), num_threads=1)
    runners = {key: interpreter.get_signature_runner(key) for key in interpreter.get_signature_list()}
    for key, feeds, expected in calls:
        check(runners[key](**feeds), expected, tolerance)
