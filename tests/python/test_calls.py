"""Models with control flow, state and sequences: every call right, in the order of the calls, in LiteRT and in our
evaluator."""

import pickle

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.calls.build import CASES, ensure

BY_NAME = {case.name: case for case in CASES}


@pytest.fixture(scope="module", params=list(BY_NAME))
def converted(request, tmp_path_factory, tolite):
    """The case, its calls with TensorFlow's answers, and the file made of its model."""
    case = BY_NAME[request.param]
    folder = ensure(case)
    out = tmp_path_factory.mktemp(case.name) / "out.tflite"
    done = tolite("convert", folder / "saved_model", "-o", out, "-q")
    assert done.returncode == 0, done.stderr
    return case, pickle.loads((folder / "calls.pickle").read_bytes()), out


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


def test_calls_in_litert(converted):
    case, calls, out = converted
    interpreter = Interpreter(str(out), num_threads=1)
    runners = {key: interpreter.get_signature_runner(key) for key in interpreter.get_signature_list()}
    for key, feeds, expected in calls:
        check(runners[key](**feeds), expected, case.tolerance)


def test_first_call_in_the_evaluator(converted, tolite, tmp_path):
    case, calls, out = converted
    key, feeds, expected = calls[0]
    if any(value.dtype == object for value in (*feeds.values(), *expected.values())):
        pytest.skip("files of arrays hold no strings")
    arguments = []
    for name, value in feeds.items():
        np.save(tmp_path / f"{name}.npy", value)
        arguments += ["--input", f"{name}={tmp_path / name}.npy"]
    done = tolite("run", out, "--signature", key, *arguments, "-o", tmp_path / "answers.npz")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "answers.npz") as answers:
        check(dict(answers), expected, case.tolerance)
