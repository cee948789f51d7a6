"""Whole models with Select TF ops: TensorFlow's kernels run the file, and every call gives TensorFlow's answer."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests import runtimes
from tests.models.tolite import PROGRAM
from tests.select_tf.models import MODELS, Calls, Model

NAMES = [model.name for model in MODELS]


def convert(source: Path, *options: str) -> subprocess.CompletedProcess:
    out = ["-o", source.with_suffix(".tflite"), "--report", source.with_suffix(".json")]
    return subprocess.run([PROGRAM, "convert", source, *out, *options], capture_output=True, text=True)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The SavedModels."""
    folder = tmp_path_factory.mktemp("select_models")
    for model in MODELS:
        model.write(folder / model.name)
    return folder


@pytest.fixture(scope="module")
def converted(written):
    """How the conversion of each ended."""
    return {model.name: convert(written / model.name, "--select-tf-ops") for model in MODELS}


def wanted(folder: Path, sessions: list[Calls]) -> list[list[dict]]:
    """TensorFlow's answers."""
    import tensorflow as tf

    answers = []
    for calls in sessions:
        signatures = tf.saved_model.load(str(folder)).signatures
        answers.append([])
        for key, feeds in calls:
            results = signatures[key](**{name: tf.constant(value) for name, value in feeds.items()})
            answers[-1].append({name: np.asarray(value.numpy()) for name, value in results.items()})
    return answers


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_select_ops_of_the_file(written, converted, model: Model):
    assert converted[model.name].returncode == 0, converted[model.name].stderr
    report = json.loads((written / model.name).with_suffix(".json").read_text())
    assert {op["op"] for op in report["foreign_ops"]} == model.ops


@pytest.fixture(scope="module")
def answers(written, converted, tmp_path_factory):
    """What the interpreter of TensorFlow 2.18 makes of our files, by model and session."""
    if runtimes.python_of("tensorflow-2.18") is None:
        pytest.skip("no TensorFlow 2.18, whose interpreter has the Flex delegate: ./dev runtimes makes it")
    jobs, names = [], []
    files = tmp_path_factory.mktemp("files")
    for model in MODELS:
        if converted[model.name].returncode:
            continue
        (files / model.name).mkdir()
        for calls in model.sessions(files / model.name):
            packed = [(key, {name: runtimes.pack(value) for name, value in feeds.items()}) for key, feeds in calls]
            jobs.append((str((written / model.name).with_suffix(".tflite")), packed))
            names.append(model.name)
    results = runtimes.run("tensorflow-2.18", jobs, tmp_path_factory.mktemp("jobs"), kind="calls")
    return [(name, result) for name, result in zip(names, results, strict=True)]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_call_is_that_of_tensorflow(written, answers, model: Model, tmp_path):
    sessions = [result for name, result in answers if name == model.name]
    expected = wanted(written / model.name, model.sessions(tmp_path))
    assert len(sessions) == len(expected)
    for got_calls, want_calls in zip(sessions, expected, strict=True):
        assert not isinstance(got_calls, str), got_calls
        for got, want in zip(got_calls, want_calls, strict=True):
            assert got.keys() == want.keys()
            for name, value in want.items():
                array = runtimes.unpack(got[name])
                if value.dtype.kind in "OS":  # the path handed in: the runtime gives back bytes it has let go of
                    continue
                assert array.dtype == value.dtype
                np.testing.assert_allclose(array, value, rtol=1e-4, atol=1e-6, err_msg=name)
