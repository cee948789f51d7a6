"""Builds the corpus: for each table module a folder of frozen graphs, inputs and TensorFlow's outputs.

    python -m tests.differential.build

A folder is named after its module and a hash of everything that shapes it, so what is unchanged is never built again
and runs need no TensorFlow. The archives of tests/prebuilt hold the folders of the tables as they were committed;
TensorFlow builds those of tables that have changed since, as many at once as there are cores.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from tests import prebuilt

from . import case as language

HERE = Path(__file__).parent
MODULES = sorted(p.stem for p in (HERE / "table").glob("[a-z]*.py"))


def cache_root() -> Path:
    return Path(os.environ.get("TOLITE_DIFFERENTIAL") or HERE.parents[1] / "build" / "differential")


def digest_of(module: str) -> str:
    return prebuilt.digest_of((HERE / "case.py", HERE / "oracle.py", HERE / "table" / f"{module}.py"))


def folder_of(module: str) -> Path:
    return cache_root() / f"{module}-{digest_of(module)}"


def stale_modules() -> list[str]:
    """The modules that TensorFlow has to build. What an archive holds is unpacked now."""
    return [m for m in MODULES if not (folder_of(m) / "manifest.json").exists() and not unpack(m)]


def unpack(module: str) -> bool:
    if not prebuilt.unpack(f"differential-{module}", digest_of(module), folder_of(module)):
        return False
    forget_older(module)
    return True


def forget_older(module: str) -> None:
    """Removes what was made of earlier states of the table, from a cache that is nobody else's."""
    if os.environ.get("TOLITE_DIFFERENTIAL"):
        return
    for old in cache_root().glob(f"{module}-*"):
        if old != folder_of(module):
            shutil.rmtree(old, ignore_errors=True)


def build_module(module: str) -> list[str]:
    """Builds one folder; tells what is wrong with which case."""
    tensorflow = importlib.import_module("tensorflow")
    oracle = importlib.import_module(".oracle", __package__)
    target = folder_of(module)
    folder = prebuilt.beside(target)
    before = set(language.TABLE)
    importlib.import_module(f".table.{module}", __package__)
    rows, failures = [], []
    arrays: dict[str, np.ndarray] = {}
    for number, case in enumerate(c for c in language.TABLE.values() if c.id not in before):
        try:
            rows.append(oracle.build_case(tensorflow, case, folder, arrays, number))
        except Exception as error:  # a broken row is reported with all the others
            failures.append(f"{case.id}: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
    if failures:
        shutil.rmtree(folder)
        return failures
    np.savez(folder / "values.npz", **arrays)
    (folder / "manifest.json").write_text(json.dumps({"module": module, "cases": rows}))
    prebuilt.settle(folder, target)
    forget_older(module)
    return []


def main() -> int:
    stale = stale_modules()
    if not stale:
        return 0
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # plain Eigen kernels: no reordered arithmetic in the oracle
    with ProcessPoolExecutor(min(len(stale), os.cpu_count() or 1), get_context("spawn")) as pool:
        failures = [failure for failed in pool.map(build_module, stale) for failure in failed]
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
