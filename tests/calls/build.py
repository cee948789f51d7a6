"""Makes the models and TensorFlow's answers: `python -m tests.calls.build [NAME...]`.

Each case gets a folder with the SavedModel and `calls.pickle`: for every call the signature, its arguments and
TensorFlow's answers. They stand under build/calls (or $TOLITE_CALLS) in a folder for each file of cases, which is named
after it and a hash of everything that shapes it; the archives of tests/prebuilt hold these folders as they were
committed, and TensorFlow makes what has changed since.
"""

import ast
import os
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests import prebuilt

from . import control_flow, float64, networks, recurrent, state, version_1  # noqa: F401 (they register cases)
from .case import CASES, Case

ROOT = Path(__file__).parents[2]


def cache() -> Path:
    return Path(os.environ.get("TOLITE_CALLS", ROOT / "build" / "calls"))


def sources(file: Path) -> list[Path]:
    """The file, and those beside it that it imports."""
    found = [file]
    for source in found:
        imports = (node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.ImportFrom))
        beside = (source.with_name(f"{node.module}.py") for node in imports if node.level == 1)
        found += [other for other in dict.fromkeys(beside) if other not in found]
    return found


def digest_of(file: Path) -> str:
    common = Path(__file__).with_name("case.py")
    return prebuilt.digest_of([common, *(source for source in sources(file) if source != common)])


def folder_of(file: Path) -> Path:
    """Where the cases of this file of cases are."""
    return cache() / f"{file.stem}-{digest_of(file)}"


def ensure(case: Case) -> Path:
    """The case's folder, unpacked or made now if it is not there."""
    suite = folder_of(case.source)
    if not suite.exists():
        prebuilt.unpack(f"calls-{case.source.stem}", digest_of(case.source), suite)
    folder = suite / case.name
    if not folder.exists():
        made = prebuilt.beside(folder)
        case.write(made / "saved_model")
        (made / "calls.pickle").write_bytes(pickle.dumps(case.answers(made / "saved_model")))
        prebuilt.settle(made, folder)
    return folder


def ensure_named(name: str) -> Path:
    return ensure(next(case for case in CASES if case.name == name))


def ensure_all(names: list[str]) -> list[Path]:
    """Makes these in as many processes as there are cores."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        return list(pool.map(ensure_named, names))


def main() -> None:
    for folder in ensure_all(sys.argv[1:] or [case.name for case in CASES]):
        print(folder)


if __name__ == "__main__":
    main()
