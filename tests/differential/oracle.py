"""One case as files: the frozen graph, inputs, and TensorFlow's outputs."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np

from . import case as language


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
