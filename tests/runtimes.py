"""Other runtimes than the one of tests/requirements.txt: each in a Python environment of its own, made by
`./dev runtimes` under build/runtimes (or $TOLITE_RUNTIMES), and run as a process of its own.

As a program, inside such an environment: `python runtimes.py JOBS OUT KIND` runs the files that the pickle JOBS lists.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

# Name of the environment -> what pip installs into it; `./dev runtimes` reads these lines.
RUNTIMES = {
    "tensorflow-2.18": ["tensorflow-cpu==2.18.1"],  # the last known to run Select TF ops
    "tensorflow-2.12": ["tensorflow-cpu==2.12.1"],  # the oldest for Python 3.11
    "tflite-runtime-2.14": ["tflite-runtime==2.14.0", "numpy<2"],
    "ai-edge-litert-1.0": ["ai-edge-litert==1.0.1", "numpy<2"],
}


def python_of(runtime: str) -> Path | None:
    """The interpreter of the runtime's environment, if it was made."""
    folder = Path(os.environ.get("TOLITE_RUNTIMES", ROOT / "build" / "runtimes"))
    python = folder / runtime / "bin" / "python"
    return python if python.exists() else None


def run(
    runtime: str, jobs: Sequence[tuple[str, list]], folder: Path, timeout: float = 900, kind: str = "inputs"
) -> list[Any]:
    """Runs each (file, inputs in the file's order): the outputs in the file's order, or the error as a string.
    With `kind` "calls" each (file, [(signature, inputs by name), ...]), one interpreter a file: the outputs of each
    call by name.
    """
    todo, out = folder / "jobs.pickle", folder / "results.pickle"
    todo.write_bytes(pickle.dumps(list(jobs), protocol=4))
    done = subprocess.run(
        [str(python_of(runtime)), __file__, str(todo), str(out), kind],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    if done.returncode:
        raise RuntimeError(f"{runtime} does not start: {done.stderr[-1000:]}")
    return [result for _, result in sorted(read_results(out))]


def read_results(out: Path) -> list[tuple[int, Any]]:
    """The (number of the job, its result) that are in the file."""
    results = []
    with out.open("rb") as file:
        while True:
            try:
                results.append(pickle.load(file))
            except EOFError:
                return results


def interpreter_class():
    """The interpreter of the environment this process runs in."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        try:
            from tflite_runtime.interpreter import Interpreter
        except ImportError:
            import tensorflow as tf

            Interpreter = tf.lite.Interpreter
    return Interpreter


def run_file(interpreter: Any, file: str, inputs: list) -> list:
    """Outputs of one file, by position."""
    import numpy as np

    model = interpreter(model_path=file, num_threads=1)
    arrays = [unpack(parts) for parts in inputs]
    for detail, array in zip(model.get_input_details(), arrays, strict=True):
        if tuple(detail["shape"]) != array.shape:
            model.resize_tensor_input(detail["index"], array.shape)
    model.allocate_tensors()
    for detail, array in zip(model.get_input_details(), arrays, strict=True):
        if array.size:  # the interpreter's Python face takes and gives no empty tensor
            set_tensor(model, detail["index"], array)
    model.invoke()
    outputs = [
        model.get_tensor(detail["index"]) if np.prod(detail["shape"]) else np.empty(detail["shape"], detail["dtype"])
        for detail in model.get_output_details()
    ]
    return [pack(array) for array in outputs]


def run_calls(interpreter: Any, file: str, calls: list) -> list:
    """Outputs of each call of a signature, by name, all on one interpreter."""
    model = interpreter(model_path=file, num_threads=1)
    runners = {key: model.get_signature_runner(key) for key in model.get_signature_list()}
    return [
        {
            name: pack(array)
            for name, array in runners[key](**{name: unpack(parts) for name, parts in inputs.items()}).items()
        }
        for key, inputs in calls
    ]


RUN = {"inputs": run_file, "calls": run_calls}


def set_tensor(model: Any, index: int, array: Any) -> None:
    """Also of types that an older interpreter's Python face has, but does not take."""
    try:
        model.set_tensor(index, array)
    except ValueError as error:
        if "NOTYPE" not in str(error):
            raise
        model.tensor(index)()[...] = array


def pack(array: Any) -> tuple[str, list[int], Any]:
    """An array in plain Python, which every NumPy can read: its type, shape, and bytes or list of strings."""
    if array.dtype.kind in "OSU":
        return "object", list(array.shape), array.ravel().tolist()
    return array.dtype.name, list(array.shape), array.tobytes()


def unpack(parts: tuple[str, list[int], Any]) -> Any:
    """The array again."""
    import numpy as np

    name, shape, data = parts
    if name == "object" and not shape:
        return np.array(data[0])  # of an array of one object the interpreter takes the bytes of its address
    array = np.array(data, dtype=object) if name == "object" else np.frombuffer(data, dtype=name)
    return array.reshape(shape)


def run_jobs(interpreter: Any, kind: str, jobs: list, first: int, out: str) -> None:
    """Appends the results of the jobs from `first` on."""
    with open(out, "ab") as results:
        for number in range(first, len(jobs)):
            try:
                result = RUN[kind](interpreter, *jobs[number])
            except Exception as error:
                result = f"{type(error).__name__}: {error}"
            pickle.dump((number, result), results, protocol=4)
            results.flush()


def main(jobs_file: str, out: str, kind: str) -> None:
    """Runs the jobs in a child process. A job that kills it is an error too: it alone, and another child goes on."""
    interpreter = interpreter_class()
    jobs = pickle.loads(Path(jobs_file).read_bytes())
    Path(out).write_bytes(b"")
    next_job = 0
    while next_job < len(jobs):
        child = os.fork()
        if child == 0:
            run_jobs(interpreter, kind, jobs, next_job, out)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        done = read_results(Path(out))
        next_job = done[-1][0] + 1 if done else 0
        if status and next_job < len(jobs):
            with open(out, "ab") as results:
                pickle.dump((next_job, f"the process ended with {status}"), results, protocol=4)
            next_job += 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        for name, packages in RUNTIMES.items():
            print(name, " ".join(packages), sep="\t")
    else:
        main(*sys.argv[1:])
