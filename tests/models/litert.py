"""A .tflite file as the LiteRT interpreter sees it: its answers, its interface, its ops, its latency."""

import time
from collections import Counter
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

BUILTIN_NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}


def operators(file: Path) -> Counter:
    """How often each op stands in the file, over all subgraphs; custom and Select TF ops in angle brackets."""
    model = schema.Model.GetRootAs(file.read_bytes())
    names = []
    for index in range(model.OperatorCodesLength()):
        code = model.OperatorCodes(index)
        custom = code.CustomCode()
        builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        names.append(f"<{custom.decode()}>" if custom else BUILTIN_NAMES[builtin])
    graphs = [model.Subgraphs(index) for index in range(model.SubgraphsLength())]
    return Counter(names[g.Operators(i).OpcodeIndex()] for g in graphs for i in range(g.OperatorsLength()))


class Runner:
    """One file in the interpreter, fed and read by the names of its signature (or of its tensors if it has none)."""

    def __init__(self, file: Path, threads: int = 1, interpreter=Interpreter):
        self.interpreter = interpreter(model_path=str(file), num_threads=threads)
        signatures = self.interpreter.get_signature_list()
        self.key = next(iter(signatures), None)
        if self.key is None:
            self.inputs = {tensor["name"]: tensor for tensor in self.interpreter.get_input_details()}
            self.outputs = {tensor["name"]: tensor for tensor in self.interpreter.get_output_details()}
        else:
            signature = self.interpreter.get_signature_runner(self.key)
            self.inputs, self.outputs = signature.get_input_details(), signature.get_output_details()

    def interface(self) -> dict:
        """Signature key, and the names of its inputs and outputs with those of their tensors."""
        return {
            "key": self.key,
            "inputs": {name: tensor["name"] for name, tensor in self.inputs.items()},
            "outputs": {name: tensor["name"] for name, tensor in self.outputs.items()},
        }

    def order(self) -> tuple[list[str], list[str]]:
        """Names of the tensors of the file's inputs and outputs, in the order of the file."""
        return (
            [tensor["name"] for tensor in self.interpreter.get_input_details()],
            [tensor["name"] for tensor in self.interpreter.get_output_details()],
        )

    def feed(self, feeds: dict[str, np.ndarray]) -> None:
        for name, tensor in self.inputs.items():
            self.interpreter.resize_tensor_input(tensor["index"], feeds[name].shape)
        self.interpreter.allocate_tensors()
        for name, tensor in self.inputs.items():
            self.interpreter.set_tensor(tensor["index"], feeds[name])

    def __call__(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Resizes the inputs to what they are given, runs, and returns the outputs."""
        self.feed(feeds)
        self.interpreter.invoke()
        return {name: self.interpreter.get_tensor(tensor["index"]) for name, tensor in self.outputs.items()}

    def time(self) -> float:
        """Seconds of one run on what was fed last."""
        start = time.perf_counter()
        self.interpreter.invoke()
        return time.perf_counter() - start


def samples(folder: Path, batch: int, runner: Runner) -> tuple[dict, dict]:
    """The stored inputs of a zoo model for this batch, and TensorFlow's answers to them."""
    with np.load(folder / f"samples_{batch}.npz") as stored:
        arrays = dict(stored)
    return (
        {name: arrays[name] for name in arrays if name in runner.inputs},
        {name: arrays[name] for name in arrays if name not in runner.inputs},
    )


def error(answers: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> float:
    """The largest difference of any element, as a part of its output's range; infinite if outputs do not correspond."""
    worst = 0.0
    for name, right in expected.items():
        if name not in answers or answers[name].shape != right.shape or answers[name].dtype != right.dtype:
            return float("inf")
        difference = np.abs(answers[name].astype(np.float64) - right.astype(np.float64)).max()
        if not np.isfinite(difference):
            return float("inf")
        worst = max(worst, float(difference / (right.max() - right.min() or 1)))
    return worst
