"""`./dev bench [--models] [--stored-peer] [MODEL...]`

Without --models: how fast and with how much memory whole processes convert, TensorFlow's beside ours in one run.
With --models: whether the converted models are right, small and fast. Both print their table, leave their figures in
build/bench and write docs/comparison.md from the newest figures of each.
"""

import argparse
import json
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests.models.generate import ROOT
from tests.models.zoo import MODELS

from . import quality, speed

RESULTS = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "comparison.md"


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{model[0] if model else platform.machine()}, {os.cpu_count()} cores"


def versions() -> str:
    names = {"TensorFlow": "tensorflow", "Keras": "keras", "LiteRT": "ai-edge-litert"}
    return ", ".join(f"{shown} {version(package)}" for shown, package in names.items())


def collect(kind: str, names: list[str], row_of) -> list[dict]:
    """Makes the rows of these models and merges them into the stored ones, in the order of the zoo."""
    file = RESULTS / f"{kind}.json"
    stored = {row["model"]: row for row in json.loads(file.read_text())} if file.exists() else {}
    for name in names:
        print(f"{kind}: {name}", flush=True)
        stored[name] = row_of(MODELS[name])
        file.write_text(json.dumps([stored[model] for model in MODELS if model in stored], indent=1))
    return [stored[name] for name in names]


OPENING = """\
# Compared with TensorFlow's converter

As measured on {machine}; {versions}. Written by `./dev bench` and `./dev bench --models`.
The models are the zoo of `tests/models`: seeded random weights, batch-norm statistics as training leaves them,
unknown batch.
"""

FILES = """
## The files

Error: largest difference from TensorFlow's own output in the LiteRT interpreter, as a part of the output's range, at
batch 1 and, resized, at batch 3. Bytes and latency: tolite's file over TensorFlow's (one thread, runs in turn, median
of the pairwise ratios). Names: signature key, inputs, outputs and their tensors. A TensorFlow file that is "wrong"
gives answers that have nothing to do with the model's.

{table}
"""

CONVERSION = """
## The conversion

Whole processes; median of seven for tolite and `cp`, one run for TensorFlow.

{table}

{program}
"""


def page() -> str:
    """docs/comparison.md, from what is stored."""

    def stored(kind: str):
        file = RESULTS / f"{kind}.json"
        return json.loads(file.read_text()) if file.exists() else None

    text = OPENING.format(machine=machine(), versions=versions())
    if rows := stored("quality"):
        text += FILES.format(table=quality.table(rows))
    if rows := stored("speed"):
        text += CONVERSION.format(table=speed.table(rows), program=program_line(stored("program")))
    return text


def program_line(figures: dict) -> str:
    libraries = ", ".join(sorted(figures["library_bytes"]))
    return (
        f"The program is {figures['program_bytes'] / 1e6:.1f} MB, with its libraries "
        f"{figures['total_bytes'] / 1e6:.1f} MB ({libraries}). `tolite --version` takes "
        f"{figures['version_seconds'] * 1e3:.1f} ms, `true` {figures['true_seconds'] * 1e3:.1f} ms."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="MODEL", help="only these models of the zoo")
    parser.add_argument("--models", action="store_true", help="judge the converted models")
    parser.add_argument("--stored-peer", action="store_true", help="TensorFlow's times as stored, not measured now")
    options = parser.parse_args()
    unknown = set(options.names) - set(MODELS)
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))}; there are {', '.join(MODELS)}")
    names = options.names or list(MODELS)

    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS) as folder:
        scratch = Path(folder)
        if options.models:
            print(quality.table(collect("quality", names, lambda model: quality.judge(model, scratch))))
        else:
            rows = collect("speed", names, lambda model: speed.compare(model, scratch, options.stored_peer))
            figures = speed.program()
            (RESULTS / "program.json").write_text(json.dumps(figures))
            print(speed.table(rows))
            print(program_line(figures))
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
