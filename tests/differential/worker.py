"""One test process: takes case numbers on stdin, answers one JSON line each on stdout.

The interpreter may abort the process on a bad model; `run.py` then counts a crash and starts another worker.
For every case: `tolite convert`, then for each set of inputs the LiteRT interpreter with and without its default
delegate (XNNPACK), each invoked twice, and `tolite run`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from .case import NARROW
from .compare import difference

RESOLVERS = {"reference": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, "xnnpack": OpResolverType.AUTO}


class Failure(Exception):
    def __init__(self, stage: str, message: str):
        super().__init__(message)
        self.stage, self.message = stage, message


@cache
def _folder(path: str) -> tuple[list[dict[str, Any]], Any]:
    folder = Path(path)
    return json.loads((folder / "manifest.json").read_text())["cases"], np.load(folder / "values.npz")


def command(stage: str, *arguments: str) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise Failure(stage, f"exit {done.returncode}: " + " | ".join(lines[:6]))


def as_operand(array: np.ndarray) -> np.ndarray:
    """Of a single fixed-width string the interpreter would take the padding, too."""
    return np.array(array.item()) if array.dtype.kind == "S" and array.ndim == 0 else array


def narrowed(array: np.ndarray) -> np.ndarray:
    return array.astype({"float64": np.float32, "complex128": np.complex64}.get(array.dtype.name, array.dtype))


def interpret(
    stage: str, model: Path, case: dict[str, Any], feeds: list[dict[str, np.ndarray]], kind: str
) -> tuple[list[Any], list[str], list[str]]:
    """The outputs of every run, in the model's order, the model's ops, and the names of its outputs."""
    try:
        interpreter = Interpreter(str(model), num_threads=1, experimental_op_resolver_type=RESOLVERS[kind])
    except (RuntimeError, ValueError) as error:
        raise Failure(f"{stage} load", str(error)) from None
    details = interpreter.get_input_details()
    expected = [i["name"] for i in case["inputs"]]
    if [d["name"] for d in details] != expected:
        raise Failure(stage, f"inputs {[d['name'] for d in details]} instead of {expected}")
    results = []
    for feed in feeds:
        try:
            for detail in details:
                signature = [
                    -1 if d is None else d
                    for d in next(i for i in case["inputs"] if i["name"] == detail["name"])["shape"]
                ]
                strings = feed[detail["name"]].dtype.kind == "S"  # setting one makes its dimensions known
                if list(detail["shape_signature"]) != signature and -1 in signature and not strings:
                    raise Failure(
                        stage,
                        f"shape signature {list(detail['shape_signature'])} of {detail['name']} instead of {signature}",
                    )
                if tuple(detail["shape"]) != feed[detail["name"]].shape or len(feeds) > 1:
                    interpreter.resize_tensor_input(
                        detail["index"], feed[detail["name"]].shape, strict=bool(-1 in signature) and not strings
                    )
            interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise Failure(f"{stage} allocate", str(error)) from None
        outputs: list[list[np.ndarray]] = []
        for _ in range(2):
            try:
                for detail in details:
                    if feed[detail["name"]].size:  # the interpreter's Python face takes and gives no empty tensor
                        interpreter.set_tensor(detail["index"], as_operand(feed[detail["name"]]))
                interpreter.invoke()
            except (RuntimeError, ValueError) as error:
                raise Failure(f"{stage} invoke", str(error)) from None
            outputs.append(
                [
                    np.array(interpreter.get_tensor(d["index"]))
                    if np.prod(d["shape"])
                    else np.empty(d["shape"], d["dtype"])
                    for d in interpreter.get_output_details()
                ]
            )
        for first, second in zip(*outputs, strict=True):
            if not np.array_equal(first, second, equal_nan=first.dtype.kind == "f"):
                raise Failure(stage, "the second invocation gives another answer")
        results.append(outputs[0])
    ops = [o["op_name"] for o in interpreter._get_ops_details()] if kind == "reference" else []
    return results, ops, [d["name"] for d in interpreter.get_output_details()]


def judge(
    stage: str,
    case: dict[str, Any],
    got: list[Any],
    want: list[dict[str, np.ndarray]],
    feeds: list[dict[str, np.ndarray]],
) -> None:
    half = any(str(i["dtype"]) == "float16" for i in case["inputs"])
    for run, (mine, theirs) in enumerate(zip(got, want, strict=True)):
        if len(mine) != len(theirs):
            raise Failure(stage, f"{len(mine)} outputs instead of {len(theirs)}")
        for array, name in zip(mine, case["outputs"], strict=True):
            problem = difference(array, theirs[name], case["tolerance"], half)
            if problem:
                sizes = ",".join(str(list(f.shape)) for f in feeds[run].values())
                raise Failure(stage, f"{name}: {problem} (inputs {sizes})")


def run_case(job: dict[str, Any]) -> dict[str, Any]:
    cases, values = _folder(job["folder"])
    case = cases[job["index"]]
    number = case["number"]
    scratch = Path(job["scratch"])
    stem = case["id"].replace("/", "__").replace(".", "_")  # no stem is another's with an ending
    model = scratch / f"{stem}.tflite"
    model.parent.mkdir(parents=True, exist_ok=True)
    names = [i["name"] for i in case["inputs"]]
    feeds = [{n: values[f"{number}/{r}/{n}"] for n in names} for r in range(case["runs"])]
    want = [{n: values[f"{number}/{r}/{n}"] for n in case["outputs"]} for r in range(case["runs"])]
    if NARROW in case["options"] and not job["peer"]:
        feeds, want = ([{n: narrowed(a) for n, a in arrays.items()} for arrays in runs] for runs in (feeds, want))
    result: dict[str, Any] = {"id": case["id"], "ops": []}
    try:
        graph = Path(job["folder"]) / case["graph"]
        if job["peer"]:
            model = graph.with_suffix(".peer.tflite")
            if not model.exists():
                raise Failure("peer refuses", json.loads((graph.parent / "peer.json").read_text())[case["id"]])
        else:
            command(
                "convert",
                job["binary"],
                "convert",
                str(graph),
                "--input",
                ",".join(names),
                "--output",
                ",".join(case["outputs"]),
                "-o",
                str(model),
                "-q",
                *case["options"],
            )
        for kind in RESOLVERS:
            outputs, ops, tensors = interpret(kind, model, case, feeds, kind)
            # An output that is an input keeps the input's name, as in TensorFlow's files.
            if not job["peer"] and any(t not in (o, *names) for t, o in zip(tensors, case["outputs"], strict=True)):
                raise Failure(f"{kind} answer", f"outputs {tensors} instead of {case['outputs']}")
            result["ops"] = ops or result["ops"]
            result["bytes"] = model.stat().st_size
            judge(f"{kind} answer", case, outputs, want, feeds)
        if job["evaluator"] and not job["peer"]:
            mine = []
            for run, feed in enumerate(feeds):
                arguments = []
                for name, array in feed.items():
                    file = scratch / f"{model.stem}.{run}.{name}.npy"
                    np.save(file, array)
                    arguments += ["--input", f"{name}={file}"]
                out = scratch / f"{model.stem}.{run}.npz"
                command("evaluator", job["binary"], "run", str(model), *arguments, "-o", str(out))
                with np.load(out) as answers:
                    missing = [n for n in tensors if n not in answers]
                    if missing:
                        raise Failure("evaluator", f"no output named {missing}, only {list(answers)}")
                    mine.append([answers[n] for n in tensors])
            judge("evaluator answer", case, mine, want, feeds)
    except Failure as failure:
        result |= {"stage": failure.stage, "message": failure.message}
    except subprocess.TimeoutExpired as error:
        result |= {"stage": "timeout", "message": f"{error.cmd[1]} takes over {error.timeout} s"}
    except Exception as error:  # a fault of the harness is a failed case, not the end of the worker
        result |= {"stage": "harness", "message": f"{type(error).__name__}: {error}"}
    if not job["keep"]:
        for file in scratch.glob(f"{stem}.*"):
            file.unlink()
    return result


def main() -> None:
    # The interpreter prints on the C level; answers go to the original stdout, everything else to stderr.
    answers = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115  # lives as long as the process
    sys.stdout = sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(run_case(json.loads(line))) + "\n")


if __name__ == "__main__":
    main()
