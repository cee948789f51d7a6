"""Judges quantized models: `python -m tests.quantization.judge [NAME...] [--mode M...]`.

For each model and mode, ours against TensorFlow's: how far the answers are from the float model's (SQNR in dB over
the samples, the mean of the outputs), bytes, ops, and the time of a call in the LiteRT interpreter on one thread.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.models.litert import Runner, operators

from .models import CALLED, ZOO, write_samples

ROOT = Path(__file__).parents[2]
MODES = ("int8", "int16x8", "dynamic", "float16")


def cache() -> Path:
    return Path(os.environ.get("TOLITE_QUANTIZATION", ROOT / "build" / "quantization"))


def binary() -> str:
    return os.environ.get("TOLITE_BINARY", str(ROOT / "build" / "test" / "tolite"))


def convert(source: Path, out: Path, *options: str) -> None:
    subprocess.run([binary(), "convert", str(source), "-o", str(out), "--quiet", *options], check=True)


def quantize(source: Path, samples: Path, mode: str, out: Path, *options: str) -> None:
    calibrate = ("--calibrate", str(samples)) if mode in ("int8", "int16x8") else ()
    convert(source, out, "--quantize", mode, *calibrate, *options)


def peer(source: Path, samples: Path, mode: str, out: Path) -> None:
    """TensorFlow's file, made once."""
    if out.exists():
        return
    command = [sys.executable, "-m", "tests.quantization.peer", str(source), str(samples), mode, str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0 or not out.exists():
        lines = [line for line in done.stderr.splitlines() if "rror" in line] or ["it crashed"]
        out.with_suffix(".failed").write_text(lines[-1][:200])


class File:
    """A .tflite file and what it answers."""

    def __init__(self, path: Path, judge: dict[str, np.ndarray]):
        self.path = path
        self.runner = Runner(path)
        count = min(len(array) for array in judge.values())
        self.feeds = [{name: array[i : i + 1] for name, array in judge.items()} for i in range(count)]
        self.answers = [self.runner(feed) for feed in self.feeds]

    def milliseconds(self, seconds: float = 0.5) -> float:
        """The least of several calls."""
        self.runner.feed(self.feeds[0])
        self.runner.interpreter.invoke()
        least, end = float("inf"), time.perf_counter() + seconds
        while time.perf_counter() < end:
            begin = time.perf_counter()
            self.runner.interpreter.invoke()
            least = min(least, time.perf_counter() - begin)
        return least * 1e3


def sqnr(real: File, stored: File) -> float:
    """dB, the mean of the outputs that are floats."""
    ratios = []
    for name in real.answers[0]:
        wanted = np.stack([answer[name] for answer in real.answers]).astype(np.float64)
        got = np.stack([answer[name] for answer in stored.answers]).astype(np.float64)
        noise = np.square(wanted - got).sum()
        ratios.append(10 * np.log10(np.square(wanted).sum() / max(noise, 1e-30)))
    return float(np.mean(ratios))


@dataclass
class Verdict:
    """Ours and TensorFlow's in one mode; NaN where there is none."""

    model: str
    mode: str
    sqnr: tuple[float, float]
    size: tuple[int, int]
    ops: tuple[int, int]
    latency: tuple[float, float]

    def row(self) -> str:
        """A line of the table."""
        (ours, theirs), (bytes_, peer_bytes), (ops, peer_ops) = self.sqnr, self.size, self.ops
        faster = self.latency[0] / self.latency[1]
        return (
            f"{self.model:22} {self.mode:8} {ours:7.2f} {theirs:7.2f} {ours - theirs:+6.2f} dB  "
            f"{bytes_ / peer_bytes if peer_bytes else float('nan'):6.3f} bytes  {ops:4d} {peer_ops:4d} ops  "
            f"{faster:5.2f} latency"
        )


def judge(name: str, mode: str, latency: bool) -> Verdict:
    folder = cache() / name
    source = write_samples(name, folder)
    judged = dict(np.load(folder / "judge.npz"))
    real_path, ours_path, peer_path = (folder / f"{kind}.tflite" for kind in ("float", f"ours-{mode}", f"peer-{mode}"))
    convert(source, real_path)
    quantize(source, folder / "calibrate.npz", mode, ours_path)
    peer(source, folder / "calibrate.npz", mode, peer_path)
    real, ours = File(real_path, judged), File(ours_path, judged)
    theirs = None
    if peer_path.exists():
        try:
            theirs = File(peer_path, judged)
        except Exception as error:
            print(f"{name} {mode}: TensorFlow's file does not run: {str(error)[:120]}")
    missing = float("nan")
    times = [ours.milliseconds(), theirs.milliseconds() if theirs else missing] if latency else [missing, missing]
    for _ in range(2 if latency and theirs else 0):  # side by side, the least of three
        times = [min(times[0], ours.milliseconds()), min(times[1], theirs.milliseconds())]
    return Verdict(
        name,
        mode,
        (sqnr(real, ours), sqnr(real, theirs) if theirs else missing),
        (ours_path.stat().st_size, peer_path.stat().st_size if peer_path.exists() else 0),
        (sum(operators(ours_path).values()), sum(operators(peer_path).values()) if peer_path.exists() else 0),
        (times[0], times[1]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--mode", action="append", choices=MODES)
    parser.add_argument("--latency", action="store_true")
    options = parser.parse_args()
    for name in options.names or ZOO + CALLED:
        for mode in options.mode or MODES:
            try:
                print(judge(name, mode, options.latency).row(), flush=True)
            except subprocess.CalledProcessError as error:
                print(f"{name} {mode}: tolite failed: {error}", flush=True)
            except Exception as error:
                print(f"{name} {mode}: {type(error).__name__}: {str(error)[:200]}", flush=True)


if __name__ == "__main__":
    main()
