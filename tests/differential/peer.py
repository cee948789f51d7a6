"""TensorFlow's own converter on the same graphs, for comparison: what it takes, with which ops.

    python -m tests.differential.peer        once; some minutes
    python -m tests.differential.run --peer  its files in the interpreter, against TensorFlow

Files go beside the graphs in the cache, with peer.json: case -> its first error line, or nothing.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from . import build


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


def main() -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    tf = importlib.import_module("tensorflow")
    for module in build.MODULES:
        folder = build.folder_of(module)
        if (folder / "peer.json").exists():
            continue
        errors = {}
        for case in json.loads((folder / "manifest.json").read_text())["cases"]:
            try:
                Path(folder / case["graph"]).with_suffix(".peer.tflite").write_bytes(
                    convert(tf, (folder / case["graph"]).read_bytes(), case)
                )
            except Exception as error:  # what it refuses is the result
                errors[case["id"]] = (str(error).strip().splitlines() or [""])[0][:300]
        (folder / "peer.json").write_text(json.dumps(errors, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
