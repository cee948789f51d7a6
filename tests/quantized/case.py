"""What a row of the table is: one node on stored elements, and the file that holds the nodes of a family.

The table (table/*.py) calls `add` once a case.  All cases of a family stand side by side in one graph, so that each
family is one file, one run of the interpreter and one of `tolite run`.
"""

from __future__ import annotations

import importlib
import pkgutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from . import table

BITS = {"int4": 4, "int8": 8, "int16": 16, "int32": 32, "int64": 64}
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


@dataclass
class Stored:
    """An operand or result; `scale` is None, one number or one a channel along `axis`.

    An operand without `values` is an input of the graph, fed with stored elements from all over `within` (default:
    what the type holds), the ends and the zero point among them; `constant` says that it is a constant all the same.
    """

    shape: Sequence[int] = ()
    type: str = "int8"
    scale: float | Sequence[float] | None = None
    zero_point: int = 0
    axis: int = 0
    values: np.ndarray | None = None
    constant: bool = False
    variable: bool = False
    within: tuple[int, int] | None = None
    avoid: int | None = None

    def reshaped(self, *shape: int) -> Stored:
        return replace(self, values=self.values.reshape(shape))

    def drawn(self, random: np.random.Generator) -> np.ndarray:
        if self.values is not None:
            return np.asarray(self.values)
        if self.type == "float32":
            return random.normal(0, 3, self.shape).astype(np.float32)
        if self.type == "bool":
            return random.random(self.shape) < 0.5
        low, high = self.within or (-(2 ** (BITS[self.type] - 1)), 2 ** (BITS[self.type] - 1) - 1)
        values = random.integers(low, high, self.shape, endpoint=True)
        ends = [low, high, self.zero_point] if low <= self.zero_point <= high else [low, high]
        if values.size > 4:
            values.reshape(-1)[random.permutation(values.size)[: len(ends)]] = ends
        if self.avoid is not None:
            values = np.where(values == self.avoid, self.avoid + (1 if self.avoid < high else -1), values)
        return values.astype(np.int8 if self.type == "int4" else self.type)


@dataclass
class Case:
    name: str
    op: str
    operands: list[Stored | None]
    results: list[Stored]
    options: dict[str, Any] = field(default_factory=dict)
    options_name: str = ""
    oracle: str = "reference"
    version: int = 1
    tolerance: float = 0  # only where the runtime approximates a function of float32
    intermediates: list[Stored] = field(default_factory=list)


_cases: dict[str, Case] = {}


def add(name: str, op: str, operands: list[Stored | None], results: Stored | list[Stored], **keywords: Any) -> None:
    """One case; its name begins with the family: `Conv2D/int8/...`."""
    assert name not in _cases, name
    _cases[name] = Case(name, op, operands, results if isinstance(results, list) else [results], **keywords)


def families() -> dict[str, list[Case]]:
    """All cases of the table, by family."""
    for module in pkgutil.iter_modules(table.__path__):
        importlib.import_module(f"{table.__name__}.{module.name}")
    found: dict[str, list[Case]] = {}
    for case in _cases.values():
        found.setdefault(case.name.split("/")[0], []).append(case)
    return found


def _code(enumeration: type, name: str) -> int:
    return getattr(enumeration, name.upper())


def _packed(values: np.ndarray, kind: str) -> bytes:
    if kind != "int4":
        return np.ascontiguousarray(values).tobytes()
    flat = np.append(values.reshape(-1), [0] * (values.size % 2)).astype(np.uint8) & 0xF
    return (flat[0::2] | flat[1::2] << 4).astype(np.uint8).tobytes()


class File:
    """Puts cases side by side into one graph."""

    def __init__(self, cases: Sequence[Case]):
        self.inputs: dict[str, np.ndarray] = {}
        self.outputs: dict[str, Case] = {}  # of the graph
        self._model = schema.ModelT()
        self._model.version = 3
        self._model.buffers = [schema.BufferT()]
        self._model.operatorCodes = []
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators, self._graph.inputs, self._graph.outputs = [], [], [], []
        self._model.subgraphs = [self._graph]
        for number, case in enumerate(cases):
            self._node(number, case)

    def _tensor(self, name: str, stored: Stored, shape: Sequence[int], data: bytes | None = None) -> int:
        tensor = schema.TensorT()
        tensor.name = name
        tensor.type = _code(schema.TensorType, stored.type)
        tensor.shape = list(shape)
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = list(data)
            tensor.buffer = len(self._model.buffers)
            self._model.buffers.append(buffer)
        if stored.scale is not None:
            scales = np.atleast_1d(stored.scale)
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = list(scales.astype(np.float32))
            tensor.quantization.zeroPoint = [stored.zero_point] * len(scales)
            tensor.quantization.quantizedDimension = stored.axis
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _node(self, number: int, case: Case) -> None:
        random = np.random.default_rng(zlib.crc32(case.name.encode()))
        node = schema.OperatorT()
        node.inputs, node.outputs = [], []
        for slot, operand in enumerate(case.operands):
            if operand is None:
                node.inputs.append(-1)
                continue
            name = f"x{number}_{slot}"
            if operand.variable:
                node.inputs.append(self._tensor(name, operand, operand.shape))
                self._graph.tensors[-1].isVariable = True
                continue
            values = operand.drawn(random)
            if operand.constant or operand.values is not None:
                node.inputs.append(self._tensor(name, operand, values.shape, _packed(values, operand.type)))
                continue
            node.inputs.append(self._tensor(name, operand, values.shape))
            self._graph.inputs.append(node.inputs[-1])
            self.inputs[name] = values
        for slot, result in enumerate(case.results):
            name = f"y{number}_{slot}"
            node.outputs.append(self._tensor(name, result, result.shape))
            self._graph.outputs.append(node.outputs[-1])
            self.outputs[name] = case
        if case.intermediates:
            node.intermediates = [
                self._tensor(f"z{number}_{slot}", stored, ()) for slot, stored in enumerate(case.intermediates)
            ]
        code = schema.OperatorCodeT()
        code.builtinCode = _code(schema.BuiltinOperator, case.op)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = case.version
        node.opcodeIndex = len(self._model.operatorCodes)
        self._model.operatorCodes.append(code)
        if case.options_name:
            node.builtinOptionsType = getattr(schema.BuiltinOptions, case.options_name)
            node.builtinOptions = getattr(schema, case.options_name + "T")()
            for key, value in case.options.items():
                assert hasattr(node.builtinOptions, key), key
                setattr(node.builtinOptions, key, value)
        self._graph.operators.append(node)

    def bytes(self, shapes: dict[str, Sequence[int]] | None = None) -> bytes:
        """The file; with the results' shapes where they are known."""
        signature = schema.SignatureDefT()
        signature.signatureKey = "run"
        signature.inputs, signature.outputs = [], []
        for slots, indices in ((signature.inputs, self._graph.inputs), (signature.outputs, self._graph.outputs)):
            for index in indices:
                slot = schema.TensorMapT()
                slot.name = self._graph.tensors[index].name
                slot.tensorIndex = index
                slots.append(slot)
        self._model.signatureDefs = [signature]
        for index in self._graph.outputs:
            tensor = self._graph.tensors[index]
            tensor.shape = list((shapes or {}).get(tensor.name, tensor.shape))
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self._model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())
