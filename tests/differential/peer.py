"""TensorFlow's own converter on the same graphs, for comparison: what it takes, with which ops.

    python -m tests.differential.peer        once; half an hour
    python -m tests.differential.run --peer  its files in the interpreter, against TensorFlow

Files go beside the graphs in the cache, with peer.json: case -> its first error line, or nothing. Each module of the
table has its own process, as the converter aborts it on some graphs: a case left begun in peer.progress has crashed.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from . import build

ROOT = Path(__file__).parents[2]


def convert(tf: Any, graph: bytes, case: dict[str, Any]) -> bytes:
    definition = tf.compat.v1.GraphDef.FromString(graph)

    def imported() -> None:
        tf.graph_util.import_graph_def(definition, name="")

    wrapped = tf.compat.v1.wrap_function(imported, [])
    element = wrapped.graph.as_graph_element
    function = wrapped.prune(
        [element(f"{i['name']}:0") for i in case["inputs"]], [element(f"{o}:0") for o in case["outputs"]]
    )
    return tf.lite.TFLiteConverter.from_concrete_functions([function]).convert()


def read_progress(folder: Path) -> dict[str, str]:
    """Case -> its error, empty where it converted; later lines of a case replace the earlier."""
    progress = folder / "peer.progress"
    lines = progress.read_text().splitlines() if progress.exists() else []
    return {entry["id"]: entry["error"] for entry in map(json.loads, lines)}


def convert_module(module: str) -> None:
    """In a process of its own: converts what is not in the module's progress file yet."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    tf = importlib.import_module("tensorflow")
    folder = build.folder_of(module)
    done = read_progress(folder)
    with open(folder / "peer.progress", "a", buffering=1) as progress:
        for case in json.loads((folder / "manifest.json").read_text())["cases"]:
            if case["id"] in done:
                continue
            progress.write(json.dumps({"id": case["id"], "error": "the converter aborts the process"}) + "\n")
            error = ""
            try:
                Path(folder / case["graph"]).with_suffix(".peer.tflite").write_bytes(
                    convert(tf, (folder / case["graph"]).read_bytes(), case)
                )
            except Exception as refusal:  # what it refuses is the result
                error = (str(refusal).strip().splitlines() or [""])[0][:300]
            progress.write(json.dumps({"id": case["id"], "error": error}) + "\n")


def ask(module: str) -> None:
    folder = build.folder_of(module)
    command = [sys.executable, "-m", "tests.differential.peer", module]
    before = -1
    while subprocess.run(command, cwd=ROOT, stderr=subprocess.DEVNULL).returncode:
        if len(read_progress(folder)) == before:
            raise RuntimeError(f"{module}: no progress")
        before = len(read_progress(folder))
    errors = {case: error for case, error in read_progress(folder).items() if error}
    (folder / "peer.json").write_text(json.dumps(errors, indent=1))
    print(f"{module}: {len(errors)} refused", flush=True)


def main() -> int:
    if len(sys.argv) > 1:
        convert_module(sys.argv[1])
        return 0
    pending = [module for module in build.MODULES if not (build.folder_of(module) / "peer.json").exists()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(ask, pending))
    return 0


if __name__ == "__main__":
    sys.exit(main())
