"""Models of the transformers library, where that is installed: every call right, at several batch sizes and lengths.

The library is none of the tests' requirements: .venv/bin/pip install "transformers<5".
"""

import pickle
from importlib.util import find_spec

import pytest

from tests.calls.build import ensure
from tests.calls.judge import check_in_litert

if find_spec("transformers") is None:
    pytest.skip("transformers is not installed: pip install 'transformers<5'", allow_module_level=True)

from tests.hugging_face.models import CASES

BY_NAME = {case.name: case for case in CASES}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_call(name, tmp_path, tolite):
    case = BY_NAME[name]
    folder = ensure(case)
    out = tmp_path / "out.tflite"
    done = tolite("convert", folder / "saved_model", "-o", out, "-q", *case.options)
    assert done.returncode == 0, done.stderr
    check_in_litert(out, pickle.loads((folder / "calls.pickle").read_bytes()), case.tolerance)
