"""Files for older runtimes run in them: the quick part of the zoo, and ops that are newer than the runtime.

`python -m tests.older_runtimes` judges the whole zoo and the differential corpus.
"""

import pytest

from tests import runtimes
from tests.models.zoo import MODELS
from tests.older_runtimes import case_jobs, judge_all, model_jobs, unlisted

QUICK = [name for name, model in MODELS.items() if model.quick]
TARGETS = [("ai-edge-litert-1.0", ""), ("tflite-runtime-2.14", "2.14"), ("tensorflow-2.12", "2.12")]
# Families with ops that some of these runtimes lack, or have at a lower version.
FAMILIES = [
    "Gelu",
    "Sign",
    "Abs/",
    "AddV2/i64",
    "All/",
    "Cast/f16",
    "PadV2",
    "Where",
    "Bucketize",
    "TensorScatterUpdate",
    "BitwiseAnd/*7_7",
    "LeftShift/*nx3_3",
    "Less/*2x1x3x1x2*",
    "Maximum/*",
    "Roll/*six*",
    "StridedSlice/f32_rank_6",
    "Slice/*",
    "Transpose/*",
    "Tile/*",
    "MirrorPad/*",
    "SparseToDense/i32*",
    "Asinh/*",
]


@pytest.fixture(params=TARGETS, ids=[name for name, _ in TARGETS])
def target(request):
    if runtimes.python_of(request.param[0]) is None:
        pytest.skip(f"no {request.param[0]} under build/runtimes: ./dev runtimes makes it")
    return request.param


def test_models(target, tmp_path):
    runtime, release = target
    jobs, refused = model_jobs(QUICK, release, tmp_path)
    assert not refused
    assert not judge_all(runtime, jobs, tmp_path)


def test_ops(target, tmp_path):
    runtime, release = target
    jobs, refused = case_jobs(FAMILIES, release, tmp_path)
    assert jobs
    assert all("TL0206" in said for said in refused.values()), refused
    assert not unlisted(runtime, judge_all(runtime, jobs, tmp_path))
