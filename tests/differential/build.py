"""Builds the corpus with TensorFlow: for each table module a folder of frozen graphs, inputs and TensorFlow's outputs.

    python -m tests.differential.build

A folder is named after its module and a hash of everything that shapes it, so what is unchanged is never built again
and runs need no TensorFlow.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import os
import shutil
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from . import case as language

HERE = Path(__file__).parent
MODULES = sorted(p.stem for p in (HERE / "table").glob("[a-z]*.py"))


def cache_root() -> Path:
    return Path(os.environ.get("TOLITE_DIFFERENTIAL") or HERE.parents[1] / "build" / "differential")


def folder_of(module: str) -> Path:
    digest = hashlib.sha256()
    for file in (HERE / "case.py", HERE / "build.py", HERE / "table" / f"{module}.py"):
        digest.update(ast.dump(ast.parse(file.read_text())).encode())  # comments and line breaks change nothing
    return cache_root() / f"{module}-{digest.hexdigest()[:12]}"


def stale_modules() -> list[str]:
    return [m for m in MODULES if not (folder_of(m) / "manifest.json").exists()]


def _graph(tf: Any, case: language.Case, function: Any) -> tuple[Any, list[str]]:
    graph = tf.Graph()
    with graph.as_default():
        inputs = [
            tf.compat.v1.placeholder(language.DTYPES[i.dtype], i.placeholder(), name=f"x{n}")
            for n, i in enumerate(case.inputs)
        ]
        outputs = tf.nest.flatten(function(*inputs))
        names = [tf.identity(o, name=f"y{n}").op.name for n, o in enumerate(outputs)]
    return graph, names


def build_case(
    tf: Any, case: language.Case, folder: Path, arrays: dict[str, np.ndarray], number: int
) -> dict[str, Any]:
    graph, names = _graph(tf, case, case.function)
    definition = graph.as_graph_def()
    (folder / f"{number}.pb").write_bytes(definition.SerializeToString())
    oracle = _graph(tf, case, case.reference)[0] if case.reference else graph
    rng = np.random.default_rng(zlib.crc32(case.id.encode()))
    # TensorFlow's own graph rewrites are off: the oracle is the graph as written.
    config = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    with tf.compat.v1.Session(graph=oracle, config=config) as session:
        for run in range(case.runs):
            feed = {}
            for n, i in enumerate(case.inputs):
                kind = np.dtype("S" if i.dtype == "str" else language.DTYPES[i.dtype])
                value = np.asarray(i.values(rng, i.at(run), kind))
                if language.NARROW in case.options and kind == np.float64:
                    value = value.astype(np.float32).astype(kind)
                arrays[f"{number}/{run}/x{n}"] = feed[f"x{n}:0"] = value
            for name, value in zip(names, session.run([f"{n}:0" for n in names], feed), strict=True):
                array = np.asarray(value)
                arrays[f"{number}/{run}/{name}"] = array.astype("S") if array.dtype == object else array
    tolerance = case.tolerance
    return {
        "id": case.id,
        "family": case.family,
        "graph": f"{number}.pb",
        "number": number,
        "inputs": [
            {"name": f"x{n}", "dtype": language.DTYPES[i.dtype], "shape": i.placeholder()}
            for n, i in enumerate(case.inputs)
        ],
        "outputs": names,
        "options": case.options,
        "runs": case.runs,
        "tolerance": [tolerance.relative, tolerance.absolute, tolerance.scale],
        "ops": sorted({n.op for n in definition.node} - {"Const", "Placeholder", "Identity"}),
    }


def build_module(tf: Any, module: str) -> list[str]:
    """Builds one folder beside its final place and renames it, so that two builders at once do no harm."""
    target = folder_of(module)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{module}-", dir=target.parent))
    before = set(language.TABLE)
    importlib.import_module(f".table.{module}", __package__)
    rows, failures = [], []
    arrays: dict[str, np.ndarray] = {}
    for number, case in enumerate(c for c in language.TABLE.values() if c.id not in before):
        try:
            rows.append(build_case(tf, case, folder, arrays, number))
        except Exception as error:  # a broken row is reported with all the others
            failures.append(f"{case.id}: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
    if failures:
        shutil.rmtree(folder)
        return failures
    np.savez(folder / "values.npz", **arrays)
    (folder / "manifest.json").write_text(json.dumps({"module": module, "cases": rows}))
    folder.chmod(0o755)
    for old in target.parent.glob(f"{module}-*"):
        if os.environ.get("TOLITE_DIFFERENTIAL") is None and old != target:
            shutil.rmtree(old, ignore_errors=True)
    try:
        folder.rename(target)
    except OSError:  # another builder was first
        shutil.rmtree(folder)
    return []


def main() -> int:
    stale = stale_modules()
    if not stale:
        return 0
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # plain Eigen kernels: no reordered arithmetic in the oracle
    tensorflow = importlib.import_module("tensorflow")
    failures = [f for module in stale for f in build_module(tensorflow, module)]
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
