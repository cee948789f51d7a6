"""Makes the models and TensorFlow's answers: `python -m tests.calls.build [NAME...]`.

Each case gets a folder under build/calls (or $TOLITE_CALLS) with the SavedModel and `calls.pickle`: for every call the
signature, its arguments and TensorFlow's answers. What was made from the same sources is kept.
"""

import hashlib
import os
import pickle
import shutil
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from . import control_flow, float64, networks, recurrent, state, version_1  # noqa: F401 (they register cases)
from .case import CASES, Case

ROOT = Path(__file__).parents[2]


def cache() -> Path:
    return Path(os.environ.get("TOLITE_CALLS", ROOT / "build" / "calls"))


def recipe(case: Case) -> str:
    """A digest of the sources the case is made from."""
    source = Path(case.calls.__code__.co_filename).parent
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(source.glob("*.py")))).hexdigest()


def answers(folder: Path, calls) -> list:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder))
    made = []
    for key, feeds in calls:
        results = loaded.signatures[key](**{name: tf.constant(value) for name, value in feeds.items()})
        made.append((key, feeds, {name: value.numpy() for name, value in results.items()}))
    return made


def ensure(case: Case) -> Path:
    """The case's folder, made now if it is not there."""
    folder = cache() / case.name
    stamp = folder / "recipe"
    if stamp.exists() and stamp.read_text() == recipe(case):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    case.write(folder / "saved_model")
    with (folder / "calls.pickle").open("wb") as file:
        pickle.dump(answers(folder / "saved_model", case.calls()), file)
    stamp.write_text(recipe(case))
    return folder


def main() -> None:
    for case in CASES:
        if not sys.argv[1:] or case.name in sys.argv[1:]:
            print(ensure(case), flush=True)


if __name__ == "__main__":
    main()
