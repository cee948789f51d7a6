"""tolite's integer kernels give what LiteRT's reference kernels give, bit for bit."""

import subprocess

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from tests.models.tolite import PROGRAM

from .case import Case, File, families

RESOLVERS = {
    "reference": OpResolverType.BUILTIN_REF,
    "default": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
}
FAMILIES = families()


def ask_litert(model: bytes, inputs: dict[str, np.ndarray], oracle: str) -> dict[str, np.ndarray]:
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=RESOLVERS[oracle], num_threads=1)
    return interpreter.get_signature_runner("run")(**inputs)


def ask_tolite(model: bytes, inputs: dict[str, np.ndarray], folder) -> dict[str, np.ndarray]:
    (folder / "model.tflite").write_bytes(model)
    np.savez(folder / "inputs.npz", **inputs)
    command = [PROGRAM, "run", "model.tflite", "--input", "inputs.npz", "-o", "outputs.npz"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "outputs.npz") as outputs:
        return dict(outputs)


def differing(cases: list[Case], folder) -> list[str]:
    """The cases in which tolite's answer is another, with how many elements differ and by how much."""
    wrong = []
    for oracle in RESOLVERS:
        chosen = [case for case in cases if case.oracle == oracle]
        if not chosen:
            continue
        file = File(chosen)
        expected = ask_litert(file.bytes(), file.inputs, oracle)
        shapes = {name: value.shape for name, value in expected.items()}
        got = ask_tolite(file.bytes(shapes), file.inputs, folder)
        for name, case in file.outputs.items():
            a, b = expected[name], got[name]
            if a.dtype != b.dtype or a.shape != b.shape:
                wrong.append(f"{case.name}: {b.dtype}{b.shape} instead of {a.dtype}{a.shape}")
                continue
            far = np.abs(a.astype(np.float64) - b.astype(np.float64))
            if far.max(initial=0) > case.tolerance:
                wrong.append(
                    f"{case.name}: {np.count_nonzero(far)} of {far.size} elements differ, by up to {far.max():g}"
                )
    return wrong


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_kernels_are_bit_exact(family, tmp_path):
    wrong = differing(FAMILIES[family], tmp_path)
    assert not wrong, "\n".join([f"{len(wrong)} of {len(FAMILIES[family])} cases differ", *wrong])


def test_the_corpus_is_broad():
    assert sum(map(len, FAMILIES.values())) >= 800
