"""Select TF and custom ops: the bytes are TensorFlow's own, and TensorFlow's kernels run the files."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers

from tests import runtimes
from tests.models.tolite import PROGRAM
from tests.select_tf.cases import Case, cases, custom_cases, implemented_cases

CASES = cases()
NAMES = [case.name for case in CASES]
FLEX = b"Flex"


def sorted_node_def(wire: bytes) -> bytes:
    """The NodeDef with its attributes sorted: TensorFlow writes them in the order of a hash table, other each time."""
    fields, at = [], 0
    while at < len(wire):
        start, tag, size, shift = at, wire[at], 0, 0
        at += 1
        while True:
            size |= (wire[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if wire[at - 1] < 128:
                break
        at += size
        fields.append((tag, wire[start:at]))
    attributes = sorted(field for tag, field in fields if tag == 5 << 3 | 2)
    return b"".join(attributes.pop(0) if tag == 5 << 3 | 2 else field for tag, field in fields)


def custom_ops(model: bytes) -> list[tuple[bytes, bytes]]:
    """(custom code, custom options) of each custom op, in a canonical order."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model))
    found = []
    for graph in tree.subgraphs:
        for operator in graph.operators:
            code = tree.operatorCodes[operator.opcodeIndex].customCode
            if code is None:
                continue
            options = bytes(operator.customOptions)
            if code.startswith(FLEX):
                node_def = bytes(flexbuffers.GetRoot(bytearray(options)).AsVector[1].AsStringBytes)
                options = options.replace(node_def, sorted_node_def(node_def))
            found.append((code, options))
    return sorted(found)


class Built:
    """The cases as SavedModels, TensorFlow's answers and files, and ours."""

    def __init__(self, folder):
        import tensorflow as tf

        self.folder = folder
        self.tf = tf
        self.done = {}

    def make(self, case: Case, *options: str):
        """(our file, TensorFlow's file, TensorFlow's answer)"""
        import subprocess

        tf = self.tf
        if (case.name, options) in self.done:
            return self.done[case.name, options]
        specs = [
            tf.TensorSpec(shape, tf.string if value.dtype == object else value.dtype, name=f"x{i}")
            for i, (shape, value) in enumerate(zip(case.shapes, case.values, strict=True))
        ]
        module = tf.Module()
        module.f = tf.function(case.function, input_signature=specs)
        concrete = module.f.get_concrete_function()
        source = self.folder / "_".join([case.name, *options]).replace(" ", "_")
        tf.saved_model.save(module, str(source), signatures=concrete)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(source))
        converter.allow_custom_ops = "--allow-custom-ops" in options
        if not converter.allow_custom_ops:
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
        peer = converter.convert()
        out = source.with_suffix(".tflite")
        done = subprocess.run(
            [PROGRAM, "convert", source, "-o", out, "--report", source.with_suffix(".json"), *options],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        answer = concrete(*[tf.constant(v) for v in case.values]).numpy()
        self.done[case.name, options] = out, peer, answer
        return self.done[case.name, options]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return Built(tmp_path_factory.mktemp("select"))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_options_are_those_of_tensorflow(built, case):
    ours, peer, _ = built.make(case, "--prefer-select-tf-ops")
    ours, peer = custom_ops(ours.read_bytes()), custom_ops(peer)
    shared = {code for code, _ in ours} & {code for code, _ in peer}  # TensorFlow folds and rewrites before it writes
    ours, peer = ([op for op in ops if op[0] in shared] for ops in (ours, peer))
    assert ours == peer
    assert shared


@pytest.mark.parametrize("case", [*custom_cases(), *implemented_cases()], ids=lambda case: case.name)
def test_custom_options_are_those_of_tensorflow(built, case):
    ours, peer, _ = built.make(case, "--allow-custom-ops")
    assert custom_ops(ours.read_bytes()) == custom_ops(peer) != []


@pytest.fixture(scope="module")
def answers(built, tmp_path_factory):
    """What the interpreter of TensorFlow 2.18 makes of our files, by case."""
    if runtimes.python_of("tensorflow-2.18") is None:
        pytest.skip("no TensorFlow 2.18, whose interpreter has the Flex delegate: ./dev runtimes makes it")
    jobs = [
        (str(built.make(case, "--prefer-select-tf-ops")[0]), [runtimes.pack(value) for value in case.values])
        for case in CASES
    ]
    return dict(zip(NAMES, runtimes.run("tensorflow-2.18", jobs, tmp_path_factory.mktemp("jobs")), strict=True))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_tensorflow_kernels_run_the_file(built, answers, case):
    _, _, want = built.make(case, "--prefer-select-tf-ops")
    assert not isinstance(answers[case.name], str), answers[case.name]
    [got] = map(runtimes.unpack, answers[case.name])
    want = np.asarray(want)
    if want.dtype.kind in "OS":
        assert got.tolist() == want.tolist()
    else:
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=2e-3 if want.dtype == np.float16 else 1e-5, atol=1e-6)
