"""Whole networks: converted, run in the LiteRT interpreter and in our evaluator, compared with TensorFlow's answers.

The quick part of the zoo; `./dev bench --models` judges all of it.
"""

import numpy as np
import pytest

from tests.models.generate import BATCHES, ensure
from tests.models.litert import Runner, error, operators, samples
from tests.models.tolite import convert
from tests.models.zoo import MODELS

QUICK = [name for name, model in MODELS.items() if model.quick]


@pytest.fixture(scope="module", params=QUICK)
def converted(request, tmp_path_factory):
    """The model, its folder in the zoo, and the file made of it."""
    model = MODELS[request.param]
    folder = ensure(model, peer=False)
    out = tmp_path_factory.mktemp(model.name) / "out.tflite"
    assert convert(model, folder, out) is None
    return model, folder, out


def test_only_builtins(converted):
    _, _, out = converted
    assert not [name for name in operators(out) if name.startswith("<")]


@pytest.mark.parametrize("batch", BATCHES)
def test_answers_in_litert(converted, batch):
    model, folder, out = converted
    runner = Runner(out)
    feeds, expected = samples(folder, batch, runner)
    assert expected.keys() == runner.outputs.keys()
    for _ in range(2):  # what the first run leaves behind must not change the second
        assert error(runner(feeds), expected) <= model.tolerance


def test_answers_change_with_the_input(converted):
    """Two inputs, one interpreter: nothing of the answer may have been folded from the first."""
    model, folder, out = converted
    runner = Runner(out)
    feeds, expected = samples(folder, 3, runner)
    for row in range(3):
        answers = runner({name: value[row : row + 1] for name, value in feeds.items()})
        assert error(answers, {name: value[row : row + 1] for name, value in expected.items()}) <= 2 * model.tolerance


def test_answers_in_the_evaluator(converted, tolite, tmp_path):
    model, folder, out = converted
    feeds, expected = samples(folder, 1, Runner(out))
    arguments = []
    for name, value in feeds.items():
        np.save(tmp_path / f"{name}.npy", value)
        arguments += ["--input", f"{name}={tmp_path / name}.npy"]
    done = tolite("run", out, *arguments, "-o", tmp_path / "answers.npz")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "answers.npz") as answers:
        assert error(dict(answers), expected) <= model.tolerance


def test_author_order(tolite, tmp_path):
    """Inputs stand in the order of the author's call, whatever the order of their names."""
    folder = ensure(MODELS["two_in_two_out"], peer=False)
    assert tolite("convert", folder / "saved_model", "-o", tmp_path / "out.tflite").returncode == 0
    inputs, _ = Runner(tmp_path / "out.tflite").order()
    assert ["zeta" in inputs[0], "alpha" in inputs[1]] == [True, True]
