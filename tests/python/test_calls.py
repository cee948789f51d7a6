"""Models with control flow, state and sequences: every call right, in the order of the calls, in LiteRT and in our
evaluator."""

import pickle

import numpy as np
import pytest

from tests.calls.build import CASES, ensure
from tests.calls.judge import check, check_in_litert, narrowed

BY_NAME = {case.name: case for case in CASES}


@pytest.fixture(scope="module", params=list(BY_NAME))
def converted(request, tmp_path_factory, tolite):
    """The case, its calls with TensorFlow's answers, and the file made of its model."""
    case = BY_NAME[request.param]
    folder = ensure(case)
    out = tmp_path_factory.mktemp(case.name) / "out.tflite"
    done = tolite("convert", folder / "saved_model", "-o", out, "-q", *case.options)
    assert done.returncode == 0, done.stderr
    calls = pickle.loads((folder / "calls.pickle").read_bytes())
    if "--narrow-float64" in case.options:
        calls = [(key, narrowed(feeds), narrowed(expected)) for key, feeds, expected in calls]
    return case, calls, out


def test_calls_in_litert(converted):
    case, calls, out = converted
    check_in_litert(out, calls, case.tolerance)


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
