"""The command line on good and on bad input: exit status, message, and the old output file left as it was."""

import os
import resource
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.models.generate import ensure
from tests.models.litert import Runner
from tests.models.tolite import PROGRAM
from tests.models.zoo import MODELS

USAGE, UNREADABLE, VERIFICATION = 2, 3, 4
VARIABLES = Path("variables/variables.data-00000-of-00001")
INDEX = Path("variables/variables.index")


@pytest.fixture
def model(digits, tmp_path) -> Path:
    """A copy of the digits SavedModel that a test may damage."""
    return Path(shutil.copytree(digits / "saved_model", tmp_path / "saved_model"))


@pytest.fixture
def refuses(tolite, tmp_path):
    """Checks that a conversion fails with this status and these words, and that an older output stays as it was."""

    def check(model: Path, status: int, *words: str, options=()) -> None:
        out = tmp_path / "out.tflite"
        out.write_bytes(b"the file of the last good run")
        done = tolite("convert", model, "-o", out, *options)
        assert done.returncode == status, (done.returncode, done.stderr)
        assert "TL0" in done.stderr
        for word in words:
            assert word in done.stderr
        assert out.read_bytes() == b"the file of the last good run"
        assert sorted(x.name for x in tmp_path.iterdir() if x.is_file()) == ["out.tflite"], "a temporary file is left"

    return check


def test_missing_folder(refuses, tmp_path):
    refuses(tmp_path / "nothing", UNREADABLE, "nothing")


def test_folder_without_saved_model(refuses, tmp_path):
    (tmp_path / "empty").mkdir()
    refuses(tmp_path / "empty", UNREADABLE, "saved_model.pb")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_truncated_graph(refuses, model, part):
    data = (model / "saved_model.pb").read_bytes()
    (model / "saved_model.pb").write_bytes(data[: int(len(data) * part)])
    refuses(model, UNREADABLE, "saved_model.pb")


@pytest.mark.parametrize("file", [VARIABLES, INDEX], ids=["data", "index"])
def test_truncated_variables(refuses, model, file):
    data = (model / file).read_bytes()
    (model / file).write_bytes(data[: len(data) // 2])
    refuses(model, UNREADABLE, file.name)


@pytest.mark.parametrize("file", [VARIABLES, INDEX], ids=["data", "index"])
def test_flipped_bit(refuses, model, file):
    """Every place that matters is under a checksum; half of the data file is the copy that is not read."""
    data = bytearray((model / file).read_bytes())
    for place in range(7, len(data), max(1, len(data) // 200)):
        data[place] ^= 0x10
    (model / file).write_bytes(data)
    refuses(model, UNREADABLE)


def test_missing_shard(refuses, model):
    (model / VARIABLES).unlink()
    refuses(model, UNREADABLE, VARIABLES.name)


def test_missing_index(refuses, model):
    (model / INDEX).unlink()
    refuses(model, UNREADABLE, INDEX.name)


def test_unknown_signature(refuses, model):
    refuses(model, USAGE, "no_such", "serving_default", options=("--signature", "no_such"))


def test_unknown_tag(refuses, model):
    refuses(model, USAGE, "no_such", "serve", options=("--tag", "no_such"))


@pytest.mark.parametrize("shape", ["pixels=1,8,8", "pixels=1,8,8,1,1", "pixels=1,9,8,1", "nothing=1,8,8,1"])
def test_wrong_input_shape(refuses, model, shape):
    refuses(model, USAGE, shape.partition("=")[0], options=("--input-shape", shape))


@pytest.mark.parametrize("shape", ["pixels", "pixels=", "pixels=1,x", "pixels=1,-7,8,1", "pixels=99999999999999999999"])
def test_input_shape_that_is_none(refuses, model, shape):
    refuses(model, USAGE, "TL0001", options=("--input-shape", shape))


def test_fixed_input_shape(tolite, model, tmp_path):
    out = tmp_path / "out.tflite"
    assert tolite("convert", model, "-o", out, "--input-shape", "pixels=2,8,8,1").returncode == 0
    (pixels,) = Runner(out).inputs.values()
    assert list(pixels["shape"]) == list(pixels["shape_signature"]) == [2, 8, 8, 1]


@pytest.mark.parametrize("arguments", [(), ("convert",), ("convert", "x"), ("frobnicate",), ("convert", "x", "--what")])
def test_usage(tolite, arguments):
    done = tolite(*arguments)
    assert done.returncode == USAGE
    assert done.stderr
    assert not done.stdout


def test_missing_output_folder(tolite, model, tmp_path):
    done = tolite("convert", model, "-o", tmp_path / "nowhere" / "out.tflite")
    assert done.returncode == UNREADABLE
    assert "nowhere" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root writes everywhere")
def test_unwritable_folder(tolite, digits, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir()
    out = locked / "out.tflite"
    out.write_bytes(b"old")
    locked.chmod(0o555)
    command = [PROGRAM, "convert", digits / "saved_model", "-o", out]
    if os.geteuid() == 0:
        # Root without its right to pass over permissions is as anyone else.
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", *command]
    done = subprocess.run(command, capture_output=True, text=True)
    locked.chmod(0o755)
    assert done.returncode == UNREADABLE, done.stderr
    assert "locked" in done.stderr
    assert out.read_bytes() == b"old"


def test_full_disk(tolite, digits, tmp_path):
    """A limit on the size of files stands in for a full disk, and needs no rights."""
    out = tmp_path / "out.tflite"
    out.write_bytes(b"old")
    done = tolite(
        "convert",
        digits / "saved_model",
        "-o",
        out,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        restore_signals=False,  # Python ignores SIGXFSZ, and so the program is told by an error as on a full disk
    )
    assert done.returncode == UNREADABLE, done.stderr
    assert out.read_bytes() == b"old"
    assert [x.name for x in tmp_path.iterdir()] == ["out.tflite"]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs rights this process has not")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_really_full_disk(tolite, digits, small_disk):
    out = small_disk / "out.tflite"
    out.write_bytes(b"old")
    done = tolite("convert", digits / "saved_model", "-o", out)
    assert done.returncode == UNREADABLE, done.stderr
    assert out.read_bytes() == b"old"
    assert [x.name for x in small_disk.iterdir()] == ["out.tflite"]


def test_verify(tolite, digits, tmp_path):
    """Right answers pass; one wrong answer fails with its status and still no output is lost."""
    with np.load(digits / "test.npz") as samples:
        right = {"pixels": samples["pixels"], "output_0": samples["output_0"]}
    wrong = {**right, "output_0": right["output_0"][::-1]}
    for name, arrays, status in (("right", right, 0), ("wrong", wrong, VERIFICATION)):
        np.savez(tmp_path / f"{name}.npz", **arrays)
        out = tmp_path / f"{name}.tflite"
        done = tolite("convert", digits / "saved_model", "-o", out, "--verify", tmp_path / f"{name}.npz")
        assert done.returncode == status, done.stderr
        assert out.exists() == (status == 0)


def test_verify_with_the_shipped_samples(tolite, digits, tmp_path):
    done = tolite("convert", digits / "saved_model", "-o", tmp_path / "out.tflite", "--verify", digits / "test.npz")
    assert done.returncode == 0, done.stderr


def test_demo_script(digits, tmp_path):
    done = subprocess.run(
        ["python3", "-I", "-S", digits / "demo.py", PROGRAM, tmp_path], capture_output=True, text=True, check=True
    )
    assert "accuracy   96.89% in TensorFlow, 96.89% after conversion" in done.stdout


def test_same_bytes_whatever_the_threads(tolite, digits, tmp_path):
    models = [digits / "saved_model", ensure(MODELS["mobilenet_v2"], peer=False) / "saved_model"]
    for model in models:
        made = set()
        for run in range(10):
            for threads in (1, 2, 8):
                out = tmp_path / f"{run}-{threads}.tflite"
                assert tolite("convert", model, "-o", out, "--threads", threads).returncode == 0
                made.add(out.read_bytes())
                out.unlink()
        assert len(made) == 1


def test_version(tolite):
    done = tolite("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("tolite 0.")


def test_inspect_reads_both_ends(tolite, digits, tmp_path):
    assert tolite("convert", digits / "saved_model", "-o", tmp_path / "out.tflite").returncode == 0
    for file in (tmp_path / "out.tflite", digits / "saved_model"):
        done = tolite("inspect", file)
        assert done.returncode == 0, done.stderr
        assert "pixels" in done.stdout
        assert tolite("inspect", file, "--json").stdout.lstrip().startswith("{")
